/** What is to be computed of the points of a view. */

import { SEPARATE } from '../footprint';
import { modulus } from './matrix';

/** Flags of `setViewRecord`: whole counts, proofs. */
export const FLAG_WHOLE: i32 = 2;
export const FLAG_PROOFS: i32 = 8;

@unmanaged
export class View {
  limit: i64;
  /** Points of more iterations are not iterated exactly. */
  exactLimit: i64;
  /** |z|^2 at the bailout. */
  bailout2: f64;
  /** dc of one pixel to the right is (pixelRe + i·pixelIm)·2^pixelE: derivatives are by pixels. */
  pixelRe: f64;
  pixelIm: f64;
  pixelE: i32;
  /** Counts without their smooth part. */
  whole: bool;
  /** Points that are proved to stay bounded are not iterated further. */
  proofs: bool;
  /** A bound of the side of a pixel, times 2^-pixelE. */
  spacing: f64;
  /** The side of a sample's footprint, as a part of that bound. */
  footprint: f64;
  /** From this error bound on the points of a sample's footprint are separate. */
  separate: f64;
  /** Single and approximated steps since the view was set. */
  steps: i64;
}

/** flags: FLAG_WHOLE, FLAG_PROOFS; side: of a sample's footprint, in pixels. */
// prettier-ignore
export function setViewRecord(view: View, flags: i32, limit: i64, exactLimit: i64, bailout: f64, pixelRe: f64, pixelIm: f64,
  pixelE: i32, side: f64): void {
  view.whole = (flags & FLAG_WHOLE) != 0;
  view.proofs = (flags & FLAG_PROOFS) != 0;
  view.exactLimit = exactLimit;
  view.limit = limit;
  view.bailout2 = view.whole ? 4.0 : bailout * bailout;
  view.pixelRe = pixelRe;
  view.pixelIm = pixelIm;
  view.pixelE = pixelE;
  view.spacing = Math.abs(pixelRe) + Math.abs(pixelIm);
  view.footprint = (side * modulus(pixelRe, pixelIm)) / view.spacing;
  view.separate = SEPARATE / view.footprint;
  view.steps = 0;
}
