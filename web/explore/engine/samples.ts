/** Samples of a piece as textures take them: what the thread that unpacks pieces sends to the page. */

import { NONE, type Unpacked } from '../../../src/tiles/packing.js';

export interface Samples {
  readonly width: number;
  readonly height: number;
  /** nu of a sample is base + its number in `counts`; of the interior that is INTERIOR. */
  readonly base: number;
  readonly counts: Float32Array;
  readonly hasInterior: boolean;
  /** The largest nu; -Infinity where all is interior. */
  readonly most: number;
  /** (right, up), in pixels of the piece. */
  readonly distance?: Float32Array;
  /** In iterations. */
  readonly footprint?: Float32Array;
  /** In turns. */
  readonly phase?: Float32Array;
  /**
   * Of the interior: the fraction of a cycle of the palette that the period stands for, or -1 where it is not known; that of the
   * multiplier; the multiplier's absolute value, and the distance to the boundary.
   */
  readonly cycle?: Float32Array;
}

/** Counts of this or more. */
export const INTERIOR = 3e38;
/** Counts are measured from no less: below it all have the same colour, and the root of base + 4 is never 0. */
const LEAST_BASE = -3;

export function samplesOf({ width, height, counts, distance, footprint, phase, cycle }: Unpacked): Samples {
  return {
    ...{ width, height, ...countsOf(counts) },
    ...(distance ? { distance } : {}),
    ...(footprint ? { footprint } : {}),
    ...(phase ? { phase } : {}),
    ...(cycle ? { cycle: cyclesOf(cycle) } : {}),
  };
}

type Counts = Pick<Samples, 'base' | 'counts' | 'hasInterior' | 'most'>;

function countsOf(counts: Unpacked['counts']): Counts {
  return counts.kind === 'steps' ? fromSteps(counts.base, counts.step, counts.n) : fromDoubles(counts.nu);
}

function fromSteps(first: number, step: number, n: Int32Array): Counts {
  let [least, most] = [Infinity, -Infinity];
  for (const k of n) {
    if (k === NONE) continue;
    if (k < least) least = k;
    if (k > most) most = k;
  }
  const middle = least <= most ? Math.round((least + most) / 2) : 0;
  const base = Math.max(LEAST_BASE, first + step * middle);
  const from = first - base;
  const offsets = new Float32Array(n.length);
  let hasInterior = false;
  for (let i = 0; i < n.length; i++) {
    const k = n[i] as number;
    if (k === NONE) hasInterior = true;
    offsets[i] = k === NONE ? INTERIOR : from + step * k;
  }
  return { base, counts: offsets, hasInterior, most: most > -Infinity ? first + step * most : -Infinity };
}

function fromDoubles(nu: Float64Array): Counts {
  let [least, most] = [Infinity, -Infinity];
  for (const v of nu) {
    if (v === Infinity) continue;
    if (v < least) least = v;
    if (v > most) most = v;
  }
  const base = least <= most ? Math.max(LEAST_BASE, Math.round((least + most) / 2)) : 0;
  let hasInterior = false;
  const offsets = Float32Array.from(nu, (v) => {
    if (v === Infinity) hasInterior = true;
    return v === Infinity ? INTERIOR : v - base;
  });
  return { base, counts: offsets, hasInterior, most };
}

/** The fraction of the golden ratio, as render/interior-colour.ts has it. */
const GOLDEN = 0.6180339887498949;

function cyclesOf(cycle: Float32Array): Float32Array {
  const ready = new Float32Array(cycle.length);
  for (let i = 0; i < cycle.length; i += 4) {
    const [period, re, im] = [cycle[i] as number, cycle[i + 1] as number, cycle[i + 2] as number];
    const turns = Math.atan2(im, re) / (2 * Math.PI);
    ready[i] = period > 0 ? (period * GOLDEN) % 1 : -1;
    ready[i + 1] = turns - Math.floor(turns);
    ready[i + 2] = Math.hypot(re, im);
    ready[i + 3] = Math.min(65_000, cycle[i + 3] as number);
  }
  return ready;
}
