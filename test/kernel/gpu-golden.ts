/** What the tests of the gpu.js kernels share: exact values, and the accuracy that a GPU must have. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { FractalError } from '../../src/errors.js';
import { openBackend } from '../../src/kernel/gpu/backend.js';
import { kernelOn } from '../../src/kernel/gpu/open.js';
import { probeHeadlessGl, probeWebgpu } from '../../src/kernel/gpu/probe.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import type { Step, View } from '../../src/view/view.js';
import { chooseDisplay, chooseDriver, skipOf } from './driver.js';

export interface Golden {
  id: string;
  formula: string;
  power?: number;
  juliaRe?: string;
  juliaIm?: string;
  re: string;
  im: string;
  zoom: string;
  iterations: number;
  width: number;
  height: number;
  pixels: { x: number; y: number; n: number | null; nu: number | null }[];
}

const read = (name: string): Golden[] =>
  JSON.parse(readFileSync(new URL(`../../../test/golden/${name}`, import.meta.url), 'utf8'));
/** Every view that f64 can iterate directly. */
export const golden = [...read('golden.json').filter(({ zoom }) => Number(zoom) < 1e7), ...read('formulas.json')];
export const named = (id: string): Golden => golden.find((each) => each.id === id)!;

export function viewOf(g: Golden): View {
  const step: Step = g.formula === 'burning-ship' || g.formula === 'tricorn' ? g.formula : 'holomorphic';
  const julia = g.juliaRe === undefined ? {} : { julia: { re: g.juliaRe, im: g.juliaIm! } };
  const { re, im, zoom, width, height, iterations } = g;
  const formula = { step, power: g.power ?? 2, ...julia };
  const sampling = { kind: 'grid', side: 1 } as const;
  return { formula, re, im, zoom, rotation: 0, width, height, iterations, bailout: 256, count: 'smooth', sampling };
}

export const tooDeep = (error: unknown) => error instanceof FractalError && error.code === 'VIEW_TOO_DEEP';
export const pixel = (x: number, y: number) => ({ x, y, width: 1, height: 1 });

/** The tests of one kind of GPU. A file each: the native parts of two kinds conflict in one process. */
export async function promises(mode: 'webgpu' | 'headlessgl'): Promise<void> {
  chooseDriver();
  if (mode === 'headlessgl') after(await chooseDisplay());
  const skip = skipOf(mode, await (mode === 'webgpu' ? probeWebgpu() : probeHeadlessGl()));
  describe(`the gpu kernel on ${mode}`, () => {
    test('agrees with the exact values as far as f32 goes', { skip }, () => withKernel(mode, agrees));
    test('takes any bailout and power without overflow: nu stays what it is', { skip }, () =>
      withKernel(mode, async (gpu) => {
        for (const id of ['default', 'mandelbrot-power5']) {
          const p = named(id).pixels.find(({ n }) => n !== null && n < 30)!;
          const { nu } = await gpu.compute({ ...viewOf(named(id)), bailout: 1e200 }, pixel(p.x, p.y));
          assert.ok(Math.abs(nu[0]! - p.nu!) < 0.005, `${id}: ${nu[0]}, exactly ${p.nu}`);
        }
      }),
    );
    test('refuses a view below its precision', { skip }, () =>
      withKernel(mode, async (gpu) => {
        await assert.rejects(gpu.compute(viewOf(named('zoom-end')), pixel(0, 0)), tooDeep);
      }),
    );
  });
}

async function withKernel(mode: 'webgpu' | 'headlessgl', body: (kernel: Kernel) => Promise<void>): Promise<void> {
  const kernel = kernelOn('gpu', await openBackend(mode));
  try {
    await body(kernel);
  } finally {
    await kernel.close();
  }
}

/**
 * A rounding to f32 grows along an orbit as the distance to a neighbour does, so single pixels at the edge of a set
 * are off by any amount. The bulk is not: the median pixel of every formula, and every pixel of a shallow view.
 */
async function agrees(gpu: Kernel): Promise<void> {
  for (const g of golden.filter(({ zoom }) => Number(zoom) <= 400)) {
    const off: number[] = [];
    for (const p of g.pixels) {
      const { nu } = await gpu.compute(viewOf(g), pixel(p.x, p.y));
      off.push(p.nu === null ? (nu[0] === Number.POSITIVE_INFINITY ? 0 : 9) : Math.abs(nu[0]! - p.nu));
    }
    off.sort((a, b) => a - b);
    const limit = g.id === 'default' ? off.at(-1)! : off[Math.floor(off.length / 2)]!;
    assert.ok(limit < 0.005, `${g.id}: ${off.join(' ')}`);
  }
}
