/**
 * A segment in a worker: its texels in a memory that all threads share, and benches there, of which a thread claims one for
 * each frame.
 */

import { placeTables } from '../../film/finish.js';
import type { Size } from '../../film/footprint.js';
import { type Bench, benchBytes, benchIn } from '../../film/gather.js';
import { FilmMemory } from '../../film/memory.js';
import { tilesIn } from '../../film/segment.js';
import type { Tile } from '../../film/texture.js';
import type { Levels } from '../../render/quantise.js';
import type { Prepared } from '../kind.js';
import type { FilmScene, FilmTask } from './scene.js';

/** A segment as sent to a thread. */
export interface ThreadFilm {
  readonly size: Size;
  readonly levels: Levels;
  readonly groups: readonly (readonly Tile[])[];
  readonly benches: readonly Bench[];
  /** Of each bench: 1 + the slot of the thread that has it, or 0. */
  readonly claims: Int32Array;
}

/** Bytes that are copied in one step. */
const STEP_BYTES = 4 << 20;
/** Of all benches together, of which most is address space only. */
const BENCHES_BYTES = 2 ** 31;
/** Tables of levels, and what sizes are rounded up by. */
const REST_BYTES = 1 << 20;

/** Compiled with the first segment. */
let compiled: FilmMemory | undefined;

export function prepare(scene: FilmScene, slots: number, threads: number): Prepared<FilmTask> {
  const { size, levels, most, tiles, texels } = scene;
  /** Before it is copied. */
  let source: Uint8Array | undefined = texels;
  let shared: ThreadFilm | undefined;
  compiled ??= new FilmMemory(0);
  const { module, film } = compiled;
  const bench = benchBytes(size, film, most);
  const count = Math.max(1, Math.min(threads, Math.floor(BENCHES_BYTES / bench)));
  return {
    bytes: texels.length + Math.min(slots, count) * bench,
    *load() {
      if (!source) return;
      // Sizes of benches are rounded up by at most a quarter.
      const memory = new FilmMemory(1.25 * (source.length + count * bench) + REST_BYTES, module);
      const at = memory.take(source.length);
      for (let from = 0; from < source.length; from += STEP_BYTES) {
        const part = source.subarray(from, from + STEP_BYTES);
        new Uint8Array(memory.memory.buffer, at + from, part.length).set(part);
        yield;
      }
      const tables = placeTables(memory);
      const benches = Array.from({ length: count }, () => benchIn(memory, tables, size, most));
      const claims = new Int32Array(new SharedArrayBuffer(4 * count));
      shared = { ...{ size, levels, benches, claims }, groups: tilesIn({ tiles }, at) };
      source = undefined;
    },
    forThreads: () => shared,
    // The thread that takes its slot has its bench.
    rebuild: () => false,
    mayEnd: () => true,
  };
}
