/**
 * Paints samples of keyframes as tiles of texels. A sample whose colour is chance takes part of that of its neighbours: so the
 * filter of frames can be narrow, and blurs only what would sparkle. The space for a tile is used again for the next one:
 * a new array for each would keep the garbage collector busy.
 */

import { CURVE_VALUES, type Curve } from '../render/curve.js';
import { MOST_CYCLES, noiseOf, QUIET } from '../render/noise.js';
import { paintLight } from '../render/paint.js';
import { sumsOf } from '../render/palette-filter.js';
import { cycleOf, type Table } from '../render/positions.js';
import { apart } from '../render/raw-samples.js';
import type { Rect } from '../shard/shard.js';
import { type Film, type FilmMemory, openFilm } from './memory.js';
import type { KeyframeSamples, Look } from './samples.js';
import { TILE, type Tile } from './texture.js';

/** A tile to be painted, and where its samples are: `channels` numbers each, those around the tile as well; NaN: there is none. */
export interface PaintTask {
  readonly tile: Tile;
  readonly samples: number;
  /** Samples of the keyframe along a pixel of the frame, where colours depend on it. */
  readonly scale: number;
}

/** Where no width of nu says how much of a colour is chance. */
const UNKNOWN = 0.5;
/** Samples of a tile and around it. */
const MOST = (TILE + 2) ** 2;
/** Numbers of a sample that its channels, one by one, and its light and noise take; and what is read behind the last light. */
const CHANNELS = 6;
const LIGHT = 3;
const BEHIND = 4;

/** Entries of a palette that has a place for its table and its sums, one entry longer: an even number of them. */
const ENTRIES = (1 << 14) - 1;
const TABLE_BYTES = (8 + 4) * 3 * (ENTRIES + 1);
/** Of a curve. */
const CURVE_BYTES = 8 * CURVE_VALUES;

/** Bytes that a painter works in. */
export const PAINTER_BYTES = TABLE_BYTES + CURVE_BYTES + 8 * CHANNELS * MOST + 4 * (LIGHT * MOST + BEHIND + MOST);

/** The samples around a tile, and in it. */
export function around({ x, y, width, height }: Rect): Rect {
  return { x: x - 1, y: y - 1, width: width + 2, height: height + 2 };
}

/** Bytes of the samples that `placeSamples` places. */
export function bytesOfSamples(tile: Rect, channels: number): number {
  return 8 * channels * (tile.width + 2) * (tile.height + 2);
}

/** Copies the samples that a tile is painted from to an address. */
export function placeSamples({ memory }: FilmMemory, at: number, samples: KeyframeSamples, tile: Rect): void {
  const { x, y, width, height } = around(tile);
  const [first] = samples;
  const channels = first ? first.values.length / (first.rect.width * first.rect.height) : 1;
  const values = new Float64Array(memory.buffer, at, channels * width * height).fill(NaN);
  for (const { rect, values: own } of samples) {
    const [left, right] = [Math.max(x, rect.x), Math.min(x + width, rect.x + rect.width)];
    const [top, bottom] = [Math.max(y, rect.y), Math.min(y + height, rect.y + rect.height)];
    if (left >= right) continue;
    for (let row = top; row < bottom; row++) {
      const from = (row - rect.y) * rect.width - rect.x;
      const to = (row - y) * width - x;
      values.set(own.subarray(channels * (from + left), channels * (from + right)), channels * (to + left));
    }
  }
}

const NO_CURVE: Curve = { first: 0, perRoot: 0, cycles: new Float64Array(0) };

function curveFits({ curve }: Table): boolean {
  return (curve?.cycles.length ?? 0) <= CURVE_VALUES;
}

