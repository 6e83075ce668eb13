/**
 * Samples of views beyond double precision, as differences from a reference orbit. Orbit and table lie in one memory
 * that all threads of a worker share, and that they fill together.
 */

import { readFileSync } from 'node:fs';
import { BLOCK, blocks } from '../../shard/block.js';
import type { Rect } from '../../shard/shard.js';
import { fillPoints, plane } from '../../view/plane.js';
import { samplesPerPixel, type View } from '../../view/view.js';
import { CHUNK, chunks } from '../chunks.js';
import type { Computed } from '../kernel.js';
import { sharedMemory } from '../memory.js';
import { STEPS } from '../simd.js';
import { type Finish, openExact, type Walkers } from './exact.js';
import { exponentOf, isDeep, offsetOf, type Reference, scaledZoom } from './reference.js';
import { abandonTable, buildTogether, isBuilt, levelsOf, type Table } from './table.js';

/** What the threads of a worker share of a reference. */
export interface SharedReference extends Pick<Reference, 'formula' | 're' | 'im' | 'start'> {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Index of the orbit's last entry. */
  readonly length: number;
  readonly tinyAt: number;
  readonly tinies: number;
  readonly table: Table;
  /** The same with exponents of their own; undefined where no view lies beyond doubles. */
  readonly deepTable: Table | undefined;
  readonly regionsAt: number;
}

/** check: called several times a second while points are iterated exactly; what it throws ends the computation. */
export type Perturbed = (view: View, rect: Rect, check?: () => void) => Computed;

interface Exports {
  // biome-ignore format: one line per group of arguments
  setOrbit(step: number, power: number, julia: number, orbit: number, start: number, length: number,
    tiny: number, tinies: number): void;
  // biome-ignore format: one line per group of arguments
  setTables(levels: number, first: number, depth: number,
    deepLevels: number, deepFirst: number, deepDepth: number): void;
  // biome-ignore format: one line per group of arguments
  setView(flags: number, limit: bigint, checkable: bigint, bailout: number, unitRe: number, unitIm: number, unitExponent: number): void;
  enter(re: number, im: number, radius: number, exponent: number): void;
  perturb(count: number, re: number, im: number, exponent: number, nu: number, grown: number, distance: number): bigint;
  nuOf(n: bigint, zr: number, zi: number): number;
  estimateAt(zr: number, zi: number, a: number, b: number, c: number, d: number, e: number, at: number): void;
  buildLevel(below: number, table: number, level: number, from: number, to: number, scratch: number): void;
  buildDeepLevel(below: number, table: number, level: number, from: number, to: number, scratch: number): void;
  setKnown(at: number): void;
  setSeries(at: number): void;
  prepareProofs(): void;
}

const PAGE = 65536;
/** In the first page: counters of the threads that build a table, pointers to its levels; then the orbit. */
const COUNTERS_AT = 2048;
const DEEP_COUNTERS_AT = 2112;
const LEVELS_AT = 4096;
const DEEP_LEVELS_AT = 8192;
const ORBIT_AT = PAGE;

const ENTRY_BYTES = 152;
const MATRIX_ENTRY_BYTES = 144;
const DEEP_ENTRY_BYTES = 88;
/** What a table may take: of a longer orbit the short runs are left out. */
const TABLE_BYTES = 176 * 2 ** 20;
const DEEP_TABLE_BYTES = 64 * 2 ** 20;

/** A slot's part of the memory: an entry under construction, discs known to stay, polynomials; points, nu, growth, distances. */
const KNOWN_AT = 256;
const SERIES_AT = KNOWN_AT + 32 * 24;
const SCRATCH_BYTES = SERIES_AT + 4 * (8 + 17 * 16);
const REGION_BYTES = SCRATCH_BYTES + 6 * 8 * CHUNK;
const FLAG_WHOLE = 2;
const FLAG_PROVE = 8;

/** The compiled code. */
export const PERTURBATION = new URL('./perturb.wasm', import.meta.url);

let compiled: WebAssembly.Module | undefined;

/** A reference whose doubles may be bytes, little endian, that begin at any address: as they came over the wire. */
export interface ReferenceData extends Omit<Reference, 'orbit' | 'tiny'> {
  readonly orbit: Float64Array | Uint8Array;
  readonly tiny: Float64Array | Uint8Array;
}

/** Copied at a time: some 2 ms. */
const COPY_BYTES = 4 << 20;

