/** What is computed for the frames of a request: the frames themselves, or the keyframes that they are assembled from. */

import type { Archive as JobArchive, RenderJob } from '../leader/job/gathering.js';
import type { Paint } from '../render/paint.js';
import { depthOf, viewAt } from '../request/request.js';
import type { Frame } from '../shard/frame.js';
import type { Archive } from '../store/archive.js';
import type { Store } from '../store/store.js';
import type { Numerics } from '../work/fractal/numerics.js';
import { archiveOf, framesOf } from './archive.js';
import { assemblyOf } from './assembly.js';
import { jobOf } from './compute.js';
import { type Emit, logTo } from './events.js';
import type { Forecast } from './forecast.js';
import { keyframeArchive, keyframeJob } from './keyframes.js';
import { pictureOf } from './picture.js';
import type { Prepared } from './prepare.js';

export interface Making {
  readonly job: RenderJob;
  /** Where the job's renders are kept. */
  readonly archive: (JobArchive & Pick<Archive, 'suspend'>) | undefined;
  /** The frames of the film, of the job's renders; absent: these are the frames. */
  readonly assembled?: (computed: AsyncIterable<Frame>) => AsyncIterable<Frame>;
  /** By frame of the film: how many of the renders must be complete before it is made; absent: the frame itself. */
  readonly needed?: readonly number[];
  /** By render, where these are keyframes: log10 of the zoom. */
  readonly depths?: readonly number[];
}

export interface MakingOptions {
  readonly store: Store | undefined;
  /** Absent: the output wants raw samples. */
  readonly paint: Paint | undefined;
  readonly numerics: Numerics;
  /** Of a film. */
  readonly forecast: Forecast | undefined;
  /** Raw samples are kept in the store. */
  readonly keepsSamples: boolean;
  readonly emit: Emit;
}

export function makingOf(prepared: Prepared, options: MakingOptions): Making {
  const { store, paint, numerics, forecast, keepsSamples, emit } = options;
  const { request, reference } = prepared;
  const { film } = request;
  if (film.frames > 1 && film.assembly !== 'frames') {
    const assembly = assemblyOf(request, { keepsSamples });
    const way = assembly.film ? `assembled from ${assembly.film.cover.keyframes.length} keyframes` : 'frame by frame';
    const asked = film.assembly === 'keyframes' && !assembly.film;
    logTo(emit, asked ? 'warn' : 'info')(`film: ${way}, ${assembly.why}`);
    if (assembly.film && paint) {
      const made = keyframeJob(request, assembly.film, { paint, reference });
      const costs = forecast && made.keyframes.map(({ camera }) => forecast.costOf(frameNear(camera.zoom)));
      return {
        job: { ...made.job, ...(costs ? { costOf: (render) => costs[render] ?? 1 } : {}) },
        archive: keyframeArchive(store, request, made, assembly.film, numerics),
        assembled: made.frames,
        needed: made.needed,
        depths: made.keyframes.map(({ camera }) => depthOf(camera.zoom)),
      };
    }
  }
  const picture = pictureOf(request, keepsSamples ? undefined : paint);
  return {
    job: { ...jobOf(request, picture, reference), ...(forecast ? { costOf: forecast.costOf } : {}) },
    archive: archiveOf(store, framesOf(prepared, picture), numerics),
  };

  /** The frame whose zoom is nearest. Zooms only rise, or only fall. */
  function frameNear(zoom: string): number {
    const [start, end] = [depthOf(request.zoom), depthOf(film.end.zoom)];
    const depth = depthOf(zoom);
    const below = (frame: number) => depthOf(viewAt(request, frame).zoom) < depth === start <= end;
    let [low, high] = [0, film.frames - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (below(middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
