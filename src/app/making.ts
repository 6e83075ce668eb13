/** What is computed for the frames of a request: the frames themselves, or the keyframes that they are assembled from. */

import type { Cover } from '../film/cover.js';
import type { Archive as JobArchive, RenderJob } from '../leader/job/gathering.js';
import type { Paint } from '../render/paint.js';
import type { Frame } from '../shard/frame.js';
import type { Archive } from '../store/archive.js';
import type { Store } from '../store/store.js';
import type { Numerics } from '../work/fractal/numerics.js';
import { archiveOf, framesOf } from './archive.js';
import { assemblyOf, partOf, type Stretch } from './assembly.js';
import { jobOf } from './compute.js';
import { type Emit, logTo } from './events.js';
import { filmJob } from './film-job.js';
import type { Forecast } from './forecast.js';
import { pictureOf } from './picture.js';
import type { Prepared } from './prepare.js';

export interface Making {
  readonly job: RenderJob;
  /** Where the job's renders are kept. */
  readonly archive: (JobArchive & Pick<Archive, 'suspend'>) | undefined;
  /** The frames of the film, of the job's renders; absent: these are the frames. */
  readonly assembled?: (computed: AsyncIterable<Frame>) => AsyncIterable<Frame>;
  /** Of a film that is assembled as a whole. */
  readonly cover?: Cover | undefined;
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
  const { request, kept } = prepared;
  const { film } = request;
  if (film.frames > 1 && film.assembly !== 'frames') {
    const { stretches, why } = assemblyOf(request, kept?.grid);
    const asked = film.assembly === 'keyframes' && !stretches;
    logTo(emit, asked ? 'warn' : 'info')(`film: ${wayOf(stretches)}, ${why}`);
    if (stretches && paint) {
      const { job, renders, archive, frames } = filmJob(prepared, partOf(stretches, film.first, film.last), { paint });
      return {
        job: { ...job, ...(forecast ? { costOf: (render) => forecast.costOf(renders[render]?.near ?? 0) } : {}) },
        archive: archive(store, numerics),
        assembled: frames,
        cover: stretches.length === 1 ? stretches[0]?.film?.cover : undefined,
      };
    }
  }
  const picture = pictureOf(request, keepsSamples ? undefined : paint);
  return {
    job: {
      ...jobOf(prepared, picture),
      ...(forecast ? { costOf: (render) => forecast.costOf(film.first + render) } : {}),
    },
    archive: archiveOf(store, framesOf(prepared, picture), numerics),
  };
}

function wayOf(stretches: readonly Stretch[] = []): string {
  const films = stretches.flatMap(({ film }) => (film ? [film] : []));
  if (films.length === 0) return 'frame by frame';
  const alone = stretches.reduce((sum, { film, frames }) => sum + (film ? 0 : frames), 0);
  const keyframes = films.reduce((sum, { cover }) => sum + cover.keyframes.length, 0);
  return `assembled from ${keyframes} keyframes${alone > 0 ? `, but for ${alone} frames` : ''}`;
}
