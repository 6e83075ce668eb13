/** Smooth counts of a piece as whole steps from a base, or, where they are too far apart for that, as doubles (packing.ts). */

import { STEP } from './piece-header.js';
import { COUNTS, NONE, readPlane, writePlane } from './planes.js';

/** Counts are more exact than STEP, down to this step, where a piece has fewer steps than FEW_STEPS. */
const LEAST_STEP = 2 ** -16;
const FEW_STEPS = 1_024;

/** base + step * n; n of interior points is NONE. Or doubles, of the interior +Infinity. */
export type Counts =
  | { readonly kind: 'steps'; readonly base: number; readonly step: number; readonly n: Int32Array }
  | { readonly kind: 'doubles'; readonly nu: Float64Array };

/** As doubles; +Infinity in the interior. */
export function nuOf(counts: Counts): Float64Array {
  if (counts.kind === 'doubles') return counts.nu;
  const { base, step, n } = counts;
  return Float64Array.from(n, (k) => (k === NONE ? Infinity : base + step * k));
}

export interface Scale {
  readonly base: number;
  readonly step: number;
}

/** undefined: the counts are too far apart for steps. */
export function scaleOf(nu: Float64Array): Scale | undefined {
  let [least, most] = [Infinity, -Infinity];
  for (const v of nu) {
    if (!(v > -Infinity)) throw new Error(`a piece with a count of ${v} cannot be packed`);
    if (v < least) least = v;
    if (v > most && v !== Infinity) most = v;
  }
  if (least === Infinity) return { base: 0, step: STEP };
  const base = Math.floor(least);
  if (!((most - base) / STEP < COUNTS - 1)) return undefined;
  let step = STEP;
  while (step > LEAST_STEP && most - least < FEW_STEPS * step) step /= 2;
  return { base, step };
}

export function stepsOf(nu: Float64Array, { base, step }: Scale): Int32Array {
  const n = new Int32Array(nu.length);
  for (let i = 0; i < nu.length; i++) {
    const v = nu[i] as number;
    n[i] = v === Infinity ? NONE : Math.round((v - base) / step);
  }
  return n;
}

/** Low words, then high words. */
export function writeDoubles(nu: Float64Array, width: number, to: Uint8Array): void {
  const words = new Int32Array(nu.slice().buffer);
  for (const half of [0, 1]) {
    writePlane(
      Int32Array.from(nu, (_, i) => words[2 * i + half] as number),
      width,
      4,
      to,
      4 * half * nu.length,
    );
  }
}

export function readDoubles(count: number, width: number, from: Uint8Array): Float64Array {
  const nu = new Float64Array(count);
  const words = new Int32Array(nu.buffer);
  for (const half of [0, 1]) {
    const plane = readPlane(count, width, 4, from, 4 * half * count);
    for (let i = 0; i < count; i++) words[2 * i + half] = plane[i] as number;
  }
  return nu;
}
