/**
 * The memory of a film: tiles of texels and what threads need to assemble frames of them, in one WebAssembly memory that all
 * threads share. Its parts are taken and given back one by one; sizes are rounded up a little, so that a part that was given
 * back fits the next one.
 */

import { readFileSync } from 'node:fs';
import { FractalError } from '../errors.js';

const PAGE = 65536;
const MAX_PAGES = 65536;
/** Address space for fewer is not worth a try. */
const LEAST_PAGES = 1024;
/** It grows by at least so many pages. */
const GROWTH = 64;
/** Parts begin at multiples of it. */
const ALIGNED = 256;

/** What the module of assembly/ exports. */
export interface Film {
  // biome-ignore format: one line per group of arguments
  addUpright(texels: number, width: number, pairs: number, firstPair: number, pairsBefore: number, down: number,
    most: number, rows: number, first: number, columnsBefore: number, across: number, taps: number, span: number,
    line: number, sums: number, stride: number): void;
  // biome-ignore format: one line per group of arguments
  addTurned(texels: number, width: number, pairs: number, u: number, v: number, du: number, dv: number, rows: number,
    columns: number, across: number, taps: number, down: number, most: number, sums: number, stride: number): void;
  useTables(thresholds: number, fine: number, coarse: number): void;
  // biome-ignore format: one line per group of arguments
  finishBytes(sums: number, width: number, rows: number, y: number, rgb: number, dither: number, side: number): number;
  finishDeep(sums: number, width: number, rows: number, rgb: number): number;
  // biome-ignore format: one line per group of arguments
  finishPlanes(sums: number, width: number, rows: number, y: number, to: number, above: number, dither: number,
    side: number): number;
  // biome-ignore format: one line per group of arguments
  halve(texels: number, x: number, y: number, width: number, pairs: number, half: number, halfX: number, halfY: number,
    halfWidth: number, halfPairs: number): void;
  // biome-ignore format: one line per group of arguments
  paintFiltered(samples: number, count: number, sums: number, linear: number, size: number, start: number, speed: number,
    shift: number, quiet: number, most: number, light: number, noise: number): void;
  steady(light: number, noise: number, width: number, pairs: number, texels: number): void;
  /** What numbers of texels are kept less. */
  readonly BIAS: Constant;
  /** Columns that `line` of addUpright has before and behind those of a tile. */
  readonly MARGIN: Constant;
  /** Cells of the tables of levels. */
  readonly FINE: Constant;
  readonly COARSE: Constant;
  /** Places between two texels that windows of addTurned begin at. */
  readonly PLACES: Constant;
}

interface Constant {
  readonly value: number;
}

function compileFilm(): WebAssembly.Module {
  return new WebAssembly.Module(readFileSync(new URL('./gather.wasm', import.meta.url)));
}

export function openFilm(module: WebAssembly.Module, memory: WebAssembly.Memory): Film {
  return new WebAssembly.Instance(module, { env: { memory, abort } }).exports as unknown as Film;
}

export class FilmMemory {
  readonly memory: WebAssembly.Memory;
  readonly film: Film;
  /** Parts that were given back, by size. */
  private readonly free = new Map<number, number[]>();
  /** How often parts are held, and the size of those that were given back meanwhile. */
  private readonly held = new Map<number, { times: number; given?: number }>();
  private end = PAGE;
  private maximum: number;

  /** `most`: bytes that it may grow to; fewer where there is no address space for them. @throws FractalError RESOURCES */
  constructor(
    most: number,
    readonly module = compileFilm(),
  ) {
    this.maximum = Math.min(MAX_PAGES, 1 + Math.ceil(most / PAGE));
    this.memory = this.opened();
    this.film = openFilm(this.module, this.memory);
  }

  /** The address of so many bytes. @throws FractalError RESOURCES */
  take(bytes: number): number {
    const size = rounded(bytes);
    const known = this.free.get(size)?.pop();
    if (known !== undefined) return known;
    const at = this.end;
    const missing = Math.ceil((at + size - this.memory.buffer.byteLength) / PAGE);
    if (missing > 0) this.grow(missing);
    this.end += size;
    return at;
  }

  /** The address of a copy of a table. @throws FractalError RESOURCES */
  place(table: Uint16Array | Int32Array | Float32Array | Float64Array): number {
    const at = this.take(table.byteLength);
    copyTo(this.memory, at, table);
    return at;
  }

  /** To be called once for each `take`. What is held is kept until it is let go. */
  give(at: number, bytes: number): void {
    const held = this.held.get(at);
    const size = rounded(bytes);
    if (held) held.given = size;
    else this.put(at, size);
  }

  /** What is at an address is being read: to be let go as often. */
  hold(at: number): void {
    const held = this.held.get(at);
    if (held) held.times++;
    else this.held.set(at, { times: 1 });
  }

  letGo(at: number): void {
    const held = this.held.get(at);
    if (!held || --held.times > 0) return;
    this.held.delete(at);
    if (held.given !== undefined) this.put(at, held.given);
  }

  private put(at: number, size: number): void {
    const known = this.free.get(size);
    if (known) known.push(at);
    else this.free.set(size, [at]);
  }

  private opened(): WebAssembly.Memory {
    for (;;) {
      try {
        return new WebAssembly.Memory({ initial: 1, maximum: this.maximum, shared: true });
      } catch (error) {
        if (this.maximum < LEAST_PAGES) throw this.shortage(error);
        this.maximum >>= 1;
      }
    }
  }

  private grow(missing: number): void {
    const left = this.maximum - this.memory.buffer.byteLength / PAGE;
    try {
      this.memory.grow(Math.max(missing, Math.min(GROWTH, left)));
    } catch (error) {
      throw this.shortage(error);
    }
  }

  private shortage(cause: unknown): FractalError {
    const size = `${Math.ceil((this.maximum * PAGE) / 2 ** 20)} MiB of memory`;
    const way = 'use --assembly frames, a smaller picture, or raise the limit (ulimit -v)';
    return new FractalError('RESOURCES', `the keyframes that a frame shows do not fit into ${size}: ${way}`, { cause });
  }
}

export function copyTo(
  { buffer }: WebAssembly.Memory,
  at: number,
  table: Int16Array | Uint16Array | Int32Array | Float32Array | Float64Array,
): void {
  const bytes = new Uint8Array(table.buffer, table.byteOffset, table.byteLength);
  new Uint8Array(buffer, at, bytes.length).set(bytes);
}

/** At most a quarter more. */
function rounded(bytes: number): number {
  const step = Math.max(ALIGNED, 2 ** (Math.floor(Math.log2(bytes)) - 2));
  return step * Math.ceil(bytes / step);
}

function abort(): never {
  throw new Error('the WebAssembly module aborted');
}
