/**
 * The channel `cycle`: the attracting cycles of points, which assembly/perturbation/cycle.ts finds. A point is a difference from a
 * reference orbit there; the points of views that are iterated directly are differences from 0, whose orbit is 0.
 */

import { CHANNELS } from '../view/channels.js';
import { plane } from '../view/plane.js';
import type { Formula, View } from '../view/view.js';
import { sharedMemory } from './memory.js';
import { perturbationModule } from './perturbation/layout.js';
import { abort, stepNumber } from './wasm.js';

const { numbers: NUMBERS } = CHANNELS.cycle;

/** Writes the cycle of the orbit of z to `at` (cycle.ts describes it). */
// biome-ignore format: one line per group of arguments
export type FindCycle = (slot: number, limit: bigint, spacing: number, cr: number, ci: number, zr: number, zi: number,
  julia: number, at: number) => void;

/** Points, and their counts. */
export interface CyclePoints {
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly nu: Float64Array;
}

/** Writes the channel `cycle` of the first `count` points: zeros for those that escape, or whose cycle is not found. */
export type WriteCycles = (count: number, points: CyclePoints, cycle: Float64Array, check?: () => void) => void;

/** `cycleOf`: the numbers of one point, good until the next. */
export function writerOf(cycleOf: (re: number, im: number) => Float64Array): WriteCycles {
  return (count, { re, im, nu }, cycle, check = () => undefined) => {
    cycle.fill(0, 0, NUMBERS * count);
    for (let k = 0; k < count; k++) {
      if (nu[k] !== Infinity) continue;
      check();
      cycle.set(cycleOf(re[k] as number, im[k] as number), NUMBERS * k);
    }
  };
}

/** For a view whose points are numbers of the plane, and for Julia sets at any depth. */
export function openDirectCycles(view: View): WriteCycles {
  const { formula, iterations } = view;
  const { step, re, im } = plane(view);
  const find = openCycleFinder(formula, iterations, step);
  if (!formula.julia) return writerOf((cr, ci) => find(cr, ci));
  const c = [Number(formula.julia.re), Number(formula.julia.im)] as const;
  if (formula.step === 'burning-ship') {
    const [centreRe, centreIm] = view.perturbed ? [re[0], im[0]] : [0, 0];
    return writerOf((zr, zi) => find(...c, centreRe + zr, centreIm + zi));
  }
  const shared = find(...c).slice();
  return writerOf(() => shared);
}

/**
 * The cycle of one c, as the channel has it; z: where the orbit begins. The numbers are good until the next call.
 * limit: iterations of an orbit at most; spacing: of pixels, in the plane.
 */
export function openCycleFinder(formula: Formula, limit: number, spacing: number) {
  const { slot, cycleAt, cycle, exports, setFormula, findCycle } = instance();
  const step = stepNumber(exports, formula.step);
  const [most, julia] = [BigInt(limit), formula.julia ? 1 : 0];
  return (cr: number, ci: number, zr = 0, zi = 0): Float64Array => {
    setFormula(step, formula.power);
    findCycle(slot, most, spacing, cr, ci, zr, zi, julia, cycleAt);
    return cycle;
  };
}

interface Exports {
  openSlot(at: number): number;
  // biome-ignore format: one line per group of arguments
  setReference(slot: number, step: number, power: number, julia: number, orbit: number, start: number, end: number,
    underflow: number, underflows: number): void;
  // biome-ignore format: one line per group of arguments
  setTables(slot: number, levels: number, first: number, depth: number,
    extendedLevels: number, extendedFirst: number, extendedDepth: number): void;
  readonly findCycle: FindCycle;
}

interface Instance {
  readonly slot: number;
  readonly cycleAt: number;
  readonly cycle: Float64Array;
  readonly findCycle: FindCycle;
  readonly exports: Record<string, unknown>;
  setFormula(step: number, power: number): void;
}

let opened: Instance | undefined;

/** The module on memory of its own, once for each thread: a slot whose reference is the orbit of 0 with c = 0, without tables. */
function instance(): Instance {
  if (opened) return opened;
  const { module, constants } = perturbationModule();
  const page = 65536;
  const [orbitAt, cycleAt, slotAt] = [page, page + 64, page + 128];
  const memory = sharedMemory(slotAt + constants.SLOT_BYTES);
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } });
  const { openSlot, setReference, setTables, findCycle } = exports as unknown as Exports;
  const slot = openSlot(slotAt);
  setTables(slot, orbitAt, 1, 0, orbitAt, 1, 0);
  const cycle = new Float64Array(memory.buffer, cycleAt, NUMBERS);
  const setFormula = (step: number, power: number) => setReference(slot, step, power, 0, orbitAt, 0, 1, orbitAt, 0);
  opened = { slot, cycleAt, cycle, findCycle, exports, setFormula };
  return opened;
}
