/** Which entry of a BLA table is taken: the longest run that begins at the point's index and is valid for its difference. */

import { ENTRY_BYTES, Entry, MATRIX_ENTRY_BYTES, MatrixEntry, Table } from './bla-entry';
import { FOLDED } from './reference-orbit';

/** Bytes of an entry. */
@inline
export function entryBytesOf(kind: i32): usize {
  return kind == FOLDED ? MATRIX_ENTRY_BYTES : ENTRY_BYTES;
}

/** Of a level the entry for the run that begins behind `index`. levels: as in Table. */
@inline
export function entryOf(levels: usize, level: i32, index: i32, bytes: usize): usize {
  return <usize>load<u32>(levels + (<usize>level << 2)) + <usize>(index >> level) * bytes;
}

/** The longest run of the table from the orbit's entry `m` that takes no more than `left` steps, as a power of two; -1: none. */
@inline
export function longestFrom(m: i32, left: i64, depth: i32): i32 {
  const index = m - 1;
  return index < 0 || left < 1 ? -1 : min(index == 0 ? depth : min(ctz(index), depth), 63 - <i32>clz(left));
}

/** Whether an entry is valid for such sizes of d and dc. */
@inline
export function isValid(kind: i32, at: usize, size: f64, sizeC: f64): bool {
  if (kind == FOLDED) {
    const entry = changetype<MatrixEntry>(at);
    return size < entry.radius && sizeC < entry.radiusC;
  }
  const entry = changetype<Entry>(at);
  const part = entry.weight * sizeC;
  const all = size + part;
  return all < entry.radius && all * part < entry.mixedLimit;
}

/**
 * The longest valid run that takes no more than `left` steps, as a power of two: shorter ones are valid wherever longer ones
 * are. 0: a single step is due.
 */
@inline
export function longestValid(kind: i32, table: Table, m: i32, left: i64, size: f64, sizeC: f64): i32 {
  const levels = table.levels;
  const first = table.first;
  const most = longestFrom(m, left, table.depth);
  let level = first;
  while (level <= most && isValid(kind, entryOf(levels, level, m - 1, entryBytesOf(kind)), size, sizeC)) level++;
  return level == first ? 0 : level - 1;
}
