/**
 * A palette as a closed curve through its stops: after the last one it returns to the first.
 *
 * `oklab` is a monotone cubic (Fritsch and Carlson, "Monotone Piecewise Cubic Interpolation", 1980) through the stops
 * in OKLab: no kinks, which would be visible as bands, and no overshoot. `linear` and `cosine` go straight, and with eased ends,
 * from stop to stop in sRGB, as older programs do.
 */

import { clamp, fromOklab, type Triple, toLinear, toOklab } from './oklab.js';
import type { Palette } from './palette.js';

export type Interpolation = 'oklab' | 'linear' | 'cosine';

/** `step` colours in linear light, 3 numbers each, entry i at position i / step of the cycle. */
export function cycle(palette: Palette, step: number, interpolation: Interpolation): Float64Array {
  const curve = close(palette);
  const table = new Float64Array(3 * step);
  const tangents = interpolation === 'oklab' ? tangentsOf(curve) : [];
  let segment = -1;
  for (let i = 0; i < step; i++) {
    const at = i / step;
    while (segment + 1 < curve.length && curve[segment + 1]!.position <= at) segment++;
    const from = segment < 0 ? curve.length - 1 : segment;
    const start = curve[from]!;
    const t = (segment < 0 ? at + 1 - start.position : at - start.position) / start.length;
    const end = (from + 1) % curve.length;
    const colour =
      interpolation === 'oklab'
        ? cubic(start, curve[end]!, tangents[from]!, tangents[end]!, t)
        : straight(start.srgb, curve[end]!.srgb, interpolation === 'cosine' ? (1 - Math.cos(Math.PI * t)) / 2 : t);
    for (let channel = 0; channel < 3; channel++) table[3 * i + channel] = colour[channel] as number;
  }
  return table;
}

/** Where on the cycle the last stop lies, 0 to 1: behind it is the way back. */
export function lastStop(palette: Palette): number {
  return close(palette).at(-1)!.position;
}

/** A stop of a closed palette, and the way to the next one. */
interface Knot {
  readonly position: number;
  /** How much of the cycle lies between this stop and the next; the last one's next is the first. */
  readonly length: number;
  readonly srgb: Triple;
  readonly lab: Triple;
}

/**
 * Stops that reach from 0 to 1 leave no length for the way back: they are moved together, so that colours change
 * on the way back at the palette's mean rate in OKLab.
 */
function close(palette: Palette): Knot[] {
  const stops = palette.stops.map(({ position, rgb }) => {
    const srgb: Triple = [rgb[0] / 255, rgb[1] / 255, rgb[2] / 255];
    return { position, srgb, lab: toOklab([toLinear(srgb[0]), toLinear(srgb[1]), toLinear(srgb[2])]) };
  });
  const first = stops[0]!;
  let scale = 1;
  if (first.position === 0 && stops.at(-1)!.position === 1) {
    const back = distance(stops.at(-1)!.lab, first.lab);
    let way = 0;
    for (let i = 1; i < stops.length; i++) way += distance(stops[i - 1]!.lab, stops[i]!.lab);
    if (back === 0) stops.pop();
    else scale = way / (way + back);
  }
  return stops.map((stop, i) => {
    const next = i + 1 < stops.length ? stops[i + 1]!.position * scale : 1 + first.position * scale;
    return { ...stop, position: stop.position * scale, length: next - stop.position * scale };
  });
}

function distance(a: Triple, b: Triple): number {
  const [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  return Math.sqrt(x * x + y * y + z * z);
}

/** dLab/dposition at every knot: the harmonic mean of the slopes on both sides, 0 at a turning point. */
function tangentsOf(curve: readonly Knot[]): Triple[] {
  const slope = (i: number, channel: number) => {
    const from = curve[i]!;
    return (curve[(i + 1) % curve.length]!.lab[channel]! - from.lab[channel]!) / from.length;
  };
  return curve.map((knot, i) => {
    const before = (i + curve.length - 1) % curve.length;
    const w1 = 2 * knot.length + curve[before]!.length;
    const w2 = knot.length + 2 * curve[before]!.length;
    const tangent = (channel: number) => {
      const left = slope(before, channel);
      const right = slope(i, channel);
      return left * right <= 0 ? 0 : (w1 + w2) / (w1 / left + w2 / right);
    };
    return [tangent(0), tangent(1), tangent(2)];
  });
}

/** Cubic Hermite from one knot to the next. */
function cubic(from: Knot, to: Knot, tangentFrom: Triple, tangentTo: Triple, t: number): Triple {
  return fromOklab(
    hermite(from.lab[0], to.lab[0], from.length, tangentFrom[0], tangentTo[0], t),
    hermite(from.lab[1], to.lab[1], from.length, tangentFrom[1], tangentTo[1], t),
    hermite(from.lab[2], to.lab[2], from.length, tangentFrom[2], tangentTo[2], t),
  );
}

function hermite(a: number, b: number, length: number, tangentA: number, tangentB: number, t: number): number {
  const u = 1 - t;
  return a * (1 + 2 * t) * u * u + b * t * t * (3 - 2 * t) + length * t * u * (tangentA * u - tangentB * t);
}

function straight(from: Triple, to: Triple, t: number): Triple {
  const value = (channel: 0 | 1 | 2) => toLinear(clamp(from[channel] + (to[channel] - from[channel]) * t));
  return [value(0), value(1), value(2)];
}
