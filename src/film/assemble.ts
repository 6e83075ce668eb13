/**
 * Frames of a film from its keyframes. Keyframes come in the order of a FilmOrder, and a frame is assembled as soon as
 * those that it shows are there; mip levels that no later frame uses are let go.
 */

import { setImmediate } from 'node:timers/promises';
import type { Rect } from '../shard/shard.js';
import type { Cover, FilmPath } from './cover.js';
import type { Size } from './footprint.js';
import { Gathering } from './gather.js';
import { type FilmOrder, type Showing, showings } from './showing.js';
import { emptyTexels, halved, putPixels, type Texels, tilesOf } from './texture.js';

/** Painted parts of a keyframe: 8-bit sRGB, 3 bytes a pixel, for each of its parts. */
export type Painted = readonly { readonly rect: Rect; readonly rgb: Uint8Array }[];

/** A keyframe's mip levels; undefined: let go, or not yet made. */
type Pyramid = (readonly Texels[] | undefined)[];

/**
 * The frames in order, 8-bit sRGB. `painted`: the keyframes of `order`, one after another.
 */
export async function* assembled(
  { cover, order, path, size }: { cover: Cover; order: FilmOrder; path: FilmPath; size: Size },
  painted: AsyncIterable<Painted>,
): AsyncGenerator<Uint8Array> {
  const showing = showings(cover, order.keyframes, size);
  const source = painted[Symbol.asyncIterator]();
  const held = new Map<number, Pyramid>();
  const gathering = new Gathering(size);
  let come = 0;
  try {
    for (let frame = 0; frame < path.frames; frame++) {
      for (; come < (order.needed[frame] as number); come++) {
        const next = await source.next();
        if (next.done) throw new Error(`the film has ${come} of ${order.keyframes.length} keyframes`);
        held.set(come, [levelZero(next.value)]);
      }
      yield await frameOf(gathering, showing(path.at(frame)), held);
      for (const [keyframe, pyramid] of held) {
        if (letGo(pyramid, order.lastUse[keyframe] ?? [], frame)) held.delete(keyframe);
      }
    }
  } finally {
    await source.return?.();
  }
}

/** Between keyframes other work of this thread has its turn. */
async function frameOf(
  gathering: Gathering,
  shown: readonly Showing[],
  held: ReadonlyMap<number, Pyramid>,
): Promise<Uint8Array> {
  for (const { keyframe, to, level } of shown) {
    const pyramid = held.get(keyframe);
    if (pyramid) for (const tile of levelOf(pyramid, level)) gathering.add(tile, to);
    await setImmediate();
  }
  return gathering.pixels();
}

function levelZero(parts: Painted): readonly Texels[] {
  const tiles = tilesOf(parts.map(({ rect }) => rect)).map(emptyTexels);
  for (const { rect, rgb } of parts) for (const tile of tiles) putPixels(tile, rgb, rect);
  return tiles;
}

/** Made of the one below. */
function levelOf(pyramid: Pyramid, level: number): readonly Texels[] {
  const known = pyramid[level];
  if (known) return known;
  if (level === 0) throw new Error('a mip level was let go that is still needed');
  const made = levelOf(pyramid, level - 1).map(halved);
  pyramid[level] = made;
  return made;
}

/** Lets go of the levels below those that frames after this one use; true: of all. */
function letGo(pyramid: Pyramid, lastUse: readonly number[], frame: number): boolean {
  const finest = lastUse.findIndex((last) => last > frame);
  if (finest < 0) return true;
  if (pyramid[finest] === undefined) levelOf(pyramid, finest);
  pyramid.fill(undefined, 0, finest);
  return false;
}
