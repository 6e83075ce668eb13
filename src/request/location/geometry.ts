/**
 * How other programs map pixels to the plane, as flags. Each has a matrix M from places in the picture, (X, Y) to the right
 * and up, to the plane. Here M = L·R(rotate)·F: first F, which mirrors the picture with --flip, then the camera's rotation,
 * then the stretch L along an angle (view/stretch.ts). With F·R(a) = R(-a)·F their own factors come into this order.
 *
 * Kalles Fraktaler 2.15 (matrix.cpp, polar_composition; fraktal_sft.cpp, GetPixelCoordinates): c = centre + G·L·R(r)·(X, -Y)
 * with r, StretchAngle s and 2^StretchAmount; G mirrors the imaginary part where ImagPointsUp is 1. So M = L(s)·R(r)·F, or
 * M = L(-s)·R(-r).
 *
 * Before 2.15: c = centre + R(-Rotate)·diag(360 / Ratio, 1)·(X, -Y), Rotate in radians. Ratio alone changes the width of the view.
 *
 * Fraktaler-3 (matrix.h, polar2): M = R(r)·L(s)·F = L(s + r)·R(r)·F, where r is -rotate if it reflects, and else rotate;
 * stretch_amount is in hundredths of Kalles Fraktaler's.
 */

import { STRETCH } from '../../view/bounds.js';
import { add, formatDecimal, multiply, negate, parseDecimal } from '../../view/decimal.js';
import type { RawFlags } from '../values.js';
import { isZero, refuse } from './result.js';

/** A stretch as a file has it: absent parts are 0. */
export interface Stretched {
  /** log2 of the factor, in units of this part of 1. */
  readonly amount: string | undefined;
  readonly unit: number;
  readonly angle: string | undefined;
  /** What the file calls the amount. */
  readonly key: string;
}

/** The flags of M = L(stretch)·R(rotate)·F. @throws FractalError LOCATION_FILE */
export function geometryFlags(flip: boolean, rotate: string | undefined, stretched: Stretched, path: string): RawFlags {
  const { amount, unit, angle, key } = stretched;
  const turned = isZero(rotate) ? {} : { rotate: rotate as string };
  if (isZero(amount)) return { ...turned, flip: String(flip) };
  const factor = powerOf2(Number(amount) * unit);
  if (!(factor >= STRETCH.min && factor <= STRETCH.max)) {
    const most = `from ${STRETCH.min} to ${STRETCH.max} times`;
    throw refuse(path, `it stretches the view (${key} ${amount?.slice(0, 40)}) by more than is done here, ${most}`);
  }
  const direction = isZero(angle) ? {} : { 'stretch-angle': angle as string };
  return { ...turned, stretch: String(factor), ...direction, flip: String(flip) };
}

/** Those of Kalles Fraktaler before 2.15. rotate: radians; zoom: of the file. @throws FractalError LOCATION_FILE */
export function olderGeometry(
  rotate: string | undefined,
  ratio: string | undefined,
  zoom: string,
  path: string,
): RawFlags {
  const [radians, rows] = [Number(rotate || 0), Number(ratio || 360)];
  const factor = Math.sqrt(360 / rows);
  if (!Number.isFinite(radians) || !(factor >= STRETCH.min && factor <= STRETCH.max))
    throw refuse(path, `its Rotate "${rotate}" or Ratio "${ratio}" is not a number that is used here`);
  const degrees = String((-radians * 180) / Math.PI + 0);
  const turned = radians === 0 ? {} : { rotate: degrees };
  const [size, shrunk] = [parseDecimal(zoom), parseDecimal(String(1 / factor))];
  if (factor === 1 || !size || !shrunk) return { ...turned, flip: 'true' };
  const direction = radians === 0 ? {} : { 'stretch-angle': degrees };
  // Both ways to stretch: its view keeps its height, one here its area.
  return {
    ...turned,
    zoom: formatDecimal(multiply(size, shrunk)),
    stretch: String(factor),
    ...direction,
    flip: 'true',
  };
}

/** The angle that runs the other way. What is no number stays as it is. */
export function otherWay(degrees: string | undefined): string | undefined {
  const angle = parseDecimal(degrees ?? '');
  return angle ? formatDecimal(negate(angle)) : degrees;
}

/** The sum of two angles, each of which may be absent. What is no number stays as it is. */
export function turnedBy(degrees: string | undefined, more: string | undefined): string | undefined {
  const [a, b] = [parseDecimal(degrees || '0'), parseDecimal(more || '0')];
  return a && b ? formatDecimal(add(a, b)) : degrees;
}

/** + and * alone, as all that shapes a picture. */
function powerOf2(exponent: number): number {
  const whole = Math.round(exponent);
  if (!(Math.abs(whole) < 64)) return Number.NaN;
  const t = (exponent - whole) * Math.LN2;
  let power = 1;
  for (let k = 20; k >= 1; k--) power = 1 + (power * t) / k;
  for (let k = 0; k < Math.abs(whole); k++) power *= whole > 0 ? 2 : 0.5;
  return power;
}
