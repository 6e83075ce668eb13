/**
 * Pixels to points of the plane, in double precision: one rounding of the exact centre, then plain + - *, so that
 * every machine gets the same bits.
 *
 *   re = R + (x + ox - W/2)·step,  im = I + (H/2 - y - oy)·step,  step = 4 / (zoom·H)
 *
 * turned by the view's rotation about the centre, then deformed (stretch.ts); (ox, oy) is the sample's place inside its
 * pixel.
 */

import { toDoubles } from './decimal.js';
import { placesOf } from './places.js';
import { samplesPerPixel, type View } from './view.js';

/** c = re + (xx·X + xy·Y) + i(im + yx·X + yy·Y), X and Y in pixels from the centre. */
export interface Camera {
  readonly re: readonly [high: number, low: number];
  readonly im: readonly [high: number, low: number];
  readonly xx: number;
  readonly xy: number;
  readonly yx: number;
  readonly yy: number;
}

export interface Plane extends Camera {
  /** Without deformation: the plane's vector of a pixel to the right, and its length, the distance of neighbouring pixels. */
  readonly cosStep: number;
  readonly sinStep: number;
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
  const [cosStep, sinStep] = [cos * step, sin * step];
  return {
    ...{ re: toDoubles(view.re), im: toDoubles(view.im), ...vectorsOf(view, cosStep, sinStep) },
    ...{ cosStep, sinStep, step },
  };
}

/** The plane's vectors of a pixel to the right and one up. */
function vectorsOf({ deformation }: View, cos: number, sin: number): Pick<Camera, 'xx' | 'xy' | 'yx' | 'yy'> {
  if (!deformation) return { xx: cos, xy: -sin, yx: sin, yy: cos };
  const [xx, xy, yx, yy] = deformation;
  return { xx: xx * cos + xy * sin, xy: xy * cos - xx * sin, yx: yx * cos + yy * sin, yy: yy * cos - yx * sin };
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
  { re: [reHigh, reLow], im: [imHigh, imLow], xx, xy, yx, yy }: Camera = plane(view),
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
        re[i] = reHigh + (reLow + (px * xx + py * xy));
        im[i] = imHigh + (imLow + (px * yx + py * yy));
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
