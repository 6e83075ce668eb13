/**
 * The `simd` kernel: WebAssembly SIMD in f64, iterated directly. One memory serves all slots of a worker; each slot
 * works in a region of its own: its points and their results, then the module's own state.
 */

import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { arraysFor, type ChannelArrays, putSamples } from '../shard/raw-samples.js';
import type { Rect } from '../shard/shard.js';
import { CHANNELS, channelsOf } from '../view/channels.js';
import { extentOf } from '../view/matrix.js';
import { fillPoints, plane } from '../view/plane.js';
import { footprintWidth, samplesPerPixel, type View } from '../view/view.js';
import { openDirectCycles } from './attracting-cycle.js';
import { batches, CHUNK, type Mask, wantedOf } from './chunks.js';
import type { Computed, Kernel } from './kernel.js';
import { sharedMemory } from './memory.js';
import { requireSpacing } from './precision.js';
import { deformDistances } from './screen.js';
import { abort, constantsOf, stepNumber } from './wasm.js';

/** What the threads of a worker share. */
export interface SimdModule {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Bytes of the memory for each slot, after the first page. */
  readonly regionBytes: number;
}

const PAGE = 65536;

/** Bytes of the numbers in a slot's region: re, im, nu, footprint and phase of CHUNK points, and their distances, which are pairs. */
const NUMBERS_BYTES = 7 * 8 * CHUNK;

interface Exports {
  openSlot(at: number): number;
  // biome-ignore format: one line per group of arguments
  iterate(slot: number, step: number, power: number, flags: number, limit: bigint, bailout: number,
    juliaRe: number, juliaIm: number, count: number, re: number, im: number, nu: number,
    footprint: number, side: number, phase: number): bigint;
  // biome-ignore format: one line per group of arguments
  distances(step: number, power: number, julia: boolean, limit: bigint, bailout: number, juliaRe: number,
    juliaIm: number, count: number, re: number, im: number, nu: number,
    turnRe: number, turnIm: number, distance: number): void;
}

/** Compiles the kernel for `slots` threads. With the optimising compiler alone: a long shard would stay in the code of the first one. */
export function compileSimd(slots: number): SimdModule {
  setFlagsFromString('--no-liftoff');
  const module = new WebAssembly.Module(readFileSync(new URL('./direct.wasm', import.meta.url)));
  const { exports } = new WebAssembly.Instance(module, { env: { memory: sharedMemory(PAGE), abort } });
  const { SLOT_BYTES } = constantsOf(exports, ['SLOT_BYTES']);
  const regionBytes = SLOT_BYTES + NUMBERS_BYTES;
  return { module, memory: sharedMemory(PAGE + slots * regionBytes), regionBytes };
}

/**
 * The kernel in one slot of a compiled module. `interior: false` switches the interior shortcuts off, for benchmarks:
 * the samples are the same.
 */
export function openSimd(shared: SimdModule = compileSimd(1), slot = 0, interior = true): Kernel {
  const { memory, regionBytes } = shared;
  const { exports } = new WebAssembly.Instance(shared.module, { env: { memory, abort } });
  const { openSlot, iterate, distances } = exports as unknown as Exports;
  const constants = constantsOf(exports, ['FLAG_JULIA', 'FLAG_WHOLE', 'FLAG_INTERIOR']);
  const reAt = PAGE + slot * regionBytes;
  const imAt = reAt + 8 * CHUNK;
  const nuAt = imAt + 8 * CHUNK;
  const footprintAt = nuAt + 8 * CHUNK;
  const distanceAt = footprintAt + 8 * CHUNK;
  const phaseAt = distanceAt + 16 * CHUNK;
  const re = new Float64Array(memory.buffer, reAt, CHUNK);
  const im = new Float64Array(memory.buffer, imAt, CHUNK);
  const cycle = new Float64Array(CHANNELS.cycle.numbers * CHUNK);
  const found: ChannelArrays = {
    nu: new Float64Array(memory.buffer, nuAt, CHUNK),
    footprint: new Float64Array(memory.buffer, footprintAt, CHUNK),
    distance: new Float64Array(memory.buffer, distanceAt, 2 * CHUNK),
    phase: new Float64Array(memory.buffer, phaseAt, CHUNK),
    cycle,
  };
  const state = openSlot(reAt + NUMBERS_BYTES);

  function compute(view: View, rect: Rect, mask?: Mask): Computed {
    requireSpacing(view, 'simd');
    const { formula } = view;
    const perPixel = samplesPerPixel(view.sampling);
    const step = stepNumber(exports, formula.step);
    const flags =
      (formula.julia ? constants.FLAG_JULIA : 0) |
      (view.count === 'whole' ? constants.FLAG_WHOLE : 0) |
      (interior ? constants.FLAG_INTERIOR : 0);
    const limit = BigInt(view.iterations);
    const juliaRe = Number(formula.julia?.re ?? 0);
    const juliaIm = Number(formula.julia?.im ?? 0);
    const arrays = arraysFor(channelsOf(view), wantedOf(rect, mask) * perPixel);
    const side = plane(view).step * footprintWidth(view.sampling) * extentOf(view.deformation)[0];
    const toPicture = planeToPicture(view);
    const writeCycles = view.cycle && openDirectCycles(view);
    let iterations = 0n;
    let done = 0;
    for (const parts of batches(rect, perPixel, mask)) {
      let count = 0;
      for (const part of parts) count += fillPoints(view, part, re.subarray(count), im.subarray(count));
      // biome-ignore format: as declared
      iterations += iterate(state, step, formula.power, flags, limit, view.bailout, juliaRe, juliaIm,
        count, reAt, imAt, nuAt, view.footprint ? footprintAt : 0, side, view.phase ? phaseAt : 0);
      if (view.distance) {
        // biome-ignore format: as declared
        distances(step, formula.power, formula.julia !== undefined, limit, view.bailout, juliaRe,
          juliaIm, count, reAt, imAt, nuAt, toPicture.re, toPicture.im, distanceAt);
      }
      writeCycles?.(count, { re, im, nu: found.nu }, cycle);
      putSamples(arrays, found, { from: 0, count, to: done });
      done += count;
    }
    deformDistances(arrays.distance, view);
    return { ...arrays, iterations: Number(iterations) };
  }

  return {
    name: 'simd',
    detail: 'WebAssembly SIMD, f64',
    compute: async (view, rect, mask) => compute(view, rect, mask),
    close: async () => {},
  };
}

/** The factor by which a vector of the plane becomes one of the picture without deformation, in pixels. */
function planeToPicture(view: View): { re: number; im: number } {
  const { cosStep, sinStep, step } = plane(view);
  return { re: cosStep / step / step, im: -sinStep / step / step };
}
