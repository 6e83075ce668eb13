/**
 * The gpu kernel on every kind of GPU that this machine has: how fast, against one thread of simd, and how near to exact
 * values. usage: node dist/bench/gpu.js webgpu|headlessgl   one kind, in a process of its own, which native drivers need
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { openBackend } from '../src/kernel/gpu/backend.js';
import { kernelOn } from '../src/kernel/gpu/open.js';
import { probeGpu } from '../src/kernel/gpu/probe.js';
import type { Computed, Kernel } from '../src/kernel/kernel.js';
import { compileSimd, openSimd } from '../src/kernel/simd.js';
import type { Rect } from '../src/shard/shard.js';
import type { View } from '../src/view/view.js';
import { golden, viewOf } from '../test/kernel/gpu-golden.js';
import { medians, print } from './table.js';
import { view } from './view.js';

const julia = (size: number): View => ({
  ...view('0', '0', '1.5', 1000, size, size),
  formula: { step: 'holomorphic', power: 2, julia: { re: '-0.8', im: '0.1' } },
});
const whole = ({ width, height }: View): Rect => ({ x: 0, y: 0, width, height });

/** simdRuns 0: too long without its shortcuts. */
const VIEWS: readonly [name: string, view: View, simdRuns: number][] = [
  ['Julia set, 256x256, 1,000 iterations', julia(256), 5],
  ['Julia set, 1024x1024, 1,000 iterations', julia(1024), 3],
  ['whole set, 1920x1080, 1,000 iterations', view('-0.75', '0', '1.6', 1000, 1920, 1080), 3],
  ['zoom 100, 1920x1080, 20,000 iterations', view('-0.75', '0.1', '100', 20_000, 1920, 1080), 1],
  ['Julia set, 1920x1080, 200,000 iterations', { ...julia(1024), width: 1920, height: 1080, iterations: 200_000 }, 0],
];

export async function gpu(): Promise<void> {
  const probed = await probeGpu();
  for (const mode of ['webgpu', 'headlessgl'] as const) {
    const found = probed[mode];
    if (!found.ok) process.stdout.write(`\n${mode}: ${found.reason}: ${found.remedy}\n`);
    else spawnSync(process.execPath, [fileURLToPath(import.meta.url), mode], { stdio: 'inherit' });
  }
}

async function measure(mode: 'webgpu' | 'headlessgl'): Promise<void> {
  const kernel = kernelOn('gpu', await openBackend(mode));
  await speeds(kernel);
  await precision(kernel);
  await kernel.close();
}

/** Shortcuts of simd are off, so that iterations compare; `of nu equal`: to 10^-4 of simd's, interior to interior. */
async function speeds(kernel: Kernel): Promise<void> {
  const simd = openSimd(compileSimd(1), 0, false);
  const rows: string[][] = [];
  for (const [name, v, simdRuns] of VIEWS) {
    const gpuResult = await kernel.compute(v, whole(v));
    const [seconds = 0] = await medians(5, [() => secondsOf(kernel, v)]);
    const row = [name, seconds.toFixed(3), (gpuResult.iterations / seconds / 1e9).toFixed(2)];
    rows.push(
      simdRuns === 0 ? [...row, '', '', '', ''] : [...row, ...(await against(simd, v, simdRuns, seconds, gpuResult))],
    );
  }
  const head = [
    'view',
    'seconds',
    'G iterations/s',
    'simd, one thread: seconds',
    'G iterations/s',
    'times',
    'of nu equal',
  ];
  print(`gpu kernel: ${kernel.detail}`, head, rows);
}

async function against(simd: Kernel, v: View, runs: number, seconds: number, gpuResult: Computed): Promise<string[]> {
  const simdResult = await simd.compute(v, whole(v));
  const [median = 0] = await medians(runs, [() => secondsOf(simd, v)]);
  const equal = gpuResult.nu.filter(
    (nu, at) => nu === simdResult.nu[at] || Math.abs(nu - (simdResult.nu[at] ?? 0)) < 1e-4,
  );
  return [
    median.toFixed(3),
    (simdResult.iterations / median / 1e9).toFixed(2),
    (median / seconds).toFixed(1),
    `${((100 * equal.length) / gpuResult.nu.length).toFixed(2)} %`,
  ];
}

async function secondsOf(kernel: Kernel, v: View): Promise<number> {
  const from = performance.now();
  await kernel.compute(v, whole(v));
  return (performance.now() - from) / 1000;
}

async function precision(kernel: Kernel): Promise<void> {
  const rows: string[][] = [];
  for (const g of golden.filter(({ zoom }) => Number(zoom) <= 400)) {
    const off: number[] = [];
    let [interior, agreed] = [0, 0];
    for (const { x, y, nu: exact } of g.pixels) {
      const { nu } = await kernel.compute(viewOf(g), { x, y, width: 1, height: 1 });
      const inside = nu[0] === Number.POSITIVE_INFINITY;
      if (exact === null) interior++;
      if (exact === null && inside) agreed++;
      if (exact !== null) off.push(Math.abs((nu[0] as number) - exact));
    }
    off.sort((a, b) => a - b);
    const near = off.filter((each) => each < 0.005).length;
    const [middle = 0, most = 0] = [off[off.length >> 1], off.at(-1)];
    rows.push([
      g.id,
      g.zoom,
      `${near} of ${off.length}`,
      middle.toExponential(0),
      most.toExponential(0),
      `${agreed} of ${interior}`,
    ]);
  }
  print('against exact values', ['view', 'zoom', 'within 0.005', 'median error', 'largest', 'interior agreed'], rows);
}

const [, script, mode] = process.argv;
if (script === fileURLToPath(import.meta.url) && (mode === 'webgpu' || mode === 'headlessgl')) {
  await measure(mode);
  process.exit(0);
}
