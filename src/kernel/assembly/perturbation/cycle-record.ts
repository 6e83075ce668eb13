/** What the search for a point's attracting cycle works on (cycle.ts). */

/** A real 2x2 matrix, by rows. */
@unmanaged
export class Matrix {
  a: f64;
  b: f64;
  c: f64;
  d: f64;
}

/** An orbit, and its derivatives (cycle-walk.ts). */
@unmanaged
export class Walk {
  /** dc, and its change by which derivatives are: one pixel. */
  cRe: f64;
  cIm: f64;
  spacing: f64;
  /** z = Z_m + d, and m. */
  re: f64;
  im: f64;
  dRe: f64;
  dIm: f64;
  m: i32;
  /** ∂z/∂w, and ∂z/∂c. */
  byW: Matrix;
  byC: Matrix;
  /** Of the last step: its derivatives by z and by c. */
  stepByZ: Matrix;
  stepByC: Matrix;
  /** The second one by z: of the re and of the im of the result by xx, xy, yy. */
  reXX: f64;
  reXY: f64;
  reYY: f64;
  imXX: f64;
  imXY: f64;
  imYY: f64;
  /** The one by z and c, which is complex: only entries of analytic formulas have it. */
  mixedRe: f64;
  mixedIm: f64;
}

/** Records are kept up to this number. */
const MOST_RECORDS: i32 = 96;

/** An orbit in single steps, and what is known of it (cycle-search.ts). Behind it lie the iterations of its records. */
@unmanaged
export class Search {
  /** The iteration, z = Z_m + d after it, and |z|^2. */
  n: i64;
  re: f64;
  im: f64;
  mag2: f64;
  dRe: f64;
  dIm: f64;
  m: i32;
  /** How many records there were, and the least |z|^2. */
  records: i32;
  least: f64;
  /** Of the window: its last iteration, where z was nearest, and where it was in the window before. */
  windowEnd: i64;
  nearest: f64;
  nearRe: f64;
  nearIm: f64;
  nearAt: i64;
  before: i64;
}

const RECORDS_AT: usize = 128;
export const SEARCH_BYTES: usize = RECORDS_AT + 8 * <usize>MOST_RECORDS;

/** The iteration of a record. */
@inline
export function recordAt(search: Search, k: i32): i64 {
  return load<i64>(changetype<usize>(search) + RECORDS_AT + (<usize>k << 3));
}

/** Keeps the record at which the search has arrived. */
export function keepRecord(search: Search): void {
  search.least = search.mag2;
  const k = min(search.records, MOST_RECORDS - 1);
  search.records = k + 1;
  store<i64>(changetype<usize>(search) + RECORDS_AT + (<usize>k << 3), search.n);
}

/** How the cycle moves with c in one direction: its point z, and J = (f^n)'. */
@unmanaged
export class Motion {
  re: f64;
  im: f64;
  slope: Matrix;
}

@unmanaged
export class Cycle {
  walk: Walk;
  search: Search;
  /** Of the cycle found last: a point w of it, and its period. */
  re: f64;
  im: f64;
  period: i64;
  multiplierRe: f64;
  multiplierIm: f64;
  /** For its distance: with c one pixel to the right, and one up. */
  right: Motion;
  up: Motion;
}
