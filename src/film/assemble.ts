/**
 * Frames of a film from its keyframes. Keyframes come in the order of a FilmOrder, and a frame is assembled as soon as
 * those that it shows are there.
 */

import type { Assembler } from './assembler.js';
import type { Cover } from './cover.js';
import { camerasOf } from './exposure.js';
import type { FrameLevels } from './finish.js';
import { HeldKeyframes } from './held.js';
import type { Shown } from './part.js';
import type { FilmPath } from './path.js';
import { blendsOf, type KeyframeSamples, type Painting } from './samples.js';
import { type FilmOrder, type Showing, showings } from './showing.js';
import { Spill } from './spill.js';

export interface AssembledFilm {
  readonly cover: Cover;
  readonly order: FilmOrder;
  readonly path: FilmPath;
  readonly painting: Painting;
  /** How its pixels are written. Frames that workers assemble are of pixels in the place of planes. */
  readonly levels: FrameLevels;
  readonly assembler: Assembler;
}

/** Bytes, that samples of keyframes, and levels of theirs that wait for later frames, may each take in memory. */
export const HELD_BYTES = 256 << 20;

/**
 * The frames in order, sRGB, 3 numbers a pixel, or planes. `computed`: the keyframes of `order`, one after another. `bound`: see HELD_BYTES.
 * @throws FractalError DISK where samples have no place in the folder for temporary files
 */
export async function* assembled(
  { cover, order, path, painting, levels, assembler }: AssembledFilm,
  computed: AsyncIterable<KeyframeSamples>,
  bound = HELD_BYTES,
): AsyncGenerator<Uint8Array | Uint16Array> {
  const { memory } = assembler;
  const showing = showings(cover, order.keyframes, assembler.size);
  const source = computed[Symbol.asyncIterator]();
  const held = new HeldKeyframes(order, painting, {
    changing: isChanging(painting, path),
    spill: new Spill({ bound }),
    ...{ bound, assembler },
  });
  const blended = ({ to, ...one }: Showing) =>
    blendsOf(painting, to.scale).map(({ step, share }) => ({ ...one, step, to, weight: share }));
  /** Frames that are being assembled, in order. */
  const pending: Promise<Uint8Array | Uint16Array>[] = [];
  let come = 0;
  try {
    for (let frame = 0; frame < path.frames; frame++) {
      const wanted = camerasOf(path, frame).flatMap(showing).flatMap(blended);
      const shown = new Array<Shown>(wanted.length);
      const take = async (from: number, end: number) => {
        for (const [k, { to, weight, ...one }] of wanted.entries()) {
          if (one.keyframe < from || one.keyframe >= end) continue;
          const tiles = await held.tiles(one, frame);
          for (const { at } of tiles) memory.hold(at);
          shown[k] = { tiles, to, weight };
        }
      };
      await take(0, come);
      for (; come < (order.needed[frame] as number); come++) {
        const next = await source.next();
        if (next.done) throw new Error(`the film has ${come} of ${order.keyframes.length} keyframes`);
        await held.add(come, next.value, frame);
        // Painted at once, while the next ones are read or computed.
        await take(come, come + 1);
      }
      const begun = assembler.frame(shown, levels);
      // It may fail before it is awaited below.
      begun.catch(() => {});
      pending.push(begun);
      held.after(frame);
      while (pending.length > assembler.ahead) yield await (pending.shift() as Promise<Uint8Array | Uint16Array>);
    }
    while (pending.length > 0) yield await (pending.shift() as Promise<Uint8Array | Uint16Array>);
  } finally {
    await Promise.allSettled(pending);
    held.close();
    await source.return?.();
  }
}

function isChanging({ nameOf }: Painting, { frames }: FilmPath): boolean {
  const first = nameOf(0);
  for (let frame = 1; frame < frames; frame++) if (nameOf(frame) !== first) return true;
  return false;
}
