/**
 * The `simd` kernel: WebAssembly SIMD in f64, iterated directly. One memory serves all slots of a worker; each slot
 * works in a region of its own, so that threads share the module and, later, a scene's data without copies.
 */

import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type { Rect } from '../shard/shard.js';
import { fillPoints, plane } from '../view/plane.js';
import { type Formula, samplesPerPixel, type View } from '../view/view.js';
import { CHUNK, chunks } from './chunks.js';
import type { Computed, Kernel } from './kernel.js';
import { sharedMemory } from './memory.js';
import { requireSpacing } from './precision.js';

/** What the threads of a worker share. */
export interface SimdModule {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

const LANES_BYTES = 4096;
const REGION = LANES_BYTES + 5 * 8 * CHUNK;
const PAGE = 65536;

const FLAG_JULIA = 1;
const FLAG_WHOLE = 2;
const FLAG_INTERIOR = 4;
export const STEPS: Record<Formula['step'], number> = { holomorphic: 0, 'burning-ship': 1, tricorn: 2 };

interface Exports {
  // biome-ignore format: one line per group of arguments
  iterate(step: number, power: number, flags: number, limit: bigint, bailout: number, juliaRe: number, juliaIm: number,
    count: number, re: number, im: number, nu: number, lanes: number): bigint;
  // biome-ignore format: one line per group of arguments
  distances(step: number, power: number, julia: boolean, limit: bigint, bailout: number, juliaRe: number,
    juliaIm: number, count: number, re: number, im: number, nu: number,
    turnRe: number, turnIm: number, distance: number): void;
}

/** Compiles the kernel for `slots` threads. The optimising compiler at once: a shard is too long for the quick one. */
export function compileSimd(slots: number): SimdModule {
  setFlagsFromString('--no-liftoff');
  const module = new WebAssembly.Module(readFileSync(new URL('./direct.wasm', import.meta.url)));
  return { module, memory: sharedMemory(PAGE + slots * REGION) };
}

/**
 * The kernel in one slot of a compiled module. `interior: false` switches the interior shortcuts off, for benchmarks:
 * the samples are the same.
 */
export function openSimd(shared: SimdModule = compileSimd(1), slot = 0, interior = true): Kernel {
  const { memory } = shared;
  const instance = new WebAssembly.Instance(shared.module, { env: { memory, abort } });
  const { iterate, distances } = instance.exports as unknown as Exports;
  const lanes = PAGE + slot * REGION;
  const reAt = lanes + LANES_BYTES;
  const imAt = reAt + 8 * CHUNK;
  const nuAt = imAt + 8 * CHUNK;
  const re = new Float64Array(memory.buffer, reAt, CHUNK);
  const im = new Float64Array(memory.buffer, imAt, CHUNK);
  const distanceAt = nuAt + 8 * CHUNK;
  const found = new Float64Array(memory.buffer, nuAt, CHUNK);
  const foundDistance = new Float64Array(memory.buffer, distanceAt, 2 * CHUNK);

  function compute(view: View, rect: Rect): Computed {
    requireSpacing(view, 'simd');
    const { formula } = view;
    const perPixel = samplesPerPixel(view.sampling);
    const flags =
      (formula.julia ? FLAG_JULIA : 0) | (view.count === 'whole' ? FLAG_WHOLE : 0) | (interior ? FLAG_INTERIOR : 0);
    const limit = BigInt(view.iterations);
    const juliaRe = Number(formula.julia?.re ?? 0);
    const juliaIm = Number(formula.julia?.im ?? 0);
    const nu = new Float64Array(rect.width * rect.height * perPixel);
    const distance = view.distance ? new Float64Array(2 * nu.length) : undefined;
    const turn = turnOf(view);
    let iterations = 0n;
    let done = 0;
    for (const part of chunks(rect, perPixel)) {
      const count = fillPoints(view, part, re, im);
      // biome-ignore format: as declared
      iterations += iterate(STEPS[formula.step], formula.power, flags, limit, view.bailout, juliaRe, juliaIm,
        count, reAt, imAt, nuAt, lanes);
      nu.set(found.subarray(0, count), done);
      if (distance) {
        // biome-ignore format: as declared
        distances(STEPS[formula.step], formula.power, formula.julia !== undefined, limit, view.bailout, juliaRe,
          juliaIm, count, reAt, imAt, nuAt, turn.re, turn.im, distanceAt);
        distance.set(foundDistance.subarray(0, 2 * count), 2 * done);
      }
      done += count;
    }
    return { nu, iterations: Number(iterations), ...(distance ? { distance } : {}) };
  }

  return {
    name: 'simd',
    detail: 'WebAssembly SIMD, f64',
    compute: async (view, rect) => compute(view, rect),
    close: async () => {},
  };
}

/** What turns a vector of the plane into one of the picture, in pixels, when it is multiplied by this. */
function turnOf(view: View): { re: number; im: number } {
  const { cosStep, sinStep, step } = plane(view);
  return { re: cosStep / step / step, im: -sinStep / step / step };
}

function abort(): never {
  throw new Error('the WebAssembly kernel aborted');
}
