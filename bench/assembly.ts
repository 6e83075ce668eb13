/** Frames from keyframes: what assembling one takes, on one core. */

import { assembled } from '../src/film/assemble.js';
import { openAssembler } from '../src/film/assembler.js';
import type { Camera } from '../src/film/camera.js';
import { coverOf } from '../src/film/cover.js';
import type { FilmPath } from '../src/film/path.js';
import type { KeyframeSamples, Look, Painting } from '../src/film/samples.js';
import { orderOf } from '../src/film/showing.js';
import { DEFAULT_COLOURS, prepare } from '../src/render/colours.js';
import type { Rect } from '../src/shard/shard.js';
import { channelsOf } from '../src/view/channels.js';
import { placeAt } from '../src/view/path/place.js';
import { medians, print } from './table.js';

export const SIZES = [
  { width: 640, height: 360, samples: 1 },
  { width: 1920, height: 1080, samples: 1 },
];
/** Half an octave, at 60 frames an octave. */
const FRAMES = 31;
const RUNS = 5;
const POINT = { re: '-1.7598171308048478', im: '-0.0125933107997499' };
const FROM = { ...POINT, zoom: '1000' };
const TO = { ...POINT, zoom: '1414.2135623731' };

const LOOK: Look = {
  paint: prepare(DEFAULT_COLOURS),
  iterations: 1000,
  filter: true,
  channels: channelsOf({ footprint: true }),
};
export const painting: Painting = {
  nameOf: () => '',
  scaled: false,
  lookOf: () => LOOK,
};

/** Counts up to 1,000 without order, and widths of a fifth of a count. */
export function noiseOf({ width, height }: Rect): Float64Array {
  return Float64Array.from({ length: 2 * width * height }, (_, i) =>
    i % 2 === 1 ? 0.2 : (1000 * (Math.imul(i, 0x9e3779b1) >>> 8)) / 2 ** 24,
  );
}

/** Degrees by which a frame is turned against the one before. */
export function path(turn: number, outwards: boolean, frames = FRAMES): FilmPath {
  const at = (t: number): Camera => ({ ...placeAt(FROM, TO, outwards ? 1 - t : t), rotation: 0 });
  return {
    frames,
    at: (frame) => ({ ...at(frame / (frames - 1)), rotation: turn * frame }),
  };
}

/** Milliseconds of user CPU a frame, painting included, without the first, for which most keyframes are painted. */
async function milliseconds(film: FilmPath, size: (typeof SIZES)[number]): Promise<number> {
  const cover = coverOf(film, size);
  const order = orderOf(cover, film, size);
  async function* computed(): AsyncGenerator<KeyframeSamples> {
    for (const { parts } of order.keyframes) {
      yield parts.map((rect) => ({ rect, values: noiseOf(rect) }));
    }
  }
  const assembler = openAssembler({ size });
  const frames = assembled(
    { cover, order, path: film, painting, levels: { bits: 8, dither: true }, assembler },
    computed(),
  );
  await frames.next();
  const from = process.cpuUsage();
  for await (const _ of frames);
  return process.cpuUsage(from).user / 1000 / (FRAMES - 1);
}

export async function assembly(): Promise<void> {
  const kinds = { 'upright, outwards': path(0, true), 'upright, inwards': path(0, false), turned: path(1.3, true) };
  const rows = [];
  for (const size of SIZES) {
    const found = await medians(
      RUNS,
      Object.values(kinds).map((film) => () => milliseconds(film, size)),
    );
    rows.push([`${size.width}×${size.height}`, ...found.map((one) => one.toFixed(1))]);
  }
  print('Frames assembled from keyframes, ms of one core a frame', ['size', ...Object.keys(kinds)], rows);
}
