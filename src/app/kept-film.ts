/** A film from keyframes whose samples the store has: its frames, painted anew. Nothing is computed. */

import type { Paint } from '../render/paint.js';
import type { Frame } from '../shard/frame.js';
import { assemblyOf, partOf } from './assembly.js';
import { type FilmJob, filmJob } from './film-job.js';
import { type Kept, type KeptOptions, lacksOf, recalled } from './kept-frames.js';
import { keptWith } from './kept-with.js';
import type { FilmRender } from './keyframes.js';
import type { Prepared } from './prepare.js';
import { pixelsOf } from './wanted.js';

interface Options extends KeptOptions {
  readonly paint: Paint;
  readonly planes: boolean | undefined;
  /** The error for a render that is not there. */
  missing(render: FilmRender): Promise<Error>;
}

/** undefined: the request is no film that can be assembled, or its first keyframe is not there. @throws the signal's reason */
export async function keptFilm(prepared: Prepared, options: Options): Promise<Kept | undefined> {
  const { request, kept: grid } = prepared;
  const { signal } = options;
  const asked = { ...request, film: { ...request.film, assembly: 'keyframes' } as const };
  const { stretches } = await assemblyOf(asked, signal, grid?.grid);
  if (!stretches) return undefined;
  for (const kept of keptWith(request)) {
    const { first, last } = request.film;
    const job = await filmJob({ ...prepared, request: kept }, partOf(stretches, first, last), {
      paint: options.paint,
      planes: options.planes,
      colours: request.colours,
      signal,
    });
    const film = await startedFilm(job, lacksOf(kept, request), options);
    if (film) return film;
  }
  return undefined;
}

async function startedFilm(
  film: FilmJob,
  lacks: readonly string[],
  { store, numerics, signal, missing }: Options,
): Promise<Kept | undefined> {
  const archive = film.archive(store, numerics);
  if (!archive) return undefined;
  const found = async (render: number) => {
    signal.throwIfAborted();
    const shape = film.job.renders[render];
    return shape && (await recalled(archive, render, shape, shape.answer));
  };
  const first = await found(0);
  if (!first) return undefined;
  let uncertain = 0;
  async function* computed(): AsyncGenerator<Frame> {
    for (const [index, render] of film.renders.entries()) {
      const one = index === 0 ? first : await found(index);
      if (!one) throw await missing(render);
      uncertain += one.uncertain;
      yield one.frame;
    }
  }
  return {
    frames: film.frames(computed()),
    async isWhole() {
      for (let render = 1; render < film.renders.length; render++) if (!(await found(render))) return false;
      return true;
    },
    lacks,
    pixels: pixelsOf(film.job),
    get uncertain() {
      return uncertain;
    },
  };
}
