/**
 * The memory that the threads of a worker share of a reference: counters and pointers in the first page, then the orbit, its
 * underflow list, the tables, and a region for each slot. The sizes of records are exported by the WebAssembly
 * module.
 */

import { readFileSync } from 'node:fs';
import { CHANNELS } from '../../view/channels.js';
import { CHUNK } from '../chunks.js';
import { sharedMemory } from '../memory.js';
import { abort, constantsOf } from '../wasm.js';
import type { Reference } from './reference.js';
import { levelsOf, type Table } from './table.js';

/** The compiled code. */
export const PERTURBATION = new URL('./perturb.wasm', import.meta.url);

const PAGE = 65536;
const COUNTERS_AT = 2048;
const EXTENDED_COUNTERS_AT = 2112;
export const LEVELS_AT = 4096;
export const EXTENDED_LEVELS_AT = 8192;
export const ORBIT_AT = PAGE;

/** Bytes of a table at most: for a longer orbit the short runs are left out. */
const TABLE_BYTES = 176 * 2 ** 20;
const EXTENDED_TABLE_BYTES = 64 * 2 ** 20;

const NAMES = [
  'ENTRY_BYTES',
  'MATRIX_ENTRY_BYTES',
  'EXTENDED_ENTRY_BYTES',
  'UNDERFLOW_BYTES',
  'SLOT_BYTES',
  'BEYOND',
  'LEAST_BAILOUT2',
  'FLAG_WHOLE',
  'FLAG_PROOFS',
  'CERTAIN',
  'DOUBTFUL',
] as const;

interface Compiled {
  readonly module: WebAssembly.Module;
  readonly constants: Readonly<Record<(typeof NAMES)[number], number>>;
}

let compiled: Compiled | undefined;

/** The module and what it exports as constants, which takes an instance on a memory of one page: once a thread. */
export function perturbationModule(): Compiled {
  if (!compiled) {
    const module = new WebAssembly.Module(readFileSync(PERTURBATION));
    const { exports } = new WebAssembly.Instance(module, { env: { memory: sharedMemory(PAGE), abort } });
    compiled = { module, constants: constantsOf(exports, NAMES) };
  }
  return compiled;
}

/** A reference whose doubles may be bytes, little endian, that begin at any address, as they were received. */
export interface ReferenceData extends Omit<Reference, 'orbit' | 'underflow'> {
  readonly orbit: Float64Array | Uint8Array;
  readonly underflow: Float64Array | Uint8Array;
}

export interface Layout {
  /** Index of the orbit's last entry. */
  readonly end: number;
  readonly underflowAt: number;
  readonly underflows: number;
  readonly table: Table;
  /** The same with exponents of their own; undefined where no view lies beyond doubles. */
  readonly extendedTable: Table | undefined;
  /** Where the regions of the slots begin. */
  readonly regionsAt: number;
}

export function layoutOf({ formula, orbit, underflow, extended }: ReferenceData): Layout {
  const { ENTRY_BYTES, MATRIX_ENTRY_BYTES, EXTENDED_ENTRY_BYTES, UNDERFLOW_BYTES } = perturbationModule().constants;
  const end = orbit.byteLength / 16 - 1;
  const underflowAt = ORBIT_AT + orbit.byteLength;
  const underflows = underflow.byteLength / UNDERFLOW_BYTES;
  const entryBytes = formula.step === 'holomorphic' ? ENTRY_BYTES : MATRIX_ENTRY_BYTES;
  const table = levelsOf(end, underflowAt + underflow.byteLength, entryBytes, TABLE_BYTES, COUNTERS_AT);
  const extendedTable = extended
    ? levelsOf(end, table.end, EXTENDED_ENTRY_BYTES, EXTENDED_TABLE_BYTES, EXTENDED_COUNTERS_AT)
    : undefined;
  const { end: behind } = extendedTable ?? table;
  // Records of the slots, and vectors in them, lie at multiples of 16.
  return { end, underflowAt, underflows, table, extendedTable, regionsAt: Math.ceil(behind / 16) * 16 };
}

/** A slot's region: the module's records; points, their results, and how certain these are. */
export interface Region {
  readonly slotAt: number;
  readonly reAt: number;
  readonly imAt: number;
  readonly nuAt: number;
  readonly errorBitsAt: number;
  readonly distanceAt: number;
  readonly footprintAt: number;
  readonly phaseAt: number;
  /** Of one point. */
  readonly cycleAt: number;
  readonly statusAt: number;
  readonly end: number;
}

const CYCLE_BYTES = 8 * CHANNELS.cycle.numbers;

export function regionOf(regionsAt: number, slot: number): Region {
  const { SLOT_BYTES } = perturbationModule().constants;
  const doubles = 8 * CHUNK;
  const bytes = SLOT_BYTES + 8 * doubles + CYCLE_BYTES + CHUNK;
  const slotAt = regionsAt + slot * bytes;
  const reAt = slotAt + SLOT_BYTES;
  return {
    slotAt,
    reAt,
    imAt: reAt + doubles,
    nuAt: reAt + 2 * doubles,
    errorBitsAt: reAt + 3 * doubles,
    distanceAt: reAt + 4 * doubles,
    footprintAt: reAt + 6 * doubles,
    phaseAt: reAt + 7 * doubles,
    cycleAt: reAt + 8 * doubles,
    statusAt: reAt + 8 * doubles + CYCLE_BYTES,
    end: slotAt + bytes,
  };
}
