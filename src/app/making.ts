/** What is computed for the frames of a request: the frames themselves, or the keyframes that they are assembled from. */

import type { Cover } from '../film/cover.js';
import type { RenderJob } from '../leader/job/gathering.js';
import type { Paint } from '../render/paint.js';
import type { Frame } from '../shard/frame.js';
import type { Store } from '../store/store.js';
import type { Numerics } from '../work/fractal/numerics.js';
import { archiveOf, framesOf, type KeptRenders } from './archive.js';
import { assemblyOf, partOf, type Stretch } from './assembly.js';
import type { AssemblyWorkers } from './assembly-place.js';
import { jobOf } from './compute.js';
import { type Emit, logTo } from './events.js';
import { filmJob } from './film-job.js';
import type { Forecast } from './forecast.js';
import { pictureOf } from './picture.js';
import type { Prepared } from './prepare.js';

export interface Making {
  readonly job: RenderJob;
  /** Where the job's renders are kept. */
  readonly archive: KeptRenders | undefined;
  /** The frames of the film, of the job's renders; absent: these are the frames. */
  readonly assembled?: (computed: AsyncIterable<Frame>, workers: AssemblyWorkers) => AsyncIterable<Frame>;
  /** By frame of the film: how many of the renders must be complete before it is made; absent: the frame itself. */
  readonly needed?: readonly number[];
  /** Whether a render is a keyframe; absent: none is. */
  readonly isKeyframe?: (render: number) => boolean;
  /** Of a film that is assembled: a frame near a render. */
  readonly nearOf?: (render: number) => number;
  /** Of keyframes: log10 of the zoom. */
  readonly depths?: readonly number[];
  /** Of a film that is assembled as a whole. */
  readonly cover?: Cover | undefined;
}

export interface MakingOptions {
  readonly store: Store | undefined;
  /** Absent: the output wants raw samples. */
  readonly paint: Paint | undefined;
  /** The output takes planes. */
  readonly planes?: boolean | undefined;
  readonly numerics: Numerics;
  /** Of a film. */
  readonly forecast: Forecast | undefined;
  /** Raw samples are kept in the store. */
  readonly keepsSamples: boolean;
  /** Only these frames are made, each by itself; absent: all. */
  readonly shown: readonly number[] | undefined;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly background?: boolean | undefined;
}

/** @throws the signal's reason */
export async function makingOf(prepared: Prepared, options: MakingOptions): Promise<Making> {
  const { store, paint, planes, numerics, forecast, keepsSamples, shown, emit, signal, background } = options;
  const { request, kept } = prepared;
  const { film } = request;
  if (film.frames > 1 && film.assembly !== 'frames' && !shown) {
    const { stretches, why } = await assemblyOf(request, signal, kept?.grid);
    const asked = (film.assembly === 'keyframes' || film.shutter > 0) && !stretches;
    const part = partOf(stretches ?? [], film.first, film.last);
    const made = stretches && paint && (await filmJob(prepared, part, { paint, planes, signal, background }));
    logTo(emit, asked ? 'warn' : 'info')(`film: ${wayOf(part, made?.depths.length)}, ${why}`);
    if (made) {
      const { job, renders, archive, frames, needed, depths } = made;
      return {
        job: { ...job, ...(forecast ? { costOf: (render) => forecast.costOf(renders[render]?.near ?? 0) } : {}) },
        archive: archive(store, numerics),
        assembled: frames,
        ...{ needed, depths },
        nearOf: (render) => renders[render]?.near ?? film.first,
        isKeyframe: (render) => renders[render]?.parts !== undefined,
        cover: stretches.length === 1 ? stretches[0]?.film?.cover : undefined,
      };
    }
  }
  const picture = pictureOf(request, keepsSamples ? undefined : paint, shown);
  const costOf = forecast && ((index: number) => forecast.costOf(shown?.[index] ?? film.first + index));
  return {
    job: { ...jobOf(prepared, picture), ...(costOf ? { costOf } : {}) },
    archive: archiveOf(store, framesOf(prepared, picture), numerics, picture.frames),
  };
}

function wayOf(part: readonly Stretch[], keyframes = 0): string {
  if (keyframes === 0) return 'frame by frame';
  const single = part.reduce((sum, { film, frames }) => sum + (film ? 0 : frames), 0);
  const others = single > 0 ? `; ${single} frame${single > 1 ? 's are' : ' is'} computed one by one` : '';
  return `assembled from ${keyframes} keyframe${keyframes > 1 ? 's' : ''}${others}`;
}
