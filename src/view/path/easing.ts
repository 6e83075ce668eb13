/** How time passes between two keyframes: from 0 to 1, rising, both ends kept. */

export type Easing =
  | { readonly kind: 'linear' }
  /** Slow start and end; amount 0 is linear, 1 the cubic 3t² - 2t³. */
  | { readonly kind: 'smooth'; readonly amount: number }
  /** Slow start and end: t to the power of `exponent`, at least 1, up to the middle, and mirrored behind it. */
  | { readonly kind: 'power'; readonly exponent: number }
  /** A quick start: t to the power of `exponent`, 0 to 1; 0 is at the end from the first moment on. */
  | { readonly kind: 'curve'; readonly exponent: number }
  /** The values stay until the next keyframe, where they jump. */
  | { readonly kind: 'hold' };

export const LINEAR: Easing = { kind: 'linear' };

/** `t`: 0 to 1; values beyond are those of the ends. */
export function eased(t: number, easing: Easing): number {
  if (t >= 1 || (t >= 0 && easing.kind === 'curve' && easing.exponent === 0)) return 1;
  if (t <= 0) return 0;
  switch (easing.kind) {
    case 'linear':
      return t;
    case 'smooth':
      return t + easing.amount * (t * t * (3 - 2 * t) - t);
    case 'power':
      return t < 0.5 ? half(t, easing.exponent) : 1 - half(1 - t, easing.exponent);
    case 'curve':
      return powerOf(t, easing.exponent);
    case 'hold':
      return 0;
  }
}

function half(t: number, exponent: number): number {
  return exponent === 1 ? t : 0.5 * powerOf(2 * t, exponent);
}

/** Not x ** y, whose last bit is another one from Node 24 on. */
function powerOf(x: number, exponent: number): number {
  return exponent === 1 ? x : Math.exp(exponent * Math.log(x));
}

/** Time along a film of so many frames, 0 to 1: uniform for ease 0, with a slow start and end for ease 1. */
export function timeOf(frame: number, frames: number, ease: number): number {
  return frames <= 1 ? 0 : eased(frame / (frames - 1), { kind: 'smooth', amount: ease });
}
