/**
 * Samples of views beyond double precision, as differences from a reference orbit. Orbit and table lie in one memory
 * that all threads of a worker share; they build the table together.
 */

import { BLOCK, blocks } from '../../shard/block.js';
import { arraysFor, type ChannelArrays, putSamples } from '../../shard/raw-samples.js';
import type { Rect } from '../../shard/shard.js';
import { CHANNELS, channelsOf } from '../../view/channels.js';
import { extentOf } from '../../view/matrix.js';
import { fillPoints, plane } from '../../view/plane.js';
import { footprintWidth, samplesPerPixel, type View } from '../../view/view.js';
import { type FindCycle, openDirectCycles, type WriteCycles, writerOf } from '../attracting-cycle.js';
import { CHUNK, chunks, type Mask, runs, wantedOf } from '../chunks.js';
import type { Computed } from '../kernel.js';
import { deformDistances } from '../screen.js';
import { abort, constantsOf, stepNumber } from '../wasm.js';
import { type Finish, openExact, type Walkers } from './exact.js';
import { EXTENDED_LEVELS_AT, LEVELS_AT, ORBIT_AT, regionOf } from './layout.js';
import { exponentOf, isExtended, offsetOf, scaledZoom } from './reference.js';
import type { SharedReference } from './shared-reference.js';
import { buildTogether, type Table } from './table.js';

export { PERTURBATION, type ReferenceData } from './layout.js';
export {
  abandonTables,
  type SharedReference,
  sharedBytes,
  sharedOrbit,
  shareInSteps,
  shareReference,
  tablesBuilt,
} from './shared-reference.js';

/** mask: as in Kernel. check: called between blocks of points, and several times a second while points are iterated exactly; what it throws ends the computation. */
export type Perturbed = (view: View, rect: Rect, check?: () => void, mask?: Mask) => Computed;

type BuildLevel = (slot: number, below: number, table: number, level: number, from: number, to: number) => void;

/** slot: the address of a slot's records. */
interface Exports {
  openSlot(at: number): number;
  // biome-ignore format: one line per group of arguments
  setReference(slot: number, step: number, power: number, julia: number, orbit: number, start: number, end: number,
    underflow: number, underflows: number): void;
  // biome-ignore format: one line per group of arguments
  setTables(slot: number, levels: number, first: number, depth: number,
    extendedLevels: number, extendedFirst: number, extendedDepth: number): void;
  // biome-ignore format: one line per group of arguments
  setView(slot: number, flags: number, limit: bigint, exactLimit: bigint, bailout: number,
    pixelRe: number, pixelIm: number, pixelExponent: number, side: number): void;
  beginBlock(slot: number, re: number, im: number, radius: number, exponent: number): void;
  // biome-ignore format: one line per group of arguments
  iteratePoints(slot: number, count: number, re: number, im: number, exponent: number,
    nu: number, status: number, errorBits: number, distance: number, footprint: number, phase: number): bigint;
  readonly findCycle: FindCycle;
  phaseOf(re: number, im: number): number;
  nuOf(slot: number, n: bigint, zr: number, zi: number): number;
  // biome-ignore format: one line per group of arguments
  estimateAt(slot: number, zr: number, zi: number,
    a: number, b: number, c: number, d: number, exponent: number, at: number): void;
  readonly buildLevel: BuildLevel;
  readonly buildExtendedLevel: BuildLevel;
  prepareProofs(slot: number): void;
}

