/**
 * GIMP's gradients, .ggr: "GIMP Gradient", the name, the number of segments, then a segment a line: left, middle and right
 * position, RGBA of the left and of the right end, the blending function, the colouring, and since GIMP 2.3 the kinds of
 * both ends (GIMP's devel-docs/ggr.txt). Segments that are no straight line in RGB become several.
 */

import { sinCos } from '../../view/plane.js';
import type { Triple } from '../oklab.js';
import { MAX_STOPS, type Stop } from '../palette.js';
import {
  badFile,
  fromHsv,
  type Line,
  levelsOf,
  linesOf,
  mixed,
  numberOf,
  places,
  quoted,
  type ReadPalette,
  rising,
  toHsv,
} from './file.js';

interface Segment {
  readonly left: number;
  readonly middle: number;
  readonly right: number;
  readonly from: Triple;
  readonly to: Triple;
  readonly blending: number;
  readonly colouring: number;
}

const [LINEAR, CURVED, SINE, SPHERE_RISING, SPHERE_FALLING, STEP] = [0, 1, 2, 3, 4, 5] as const;
const [RGB, HSV_UP, HSV_DOWN] = [0, 1, 2] as const;
/** A middle nearer to an end than this is at the end. */
const AT_END = 1e-10;
/** Positions of neighbours may differ by so much. */
const ROUNDED = 1e-5;

/** @throws FractalError PALETTE_INVALID, naming the line */
export function readGimpGradient(text: string, path: string): ReadPalette {
  const [first, ...rest] = linesOf(text);
  if (first?.text !== 'GIMP Gradient')
    throw badFile(path, 'it does not begin with "GIMP Gradient"', first?.number ?? 1);
  const [head, ...lines] = rest[0]?.text.startsWith('Name:') ? rest.slice(1) : rest;
  const count = numberOf(head?.text);
  if (!head || !Number.isInteger(count) || count < 1 || count > MAX_STOPS / 3)
    throw badFile(path, `the number of segments, ${quoted(head?.text ?? '')}, is not one from 1 to 1365`, head?.number);
  if (lines.length < count)
    throw badFile(path, `it is cut short: it has ${lines.length} of its ${count} segments`, lines.at(-1)?.number);
  const fields = lines.slice(0, count).map((line) => fieldsOf(line, path));
  const segments = fields.map(segmentOf);
  segments.forEach((segment, i) => {
    const before = segments[i - 1]?.right ?? 0;
    if (Math.abs(segment.left - before) <= ROUNDED && segment.left <= segment.middle && segment.middle <= segment.right)
      return;
    throw badFile(path, `its positions do not rise from ${before}, where the segment before ends`, lines[i]?.number);
  });
  if (Math.abs(segments.at(-1)!.right - 1) > ROUNDED)
    throw badFile(path, `it ends at ${segments.at(-1)!.right} instead of 1`, lines[count - 1]?.number);
  const stops = segments.flatMap((segment) => stopsOf(segment, count));
  const behind = lines.length > count ? [`not taken: what follows its ${count} segments`] : [];
  return { stops: rising(stops, path), interpolation: 'linear', notes: [...notesOn(fields), ...behind] };
}

/** The numbers of a line, 13 or 15 of them. */
function fieldsOf(line: Line, path: string): number[] {
  const numbers = line.text.split(/\s+/).map(numberOf);
  const [blending = 0, colouring = 0] = numbers.slice(11, 13);
  if (numbers.length < 11 || numbers.some(Number.isNaN) || numbers.slice(0, 3).some((x) => x < 0 || x > 1 + ROUNDED))
    throw badFile(path, `${quoted(line.text)} is no segment: three positions from 0 to 1, two colours`, line.number);
  if (!Number.isInteger(blending) || blending < LINEAR || blending > STEP)
    throw badFile(path, `its blending function ${blending} is not one of 0 to 5`, line.number);
  if (!Number.isInteger(colouring) || colouring < RGB || colouring > HSV_DOWN)
    throw badFile(path, `its colouring ${colouring} is not one of 0 to 2`, line.number);
  return numbers;
}

function segmentOf(fields: readonly number[]): Segment {
  const [left, middle, right, r0, g0, b0, , r1, g1, b1, , blending = LINEAR, colouring = RGB] = fields as [
    ...[number, number, number, number, number, number, number],
    ...[number, number, number, number, number?, number?],
  ];
  return {
    ...{ left: Math.min(left, 1), middle, right: Math.min(right, 1) },
    ...{ from: [r0, g0, b0], to: [r1, g1, b1] },
    ...{ blending: blending!, colouring: colouring! },
  };
}

function notesOn(fields: readonly (readonly number[])[]): string[] {
  const clear = fields.some((one) => (one[6] as number) < 1 || (one[10] as number) < 1);
  const chosen = fields.some((one) => one[13] || one[14]);
  return [
    ...(clear ? ['not taken: opacity'] : []),
    ...(chosen ? ['ends that have the foreground or background colour of GIMP have the colour that the file has'] : []),
  ];
}

/** Its ends, and what is needed between. `count`: of all segments. */
function stopsOf(segment: Segment, count: number): Stop[] {
  const { left, middle, right, blending } = segment;
  if (blending === STEP)
    return [left, middle, middle, right].map((position, i) => {
      return { position, rgb: levelsOf(colourAt(segment, i < 2 ? 0 : 1)) };
    });
  const length = right - left;
  const peak = length > 0 ? (middle - left) / length : 0.5;
  const at = (t: number) => colourAt(segment, share(blending, t, peak));
  return places(at, [peak], count).map((t) => ({
    position: t === 1 ? right : left + t * length,
    rgb: levelsOf(at(t)),
  }));
}

/** The share of the right colour at t, 0 to 1 both; a half at `middle` but for spheres. */
function share(blending: number, t: number, middle: number): number {
  const even = t <= middle ? (middle > 0 ? t / middle / 2 : 0) : middle < 1 ? 0.5 + (t - middle) / (1 - middle) / 2 : 1;
  switch (blending) {
    case CURVED:
      if (middle < AT_END) return 1;
      if (middle > 1 - AT_END) return 0;
      // Rounded: powers may differ in the last bit between machines.
      return Math.round(1e9 * t ** (Math.log(0.5) / Math.log(middle))) / 1e9;
    case SINE:
      return (1 - sinCos(180 * even)[1]) / 2;
    case SPHERE_RISING:
      return Math.sqrt(1 - (even - 1) * (even - 1));
    case SPHERE_FALLING:
      return 1 - Math.sqrt(1 - even * even);
    default:
      return even;
  }
}

/** Channels 0 to 1. */
function colourAt({ from, to, colouring }: Segment, t: number): Triple {
  if (colouring === RGB) return mixed(from, to, t);
  const [a, b] = [toHsv(from), toHsv(to)];
  const turned = colouring === HSV_UP ? (b[0] <= a[0] ? b[0] + 1 : b[0]) : b[0] >= a[0] ? b[0] - 1 : b[0];
  return fromHsv(mixed(a, [turned, b[1], b[2]], t));
}
