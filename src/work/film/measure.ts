/** What a worker states about how it assembles frames: the digest of two fixed frames, and its speed. */

import { createHash } from 'node:crypto';
import type { Similarity } from '../../film/camera.js';
import { placeTables } from '../../film/finish.js';
import { benchIn, Gathering } from '../../film/gather.js';
import { FilmMemory } from '../../film/memory.js';
import type { Shown } from '../../film/part.js';
import { halved, tileFor } from '../../film/texture.js';
import type { Measured } from '../kind.js';

/** The kernel that assembles frames. */
export const FILM_KERNEL = 'film';

const SIZE = { width: 64, height: 48 };
/** More than the frames show. */
const RECT = { x: -28, y: -32, width: 128, height: 112 };
const MEMORY_BYTES = 96 << 20;
const UPRIGHT: Similarity = { cos: 1.15, sin: 0, x: 0.3, y: -0.2, scale: 1.15 };
/** cos and sin of an angle with whole sides: 3, 4, 5. */
const TURNED: Similarity = { cos: 1.25 * 0.8, sin: 1.25 * 0.6, x: -0.7, y: 0.4, scale: 1.25 };
const COARSE: Similarity = { cos: 2.3, sin: 0, x: 20.5, y: -11, scale: 2.3 };

/** `speed`: pixels of frames a second. @throws FractalError RESOURCES */
export function measured(): Measured {
  const memory = new FilmMemory(MEMORY_BYTES);
  const fine = tileFor(memory, RECT);
  const around = (RECT.width + 2) * (RECT.height + 2);
  const light = memory.place(noise(3 * around + 1));
  const chance = memory.place(noise(around));
  memory.film.steady(light, chance, fine.width, fine.height / 2, fine.at);
  const coarse = halved(memory, fine);
  const shown = (to: Similarity): Shown[] => [
    { tiles: [fine], to, weight: 1 },
    { tiles: [coarse], to: COARSE, weight: 0.75 },
  ];
  const gathering = new Gathering(SIZE, benchIn(memory, placeTables(memory), SIZE, 2));
  const hash = createHash('sha256');
  hash.update(gathering.frame(shown(UPRIGHT), { bits: 8, dither: true }));
  hash.update(gathering.frame(shown(TURNED), { bits: 16, dither: false }));
  const from = performance.now();
  gathering.frame(shown(UPRIGHT), { bits: 8, dither: true });
  const seconds = Math.max(1e-6, (performance.now() - from) / 1000);
  return {
    detail: 'frames of films',
    speed: (SIZE.width * SIZE.height) / seconds,
    fingerprint: hash.digest('hex'),
  };
}

function noise(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => (Math.imul(i, 0x9e3779b1) >>> 8) / 2 ** 24);
}
