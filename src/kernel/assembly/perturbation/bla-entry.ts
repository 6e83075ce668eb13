/** The layouts of BLA tables and their entries. */

/** Where a slot finds a table. */
@unmanaged
export class Table {
  /** Pointers (u32) to the levels, of which there are those from `first` to `depth`. */
  levels: usize;
  first: i32;
  depth: i32;
}

/** An entry of analytic formulas (bla-table.ts has the letters). */
@unmanaged
export class Entry {
  /** R, b, P. */
  radius: f64;
  weight: f64;
  mixedLimit: f64;
  /** |A|. */
  normA: f64;
  aRe: f64;
  aIm: f64;
  bRe: f64;
  bIm: f64;
  cRe: f64;
  cIm: f64;
  dRe: f64;
  dIm: f64;
  eRe: f64;
  eIm: f64;
  fRe: f64;
  fIm: f64;
  /** |B|. */
  normB: f64;
  /** T and U. */
  cubic: f64;
  quartic: f64;
}

export const ENTRY_BYTES: usize = offsetof<Entry>();

/** An entry of formulas that fold (bla-matrix-table.ts). */
@unmanaged
export class MatrixEntry {
  /** A and B by rows. */
  a0: f64;
  a1: f64;
  a2: f64;
  a3: f64;
  b0: f64;
  b1: f64;
  b2: f64;
  b3: f64;
  /** R and Rc. */
  radius: f64;
  radiusC: f64;
  /** Q: three coefficients for Re d, three for Im d. */
  q0: f64;
  q1: f64;
  q2: f64;
  q3: f64;
  q4: f64;
  q5: f64;
  /** The radius without Q, and a bound of the terms of third order. */
  radiusLinear: f64;
  cubic: f64;
}

export const MATRIX_ENTRY_BYTES: usize = offsetof<MatrixEntry>();

/** Where the matrices and the form of an entry lie. */
@inline
export function matrixA(entry: MatrixEntry): usize {
  return changetype<usize>(entry) + offsetof<MatrixEntry>('a0');
}

@inline
export function matrixB(entry: MatrixEntry): usize {
  return changetype<usize>(entry) + offsetof<MatrixEntry>('b0');
}

@inline
export function formQ(entry: MatrixEntry): usize {
  return changetype<usize>(entry) + offsetof<MatrixEntry>('q0');
}

/** An entry of differences beyond the range of doubles (bla-extended-table.ts). */
@unmanaged
export class ExtendedEntry {
  /** A and B by rows. */
  a0: f64;
  a1: f64;
  a2: f64;
  a3: f64;
  b0: f64;
  b1: f64;
  b2: f64;
  b3: f64;
  /** Logarithms to base 2 of R and Rc. */
  logRadius: f64;
  logRadiusC: f64;
  /** The exponents of A and B. */
  aE: i32;
  bE: i32;
}

export const EXTENDED_ENTRY_BYTES: usize = offsetof<ExtendedEntry>();

@inline
export function extendedA(entry: ExtendedEntry): usize {
  return changetype<usize>(entry) + offsetof<ExtendedEntry>('a0');
}

@inline
export function extendedB(entry: ExtendedEntry): usize {
  return changetype<usize>(entry) + offsetof<ExtendedEntry>('b0');
}
