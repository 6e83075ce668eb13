/** How fast does the simd kernel iterate, against a plain loop and gpu.js? One core, interior shortcuts off. */

import { compileSimd, openSimd } from '../src/kernel/simd.js';
import type { View } from '../src/view/view.js';
import { type Baseline, gpujsCpu, gpujsWebasm, plainJs } from './baselines.js';
import { medians, print } from './table.js';
import { view } from './view.js';

const VIEWS: readonly [name: string, view: View][] = [
  ['whole set, 1,000 iterations', view('-0.75', '0', '1.6', 1_000, 640, 360)],
  ['minibrot valley, 20,000 iterations', view('-0.7454286', '0.1130089', '1308000', 20_000, 160, 90)],
];

export async function kernel(runs = 5): Promise<void> {
  const simd = openSimd(compileSimd(1), 0, false);
  const ours: Baseline = async (v, rect) => {
    const from = performance.now();
    const { iterations } = await simd.compute(v, rect);
    return { iterations, seconds: (performance.now() - from) / 1000 };
  };
  const kernels: readonly [string, Baseline][] = [
    ['plain JS', plainJs],
    ['gpu.js cpu', gpujsCpu],
    ['gpu.js webasm, f32, all cores', gpujsWebasm],
    ['simd', ours],
  ];
  for (const [name, v] of VIEWS) {
    const rect = { x: 0, y: 0, width: v.width, height: v.height };
    const speeds = await medians(
      runs,
      kernels.map(([, run]) => async () => {
        const { iterations, seconds } = await run(v, rect);
        return iterations / seconds / 1e9;
      }),
    );
    const plain = speeds[0] as number;
    const rows = kernels.map(([kernelName], k) => [
      kernelName,
      (speeds[k] as number).toFixed(2),
      ((speeds[k] as number) / plain).toFixed(2),
    ]);
    print(`Kernel: ${name}`, ['kernel', 'G iterations/s', 'times plain JS'], rows);
  }
}
