/**
 * The palette of a picture: its colours in groups (median cut, P. Heckbert 1982, then Lloyd's k-means) in OKLab, beside the
 * darkest and the lightest, in the order of the shortest closed tour (M. Held and R. Karp 1962), so that no step is large.
 * All on a grid of single pixels, with + - * / sqrt alone: the same pixels give the same palette everywhere.
 */

import { open } from 'node:fs/promises';
import { FractalError, messageOf } from '../../errors.js';
import { fromOklab, type Triple, toLevel, toLinear, toOklab } from '../oklab.js';
import type { Stop } from '../palette.js';
import { loadSharp } from '../stills.js';
import { badFile, type ReadPalette, rising } from './file.js';
import { shortestTour } from './tour.js';

const MAX_BYTES = 1 << 26;
const MAX_PIXELS = 1e8;
/** Of a picture that a client sent: its pixels take 100 MB. */
const MAX_SENT_PIXELS = 2.5e7;
/** Pixels of the grid along each side, at most. */
const GRID = 128;
const GROUPS = 8;
const ROUNDS = 12;
/** The share of the darkest, and of the lightest pixels, whose mean is a colour of its own. */
const EXTREMES = 0.02;
/** Colours nearer than this in OKLab are one. */
const SAME = 0.04;

/** `content`: of the file, where a client sent it. @throws FractalError PALETTE_INVALID */
export async function readPicture(path: string, content?: Uint8Array): Promise<ReadPalette> {
  const points = await pixelsOf(path, content);
  if (points.length === 0) throw badFile(path, 'the picture is transparent');
  const byLightness = [...points].sort((a, b) => a[0] - b[0]);
  const few = Math.ceil(EXTREMES * points.length);
  const extremes = [meanOf(byLightness.slice(0, few)), meanOf(byLightness.slice(-few))];
  const found = distinct([...extremes, ...kMeans(points, medianCut(points))]);
  // Of one colour it is a cycle of it.
  return { stops: rising(cycleThrough(found.length > 1 ? found : [found[0]!, found[0]!]), path), notes: [] };
}

/** OKLab of pixels on a grid, but of transparent ones. */
async function pixelsOf(path: string, content: Uint8Array | undefined): Promise<Triple[]> {
  try {
    const size = content ? content.length : await sizeOf(path);
    if (size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`);
    const sharp = await loadSharp();
    const { data, info } = await sharp(content ?? path, { limitInputPixels: content ? MAX_SENT_PIXELS : MAX_PIXELS })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return onGrid(data, info.width, info.height);
  } catch (error) {
    if (error instanceof FractalError) throw error;
    throw badFile(path, `the picture cannot be read: ${messageOf(error)}`, undefined, error);
  }
}

async function sizeOf(path: string): Promise<number> {
  const file = await open(path);
  const { size } = await file.stat().finally(() => file.close());
  return size;
}

function onGrid(rgba: Uint8Array, width: number, height: number): Triple[] {
  const [columns, rows] = [Math.min(GRID, width), Math.min(GRID, height)];
  const points: Triple[] = [];
  for (let row = 0; row < rows; row++) {
    const y = Math.floor(((row + 0.5) * height) / rows);
    for (let column = 0; column < columns; column++) {
      const at = 4 * (y * width + Math.floor(((column + 0.5) * width) / columns));
      if ((rgba[at + 3] as number) < 128) continue;
      const light = (k: number) => toLinear((rgba[at + k] as number) / 255);
      points.push(toOklab([light(0), light(1), light(2)]));
    }
  }
  return points;
}

/** The means of GROUPS boxes of about as many points each, cut across their longest sides; fewer of fewer points. */
function medianCut(points: readonly Triple[]): Triple[] {
  const boxes: (readonly Triple[])[] = [points];
  while (boxes.length < GROUPS) {
    const [widest, axis] = widestOf(boxes);
    if (axis === undefined) break;
    const sorted = [...boxes[widest]!].sort((a, b) => a[axis] - b[axis]);
    boxes.splice(widest, 1, sorted.slice(0, sorted.length >> 1), sorted.slice(sorted.length >> 1));
  }
  return boxes.map(meanOf);
}

/** The box with the longest side, weighted by its points, and the axis of that. */
function widestOf(boxes: readonly (readonly Triple[])[]): [box: number, axis: 0 | 1 | 2 | undefined] {
  let [most, box] = [0, 0];
  let axis: 0 | 1 | 2 | undefined;
  boxes.forEach((points, i) => {
    for (const side of [0, 1, 2] as const) {
      let [low, high] = [Infinity, -Infinity];
      for (const point of points) {
        low = Math.min(low, point[side]);
        high = Math.max(high, point[side]);
      }
      const spread = (high - low) * Math.sqrt(points.length);
      if (points.length > 1 && spread > most) [most, box, axis] = [spread, i, side];
    }
  });
  return [box, axis];
}

/** The means of the points that are nearest to each centre, ROUNDS times. */
function kMeans(points: readonly Triple[], centres: readonly Triple[]): Triple[] {
  let means = [...centres];
  for (let round = 0; round < ROUNDS; round++) {
    const groups: Triple[][] = means.map(() => []);
    for (const point of points) {
      let [least, nearest] = [Infinity, 0];
      means.forEach((centre, k) => {
        const far = distance(point, centre);
        if (far < least) [least, nearest] = [far, k];
      });
      groups[nearest]!.push(point);
    }
    means = groups.flatMap((group) => (group.length > 0 ? [meanOf(group)] : []));
  }
  return means;
}

function meanOf(points: readonly Triple[]): Triple {
  let [l, a, b] = [0, 0, 0];
  for (const point of points) {
    l += point[0];
    a += point[1];
    b += point[2];
  }
  return [l / points.length, a / points.length, b / points.length];
}

function distinct(colours: readonly Triple[]): Triple[] {
  const kept: Triple[] = [];
  for (const colour of colours) if (kept.every((one) => distance(one, colour) >= SAME)) kept.push(colour);
  return kept;
}

/** From the first, the darkest, on; stops lie as far apart as their colours, and a little more. */
function cycleThrough(colours: readonly Triple[]): Stop[] {
  const tour = shortestTour(colours.map((a) => colours.map((b) => distance(a, b))));
  const ordered = tour.map((k) => colours[k]!);
  const ways = ordered.map((colour, i) => distance(colour, ordered[(i + 1) % ordered.length]!));
  const all = ways.reduce((sum, way) => sum + way, 0);
  const lengths = ways.map((way) => (all > 0 ? (way / all + 0.5 / ways.length) / 1.5 : 1 / ways.length));
  let position = 0;
  return ordered.map(([l, a, b], i) => {
    const [red, green, blue] = fromOklab(l, a, b).map(toLevel) as [number, number, number];
    const stop: Stop = { position, rgb: [red, green, blue] };
    position += lengths[i]!;
    return stop;
  });
}

function distance(a: Triple, b: Triple): number {
  const [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  return Math.sqrt(x * x + y * y + z * z);
}
