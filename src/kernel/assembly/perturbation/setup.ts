/** How the host sets up a slot: its memory, its reference and tables once, what is computed for every view. */

import { buildMatrixLevel } from './bla-matrix-table';
import { buildAnalyticLevel } from './bla-table';
import { FOLDED, setFormula } from './reference-orbit';
import { layOut, Slot } from './slot';
import { setViewRecord } from './view';

/** at: SLOT_BYTES of zeroed memory, of which the functions of this module take the address. */
export function openSlot(at: usize): Slot {
  return layOut(at);
}

/** The orbit that points are perturbed from; parameters as in reference-orbit.ts. */
// prettier-ignore
export function setReference(slot: Slot, step: i32, power: i32, julia: bool, orbit: usize, start: i32, end: i32, underflow: usize,
  underflows: i32): void {
  setFormula(slot.reference, step, power, julia, orbit, start, end, underflow, underflows);
}

/** Where the levels of the tables lie, as in Table: in doubles, and with exponents. */
// prettier-ignore
export function setTables(slot: Slot, levels: usize, first: i32, depth: i32, extendedLevels: usize, extendedFirst: i32,
  extendedDepth: i32): void {
  slot.table.levels = levels;
  slot.table.first = first;
  slot.table.depth = depth;
  slot.extendedTable.levels = extendedLevels;
  slot.extendedTable.first = extendedFirst;
  slot.extendedTable.depth = extendedDepth;
}

/** What is to be computed of the points that follow; parameters as in view.ts. */
// prettier-ignore
export function setView(slot: Slot, flags: i32, limit: i64, exactLimit: i64, bailout: f64, pixelRe: f64, pixelIm: f64,
  pixelE: i32, side: f64): void {
  setViewRecord(slot.view, flags, limit, exactLimit, bailout, pixelRe, pixelIm, pixelE, side);
}

/**
 * Fills a part of one level of the table in doubles: entry j of level k covers the 2^k steps from Z_(1 + j·2^k).
 * below: the level before; 0: there is none, the entries are made of single steps.
 */
export function buildLevel(slot: Slot, below: usize, table: usize, level: i32, from: i32, to: i32): void {
  if (slot.reference.kind == FOLDED) buildMatrixLevel(slot, below, table, level, from, to);
  else buildAnalyticLevel(slot, below, table, level, from, to);
}
