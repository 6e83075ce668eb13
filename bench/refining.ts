/**
 * What more samples are worth where those of keyframes differ from their neighbours, in dB against 8 samples a pixel frame
 * by frame (docs/decisions/0086-keyframes-have-one-sample.md).
 */

import { coverOf } from '../src/film/cover.js';
import type { KeyframeSamples } from '../src/film/samples.js';
import { orderOf } from '../src/film/showing.js';
import type { Computed } from '../src/kernel/kernel.js';
import { noiseOf } from '../src/render/noise.js';
import { type Paint, paintLight } from '../src/render/paint.js';
import { BLOCK } from '../src/shard/block.js';
import { areaOf } from '../src/shard/missing.js';
import type { Rect } from '../src/shard/shard.js';
import { channelsOf } from '../src/view/channels.js';
import type { View } from '../src/view/view.js';
import { FILMS, LOOKED } from '../test/film/films.js';
import { assembledBytes, PAINT, paintedBy, psnr, type Scene, studio } from '../test/film/rendering.js';
import { print } from './table.js';

/** Differences above which a pixel is sampled again: of the square root of the count, the root of the mean square. */
const LIMITS = [0.9, 0.8, 0.7, 0.6, 0.5, 0.3, 0];
/** By the side of the grid of samples within a pixel: how many more they are. With an odd side the pixel's first sample is one of them. */
const GRIDS = [
  { side: 2, more: 4 },
  { side: 3, more: 8 },
  { side: 4, more: 16 },
] as const;
/** Differences that are as good as any: a third of a cycle of the palette. */
const MOST = 1;
/** Counts beyond this are as far from others as the interior is. */
const FAR = 1e12;

export async function refining(): Promise<void> {
  for (const [name, scene] of Object.entries(FILMS)) {
    const rows = await rowsOf(scene);
    print(`Keyframes of the film ${name}: dB above 8 samples a pixel, without / with the palette filter`, HEAD, rows);
  }
}

const HEAD = ['difference above', ...GRIDS.map(({ more }) => `${more} more samples, share of all`)];

/** Of all keyframes of a film, one after another. */
interface Sampled {
  readonly nu: Float64Array;
  readonly footprint: Float64Array;
  readonly perPixel: number;
}

async function rowsOf(scene: Scene): Promise<string[][]> {
  const first = await sampled(scene, 1);
  const finer = new Map<number, Sampled>();
  for (const { side } of GRIDS) finer.set(side, await sampled(scene, side));
  const different = differencesOf(scene, first.nu);
  const { truth, eight } = await stills(scene);

  /** Where samples differ by more than that, pixels have the mean of `side` squared samples, and of the first one. */
  async function quality(limit: number, side: number, filter: boolean): Promise<string> {
    const lightOf = ({ nu, footprint, perPixel }: Sampled) =>
      paintLight({ nu, perPixel, iterations: scene.iterations, ...(filter ? { footprint } : {}) }, PAINT);
    const light = lightOf(first);
    const noise = noiseOf(first.nu, first.footprint, PAINT, filter);
    const mean = lightOf(finer.get(side) as Sampled);
    // With an odd side the first sample is the one in the middle.
    const own = side % 2 === 0 ? 1 / (side * side + 1) : 0;
    for (const [i, difference] of different.entries()) {
      if (difference <= limit) continue;
      noise[i] = 0;
      for (let c = 3 * i; c < 3 * i + 3; c++) light[c] = own * light[c]! + (1 - own) * mean[c]!;
    }
    const found = await filmOf(scene, light, noise);
    const decibels = found.reduce((sum, rgb, k) => sum + psnr(rgb, truth[k] as Uint8Array), 0) / found.length;
    return (decibels - eight).toFixed(2);
  }
  const both = async (limit: number, side: number) =>
    `${await quality(limit, side, false)} / ${await quality(limit, side, true)}`;

  const rows = [['none', ...(await Promise.all(GRIDS.map(async ({ side }) => both(Infinity, side))))]];
  for (const limit of LIMITS) {
    const share = different.filter((one) => one > limit).length / different.length;
    const cells: string[] = [];
    for (const { side, more } of GRIDS) cells.push(`+${(100 * share * more).toFixed(0)} %: ${await both(limit, side)}`);
    rows.push([String(limit), ...cells]);
  }
  return rows;
}

function orderFor({ path, size }: Scene) {
  const cover = coverOf(path, size);
  return { cover, order: orderOf(cover, path, size) };
}

