/** The underflow list of an orbit: entries that are too small for doubles, or have a part that is. */

/** Entries with a part below it are listed. */
export const SMALLEST: f64 = 1e-270;

/** Z_index = re·2^reE + i·im·2^imE. */
@unmanaged
export class Underflow {
  index: f64;
  re: f64;
  im: f64;
  reE: f64;
  imE: f64;
}

export const UNDERFLOW_BYTES: usize = offsetof<Underflow>();

@inline
export function underflowEntry(list: usize, k: i32): Underflow {
  return changetype<Underflow>(list + <usize>k * UNDERFLOW_BYTES);
}
