/**
 * Pixels to points of the plane, in double precision: one rounding of the exact centre, then plain + - *, so that
 * every machine gets the same bits.
 *
 *   re = R + (x + ox - W/2)·step,  im = I + (H/2 - y - oy)·step,  step = 4 / (zoom·H)
 *
 * turned by the view's rotation about the centre; (ox, oy) is the sample's place inside its pixel.
 */

import { toDoubles } from './decimal.js';
import { placesOf } from './places.js';
import { samplesPerPixel, type View } from './view.js';

/** The camera: c = centre + (X·cosStep - Y·sinStep) + i(X·sinStep + Y·cosStep), X and Y in pixels from the centre. */
export interface Plane {
  readonly re: readonly [high: number, low: number];
  readonly im: readonly [high: number, low: number];
  readonly cosStep: number;
  readonly sinStep: number;
  /** Distance between neighbouring pixels. */
  readonly step: number;
}

/** Of views that are computed now: each shard, and each point of a probe, asks several times for the same one. */
const planes = new WeakMap<View, Plane>();

export function plane(view: View): Plane {
  const known = planes.get(view) ?? planeOf(view);
  planes.set(view, known);
  return known;
}

function planeOf(view: View): Plane {
  const step = 4 / (Number(view.zoom) * view.height);
  const [sin, cos] = sinCos(view.rotation);
  return { re: toDoubles(view.re), im: toDoubles(view.im), cosStep: cos * step, sinStep: sin * step, step };
}

/** Points of a rectangle: per pixel in rows from the top left, the pixel's samples in order. */
export function points(
  view: View,
  rect: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): { re: Float64Array; im: Float64Array } {
  const count = rect.width * rect.height * samplesPerPixel(view.sampling);
  const re = new Float64Array(count);
  const im = new Float64Array(count);
  fillPoints(view, rect, re, im);
  return { re, im };
}

/**
 * The same, into arrays of the caller (both at least width * height * samples long); returns how many points.
 * `camera`: by default that of the view.
 */
export function fillPoints(
  view: View,
  rect: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  re: Float64Array,
  im: Float64Array,
  { re: [reHigh, reLow], im: [imHigh, imLow], cosStep, sinStep }: Omit<Plane, 'step'> = plane(view),
): number {
  const places = placesOf(view.sampling);
  const perPixel = places.x.length;
  const halfWidth = view.width / 2;
  const halfHeight = view.height / 2;
  let i = 0;
  for (let y = rect.y; y < rect.y + rect.height; y++) {
    for (let x = rect.x; x < rect.x + rect.width; x++) {
      places.moveTo(x, y);
      for (let s = 0; s < perPixel; s++) {
        const px = x + (places.x[s] as number) - halfWidth;
        const py = halfHeight - (y + (places.y[s] as number));
        re[i] = reHigh + (reLow + (px * cosStep - py * sinStep));
        im[i] = imHigh + (imLow + (px * sinStep + py * cosStep));
        i++;
      }
    }
  }
  return i;
}

/**
 * Sine and cosine of degrees from their Taylor series on [-45, 45], with + - * / alone: Math.sin may differ in the
 * last bit between engines. Multiples of 90 are exact.
 */
export function sinCos(degrees: number): [sin: number, cos: number] {
  const quarter = Math.round(degrees / 90);
  const t = ((degrees - quarter * 90) * Math.PI) / 180;
  let sin = 1;
  let cos = 1;
  for (let k = 20; k >= 2; k -= 2) {
    cos = 1 - (cos * t * t) / (k * (k - 1));
    sin = 1 - (sin * t * t) / (k * (k + 1));
  }
  sin *= t;
  switch (((quarter % 4) + 4) % 4) {
    case 1:
      return [cos, -sin];
    case 2:
      return [-sin, -cos];
    case 3:
      return [-cos, sin];
    default:
      return [sin, cos];
  }
}
