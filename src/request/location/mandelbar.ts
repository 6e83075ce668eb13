/**
 * Kalles Fraktaler's cubic Mandelbar, z -> -conj(z)^3 + c, as the tricorn of power 3, w -> conj(w)^3 + c'. With
 * w = omega z and omega = e^(i pi/4), so that omega^4 = -1:
 *
 *   omega (-conj(z)^3 + c) = omega^-3 conj(z)^3 + omega c = conj(omega z)^3 + omega c
 *
 * |w| = |z| in every step. So the one set is the other, rotated by 45 degrees about 0: so are its centre, its camera and its stretch.
 */

import {
  add,
  cutOff,
  type Decimal,
  formatDecimal,
  log10,
  multiply,
  negate,
  outlineOf,
  parseDecimal,
} from '../../view/decimal.js';
import type { RawFlags } from '../values.js';
import { turnedBy } from './geometry.js';

/** Digits behind those that the zoom needs. */
const GUARD = 20;
/** With zooms of fewer digits, coordinates are often typed by hand and exact as they are. */
const TYPED_DIGITS = 6;
const ANGLE = { digits: 45n, exponent: 0 };

/** Centre, rotation and stretch in the tricorn's plane. What is no number stays as it is. */
export function rotatedToTricorn(raw: RawFlags): RawFlags {
  const [re, im, zoom, rotate] = [raw.xpos, raw.ypos, raw.zoom, raw.rotate ?? '0'].map((text) =>
    parseDecimal(text ?? ''),
  );
  if (!re || !im || !zoom || !rotate) return raw;
  const decimals = decimalsOf(raw, Math.max(0, Math.ceil(log10(zoom))));
  const half = rootOfHalf(decimals + GUARD);
  const times = (d: Decimal) => formatDecimal(cutOff(multiply(d, half), decimals));
  return {
    ...raw,
    xpos: times(add(re, negate(im))),
    ypos: times(add(re, im)),
    rotate: formatDecimal(add(rotate, ANGLE)),
    ...(raw.stretch === undefined ? {} : { 'stretch-angle': turnedBy(raw['stretch-angle'], '45') ?? '45' }),
  };
}

/** As many as the zoom needs; no more than there are where those are too few, so that `digitsMissing` still finds it. */
function decimalsOf(raw: RawFlags, needed: number): number {
  const given = [raw.xpos, raw.ypos].map((text) => outlineOf(text ?? ''));
  const short = given.flatMap((one) =>
    one && one.magnitude > -Infinity && one.decimals < needed - 1 ? [one.decimals] : [],
  );
  return needed < TYPED_DIGITS || short.length === 0 ? needed + GUARD : Math.min(...short);
}

/** The root of 1/2, cut off behind so many decimals. */
function rootOfHalf(decimals: number): Decimal {
  const square = 5n * 10n ** BigInt(2 * decimals - 1);
  // Newton's method from above comes down to the root.
  let root = 10n ** BigInt(decimals);
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return { digits: root, exponent: -decimals };
    root = next;
  }
}
