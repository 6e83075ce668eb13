/** A film from keyframes whose samples the store has: its frames, painted anew. Nothing is computed. */

import type { Paint } from '../render/paint.js';
import { assemble } from '../shard/assemble.js';
import type { Frame } from '../shard/frame.js';
import type { Store } from '../store/store.js';
import type { Numerics } from '../work/fractal/numerics.js';
import { assemblyOf, partOf } from './assembly.js';
import { type FilmJob, filmJob } from './film-job.js';
import { keptWith } from './kept-with.js';
import type { Prepared } from './prepare.js';
import { pixelsOf } from './wanted.js';

export interface KeptFilm {
  /** To be read once. Throws what `missing` makes. */
  readonly frames: AsyncIterable<Frame>;
  /** Pixels of keyframes that are uncertain, so far. */
  readonly uncertain: number;
  /** Of all keyframes. */
  readonly pixels: number;
}

interface Options {
  readonly store: Store;
  readonly numerics: Numerics;
  readonly paint: Paint;
  readonly signal: AbortSignal;
  /** The error for a keyframe that is not there. `zoom`: its own; `frame`: one that is about as deep. */
  missing(zoom: string, frame: number): Promise<Error>;
}

/** undefined: the request is no film that can be assembled, or its first keyframe is not there. @throws the signal's reason */
export async function keptFilm(prepared: Prepared, options: Options): Promise<KeptFilm | undefined> {
  const { request, kept: grid } = prepared;
  const { signal } = options;
  const asked = { ...request, film: { ...request.film, assembly: 'keyframes' } as const };
  const { stretches } = await assemblyOf(asked, signal, grid?.grid);
  if (!stretches) return undefined;
  for (const kept of keptWith(request)) {
    const { first, last } = request.film;
    const job = await filmJob({ ...prepared, request: kept }, partOf(stretches, first, last), {
      paint: options.paint,
      colours: request.colours,
      signal,
    });
    const film = await startedFilm(job, options);
    if (film) return film;
  }
  return undefined;
}

async function startedFilm(film: FilmJob, { store, numerics, missing }: Options): Promise<KeptFilm | undefined> {
  const archive = film.archive(store, numerics);
  if (!archive) return undefined;
  let uncertain = 0;
  async function recalled(render: number): Promise<Frame | undefined> {
    const shape = film.job.renders[render];
    if (!shape) return undefined;
    const picture = assemble(shape, render, shape.answer);
    let id = 0;
    const rest = await archive?.recall(render, (piece) => {
      picture.put({ ...piece.rect, render, id: id++ }, piece.bytes);
      uncertain += piece.uncertain;
    });
    return rest?.length === 0 ? picture.frame() : undefined;
  }
  const first = await recalled(0);
  if (!first) return undefined;
  async function* computed(): AsyncGenerator<Frame> {
    for (const [render, { view, near }] of film.renders.entries()) {
      const frame = render === 0 ? first : await recalled(render);
      if (!frame) throw await missing(view.zoom, near);
      yield frame;
    }
  }
  return {
    frames: film.frames(computed()),
    pixels: pixelsOf(film.job),
    get uncertain() {
      return uncertain;
    },
  };
}
