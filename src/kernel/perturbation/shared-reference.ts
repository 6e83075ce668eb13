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
  type ReferenceData,
  regionOf,
} from './layout.js';
import { isExtended, type Reference } from './reference.js';
import { abandonTable, isBuilt } from './table.js';

/** What the threads of a worker share of a reference. */
export interface SharedReference extends Pick<Reference, 'formula' | 're' | 'im' | 'start'>, Layout {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

/** Copied at a time: some 2 ms. */
const COPY_BYTES = 4 << 20;

/** Bytes that a reference takes in the memory that `slots` threads share. */
export function sharedBytes(reference: ReferenceData, slots: number): number {
  return regionOf(layoutOf(reference).regionsAt, slots).slotAt;
}

/** Copies an orbit into memory that `slots` threads share. */
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
  const { formula, re, im, orbit, underflow, start } = reference;
  const layout = layoutOf(reference);
  const { underflowAt, table, extendedTable } = layout;
  const memory = sharedMemory(sharedBytes(reference, slots));
  new Uint32Array(memory.buffer, LEVELS_AT, table.levels.length).set(table.levels);
  if (extendedTable) {
    new Uint32Array(memory.buffer, EXTENDED_LEVELS_AT, extendedTable.levels.length).set(extendedTable.levels);
  }
  const shared = { ...layout, formula, re, im, start, module: perturbationModule().module, memory };
  return { shared, copy: copyTo(memory, [orbit, ORBIT_AT], [underflow, underflowAt]) };
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

/** The orbit in a shared memory. */
export function sharedOrbit(shared: SharedReference): ReferenceData {
  const { formula, re, im, start, memory, end, underflowAt, underflows, extendedTable } = shared;
  const orbit = new Float64Array(memory.buffer, ORBIT_AT, 2 * (end + 1));
  const { UNDERFLOW_BYTES } = perturbationModule().constants;
  const underflow = new Float64Array(memory.buffer, underflowAt, (underflows * UNDERFLOW_BYTES) / 8);
  return { formula, re, im, start, orbit, underflow, extended: extendedTable !== undefined };
}

/**
 * Whether all tables that this view needs are built: from then on a thread that computes it may end at any time
 * without leaving other threads to wait for its part of a table.
 */
export function tablesBuilt({ memory, table, extendedTable }: SharedReference, view: View): boolean {
  return isBuilt(table, memory) && (!extendedTable || !isExtended(view) || isBuilt(extendedTable, memory));
}

/** To be called when a thread that took part in building the tables has ended: others stop waiting. False: all are built. */
export function abandonTables({ table, extendedTable, memory }: SharedReference): boolean {
  const abandoned = [table, extendedTable].map((one) => one !== undefined && abandonTable(one, memory));
  return abandoned.includes(true);
}
