/**
 * The derivative of an orbit by its c, J = d(Re Z, Im Z)/d(Re c, Im c), as a real matrix since not every formula has a
 * complex one. In doubles, with one exponent for the whole matrix.
 *
 *   Z <- fold(Z)^power + c:  J <- M·F·J + 1,  M: multiplication by power·fold(Z)^(power - 1), F: the fold's signs.
 *
 * A point c + δ has period p, to first order, where J_p·δ = -Z_p.
 */

let a: f64 = 0;
let b: f64 = 0;
let c: f64 = 0;
let d: f64 = 0;
let e: i32 = 0;

/** Where the entries of J leave it, they are scaled. */
const LARGE: f64 = 1.6069380442589903e60; // 2^200
const SMALL: f64 = 6.223015277861142e-61; // 2^-200

/** J of Z_0, which is 0. */
export function begin(): void {
  a = b = c = d = 0;
  e = 0;
}

/** From Z = (zr + i·zi)·2^ze on; sr, si: the signs that the fold gives its parts. */
export function step(power: i32, zr: f64, zi: f64, ze: i32, sr: f64, si: f64): void {
  const fr = sr * zr;
  const fi = si * zi;
  let ur = <f64>power;
  let ui: f64 = 0;
  for (let k = 1; k < power; k++) {
    const t = ur * fr - ui * fi;
    ui = ur * fi + ui * fr;
    ur = t;
  }
  const ta = sr * ur * a - si * ui * c;
  const tb = sr * ur * b - si * ui * d;
  c = sr * ui * a + si * ur * c;
  d = sr * ui * b + si * ur * d;
  a = ta;
  b = tb;
  e += ze * (power - 1);
  // Below 1 nothing is seen of it.
  if (e < 0) scale(-e);
  const one = power2(-e);
  a += one;
  d += one;
  const size = max(max(Math.abs(a), Math.abs(b)), max(Math.abs(c), Math.abs(d)));
  if (size > LARGE || (size < SMALL && size > 0)) scale(<i32>(reinterpret<i64>(size) >> 52) - 1023);
}

function scale(by: i32): void {
  const unit = power2(-by);
  a *= unit;
  b *= unit;
  c *= unit;
  d *= unit;
  e += by;
}

/** Whether |δ| < radius·2^radiusE where J·δ = -(zr + i·zi)·2^ze; and Z itself is no larger than that makes it. */
export function reaches(zr: f64, zi: f64, ze: i32, radius: f64, radiusE: i32): bool {
  const r = radius * power2(radiusE + e - ze);
  const size = a * a + b * b + c * c + d * d;
  if (!(zr * zr + zi * zi < r * r * size)) return false;
  const x = d * zr - b * zi;
  const y = a * zi - c * zr;
  const det = a * d - b * c;
  return x * x + y * y < r * r * det * det;
}

/** 2^k, 0 and 2^1023 where that is out of range. */
function power2(k: i32): f64 {
  return k < -1022 ? 0 : reinterpret<f64>((<i64>min(k, 1023) + 1023) << 52);
}
