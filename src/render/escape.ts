/**
 * What the count and the phase of a sample say of its escape: with R the bailout, p the power, and z_m the first iterate beyond
 * R, the fraction f = log_p(ln|z_m| / ln R) is in 0 to 1, and m - f = nu + log_p(log2 R). Where |z_m| is R^p, on the outer edge of a
 * band of equal m, f is 1; at R, on its inner edge, where the samples of the next band have f = 1, it is 0. After the escape the phase
 * becomes p times itself in each iteration, but for c / z^p.
 */

import type { ChannelArrays } from '../shard/raw-samples.js';
import type { Formula, View } from '../view/view.js';

/** How points of a view escape; plain data. */
export interface Escape {
  readonly step: Formula['step'];
  readonly power: number;
  /** nu + beyond = m + 1 - f. */
  readonly beyond: number;
  /** Turns of the phase across a sample whose footprint is 1 wide in nu, where f is 0. */
  readonly turn: number;
}

/** Logarithms may differ in the last bit from one version of Node to another: they are rounded to its multiples. */
const GRAIN = 2 ** -40;
/** The width of a footprint in nu is so much of the bound of |grad nu| (kernel/assembly/footprint.ts). */
const OF_BOUND = 0.75;

/** Of a view with smooth counts. */
export function escapeOf({ formula, bailout }: Pick<View, 'formula' | 'bailout'>): Escape {
  const { step, power } = formula;
  const beyond = 1 + rounded(Math.log2(Math.log2(bailout)) / Math.log2(power));
  return { step, power, beyond, turn: rounded((Math.log(bailout) * Math.log(power)) / (2 * Math.PI * OF_BOUND)) };
}

function rounded(value: number): number {
  return GRAIN * Math.round(value / GRAIN);
}

/** The phase after one more iteration. */
export function nextPhase(phase: number, { step, power }: Escape): number {
  const turned = power * (step === 'burning-ship' ? folded(phase) : step === 'tricorn' ? -phase : phase);
  return turned - Math.floor(turned);
}

/** That of |re| + i·|im|. */
function folded(phase: number): number {
  const half = phase < 0.5 ? phase : phase - 0.5;
  const quarter = half < 0.25 ? half : 0.5 - half;
  return quarter;
}

/** One sample that has escaped: its own phase, and that which it would have in the next band. */
export interface Escaped {
  /** 0 to 1. */
  fraction: number;
  /** Turns. */
  phase: number;
  next: number;
  /** The width of nu across the sample; 0 where it is not known. */
  width: number;
  /** Turns of `phase` across it; those of `next` are `power` times as many. */
  turns: number;
}

/** The part of a sample's footprint in its own band; the rest is in the next one. */
export function edgeShare({ fraction, width }: Readonly<Escaped>): number {
  return Math.min(1, fraction / Math.min(1, width));
}

/** Calls `each` for every sample that has escaped, with the same record and where its colour begins. */
export function forEscaped(
  { nu, phase, footprint }: ChannelArrays,
  escaping: Escape,
  each: (sample: Readonly<Escaped>, at: number) => void,
): void {
  if (phase?.length !== nu.length) throw new TypeError(`${nu.length} samples came with ${phase?.length ?? 0} phases`);
  const growth = growthOf(escaping.power);
  const sample: Escaped = { fraction: 0, phase: 0, next: 0, width: 0, turns: 0 };
  for (let i = 0; i < nu.length; i++) {
    const v = nu[i] as number;
    // Infinity, or NaN where a film has no sample.
    if (!(v < Infinity)) continue;
    const count = v + escaping.beyond;
    sample.fraction = 1 - (count - Math.floor(count));
    sample.phase = phase[i] as number;
    sample.next = nextPhase(sample.phase, escaping);
    sample.width = footprint ? (footprint[i] as number) : 0;
    const at = STEPS * sample.fraction;
    const k = at | 0;
    const grown = growth[k] as number;
    sample.turns = sample.width * escaping.turn * (grown + (at - k) * ((growth[k + 1] as number) - grown));
    each(sample, 3 * i);
  }
}

/** Entries of a table of p^f, for f = 0 to 1. */
const STEPS = 64;
const tables = new Map<number, Float64Array>();

/** By square roots, which are the same everywhere. */
function growthOf(power: number): Float64Array {
  let table = tables.get(power);
  if (!table) {
    table = new Float64Array(STEPS + 2).fill(1);
    let root = power;
    for (let bit = STEPS / 2; bit >= 1; bit /= 2) {
      root = Math.sqrt(root);
      for (let k = 0; k < table.length; k++) if (k & bit) table[k] = (table[k] as number) * root;
    }
    table[STEPS] = power;
    table[STEPS + 1] = power;
    tables.set(power, table);
  }
  return table;
}