/** The module of one slot, with the reference set. */
function openSlot(shared: SharedReference, slot: number) {
  const { formula, memory, table, extendedTable } = shared;
  const { exports } = new WebAssembly.Instance(shared.module, { env: { memory, abort } });
  const wasm = exports as unknown as Exports;
  const state = wasm.openSlot(regionOf(shared.regionsAt, slot).slotAt);
  // biome-ignore format: as declared
  wasm.setReference(state, stepNumber(exports, formula.step), formula.power, formula.julia ? 1 : 0, ORBIT_AT,
    shared.start, shared.end, shared.underflowAt, shared.underflows);
  // biome-ignore format: as declared
  wasm.setTables(state, LEVELS_AT, table.first, table.levels.length - 1,
    EXTENDED_LEVELS_AT, extendedTable?.first ?? 1, (extendedTable?.levels.length ?? 1) - 1);
  const build = (one: Table, buildLevel: BuildLevel) => {
    const at = (level: number) => one.levels[level] as number;
    buildTogether(one, memory, (level, from, to) => buildLevel(state, at(level - 1), at(level), level, from, to));
  };
  return {
    ...{ exports, wasm, state },
    buildTable: () => build(table, wasm.buildLevel),
    buildExtendedTable: extendedTable && (() => build(extendedTable, wasm.buildExtendedLevel)),
  };
}

/** Builds all tables in the calling thread, for threads that open the reference later. */
export function buildTables(shared: SharedReference): void {
  const { buildTable, buildExtendedTable } = openSlot(shared, 0);
  buildTable();
  buildExtendedTable?.();
}

