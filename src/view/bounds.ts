/** The limits of a view, in requests and in messages between peers. */

import { log10, outlineOf, parseDecimal } from './decimal.js';
import { determinant, extentOf, type Matrix } from './matrix.js';
import { SAMPLING_ERROR, type Sampling, samplesPerPixel, type View } from './view.js';

export const MAX_ITERATIONS = 2 ** 48;
/** Pixels of a side. */
export const MAX_SIDE = 2 ** 20;
/** Characters of a coordinate in a request; coordinates along a film's path are a little longer. */
export const MAX_DIGITS = 100_000;
export const BAILOUT = { min: 2, max: 1e10 } as const;
export const POWER = { min: 2, max: 8 } as const;
export const MAX_DEGREES = 36_000;
/** Of a stretched view; degrees of a skewed one. */
export const STRETCH = { min: 0.001, max: 1000 } as const;
export const MAX_SKEW = 80;
export const MAX_SAMPLES = 4096;
/** Powers of ten: far outside the set, and as deep as MAX_DIGITS allow. */
export const ZOOM_LOG10 = { min: -100, max: MAX_DIGITS } as const;
const COORDINATE_LOG10 = 100;
/** Of deformations: the greatest length of the image of a vector of length 1, and by how much areas may change by rounding. */
const LONGEST = 1e4;
const AREA_ERROR = 1e-6;

/** A decimal number below 1e100, and not too long to be one. */
export function isCoordinate(text: string, most = MAX_DIGITS): boolean {
  const outline = text.length <= most ? outlineOf(text) : undefined;
  return outline !== undefined && outline.magnitude < COORDINATE_LOG10;
}

/** A decimal number above 0, as large and as small as zooms may be. */
export function isZoom(text: string): boolean {
  const d = text.length <= MAX_DIGITS ? parseDecimal(text) : undefined;
  if (!d || d.digits <= 0n) return false;
  const log = log10(d);
  return log >= ZOOM_LOG10.min && log <= ZOOM_LOG10.max;
}

/** It keeps areas, and stretches by no more than --stretch and --skew together. */
function isDeformation(matrix: Matrix | undefined): boolean {
  if (!matrix) return true;
  const [longest] = extentOf(matrix);
  return matrix.length === 4 && longest <= LONGEST && Math.abs(determinant(matrix) - 1) <= AREA_ERROR;
}

type Check = readonly [name: string, value: string | number, good: boolean];

function errorOf(sampling: Sampling): number {
  return sampling.kind === 'adaptive' ? sampling.error : SAMPLING_ERROR.usual;
}

/** What is wrong with a view, as `iterations NaN`; undefined when it can be computed. */
export function outOfBounds(view: View): string | undefined {
  const { formula, sampling, zoom } = view;
  const { julia = { re: '0', im: '0' } } = formula;
  const between = (value: number, min: number, max: number) => value >= min && value <= max;
  const whole = (value: number, min: number, max: number) => Number.isInteger(value) && between(value, min, max);
  const coordinate = (text: string) => isCoordinate(text, 2 * MAX_DIGITS);
  const checks: readonly Check[] = [
    ['width', view.width, whole(view.width, 1, MAX_SIDE)],
    ['height', view.height, whole(view.height, 1, MAX_SIDE)],
    ['iterations', view.iterations, whole(view.iterations, 1, MAX_ITERATIONS)],
    ['power', formula.power, whole(formula.power, POWER.min, POWER.max)],
    ['bailout', view.bailout, between(view.bailout, BAILOUT.min, BAILOUT.max)],
    ['rotation', view.rotation, between(view.rotation, -MAX_DEGREES, MAX_DEGREES)],
    ['deformation', String(view.deformation), isDeformation(view.deformation)],
    ['samples', samplesPerPixel(sampling), whole(samplesPerPixel(sampling), 1, MAX_SAMPLES)],
    ['error', errorOf(sampling), between(errorOf(sampling), SAMPLING_ERROR.min, SAMPLING_ERROR.max)],
    ['zoom', zoom, isZoom(zoom)],
    ...[view.re, view.im, julia.re, julia.im].map((text): Check => ['coordinate', text, coordinate(text)]),
  ];
  const wrong = checks.find(([, , good]) => !good);
  return wrong && `${wrong[0]} ${String(wrong[1]).slice(0, 40)}`;
}
