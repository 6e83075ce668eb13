/**
 * One frame while it is assembled: weighted sums of texels, and in the end their quotient by the sums of the shares. Plain
 * IEEE numbers of 32 bits: the same frames on every machine.
 */

import { readFileSync } from 'node:fs';
import { LEVEL_TABLES } from '../render/oklab.js';
import type { Similarity } from './camera.js';
import { type Taps, tapsOf, tentOf, weightAt } from './filter.js';
import type { Size } from './footprint.js';
import { CHANNELS, type Texels, TILE } from './texture.js';

interface Exports {
  // biome-ignore format: one line per group of arguments
  addTile(texels: number, width: number, height: number, acrossFirst: number, acrossWeights: number, acrossMost: number,
    span: number, downFirst: number, downWeights: number, downMost: number, rows: number, lines: number, sums: number,
    columns: number): void;
  finish(sums: number, count: number, rgb: number, thresholds: number, start: number, cells: number): number;
}

const PAGE = 65536;
/** Pixels along a side that a tile has a part in: texels are at most a pixel, and filters reach 3 pixels. */
const MOST_PIXELS = TILE + 8;
/** Texels along a side that a pixel takes something of. */
const MOST_TAPS = 8;

/** Where things are in the memory. */
const FIRST_BYTES = 4 * MOST_PIXELS;
const WEIGHT_BYTES = 4 * MOST_PIXELS * MOST_TAPS;
const ACROSS_AT = PAGE;
const DOWN_AT = ACROSS_AT + FIRST_BYTES + WEIGHT_BYTES;
const TEXELS_AT = DOWN_AT + FIRST_BYTES + WEIGHT_BYTES;
const LINES_AT = TEXELS_AT + 2 * CHANNELS * TILE * TILE;
const THRESHOLDS_AT = LINES_AT + 4 * CHANNELS * MOST_PIXELS * TILE;
const START_AT = THRESHOLDS_AT + LEVEL_TABLES.thresholds.byteLength;
const SUMS_AT = PAGE * Math.ceil((START_AT + LEVEL_TABLES.start.byteLength) / PAGE);

let compiled: WebAssembly.Module | undefined;

export class Gathering {
  private readonly memory: WebAssembly.Memory;
  private readonly exports: Exports;
  private readonly sums: Float32Array;

  /** Takes 19 bytes a pixel. */
  constructor(private readonly size: Size) {
    const count = CHANNELS * size.width * size.height;
    const pages = Math.ceil((SUMS_AT + 4 * count + 3 * size.width * size.height) / PAGE);
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: false });
    compiled ??= new WebAssembly.Module(readFileSync(new URL('./gather.wasm', import.meta.url)));
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory: this.memory, abort } });
    this.exports = exports as unknown as Exports;
    this.sums = new Float32Array(this.memory.buffer, SUMS_AT, count);
    new Float64Array(this.memory.buffer, THRESHOLDS_AT).set(LEVEL_TABLES.thresholds);
    new Uint8Array(this.memory.buffer, START_AT).set(LEVEL_TABLES.start);
  }

  /**
   * Adds what the frame shows of a tile. `to`: from pixels of the frame to those of the tile's keyframe; `weight`: a factor
   * on the weights of its texels.
   */
  add(texels: Texels, to: Similarity, weight = 1): void {
    if (to.sin === 0 && to.cos > 0) this.addUpright(texels, to, weight);
    else this.addTurned(texels, to, weight);
  }

  private addUpright({ level, x, y, width, height, values }: Texels, to: Similarity, weight: number): void {
    const { width: columns, height: rows } = this.size;
    const texel = 2 ** level;
    const step = to.scale / texel;
    const left = (columns / 2 + to.x - (to.scale * columns) / 2) / texel;
    const top = (rows / 2 - to.y - (to.scale * rows) / 2) / texel;
    const tent = tentOf(to.scale);
    const across = tapsOf({ origin: left, step, pixels: columns, begin: x, count: width }, tent);
    const down = tapsOf({ origin: top, step, pixels: rows, begin: y, count: height }, tent);
    const [span, lines] = [across.to - across.from, down.to - down.from];
    if (span === 0 || lines === 0) return;
    this.place(ACROSS_AT, across);
    for (let k = 0; k < down.weights.length; k++) down.weights[k]! *= weight;
    this.place(DOWN_AT, down);
    new Uint16Array(this.memory.buffer, TEXELS_AT, values.length).set(values);
    const sums = SUMS_AT + 4 * CHANNELS * (down.from * columns + across.from);
    // biome-ignore format: as declared
    this.exports.addTile(TEXELS_AT, width, height, ACROSS_AT, ACROSS_AT + FIRST_BYTES, across.most,
      span, DOWN_AT, DOWN_AT + FIRST_BYTES, down.most, lines, LINES_AT, sums,
      columns);
  }

  private place(at: number, { first, weights, most }: Taps): void {
    if (first.length > MOST_PIXELS || most > MOST_TAPS) throw new RangeError(`${most} taps of ${first.length} pixels`);
    new Int32Array(this.memory.buffer, at, first.length).set(first);
    new Float32Array(this.memory.buffer, at + FIRST_BYTES, weights.length).set(weights);
  }

  /** Texel by texel, to the pixels around it. */
  private addTurned({ level, x, y, width, height, values }: Texels, to: Similarity, weight: number): void {
    const { width: columns, height: rows } = this.size;
    const texel = 2 ** level;
    const tent = tentOf(to.scale);
    const reach = tent + 0.5;
    const share = weight * (texel / to.scale) ** 2;
    const [cos, sin] = [to.cos / to.scale ** 2, to.sin / to.scale ** 2];
    for (let row = 0, at = 0; row < height; row++) {
      const up = rows / 2 - (y + row + 0.5) * texel - to.y;
      for (let column = 0; column < width; column++, at += CHANNELS) {
        if (values[at + 3] === 0) continue;
        const right = (x + column + 0.5) * texel - columns / 2 - to.x;
        const px = columns / 2 + right * cos + up * sin;
        const py = rows / 2 - (up * cos - right * sin);
        const [firstX, lastX] = [Math.ceil(px - reach - 0.5), Math.floor(px + reach - 0.5)];
        for (let j = Math.ceil(py - reach - 0.5); j <= py + reach - 0.5; j++) {
          if (j < 0 || j >= rows) continue;
          const down = share * weightAt(j + 0.5 - py, tent);
          for (let i = Math.max(0, firstX); i <= lastX && i < columns; i++) {
            const factor = down * weightAt(i + 0.5 - px, tent);
            const target = CHANNELS * (j * columns + i);
            for (let c = 0; c < CHANNELS; c++) this.sums[target + c]! += factor * (values[at + c] as number);
          }
        }
      }
    }
  }

  /** The frame, 8-bit sRGB, 3 bytes a pixel; the next one begins. @throws Error for a pixel without samples */
  pixels(): Uint8Array {
    const count = this.sums.length / CHANNELS;
    const at = SUMS_AT + this.sums.byteLength;
    const without = this.exports.finish(SUMS_AT, count, at, THRESHOLDS_AT, START_AT, LEVEL_TABLES.cells);
    if (without >= 0) throw new Error(`pixel ${without} of a frame has no samples`);
    return new Uint8Array(this.memory.buffer, at, 3 * count).slice();
  }
}

function abort(): never {
  throw new Error('the WebAssembly module aborted');
}