async function sampled(scene: Scene, side: number): Promise<Sampled> {
  const { viewOf, compute } = studio(scene);
  const done: Computed[] = [];
  for (const { camera, parts } of orderFor(scene).order.keyframes) {
    const view: View = { ...viewOf(camera, { kind: 'grid', side }), footprint: true };
    for (const rect of parts) done.push(await compute(view, rect));
  }
  return {
    nu: joined(done.map(({ nu }) => nu)),
    footprint: joined(done.map(({ footprint }) => footprint as Float64Array)),
    perPixel: side * side,
  };
}

/** The frames looked at with 64 samples a pixel, and what 8 reach, in dB. */
async function stills(scene: Scene): Promise<{ truth: readonly Uint8Array[]; eight: number }> {
  const { still } = studio(scene);
  const truth: Uint8Array[] = [];
  let eight = 0;
  for (const frame of LOOKED) {
    const one = await still(frame, 64);
    truth.push(one);
    eight += psnr(await still(frame, 8), one) / LOOKED.length;
  }
  return { truth, eight };
}

function differencesOf(scene: Scene, nu: Float64Array): Float64Array {
  let from = 0;
  return joined(
    orderFor(scene).order.keyframes.map(({ parts }) => {
      const own = nu.subarray(from, (from += areaOf(parts)));
      return differences(parts, own);
    }),
  );
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Of each sample of some parts of a keyframe: how much its neighbours within its block differ from it. */
function differences(parts: readonly Rect[], nu: Float64Array): Float64Array {
  const roots = nu.map((one) => Math.sqrt(Math.min(one, FAR) + 4));
  const places: { x: number; y: number }[] = [];
  const known = new Map<string, number>();
  for (const { x, y, width, height } of parts) {
    for (let k = 0; k < width * height; k++) {
      const place = { x: x + (k % width), y: y + Math.floor(k / width) };
      known.set(`${place.x} ${place.y}`, places.push(place) - 1);
    }
  }
  const block = (pixel: number) => Math.floor(pixel / BLOCK);
  return Float64Array.from(places, ({ x, y }, index) => {
    let [sum, count] = [0, 0];
    for (let k = 0; k < 9; k++) {
      const [column, row] = [x + (k % 3) - 1, y + Math.floor(k / 3) - 1];
      const other = known.get(`${column} ${row}`);
      if (k === 4 || other === undefined || block(column) !== block(x) || block(row) !== block(y)) continue;
      sum += Math.min(MOST, Math.abs(roots[other]! - roots[index]!)) ** 2;
      count++;
    }
    return Math.sqrt(sum / Math.max(1, count));
  });
}

/**
 * The frames looked at, of keyframes with these colours: 3 numbers a sample, and the share of its neighbours in it. They are
 * entries of a palette of which sample i has the i-th: its count and width follow from that and from its noise.
 */
async function filmOf(scene: Scene, light: Float32Array, noise: Float32Array): Promise<Uint8Array[]> {
  const count = noise.length;
  const linear = new Float32Array(3 * count + 3);
  linear.set(light);
  const palette: Paint = { ...PAINT, size: count, offset: 0, density: 1, linear };
  // noiseOf: x / (x + quiet), x being the square of a width in cycles.
  const half = noiseOf(Float64Array.of(0), Float64Array.of(12), palette, false)[0] as number;
  const quiet = 1 / half - 1;
  const { path, size, iterations } = scene;
  const { cover, order } = orderFor(scene);
  async function* keyframes(): AsyncGenerator<KeyframeSamples> {
    let i = 0;
    for (const { parts } of order.keyframes) {
      yield parts.map((rect) => {
        const values = new Float64Array(2 * rect.width * rect.height);
        for (let k = 0; k < values.length; k += 2, i++) {
          const root = (3 * (i + 0.5)) / count + 2;
          values[k] = root * root - 4;
          values[k + 1] = 6 * root * Math.sqrt((quiet * noise[i]!) / (1 - noise[i]!));
        }
        return { rect, values };
      });
    }
  }
  const painting = paintedBy(palette, iterations, channelsOf({ footprint: true }), false);
  const frames: Uint8Array[] = [];
  let frame = 0;
  for await (const rgb of assembledBytes({ cover, order, path, painting, size }, keyframes())) {
    if (LOOKED.includes(frame++)) frames.push(rgb);
    if (frame > Math.max(...LOOKED)) break;
  }
  return frames;
}
