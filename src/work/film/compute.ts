/** Frames of films in one computing thread. */

import { Gathering } from '../../film/gather.js';
import type { Shown } from '../../film/part.js';
import { shownIn } from '../../film/segment.js';
import type { Rect } from '../../shard/shard.js';
import type { Computed, Computing } from '../kind.js';
import { measured } from './measure.js';
import type { ThreadFilm } from './prepare.js';
import type { FilmTask } from './scene.js';

/** How long a thread waits before it looks again for a bench that is free. Milliseconds. */
const LOOK_MS = 5;

export function startFilm(_shared: unknown, slot: number): Computing<FilmTask> {
  return {
    open: async () => measured(),
    useScene(scene) {
      const film = scene as ThreadFilm;
      /** By bench. */
      const gatherings = new Map<number, Gathering>();
      return {
        async compute(_kernel, task, stopped) {
          const shown = shownIn(task.shown, film.groups);
          requireFitting(shown, task.rect, film);
          const bench = claimed(film.claims, slot, stopped);
          if (bench === undefined) return undefined;
          try {
            const gathering =
              gatherings.get(bench) ?? new Gathering(film.size, film.benches[bench] as (typeof film.benches)[0]);
            gatherings.set(bench, gathering);
            return answerOf(gathering.frame(shown, film.levels), task.rect, film);
          } finally {
            Atomics.store(film.claims, bench, 0);
          }
        },
      };
    },
    async close() {},
  };
}

/** A bench that no other thread has; undefined: the shard was stopped before one was free. */
function claimed(claims: Int32Array, slot: number, stopped: () => boolean): number | undefined {
  // A thread of this slot that died may have left one.
  const own = claims.indexOf(slot + 1);
  if (own >= 0) return own;
  while (!stopped()) {
    for (let k = 0; k < claims.length; k++) {
      const bench = (slot + k) % claims.length;
      if (Atomics.compareExchange(claims, bench, 0, slot + 1) === 0) return bench;
    }
    const bench = slot % claims.length;
    Atomics.wait(claims, bench, Atomics.load(claims, bench), LOOK_MS);
  }
  return undefined;
}

/** Texels are a quarter of a pixel to four pixels: other frames are nonsense, whose tables could be of any size. */
const NEAREST = 0.25;
const FARTHEST = 4;

/** @throws Error for what no frame of the segment shows */
function requireFitting(shown: readonly Shown[], { x, y, width, height }: Rect, { size }: ThreadFilm): void {
  if (x + width > size.width || y + height > size.height) throw new Error('the shard is not within its frame');
  for (const { tiles, to } of shown) {
    if (tiles.length === 0) continue;
    const texels = to.scale / 2 ** (tiles[0]?.level ?? 0);
    if (tiles.some(({ level }) => level !== tiles[0]?.level))
      throw new Error('tiles of several levels are shown as one');
    if (!(texels >= NEAREST && texels <= FARTHEST)) throw new Error(`a pixel of ${texels} texels is shown`);
  }
}

function answerOf(pixels: Uint8Array | Uint16Array, rect: Rect, { size }: ThreadFilm): Computed {
  const { buffer, byteOffset, byteLength } = pixels;
  const whole = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  const { x, y, width, height } = rect;
  const count = width * height;
  const work = { iterations: count, uncertain: 0, samples: count };
  if (width === size.width && height === size.height) return { bytes: whole, ...work };
  const each = 3 * pixels.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(each * count);
  for (let row = 0; row < height; row++) {
    const from = each * ((y + row) * size.width + x);
    bytes.set(whole.subarray(from, from + each * width), each * width * row);
  }
  return { bytes, ...work };
}
