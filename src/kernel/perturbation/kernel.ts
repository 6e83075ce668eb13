/**
 * Samples of views beyond double precision, as differences from a reference orbit. Orbit and table lie in one memory
 * that all threads of a worker share, the table is built by the first thread that needs it.
 */

import { readFileSync } from 'node:fs';
import type { Rect } from '../../shard/shard.js';
import { fillPoints } from '../../view/plane.js';
import { samplesPerPixel, type View } from '../../view/view.js';
import { CHUNK, chunks } from '../chunks.js';
import type { Computed } from '../kernel.js';
import { exponentOf, isDeep, offsetOf, type Reference, scaledZoom } from './reference.js';

/** What the threads of a worker share of a reference. */
export interface SharedReference {
  readonly re: string;
  readonly im: string;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Index of the orbit's last entry. */
  readonly length: number;
  readonly orbitAt: number;
  /** One pointer a level of the table, from level 1; entry j of level k covers 2^k steps from 1 + j·2^k. */
  readonly levels: readonly number[];
  /** The same with extended exponents, for views beyond doubles; empty where there are none. */
  readonly deepLevels: readonly number[];
  readonly tinyAt: number;
  readonly tinies: number;
  readonly regionsAt: number;
}

export type Perturbed = (view: View, rect: Rect) => Computed;

interface Exports {
  buildLevel(orbit: number, below: number, table: number, level: number, from: number, to: number): void;
  // biome-ignore format: one line per group of arguments
  perturb(orbit: number, length: number, levels: number, depth: number, flags: number, limit: bigint, bailout: number,
    count: number, re: number, im: number, nu: number): bigint;
  // biome-ignore format: one line per group of arguments
  buildDeepLevel(orbit: number, below: number, table: number, level: number, from: number, to: number,
    tiny: number, tinies: number): void;
  // biome-ignore format: one line per group of arguments
  perturbDeep(orbit: number, length: number, levels: number, depth: number, flags: number, limit: bigint,
    bailout: number, count: number, re: number, im: number, nu: number,
    exponent: number, deep: number, tiny: number, tinies: number): bigint;
}

const PAGE = 65536;
const MAX_PAGES = 65536;
/** Whether the table is built: 0 no, 1 somebody is at it, 2 yes. */
const STATE_AT = 2048;
const DEEP_STATE_AT = 2112;
const LEVELS_AT = 4096;
const DEEP_LEVELS_AT = 8192;
const ORBIT_AT = PAGE;
const ENTRY_BYTES = 80;
const DEEP_ENTRY_BYTES = 56;
const REGION_BYTES = 3 * 8 * CHUNK;
const FLAG_WHOLE = 2;

let compiled: WebAssembly.Module | undefined;

/** Copies an orbit to where `slots` threads can work with it. */
export function shareReference({ re, im, orbit, tiny, deep }: Reference, slots: number): SharedReference {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('./perturb.wasm', import.meta.url)));
  const length = orbit.length / 2 - 1;
  const tinyAt = ORBIT_AT + orbit.byteLength;
  let at = tinyAt + tiny.byteLength;
  const room = (bytes: number) => {
    const levels: number[] = [];
    for (let level = 1; entriesOf(length, level) > 0; level++) {
      levels.push(at);
      at += entriesOf(length, level) * bytes;
    }
    return levels;
  };
  const levels = room(ENTRY_BYTES);
  const deepLevels = deep ? room(DEEP_ENTRY_BYTES) : [];
  const regionsAt = at;
  const pages = Math.ceil((regionsAt + slots * REGION_BYTES) / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: MAX_PAGES, shared: true });
  new Float64Array(memory.buffer, ORBIT_AT, orbit.length).set(orbit);
  new Float64Array(memory.buffer, tinyAt, tiny.length).set(tiny);
  new Uint32Array(memory.buffer, LEVELS_AT + 4, levels.length).set(levels);
  new Uint32Array(memory.buffer, DEEP_LEVELS_AT + 4, deepLevels.length).set(deepLevels);
  const tinies = tiny.length / 4;
  const places = { orbitAt: ORBIT_AT, levels, deepLevels, tinyAt, tinies, regionsAt };
  return { re, im, module: compiled, memory, length, ...places };
}

