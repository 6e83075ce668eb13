/**
 * One iteration, for a single point and for two at once: z ← fold(z)^power + c.
 * fold: 0 nothing, 1 |Re| + i|Im| (Burning Ship), 2 the conjugate (Tricorn). Scalar and SIMD perform the same
 * operations in the same order, so that a point that leaves the SIMD loop goes on with the same bits.
 */

export const HOLOMORPHIC: i32 = 0;
export const BURNING_SHIP: i32 = 1;
export const TRICORN: i32 = 2;

@inline
export function stepReal(fold: i32, power: i32, zr: f64, zi: f64, cr: f64): f64 {
  return power == 2 ? zr * zr - zi * zi + cr : powerReal(fold, power, zr, zi) + cr;
}

@inline
export function stepImaginary(fold: i32, power: i32, zr: f64, zi: f64, ci: f64): f64 {
  if (power != 2) return powerImaginary(fold, power, zr, zi) + ci;
  let t = zr * zi;
  if (fold == BURNING_SHIP) t = Math.abs(t);
  else if (fold == TRICORN) t = -t;
  return t + t + ci;
}

export function powerReal(fold: i32, power: i32, zr: f64, zi: f64): f64 {
  const fr = fold == BURNING_SHIP ? Math.abs(zr) : zr;
  const fi = fold == BURNING_SHIP ? Math.abs(zi) : fold == TRICORN ? -zi : zi;
  let pr = fr;
  let pi = fi;
  for (let k = 1; k < power; k++) {
    const t = pr * fr - pi * fi;
    pi = pr * fi + pi * fr;
    pr = t;
  }
  return pr;
}

export function powerImaginary(fold: i32, power: i32, zr: f64, zi: f64): f64 {
  const fr = fold == BURNING_SHIP ? Math.abs(zr) : zr;
  const fi = fold == BURNING_SHIP ? Math.abs(zi) : fold == TRICORN ? -zi : zi;
  let pr = fr;
  let pi = fi;
  for (let k = 1; k < power; k++) {
    const t = pr * fr - pi * fi;
    pi = pr * fi + pi * fr;
    pr = t;
  }
  return pi;
}

@inline
export function squareReal(zr: v128, zi: v128, cr: v128): v128 {
  return f64x2.add(f64x2.sub(f64x2.mul(zr, zr), f64x2.mul(zi, zi)), cr);
}

@inline
export function squareImaginary(fold: i32, zr: v128, zi: v128, ci: v128): v128 {
  let t = f64x2.mul(zr, zi);
  if (fold == BURNING_SHIP) t = f64x2.abs(t);
  else if (fold == TRICORN) t = f64x2.neg(t);
  return f64x2.add(f64x2.add(t, t), ci);
}

@inline
export function foldReal(fold: i32, zr: v128): v128 {
  return fold == BURNING_SHIP ? f64x2.abs(zr) : zr;
}

@inline
export function foldImaginary(fold: i32, zi: v128): v128 {
  return fold == BURNING_SHIP ? f64x2.abs(zi) : fold == TRICORN ? f64x2.neg(zi) : zi;
}

@inline
export function productReal(ar: v128, ai: v128, br: v128, bi: v128): v128 {
  return f64x2.sub(f64x2.mul(ar, br), f64x2.mul(ai, bi));
}

@inline
export function productImaginary(ar: v128, ai: v128, br: v128, bi: v128): v128 {
  return f64x2.add(f64x2.mul(ar, bi), f64x2.mul(ai, br));
}
