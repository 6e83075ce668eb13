/**
 * Numbers with the precision of doubles and exponents without bound, for limits that depend on zooms such as 1e5000. Only
 * + - * / sqrt and comparisons of doubles: the same bits everywhere.
 */

/** m·2^e, 1 <= |m| < 2 or m = 0; m is NaN for what is not a number. */
export interface Extended {
  readonly m: number;
  readonly e: number;
}

const BITS = new DataView(new ArrayBuffer(8));

export function extended(value: number): Extended {
  return normal(value, 0);
}

/** Infinity where it is beyond doubles, 0 where it is below all normal ones. */
export function toNumber({ m, e }: Extended): number {
  if (m === 0 || Number.isNaN(m)) return m;
  if (e > 1023) return m > 0 ? Infinity : -Infinity;
  return e < -1022 ? 0 : m * power2(e);
}

export function plus(a: Extended, b: Extended): Extended {
  if (a.m === 0) return b;
  if (b.m === 0) return a;
  const [large, small] = a.e >= b.e ? [a, b] : [b, a];
  const apart = large.e - small.e;
  return apart > 60 ? large : normal(large.m + small.m / power2(apart), large.e);
}

export function times(a: Extended, b: Extended): Extended {
  return normal(a.m * b.m, a.e + b.e);
}

export function over(a: Extended, b: Extended): Extended {
  return b.m === 0 ? { m: Number.NaN, e: 0 } : normal(a.m / b.m, a.e - b.e);
}

export function negative({ m, e }: Extended): Extended {
  return { m: -m, e };
}

export function isLess(a: Extended, b: Extended): boolean {
  return plus(a, negative(b)).m < 0;
}

export function root({ m, e }: Extended): Extended {
  const odd = e % 2 !== 0;
  return normal(Math.sqrt(odd ? 2 * m : m), (odd ? e - 1 : e) / 2);
}

/** NaN for what is not above 0. */
export function log2({ m, e }: Extended): number {
  if (!(m > 0)) return Number.NaN;
  // ln(x) = 2·atanh((x - 1) / (x + 1)), x within a factor sqrt(2) of 1.
  const [x, whole] = m > Math.SQRT2 ? [m / 2, e + 1] : [m, e];
  const z = (x - 1) / (x + 1);
  let [sum, term] = [0, z];
  for (let k = 1; k < 26; k += 2) {
    sum += term / k;
    term *= z * z;
  }
  return whole + 2 * sum * Math.LOG2E;
}

export function exp2(value: number): Extended {
  const whole = Math.floor(value);
  const x = (value - whole) * Math.LN2;
  let [sum, term] = [1, 1];
  for (let k = 1; k < 24; k++) {
    term *= x / k;
    sum += term;
  }
  return normal(sum, whole);
}

/** Whole exponents are multiplied out; others need a base above 0. */
export function toPower(base: Extended, exponent: Extended): Extended {
  const power = toNumber(exponent);
  if (Number.isInteger(power) && Math.abs(power) <= 4096) {
    const raised = whole(base, Math.abs(power));
    return power < 0 ? over(extended(1), raised) : raised;
  }
  return base.m === 0 && power > 0 ? base : exp2(power * log2(base));
}

function whole(base: Extended, power: number): Extended {
  if (power === 0) return extended(1);
  const half = whole(base, Math.floor(power / 2));
  const square = times(half, half);
  return power % 2 === 0 ? square : times(square, base);
}

function normal(m: number, e: number): Extended {
  if (m === 0 || !Number.isFinite(m) || !Number.isFinite(e)) return { m: m === 0 ? 0 : Number.NaN, e: 0 };
  BITS.setFloat64(0, m);
  const exponent = ((BITS.getUint16(0) >> 4) & 0x7ff) - 1023;
  // Below all normal doubles.
  if (exponent < -1022) return { m: 0, e: 0 };
  return exponent === 0 ? { m, e } : { m: m / power2(exponent), e: e + exponent };
}

/** Exact, -1022 to 1023. */
function power2(exponent: number): number {
  BITS.setUint32(0, (exponent + 1023) << 20);
  BITS.setUint32(4, 0);
  return BITS.getFloat64(0);
}