/** The work of one slot on a shared reference. */
export function openPerturbation(shared: SharedReference, slot: number): Perturbed {
  const { memory, length, orbitAt, levels, deepLevels, tinyAt, tinies, regionsAt } = shared;
  const { exports } = new WebAssembly.Instance(shared.module, { env: { memory, abort } });
  const { buildLevel, buildDeepLevel, perturb, perturbDeep } = exports as unknown as Exports;
  const reAt = regionsAt + slot * REGION_BYTES;
  const imAt = reAt + 8 * CHUNK;
  const nuAt = imAt + 8 * CHUNK;
  const re = new Float64Array(memory.buffer, reAt, CHUNK);
  const im = new Float64Array(memory.buffer, imAt, CHUNK);
  const found = new Float64Array(memory.buffer, nuAt, CHUNK);
  once(new Int32Array(memory.buffer, STATE_AT, 1), () => {
    levels.forEach((table, k) => {
      buildLevel(orbitAt, levels[k - 1] ?? 0, table, k + 1, 0, entriesOf(length, k + 1));
    });
  });

  const openDeep = () => {
    if (deepLevels.length === 0 && entriesOf(length, 1) > 0)
      throw new Error('the reference was not made for this depth');
    once(new Int32Array(memory.buffer, DEEP_STATE_AT, 1), () => {
      deepLevels.forEach((table, k) => {
        const below = deepLevels[k - 1] ?? 0;
        buildDeepLevel(orbitAt, below, table, k + 1, 0, entriesOf(length, k + 1), tinyAt, tinies);
      });
    });
  };

  return (view, rect) => {
    const exponent = isDeep(view) ? exponentOf(view) : 0;
    if (exponent !== 0) openDeep();
    const scaled = exponent === 0 ? view : { ...view, zoom: scaledZoom(view, exponent) };
    const [offsetRe, offsetIm] = offsetOf(view, shared, exponent);
    const centre = { re: [offsetRe, 0], im: [offsetIm, 0] } as const;
    const perPixel = samplesPerPixel(view.sampling);
    const flags = view.count === 'whole' ? FLAG_WHOLE : 0;
    const nu = new Float64Array(rect.width * rect.height * perPixel);
    let iterations = 0;
    let done = 0;
    for (const part of chunks(rect, perPixel)) {
      const count = fillPoints(scaled, part, re, im, centre);
      const limit = BigInt(view.iterations);
      // biome-ignore format: as declared
      const steps = exponent === 0
        ? perturb(orbitAt, length, LEVELS_AT, levels.length, flags, limit, view.bailout, count, reAt, imAt, nuAt)
        : perturbDeep(orbitAt, length, LEVELS_AT, levels.length, flags, limit, view.bailout, count, reAt, imAt, nuAt,
            exponent, DEEP_LEVELS_AT, tinyAt, tinies);
      iterations += Number(steps);
      nu.set(found.subarray(0, count), done);
      done += count;
    }
    return { nu, iterations };
  };
}

/** Runs `work` in the first thread that comes, while the others wait. */
function once(state: Int32Array, work: () => void): void {
  if (Atomics.compareExchange(state, 0, 0, 1) === 0) {
    work();
    Atomics.store(state, 0, 2);
    Atomics.notify(state, 0);
  } else while (Atomics.load(state, 0) === 1) Atomics.wait(state, 0, 1);
}

/** Entries of a level: whole runs of 2^level steps after the first. */
function entriesOf(length: number, level: number): number {
  return Math.floor((length - 1) / 2 ** level);
}

function abort(): never {
  throw new Error('the WebAssembly kernel aborted');
}
