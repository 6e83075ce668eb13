/**
 * The derivative of an orbit by its c, J = d(Re Z, Im Z)/d(Re c, Im c), as a real matrix since not every formula has a
 * complex one. In doubles, with one exponent for the whole matrix.
 *
 *   Z <- fold(Z)^power + c:  J <- M·F·J + 1,  M: multiplication by power·fold(Z)^(power - 1), F: the fold's signs.
 *
 * A point c + δ has period p, to first order, where J_p·δ = -Z_p.
 */

/** J = (a b; c d)·2^e. */
@unmanaged
export class Jacobian {
  a: f64;
  b: f64;
  c: f64;
  d: f64;
  e: i32;
}

/** Where the entries of J leave it, they are scaled. */
const LARGE: f64 = 1.6069380442589903e60; // 2^200
const SMALL: f64 = 6.223015277861142e-61; // 2^-200

/** J of Z_0, which is 0. */
export function begin(j: Jacobian): void {
  j.a = 0;
  j.b = 0;
  j.c = 0;
  j.d = 0;
  j.e = 0;
}

/** From Z = (zr + i·zi)·2^ze on; sr, si: the signs that the fold gives its parts. */
export function step(j: Jacobian, power: i32, zr: f64, zi: f64, ze: i32, sr: f64, si: f64): void {
  const fr = sr * zr;
  const fi = si * zi;
  let ur = <f64>power;
  let ui: f64 = 0;
  for (let k = 1; k < power; k++) {
    const t = ur * fr - ui * fi;
    ui = ur * fi + ui * fr;
    ur = t;
  }
  const ta = sr * ur * j.a - si * ui * j.c;
  const tb = sr * ur * j.b - si * ui * j.d;
  j.c = sr * ui * j.a + si * ur * j.c;
  j.d = sr * ui * j.b + si * ur * j.d;
  j.a = ta;
  j.b = tb;
  j.e += ze * (power - 1);
  // A smaller J is lost in the rounding when 1 is added.
  if (j.e < 0) scale(j, -j.e);
  const one = power2(-j.e);
  j.a += one;
  j.d += one;
  const size = max(max(Math.abs(j.a), Math.abs(j.b)), max(Math.abs(j.c), Math.abs(j.d)));
  if (size > LARGE || (size < SMALL && size > 0)) scale(j, <i32>(reinterpret<i64>(size) >> 52) - 1023);
}

function scale(j: Jacobian, by: i32): void {
  const unit = power2(-by);
  j.a *= unit;
  j.b *= unit;
  j.c *= unit;
  j.d *= unit;
  j.e += by;
}

/** Whether |δ| < radius·2^radiusE where J·δ = -(zr + i·zi)·2^ze; and Z itself is no larger than that makes it. */
export function reaches(j: Jacobian, zr: f64, zi: f64, ze: i32, radius: f64, radiusE: i32): bool {
  const r = radius * power2(radiusE + j.e - ze);
  const size = j.a * j.a + j.b * j.b + j.c * j.c + j.d * j.d;
  if (!(zr * zr + zi * zi < r * r * size)) return false;
  const x = j.d * zr - j.b * zi;
  const y = j.a * zi - j.c * zr;
  const det = j.a * j.d - j.b * j.c;
  return x * x + y * y < r * r * det * det;
}

/** 2^k, 0 and 2^1023 where that is out of range. */
function power2(k: i32): f64 {
  return k < -1022 ? 0 : reinterpret<f64>((<i64>min(k, 1023) + 1023) << 52);
}
