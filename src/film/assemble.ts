/**
 * Frames of a film from its keyframes. Keyframes come in the order of a FilmOrder, and a frame is assembled as soon as
 * those that it shows are there.
 */

import { setImmediate } from 'node:timers/promises';
import type { Cover } from './cover.js';
import { camerasOf } from './exposure.js';
import type { Size } from './footprint.js';
import { Gathering } from './gather.js';
import { HeldKeyframes } from './held.js';
import type { FilmPath } from './path.js';
import { blendsOf, type KeyframeSamples, type Painting } from './samples.js';
import { type FilmOrder, showings } from './showing.js';
import { Spill } from './spill.js';

export interface AssembledFilm {
  readonly cover: Cover;
  readonly order: FilmOrder;
  readonly path: FilmPath;
  readonly size: Size;
  readonly painting: Painting;
}

/** Bytes, that samples of keyframes, and levels of theirs that wait for later frames, may each take in memory. */
export const HELD_BYTES = 256 << 20;

/**
 * The frames in order, 8-bit sRGB. `computed`: the keyframes of `order`, one after another. `bound`: see HELD_BYTES.
 * @throws FractalError DISK where samples have no place in the folder for temporary files
 */
export async function* assembled(
  { cover, order, path, size, painting }: AssembledFilm,
  computed: AsyncIterable<KeyframeSamples>,
  bound = HELD_BYTES,
): AsyncGenerator<Uint8Array> {
  const showing = showings(cover, order.keyframes, size);
  const source = computed[Symbol.asyncIterator]();
  const held = new HeldKeyframes(order, painting, {
    changing: isChanging(painting, path),
    spill: new Spill({ bound }),
    bound,
  });
  const gathering = new Gathering(size);
  let come = 0;
  try {
    for (let frame = 0; frame < path.frames; frame++) {
      for (; come < (order.needed[frame] as number); come++) {
        const next = await source.next();
        if (next.done) throw new Error(`the film has ${come} of ${order.keyframes.length} keyframes`);
        await held.add(come, next.value, frame);
      }
      for (const camera of camerasOf(path, frame)) {
        for (const { keyframe, to, level } of showing(camera)) {
          for (const { step, share } of blendsOf(painting, to.scale)) {
            for (const tile of await held.tiles({ keyframe, level, step }, frame)) gathering.add(tile, to, share);
          }
          // Between keyframes other work of this thread has its turn.
          await setImmediate();
        }
      }
      yield gathering.pixels();
      held.after(frame);
    }
  } finally {
    held.close();
    await source.return?.();
  }
}

function isChanging({ nameOf }: Painting, { frames }: FilmPath): boolean {
  const first = nameOf(0);
  for (let frame = 1; frame < frames; frame++) if (nameOf(frame) !== first) return true;
  return false;
}
