/**
 * Paints the tiles of keyframes and assembles frames of them: in this thread, or several at a time in threads of its own,
 * which share the memory of texels.
 */

import { setFlagsFromString } from 'node:v8';
import { AtMost } from './at-most.js';
import { type FrameLevels, placeTables } from './finish.js';
import type { Size } from './footprint.js';
import { benchIn } from './gather.js';
import { FilmMemory } from './memory.js';
import { bytesOfSamples, PAINTER_BYTES, placeSamples } from './painter.js';
import type { Shown } from './part.js';
import type { KeyframeSamples, Look } from './samples.js';
import type { Tile } from './texture.js';
import { inThisThread, inThreads, type Pixels } from './threads.js';

export interface Assembler {
  readonly size: Size;
  /** Where tiles are to be. */
  readonly memory: FilmMemory;
  /** So many more frames may be asked for before the first of them is there. */
  readonly ahead: number;
  /**
   * Writes the texels of a tile of level 0. `scale`: samples of the keyframe along a pixel of the frame.
   * @throws FractalError RESOURCES when a thread dies
   */
  paint(tile: Tile, samples: KeyframeSamples, look: Look, scale: number): Promise<void>;
  /**
   * sRGB, 3 numbers a pixel, or planes. Of frames in order. The tiles that it shows are held, and let go once they are not read any more. Frames may be done in any order.
   * @throws FractalError RESOURCES when a thread dies; Error for a pixel without samples
   */
  frame(shown: readonly Shown[], levels: FrameLevels): Promise<Pixels>;
  /** Frames under way are rejected. */
  close(): Promise<void>;
}

/** Bytes that may be taken: for levels that wait for later frames; for each frame under way, and each of its pixels. */
const WAITING_BYTES = 384 << 20;
const FRAME_BYTES = 64 << 20;
const SHOWN_BYTES = 192;

/**
 * The heap of V8 is small beside the frames and samples that come and go in buffers of their own, by whose size it is collected:
 * some 20 times a second, a tenth of a film's time. So it may grow to five times what is in use, not to V8's usual share.
 */
const GROWING = '--heap-growing-percent=400';

export interface AssemblerOptions {
  readonly size: Size;
  /** So many frames are assembled at a time; 0: one, in this thread. */
  readonly threads?: number;
  /** Threads get a lower priority of the operating system. */
  readonly background?: boolean;
}

/** @throws FractalError RESOURCES */
export function openAssembler({ size, threads = 0, background = false }: AssemblerOptions): Assembler {
  setFlagsFromString(GROWING);
  const memory = new FilmMemory(WAITING_BYTES + (1 + threads) * (FRAME_BYTES + SHOWN_BYTES * size.width * size.height));
  const tables = placeTables(memory);
  const data = () => ({ size, bench: benchIn(memory, tables, size), painter: memory.take(PAINTER_BYTES), background });
  const { run, close } = threads === 0 ? inThisThread(data()) : inThreads(threads, data);
  // One for each thread that paints, and one that is being copied.
  const copied = new AtMost(threads + 1);
  return {
    ...{ size, memory, ahead: threads, close },
    paint: (tile, samples, look, scale) =>
      copied.use(async () => {
        const bytes = bytesOfSamples(tile, look.channels);
        const at = memory.take(bytes);
        try {
          placeSamples(memory, at, samples, tile);
          await run({ kind: 'tile', tile, samples: at, scale, look });
        } finally {
          memory.give(at, bytes);
        }
      }),
    async frame(shown, levels) {
      try {
        return (await run({ kind: 'frame', shown, levels })) as Pixels;
      } finally {
        for (const { tiles } of shown) for (const { at } of tiles) memory.letGo(at);
      }
    },
  };
}
