/** Frames whose raw samples the store has, each by itself. Nothing is computed. */

import { neededOf, type Request } from '../request/request.js';
import { type Assembly, assemble, type Size } from '../shard/assemble.js';
import type { Frame } from '../shard/frame.js';
import type { Store } from '../store/store.js';
import type { Numerics } from '../work/fractal/numerics.js';
import { archiveOf, framesOf, type KeptRenders } from './archive.js';
import { keptWith, narrowed } from './kept-with.js';
import { type Picture, pictureOf } from './picture.js';
import type { Prepared } from './prepare.js';

/** The frames of a request, or of the part of it that is rendered, made of samples in the store. */
export interface Kept {
  /** To be read once. Throws what `missing` makes of the first one that is not there. */
  readonly frames: AsyncIterable<Frame>;
  /** Whether all samples are there: reads them. */
  isWhole(): Promise<boolean>;
  /** What the samples lack of what the request has, as warnings. */
  readonly lacks: readonly string[];
  /** Pixels that are uncertain of the frames read so far: of their keyframes, if they are made of these. */
  readonly uncertain: number;
  /** All pixels of that kind. */
  readonly pixels: number;
}

export interface KeptOptions {
  readonly store: Store;
  readonly numerics: Numerics;
  readonly signal: AbortSignal;
}

interface FramesOptions extends KeptOptions {
  /** The error for a frame that is not there, counted from the first of the whole film. */
  missing(frame: number): Promise<Error>;
}

/** undefined: the first of them is not there. @throws the signal's reason */
export async function keptFrames(prepared: Prepared, options: FramesOptions): Promise<Kept | undefined> {
  const { request } = prepared;
  const { store, numerics, signal, missing } = options;
  const picture = pictureOf(request, undefined);
  const { frames, width, height } = picture;
  const sources = keptWith(request).flatMap((kept) => {
    const source = pictureOf(kept, undefined);
    const archive = archiveOf(store, framesOf({ ...prepared, request: kept }, source), numerics, frames);
    return archive ? [{ request: kept, picture: source, archive }] : [];
  });
  const first = await found(sources, 0);
  if (!first) return undefined;
  let uncertain = 0;
  async function* read(): AsyncGenerator<Frame> {
    for (let index = 0; index < frames; index++) {
      signal.throwIfAborted();
      const one = index === 0 ? first : await found(sources, index);
      const number = request.film.first + index;
      if (!one) throw await missing(number);
      uncertain += one.uncertain;
      yield { ...narrowed(one.frame, request), index: number };
    }
  }
  return {
    frames: read(),
    async isWhole() {
      for (let index = 1; index < frames; index++) {
        signal.throwIfAborted();
        if (!(await found(sources, index))) return false;
      }
      return true;
    },
    lacks: lacksOf(first.request, request),
    pixels: frames * width * height,
    get uncertain() {
      return uncertain;
    },
  };
}

/** What samples kept for one request lack of what another one with the same samples has. */
export function lacksOf(kept: Request, request: Request): string[] {
  const [has, needed] = [neededOf(kept), neededOf(request)];
  return [
    ...(needed.footprint && !has.footprint
      ? ['the samples were kept without footprints: painted without the palette filter']
      : []),
    ...(needed.phase && !has.phase ? ['the samples were kept without their phases: the .exr has no T'] : []),
  ];
}

/** A render of which everything is in the store, and its uncertain pixels; undefined: something of it is missing. */
export async function recalled(
  archive: Pick<KeptRenders, 'recall'>,
  render: number,
  size: Size,
  kind: Parameters<typeof assemble>[2],
): Promise<{ readonly frame: Frame; readonly uncertain: number } | undefined> {
  const assembly: Assembly = assemble(size, render, kind);
  let [id, uncertain] = [0, 0];
  const rest = await archive.recall(render, (piece) => {
    assembly.put({ ...piece.rect, render, id: id++ }, piece.bytes);
    uncertain += piece.uncertain;
  });
  return rest.length > 0 ? undefined : { frame: assembly.frame(), uncertain };
}

interface Source {
  /** Whose samples it has. */
  readonly request: Request;
  readonly picture: Picture;
  readonly archive: Pick<KeptRenders, 'recall'>;
}

async function found(sources: readonly Source[], index: number) {
  for (const { request, picture, archive } of sources) {
    const one = await recalled(archive, index, picture, 'samples');
    if (one) return { request, ...one };
  }
  return undefined;
}
