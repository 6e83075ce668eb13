/** References in memory that the threads of a worker share, and the state of the tables that they build together. */

import type { View } from '../../view/view.js';
import { sharedMemory } from '../memory.js';
import {
  EXTENDED_LEVELS_AT,
  type Layout,
  LEVELS_AT,
  layoutOf,
  ORBIT_AT,
  perturbationModule,
  regionOf,
} from './layout.js';
import { isExtended, type Reference } from './reference.js';
import { abandonTable, isBuilt } from './table.js';

/** What the threads of a worker share of a reference. */
export interface SharedReference extends Pick<Reference, 'formula' | 're' | 'im' | 'start'>, Layout {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

/** Bytes that a reference takes in the memory that `slots` threads share. */
export function sharedBytes(reference: Reference, slots: number): number {
  return regionOf(layoutOf(reference).regionsAt, slots).slotAt;
}

/** Copies an orbit to where `slots` threads can work with it. */
export function shareReference(reference: Reference, slots: number): SharedReference {
  const { formula, re, im, orbit, underflow, start } = reference;
  const layout = layoutOf(reference);
  const { underflowAt, table, extendedTable } = layout;
  const memory = sharedMemory(sharedBytes(reference, slots));
  new Float64Array(memory.buffer, ORBIT_AT, orbit.length).set(orbit);
  new Float64Array(memory.buffer, underflowAt, underflow.length).set(underflow);
  new Uint32Array(memory.buffer, LEVELS_AT, table.levels.length).set(table.levels);
  if (extendedTable) {
    new Uint32Array(memory.buffer, EXTENDED_LEVELS_AT, extendedTable.levels.length).set(extendedTable.levels);
  }
  return { ...layout, formula, re, im, start, module: perturbationModule().module, memory };
}

/** The same orbit at another place, with tables that are yet to be built. */
export function shareAgain(shared: SharedReference, slots: number): SharedReference {
  const { formula, re, im, start, memory, end, underflowAt, extendedTable } = shared;
  const orbit = new Float64Array(memory.buffer, ORBIT_AT, 2 * (end + 1));
  const { UNDERFLOW_BYTES } = perturbationModule().constants;
  const underflow = new Float64Array(memory.buffer, underflowAt, (shared.underflows * UNDERFLOW_BYTES) / 8);
  return shareReference({ formula, re, im, start, orbit, underflow, extended: extendedTable !== undefined }, slots);
}

/**
 * Whether all tables that this view needs are built: from then on a thread that computes it may end at any time
 * without leaving other threads to wait for its part of a table.
 */
export function tablesBuilt({ memory, table, extendedTable }: SharedReference, view: View): boolean {
  return isBuilt(table, memory) && (!extendedTable || !isExtended(view) || isBuilt(extendedTable, memory));
}

/** A thread that had a part in building the tables is gone: others stop waiting for them. False: all are built. */
export function abandonTables({ table, extendedTable, memory }: SharedReference): boolean {
  const abandoned = [table, extendedTable].map((one) => one !== undefined && abandonTable(one, memory));
  return abandoned.includes(true);
}
