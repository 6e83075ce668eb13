/**
 * Frames of a film from its keyframes. Keyframes come in the order of a FilmOrder, and a frame is assembled as soon as
 * those that it shows are there; mip levels that no later frame uses are let go.
 */

import { setImmediate } from 'node:timers/promises';
import type { Levels } from '../render/quantise.js';
import type { Rect } from '../shard/shard.js';
import type { Cover, FilmPath } from './cover.js';
import { placeTables } from './finish.js';
import type { Size } from './footprint.js';
import { benchIn, Gathering } from './gather.js';
import { FilmMemory } from './memory.js';
import type { Shown } from './part.js';
import { type FilmOrder, showings } from './showing.js';
import { emptyTile, halved, putPixels, release, type Tile, tilesOf } from './texture.js';

/** Painted parts of a keyframe: 8-bit sRGB, 3 bytes a pixel, for each of its parts. */
export type Painted = readonly { readonly rect: Rect; readonly rgb: Uint8Array }[];

const PLAIN: Levels = { bits: 8, dither: false };
/** The keyframes that are held may take so much memory. */
const MEMORY_BYTES = 2 ** 31;

/** A keyframe's mip levels; undefined: let go, or not yet made. */
type Pyramid = (readonly Tile[] | undefined)[];

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
  const memory = new FilmMemory(MEMORY_BYTES);
  const gathering = new Gathering(size, benchIn(memory, placeTables(memory), size));
  let come = 0;
  try {
    for (let frame = 0; frame < path.frames; frame++) {
      for (; come < (order.needed[frame] as number); come++) {
        const next = await source.next();
        if (next.done) throw new Error(`the film has ${come} of ${order.keyframes.length} keyframes`);
        held.set(come, [levelZero(memory, next.value)]);
      }
      const shown = showing(path.at(frame)).flatMap(({ keyframe, to, level }): Shown[] => {
        const pyramid = held.get(keyframe);
        return pyramid ? [{ tiles: levelOf(memory, pyramid, level), to, weight: 1 }] : [];
      });
      yield gathering.frame(shown, PLAIN) as Uint8Array;
      await setImmediate();
      for (const [keyframe, pyramid] of held) {
        if (letGo(memory, pyramid, order.lastUse[keyframe] ?? [], frame)) held.delete(keyframe);
      }
    }
  } finally {
    await source.return?.();
  }
}

function levelZero(memory: FilmMemory, parts: Painted): readonly Tile[] {
  const tiles = tilesOf(parts.map(({ rect }) => rect)).map((rect) => emptyTile(memory, rect));
  for (const { rect, rgb } of parts) for (const tile of tiles) putPixels(memory, tile, rgb, rect);
  return tiles;
}

/** Made of the one below. */
function levelOf(memory: FilmMemory, pyramid: Pyramid, level: number): readonly Tile[] {
  const known = pyramid[level];
  if (known) return known;
  if (level === 0) throw new Error('a mip level was let go that is still needed');
  const made = levelOf(memory, pyramid, level - 1).map((tile) => halved(memory, tile));
  pyramid[level] = made;
  return made;
}

/** Lets go of the levels below those that frames after this one use; true: of all. */
function letGo(memory: FilmMemory, pyramid: Pyramid, lastUse: readonly number[], frame: number): boolean {
  const finest = lastUse.findIndex((last) => last > frame);
  if (finest >= 0 && pyramid[finest] === undefined) levelOf(memory, pyramid, finest);
  const from = finest < 0 ? pyramid.length : finest;
  for (const tiles of pyramid.slice(0, from)) for (const tile of tiles ?? []) release(memory, tile);
  pyramid.fill(undefined, 0, from);
  return finest < 0;
}