/** Where the parts of a shared memory lie. */
function layoutOf({ formula, orbit, tiny, deep }: ReferenceData) {
  const length = orbit.byteLength / 16 - 1;
  const tinyAt = ORBIT_AT + orbit.byteLength;
  const entryBytes = formula.step === 'holomorphic' ? ENTRY_BYTES : MATRIX_ENTRY_BYTES;
  const table = levelsOf(length, tinyAt + tiny.byteLength, entryBytes, TABLE_BYTES, COUNTERS_AT);
  const deepTable = deep
    ? levelsOf(length, table.end, DEEP_ENTRY_BYTES, DEEP_TABLE_BYTES, DEEP_COUNTERS_AT)
    : undefined;
  return { length, tinyAt, table, deepTable, regionsAt: (deepTable ?? table).end };
}

/** Bytes that a reference takes in the memory that `slots` threads share. */
export function sharedBytes(reference: ReferenceData, slots: number): number {
  return layoutOf(reference).regionsAt + slots * REGION_BYTES;
}

/** Copies an orbit to where `slots` threads can work with it. */
export function shareReference(reference: ReferenceData, slots: number): SharedReference {
  const { shared, copy } = shareInSteps(reference, slots);
  while (copy.next().done !== true);
  return shared;
}

/**
 * The same a few milliseconds at a time: `shared` may be used once `copy` is done. Large orbits take longer than an event
 * loop may wait.
 * @throws FractalError RESOURCES
 */
export function shareInSteps(
  reference: ReferenceData,
  slots: number,
): { readonly shared: SharedReference; readonly copy: Iterator<void> } {
  compiled ??= new WebAssembly.Module(readFileSync(PERTURBATION));
  const { formula, re, im, orbit, tiny, start } = reference;
  const { length, tinyAt, table, deepTable, regionsAt } = layoutOf(reference);
  const memory = sharedMemory(regionsAt + slots * REGION_BYTES);
  new Uint32Array(memory.buffer, LEVELS_AT, table.levels.length).set(table.levels);
  if (deepTable) new Uint32Array(memory.buffer, DEEP_LEVELS_AT, deepTable.levels.length).set(deepTable.levels);
  const tinies = tiny.byteLength / 40;
  const shared = {
    formula,
    re,
    im,
    start,
    module: compiled,
    memory,
    length,
    tinyAt,
    tinies,
    table,
    deepTable,
    regionsAt,
  };
  return { shared, copy: copyTo(memory, [orbit, ORBIT_AT], [tiny, tinyAt]) };
}

function* copyTo(memory: WebAssembly.Memory, ...parts: [Float64Array | Uint8Array, number][]): Generator<undefined> {
  let copied = 0;
  for (const [{ buffer, byteOffset, byteLength }, at] of parts) {
    const from = new Uint8Array(buffer, byteOffset, byteLength);
    const to = new Uint8Array(memory.buffer, at, byteLength);
    for (let begin = 0; begin < byteLength; begin += COPY_BYTES, copied++) {
      if (copied > 0) yield;
      to.set(from.subarray(begin, begin + COPY_BYTES), begin);
    }
  }
}

/**
 * Whether all tables that this view needs are built: from then on a thread that computes it may end at any time
 * without leaving other threads to wait for its part of a table.
 */
export function tablesBuilt({ memory, table, deepTable }: SharedReference, view: View): boolean {
  return isBuilt(table, memory) && (!deepTable || !isDeep(view) || isBuilt(deepTable, memory));
}

/** The orbit in a shared memory. */
export function sharedOrbit(shared: SharedReference): ReferenceData {
  const { formula, re, im, start, memory, length, tinyAt, tinies, deepTable } = shared;
  const orbit = new Float64Array(memory.buffer, ORBIT_AT, 2 * (length + 1));
  const tiny = new Float64Array(memory.buffer, tinyAt, 5 * tinies);
  return { formula, re, im, start, orbit, tiny, deep: deepTable !== undefined };
}

/** A thread that had a part in building the tables is gone: others stop waiting for them. False: all are built. */
export function abandonTables({ table, deepTable, memory }: SharedReference): boolean {
  const abandoned = [table, deepTable].map((one) => one !== undefined && abandonTable(one, memory));
  return abandoned.includes(true);
}

