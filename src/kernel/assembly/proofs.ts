/** What the proofs of one slot keep from point to point. It decides when a proof is tried and how, never the result. */

@unmanaged
export class Proofs {
  /** The formula, and the limit of iterations. */
  step: i32;
  power: i32;
  julia: bool;
  limit: i64;
  /** Iterations spent on proofs since `beginProofs`. */
  spent: i64;
  /** The image of the centre of a disc, as `enclose` computed it. */
  imageRe: f64;
  imageIm: f64;
  /** The period last proved, 0: none: neighbours mostly share it. */
  guess: i64;
  /** A point of the cycle last proved attracting, its period (0: there is none), and the c that it belongs to. */
  cycleRe: f64;
  cycleIm: f64;
  cyclePeriod: i64;
  cycleCRe: f64;
  cycleCIm: f64;
  /** How the cycle moves with c (0: not known), |(f^period)'| there, and how far off it was when moved along. */
  driftRe: f64;
  driftIm: f64;
  slope: f64;
  gap: f64;
  /** Points until the cycle is tried again, and after the next failure: doubles with every failure. */
  wait: i32;
  pause: i32;
  /** Discs of c that are proved (known-cycle.ts), and the one written last; -1: none. */
  discs: usize;
  disc: i32;
  /** Points until a wider proof is tried again, as with the cycle. */
  discWait: i32;
  discPause: i32;
  /** The point before this one. */
  beforeRe: f64;
  beforeIm: f64;
}

/** Once a slot, on zeroed memory. discs: the address of DISCS_BYTES. */
export function openProofs(proofs: Proofs, discs: usize): void {
  proofs.discs = discs;
  proofs.slope = 1;
  proofs.pause = 1;
}

/** Before the points of a call: discs of another formula are discarded. */
export function beginProofs(proofs: Proofs, step: i32, power: i32, julia: bool, limit: i64): void {
  proofs.step = step;
  proofs.power = power;
  proofs.julia = julia;
  proofs.limit = limit;
  proofs.spent = 0;
  proofs.disc = -1;
  proofs.discWait = 0;
  proofs.discPause = 1;
}
