/** Which entry of a table is taken: the longest run that begins where a point is and is valid for what it has become. */

import { FOLDED } from './orbit';
import { ENTRY, M_R, M_R_C, MATRIX_ENTRY, P, R, WEIGHT } from './table';

/** Bytes of an entry. */
@inline
export function entryBytesOf(kind: i32): usize {
  return kind == FOLDED ? MATRIX_ENTRY : ENTRY;
}

/** Of a level the entry for the run that begins behind `index`. levels: pointers (u32). */
@inline
export function entryOf(levels: usize, level: i32, index: i32, bytes: usize): usize {
  return <usize>load<u32>(levels + (<usize>level << 2)) + <usize>(index >> level) * bytes;
}

/** The longest run of the table from the orbit's entry `at` that takes no more than `left` steps, as a power of two; -1: none. */
@inline
export function longestFrom(at: i32, left: i64, depth: i32): i32 {
  const index = at - 1;
  return index < 0 || left < 1 ? -1 : min(index == 0 ? depth : min(ctz(index), depth), 63 - <i32>clz(left));
}

/** Whether an entry is valid for such sizes of d and dc. */
@inline
export function reaches(kind: i32, entry: usize, size: f64, sizeC: f64): bool {
  if (kind == FOLDED) return size < load<f64>(entry, M_R) && sizeC < load<f64>(entry, M_R_C);
  const part = load<f64>(entry, WEIGHT) * sizeC;
  const all = size + part;
  return all < load<f64>(entry, R) && all * part < load<f64>(entry, P);
}

/** The longest valid run, as a power of two: shorter ones are valid wherever longer ones are. 0: a single step is due. */
@inline
export function seekRun(kind: i32, levels: usize, first: i32, depth: i32, at: i32, left: i64, size: f64, sizeC: f64): i32 {
  const most = longestFrom(at, left, depth);
  let level = first;
  while (level <= most && reaches(kind, entryOf(levels, level, at - 1, entryBytesOf(kind)), size, sizeC)) level++;
  return level == first ? 0 : level - 1;
}
