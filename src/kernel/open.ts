/** Opens a kernel by name; measures its speed, and computes the fingerprint of its bits. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ALL_EXTRAS, channelsOf } from '../view/channels.js';
import type { View } from '../view/view.js';
import type { Kernel, KernelName } from './kernel.js';
import { PERTURBATION } from './perturbation/kernel.js';
import { openSimd, type SimdModule } from './simd.js';

/** @throws FractalError KERNEL_MISSING, VIEW_TOO_DEEP */
export async function openKernel(name: KernelName, simd: SimdModule, slot: number): Promise<Kernel> {
  switch (name) {
    case 'simd':
      return openSimd(simd, slot);
    case 'gpu':
      return (await import('./gpu/open.js')).openGpu();
    case 'cpu':
      return (await import('./gpu/open.js')).openCpu();
  }
}

const PROBE: View = {
  formula: { step: 'holomorphic', power: 2 },
  re: '-0.75',
  im: '0.1',
  zoom: '20',
  rotation: 0,
  width: 96,
  height: 64,
  iterations: 400,
  bailout: 65536,
  count: 'smooth',
  sampling: { kind: 'grid', side: 1 },
};

const MEASURE_MS = 5;

/** A Julia set next to a parabolic one: every point escapes, most after 600 iterations, and no interior shortcut applies. */
const SLOW: View = {
  ...PROBE,
  formula: { step: 'holomorphic', power: 2, julia: { re: '-0.75', im: '0.005' } },
  re: '0',
  im: '0',
  zoom: '3',
  width: 36,
  height: 24,
  iterations: 2000,
};

/** Iterations a second on a small view: the best of many short tries, since other programs run too. */
export async function speedOf(kernel: Kernel): Promise<number> {
  const rect = { x: 0, y: 0, width: SLOW.width, height: SLOW.height };
  let best = 0;
  const until = performance.now() + MEASURE_MS;
  do {
    const from = performance.now();
    const { iterations } = await kernel.compute(SLOW, rect);
    best = Math.max(best, iterations / Math.max(1e-6, (performance.now() - from) / 1000));
  } while (performance.now() < until);
  return best;
}

/**
 * SHA-256 of the samples of a few small views, and of the code that perturbs: workers with equal fingerprints compute
 * equal bits, since WebAssembly's numbers are the same everywhere.
 */
export async function fingerprintOf(kernel: Kernel): Promise<string> {
  const sampling = { kind: 'jittered', count: 3, seed: 1 } as const;
  const small = { ...PROBE, width: 12, height: 8, rotation: 30, sampling };
  const views: View[] = [
    small,
    { ...small, formula: { step: 'holomorphic', power: 3, julia: { re: '-0.4', im: '0.6' } } },
    { ...small, formula: { step: 'burning-ship', power: 2 }, re: '-1.7625', im: '-0.0286', zoom: '60' },
    { ...small, formula: { step: 'tricorn', power: 2 }, re: '-0.2', im: '0.9', count: 'whole' },
  ];
  const hash = createHash('sha256');
  if (kernel.name === 'simd') hash.update(readFileSync(PERTURBATION));
  const more = kernel.name === 'simd' ? ALL_EXTRAS : {};
  for (const view of views) {
    const wanted = { ...view, ...more };
    const computed = await kernel.compute(wanted, { x: 0, y: 0, width: 12, height: 8 });
    for (const name of channelsOf(wanted)) hash.update(computed[name] as Float64Array);
  }
  return hash.digest('hex');
}