/** The work of one slot on a shared reference. `proofs: false` switches proofs off: the samples are the same. */
export function openPerturbation(shared: SharedReference, slot: number, proofs = true): Perturbed {
  const { formula, memory } = shared;
  const { exports, wasm, state, buildTable, buildExtendedTable } = openSlot(shared, slot);
  const { FLAG_WHOLE, FLAG_PROOFS, CERTAIN } = constantsOf(exports, ['FLAG_WHOLE', 'FLAG_PROOFS', 'CERTAIN']);
  const { reAt, imAt, nuAt, errorBitsAt, distanceAt, footprintAt, phaseAt, cycleAt, statusAt } = regionOf(
    shared.regionsAt,
    slot,
  );
  const re = new Float64Array(memory.buffer, reAt, CHUNK);
  const im = new Float64Array(memory.buffer, imAt, CHUNK);
  const found = {
    nu: new Float64Array(memory.buffer, nuAt, CHUNK),
    distance: new Float64Array(memory.buffer, distanceAt, 2 * CHUNK),
    footprint: new Float64Array(memory.buffer, footprintAt, CHUNK),
    phase: new Float64Array(memory.buffer, phaseAt, CHUNK),
    cycle: new Float64Array(CHANNELS.cycle.numbers * CHUNK),
  } as const satisfies ChannelArrays;
  const errorBits = new Float64Array(memory.buffer, errorBitsAt, CHUNK);
  const status = new Uint8Array(memory.buffer, statusAt, CHUNK);
  buildTable();
  if (proofs && formula.julia) wasm.prepareProofs(state);
  const walkers: Walkers = new Map();
  const finish: Finish = {
    nuOf: (n, zr, zi) => wasm.nuOf(state, n, zr, zi),
    phaseOf: wasm.phaseOf,
    distanceOf(zr, zi, { a, b, c, d, exponent }, index) {
      wasm.estimateAt(state, zr, zi, a, b, c, d, exponent, distanceAt + 16 * index);
    },
  };
  let extendedBuilt = false;

  function openExtended(): void {
    if (extendedBuilt) return;
    if (!buildExtendedTable) throw new Error('the reference was not made for this depth');
    buildExtendedTable();
    extendedBuilt = true;
  }

  /** Undefined: cycles beyond the range of doubles are not sought. */
  function cyclesOf(view: View, exponent: number): WriteCycles | undefined {
    if (formula.julia) return openDirectCycles(view);
    if (exponent !== 0) return undefined;
    const [limit, spacing] = [BigInt(view.iterations), plane(view).step];
    const cycle = new Float64Array(memory.buffer, cycleAt, CHANNELS.cycle.numbers);
    return writerOf((re, im) => {
      wasm.findCycle(state, limit, spacing, re, im, 0, 0, 0, cycleAt);
      return cycle;
    });
  }

  /** Of points that are not certain the kernel gives the iteration up to which their footprint is together. */
  function widthsOfUncertain(count: number): void {
    for (let k = 0; k < count; k++) {
      if (status[k] === CERTAIN) continue;
      const nu = found.nu[k] as number;
      found.footprint[k] = nu === Infinity ? 0 : 2 * Math.max(1, nu - (found.footprint[k] as number));
    }
  }

  return (view, rect, check = () => undefined, mask = undefined) => {
    const exponent = isExtended(view) ? exponentOf(view) : 0;
    if (exponent !== 0) openExtended();
    const scaled = exponent === 0 ? view : { ...view, zoom: scaledZoom(view, exponent) };
    const [offsetRe, offsetIm] = offsetOf(view, shared, exponent);
    const camera = { ...plane(scaled), re: [offsetRe, 0], im: [offsetIm, 0] } as const;
    const { cosStep, sinStep, xx, xy, yx, yy } = camera;
    const [longest] = extentOf(view.deformation);
    const perPixel = samplesPerPixel(view.sampling);
    const exact = openExact(view, { re: cosStep, im: sinStep, exponent }, finish, walkers);
    const flags = (view.count === 'whole' ? FLAG_WHOLE : 0) | (proofs ? FLAG_PROOFS : 0);
    // biome-ignore format: as declared
    wasm.setView(state, flags, BigInt(view.iterations), BigInt(exact.most), view.bailout, cosStep, sinStep, exponent,
      footprintWidth(view.sampling) * longest);
    const { distance, footprint, phase } = view;
    const arrays = arraysFor(channelsOf(view), wantedOf(rect, mask) * perPixel);
    const order = mask && orderOf(mask);
    const more = { distances: distance && found.distance, phases: phase && found.phase };
    const checked = { ...{ nu: found.nu, status, errorBits }, ...more };
    const writeCycles = view.cycle && cyclesOf(view, exponent);
    let iterations = 0;
    const uncertain: number[] = [];
    const radius = BLOCK * Math.SQRT1_2 * Math.hypot(cosStep, sinStep) * longest;
    const halfWidth = view.width / 2;
    const halfHeight = view.height / 2;
    for (const block of blocks(rect)) {
      const parts = [...(mask ? runs(rect, mask, perPixel, block.part) : chunks(block.part, perPixel))];
      if (parts.length === 0) continue;
      check();
      const px = block.x + BLOCK / 2 - halfWidth;
      const py = halfHeight - (block.y + BLOCK / 2);
      const [centreRe, centreIm] = [px * xx + py * xy, px * yx + py * yy];
      wasm.beginBlock(state, offsetRe + centreRe, offsetIm + centreIm, radius, exponent);
      for (const part of parts) {
        const count = fillPoints(scaled, part, re, im, camera);
        const distancesAt = distance ? distanceAt : 0;
        const footprintsAt = footprint ? footprintAt : 0;
        const phasesAt = phase ? phaseAt : 0;
        // biome-ignore format: as declared
        iterations += Number(wasm.iteratePoints(state, count, reAt, imAt, exponent,
          nuAt, statusAt, errorBitsAt, distancesAt, footprintsAt, phasesAt));
        const replaced = exact.replace(part, checked, check);
        iterations += replaced.iterations;
        if (footprint) widthsOfUncertain(count);
        if (view.cycle) writeCycles?.(count, { re, im, nu: found.nu }, found.cycle, check);
        const row = part.width * perPixel;
        for (let y = 0; y < part.height; y++) {
          const at = (part.y - rect.y + y) * rect.width + part.x - rect.x;
          putSamples(arrays, found, { from: y * row, count: row, to: (order ? (order[at] as number) : at) * perPixel });
        }
        for (const at of replaced.uncertain) {
          const [x, y] = [part.x - rect.x + (at % part.width), part.y - rect.y + Math.floor(at / part.width)];
          uncertain.push(y * rect.width + x);
        }
      }
    }
    deformDistances(arrays.distance, view);
    return { ...arrays, iterations, uncertain };
  };
}

/** Of each pixel how many wanted ones are before it. */
function orderOf(mask: Mask): Int32Array {
  const order = new Int32Array(mask.length);
  let before = 0;
  for (const [at, wanted] of mask.entries()) {
    order[at] = before;
    before += wanted;
  }
  return order;
}