/** The work of one slot on a shared reference. `proofs: false` switches proofs off: the samples are the same. */
export function openPerturbation(shared: SharedReference, slot: number, proofs = true): Perturbed {
  const { formula, memory, length, table, deepTable } = shared;
  const { exports } = new WebAssembly.Instance(shared.module, { env: { memory, abort } });
  const {
    enter,
    nuOf,
    estimateAt,
    setKnown,
    setSeries,
    setOrbit,
    setTables,
    setView,
    perturb,
    prepareProofs,
    buildLevel,
    buildDeepLevel,
  } = exports as unknown as Exports;
  const scratch = shared.regionsAt + slot * REGION_BYTES;
  const reAt = scratch + SCRATCH_BYTES;
  const imAt = reAt + 8 * CHUNK;
  const nuAt = imAt + 8 * CHUNK;
  const grownAt = nuAt + 8 * CHUNK;
  const distanceAt = grownAt + 8 * CHUNK;
  const re = new Float64Array(memory.buffer, reAt, CHUNK);
  const im = new Float64Array(memory.buffer, imAt, CHUNK);
  const found = new Float64Array(memory.buffer, nuAt, CHUNK);
  const grown = new Float64Array(memory.buffer, grownAt, CHUNK);
  const distances = new Float64Array(memory.buffer, distanceAt, 2 * CHUNK);
  const { start, tinyAt, tinies } = shared;
  // biome-ignore format: as declared
  setKnown(scratch + KNOWN_AT);
  setSeries(scratch + SERIES_AT);
  setOrbit(STEPS[formula.step], formula.power, formula.julia ? 1 : 0, ORBIT_AT, start, length, tinyAt, tinies);
  // biome-ignore format: as declared
  setTables(LEVELS_AT, table.first, table.levels.length - 1,
    DEEP_LEVELS_AT, deepTable?.first ?? 1, (deepTable?.levels.length ?? 1) - 1);
  buildTogether(table, memory, (level, from, to) => {
    buildLevel(table.levels[level - 1] as number, table.levels[level] as number, level, from, to, scratch);
  });
  if (proofs && formula.julia) prepareProofs();
  const walkers: Walkers = new Map();
  const finish: Finish = {
    nuOf,
    distanceOf(zr, zi, { a, b, c, d, exponent }, index) {
      estimateAt(zr, zi, a, b, c, d, exponent, distanceAt + 16 * index);
    },
  };
  let deepBuilt = false;

  function openDeep(): void {
    if (deepBuilt) return;
    if (!deepTable) throw new Error('the reference was not made for this depth');
    buildTogether(deepTable, memory, (level, from, to) => {
      buildDeepLevel(
        deepTable.levels[level - 1] as number,
        deepTable.levels[level] as number,
        level,
        from,
        to,
        scratch,
      );
    });
    deepBuilt = true;
  }

  return (view, rect, check = () => undefined) => {
    const exponent = isDeep(view) ? exponentOf(view) : 0;
    if (exponent !== 0) openDeep();
    const scaled = exponent === 0 ? view : { ...view, zoom: scaledZoom(view, exponent) };
    const [offsetRe, offsetIm] = offsetOf(view, shared, exponent);
    const camera = { ...plane(scaled), re: [offsetRe, 0], im: [offsetIm, 0] } as const;
    const { cosStep, sinStep } = camera;
    const perPixel = samplesPerPixel(view.sampling);
    const exact = openExact(view, { re: cosStep, im: sinStep, exponent }, finish, walkers);
    const flags = (view.count === 'whole' ? FLAG_WHOLE : 0) | (proofs ? FLAG_PROVE : 0);
    setView(flags, BigInt(view.iterations), BigInt(exact.most), view.bailout, cosStep, sinStep, exponent);
    const samples = rect.width * rect.height * perPixel;
    const nu = new Float64Array(samples);
    const distance = view.distance ? new Float64Array(2 * samples) : undefined;
    const checked = { nu: found, grown, distances: distance && distances };
    let iterations = 0;
    let uncertain = 0;
    const radius = BLOCK * Math.SQRT1_2 * Math.hypot(cosStep, sinStep);
    const halfWidth = view.width / 2;
    const halfHeight = view.height / 2;
    for (const block of blocks(rect)) {
      const px = block.x + BLOCK / 2 - halfWidth;
      const py = halfHeight - (block.y + BLOCK / 2);
      enter(offsetRe + (px * cosStep - py * sinStep), offsetIm + (px * sinStep + py * cosStep), radius, exponent);
      for (const part of chunks(block.part, perPixel)) {
        const count = fillPoints(scaled, part, re, im, camera);
        iterations += Number(perturb(count, reAt, imAt, exponent, nuAt, grownAt, distance ? distanceAt : 0));
        const settled = exact.settle(part, checked, check);
        iterations += settled.iterations;
        uncertain += settled.uncertain;
        const row = part.width * perPixel;
        for (let y = 0; y < part.height; y++) {
          const to = ((part.y - rect.y + y) * rect.width + part.x - rect.x) * perPixel;
          nu.set(found.subarray(y * row, (y + 1) * row), to);
          distance?.set(distances.subarray(2 * y * row, 2 * (y + 1) * row), 2 * to);
        }
      }
    }
    return { nu, iterations, uncertain, ...(distance ? { distance } : {}) };
  };
}

function abort(): never {
  throw new Error('the WebAssembly kernel aborted');
}
