/**
 * The state of one slot: records over memory of its own, which are passed to the functions that need them. A load through
 * their pointers takes as long as one of a module's global; what the innermost loops change is in locals.
 */

import { ENTRY_BYTES, Table } from './bla-entry';
import { Block } from './block';
import { Cycle, Matrix, Motion, Search, SEARCH_BYTES, Walk } from './cycle-record';
import { Enclosure } from './enclosure';
import { Extended } from './extended-exponent';
import { Discs, DISCS_BYTES, AttractingDisc } from './interior-disc';
import { Marks } from './marks';
import { Point } from './point';
import { Polynomial, POLYNOMIAL_BYTES } from './polynomial';
import { Parts, Reference } from './reference-orbit';
import { Series } from './series';
import { View } from './view';

@unmanaged
export class Slot {
  /** The first byte that no record takes yet. */
  next: usize;
  /** Room for an entry of a table. */
  scratch: usize;
  reference: Reference;
  view: View;
  table: Table;
  extendedTable: Table;
  point: Point;
  numbers: Numbers;
  marks: Marks;
  /** The marks where the series of a block ends. */
  seriesMarks: Marks;
  enclosure: Enclosure;
  attractingDisc: AttractingDisc;
  discs: Discs;
  block: Block;
  series: Series;
  cycle: Cycle;
}

/** Intermediate numbers of a step of an extended difference, and dc. */
@unmanaged
export class Numbers {
  z: Extended;
  w: Extended;
  s: Extended;
  q: Extended;
  t: Extended;
  pixel: Extended;
  dc: Extended;
  parts: Parts;
}

/** Bytes of a slot's state. */
export const SLOT_BYTES: usize = 8192;

/** Lays the records of a slot over SLOT_BYTES of zeroed memory. */
export function layOut(at: usize): Slot {
  const slot = changetype<Slot>(at);
  slot.next = at + roundUp(offsetof<Slot>());
  slot.scratch = take(slot, ENTRY_BYTES);
  slot.reference = record<Reference>(slot);
  slot.view = record<View>(slot);
  slot.table = record<Table>(slot);
  slot.extendedTable = record<Table>(slot);
  slot.point = record<Point>(slot);
  slot.point.d = record<Extended>(slot);
  const numbers = record<Numbers>(slot);
  slot.numbers = numbers;
  numbers.z = record<Extended>(slot);
  numbers.w = record<Extended>(slot);
  numbers.s = record<Extended>(slot);
  numbers.q = record<Extended>(slot);
  numbers.t = record<Extended>(slot);
  numbers.pixel = record<Extended>(slot);
  numbers.dc = record<Extended>(slot);
  numbers.parts = record<Parts>(slot);
  slot.marks = record<Marks>(slot);
  slot.seriesMarks = record<Marks>(slot);
  slot.enclosure = record<Enclosure>(slot);
  slot.attractingDisc = record<AttractingDisc>(slot);
  slot.discs = changetype<Discs>(take(slot, DISCS_BYTES));
  const block = record<Block>(slot);
  slot.block = block;
  block.d = changetype<Polynomial>(take(slot, POLYNOMIAL_BYTES));
  block.next = changetype<Polynomial>(take(slot, POLYNOMIAL_BYTES));
  block.factor = changetype<Polynomial>(take(slot, POLYNOMIAL_BYTES));
  block.product = changetype<Polynomial>(take(slot, POLYNOMIAL_BYTES));
  slot.series = record<Series>(slot);
  slot.series.d = block.d;
  slot.series.slopes = block.next;
  slot.cycle = layOutCycle(slot);
  if (slot.next > at + SLOT_BYTES) unreachable();
  return slot;
}

function layOutCycle(slot: Slot): Cycle {
  const cycle = record<Cycle>(slot);
  const walk = record<Walk>(slot);
  walk.byW = record<Matrix>(slot);
  walk.byC = record<Matrix>(slot);
  walk.stepByZ = record<Matrix>(slot);
  walk.stepByC = record<Matrix>(slot);
  cycle.walk = walk;
  cycle.search = changetype<Search>(take(slot, SEARCH_BYTES));
  cycle.right = record<Motion>(slot);
  cycle.right.slope = record<Matrix>(slot);
  cycle.up = record<Motion>(slot);
  cycle.up.slope = record<Matrix>(slot);
  return cycle;
}

@inline
function record<T>(slot: Slot): T {
  return changetype<T>(take(slot, offsetof<T>()));
}

function take(slot: Slot, bytes: usize): usize {
  const at = slot.next;
  slot.next = at + roundUp(bytes);
  return at;
}

/** To a multiple of 16. */
@inline
function roundUp(bytes: usize): usize {
  return (bytes + 15) & ~15;
}