export class Painter {
  private readonly film: Film;
  private readonly sums: Float64Array;
  private readonly linear: Float32Array;
  private readonly curve: Float64Array;
  /** Those which `sums` and `linear` have, and `curve`. */
  private table: Float32Array | undefined;
  private cycles: Float64Array | undefined;
  private readonly light: Float32Array;
  private readonly noise: Float32Array;
  /** Address of the channels, one by one. */
  private readonly channels: number;
  /** Doubles that are taken. */
  private taken = 0;

  /** `at`: of PAINTER_BYTES of the memory. */
  constructor(
    module: WebAssembly.Module,
    private readonly memory: WebAssembly.Memory,
    at: number,
  ) {
    this.film = openFilm(module, memory);
    this.sums = new Float64Array(memory.buffer, at, 3 * (ENTRIES + 1));
    this.linear = new Float32Array(memory.buffer, at + 8 * this.sums.length, 3 * (ENTRIES + 1));
    this.curve = new Float64Array(memory.buffer, at + TABLE_BYTES, CURVE_VALUES);
    this.channels = at + TABLE_BYTES + CURVE_BYTES;
    const light = this.channels + 8 * CHANNELS * MOST;
    this.light = new Float32Array(memory.buffer, light, LIGHT * MOST);
    this.noise = new Float32Array(memory.buffer, light + 4 * (LIGHT * MOST + BEHIND), MOST);
  }

  paint(task: PaintTask, look: Look): void {
    const { kind, light, size } = look.paint;
    const { width, height } = around(task.tile);
    const count = width * height;
    // What films from keyframes are, unless asked otherwise.
    const usual =
      kind === 'cycle' && !light && look.filter && look.channels === 2 && size <= ENTRIES && curveFits(look.paint);
    if (usual) this.paintFiltered(task.samples, count, look.paint);
    else this.paintAny(task, look, count);
    this.film.steady(this.light.byteOffset, this.noise.byteOffset, task.tile.width, task.tile.height / 2, task.tile.at);
  }

  private paintFiltered(samples: number, count: number, table: Table): void {
    const { size, linear } = table;
    if (linear !== this.table) {
      this.sums.set(sumsOf(linear, size));
      this.linear.set(linear);
      this.table = linear;
    }
    const { start, speed, shift, curve = NO_CURVE } = cycleOf(table);
    const { cycles } = curve;
    if (cycles !== this.cycles) {
      this.curve.set(cycles);
      this.cycles = cycles;
    }
    // biome-ignore format: as declared
    this.film.paintFiltered(samples, count, this.sums.byteOffset, this.linear.byteOffset, size, start, speed, shift,
      cycles.length > 0 ? this.curve.byteOffset : 0, cycles.length - 2, curve.first, curve.perRoot, QUIET, MOST_CYCLES,
       this.light.byteOffset, this.noise.byteOffset);
  }

  private paintAny({ samples, scale }: PaintTask, { paint, iterations, filter, channels }: Look, count: number): void {
    this.taken = 0;
    const values = new Float64Array(this.memory.buffer, samples, channels * count);
    const { nu, distance, footprint } = apart(values, channels, (numbers) => this.take(numbers));
    const noise = this.noise.subarray(0, count);
    const known = footprint && paint.kind === 'cycle';
    if (known) noiseOf(nu, footprint, paint, filter, noise);
    else noise.fill(UNKNOWN);
    for (let i = 0; i < count; i++) if (Number.isNaN(nu[i])) noise[i] = -1;
    if (distance && scale !== 1) for (let i = 0; i < distance.length; i++) distance[i]! /= scale;
    // The width is that across a sample of the keyframe, whatever the size of a pixel.
    const counts = { nu, perPixel: 1, iterations, ...(filter && footprint ? { footprint } : {}) };
    paintLight({ ...counts, ...(distance ? { distance } : {}) }, paint, this.light.subarray(0, LIGHT * count));
  }

  private take(numbers: number): Float64Array {
    const from = this.channels + 8 * this.taken;
    this.taken += numbers;
    return new Float64Array(this.memory.buffer, from, numbers);
  }
}
