/** A kernel's measured speed, and a check of its arithmetic. */

import type { View } from '../../view/view.js';
import type { Kernel } from '../kernel.js';

/**
 * The Julia set of c = -0.8 + 0.1i: half of its points never escape, no closed form decides which, and no z becomes so
 * small that a processor would be slower (as at the centre of a component).
 */
const JULIA: View = {
  formula: { step: 'holomorphic', power: 2, julia: { re: '-0.8', im: '0.1' } },
  re: '0',
  im: '0',
  zoom: '1.5',
  rotation: 0,
  width: 256,
  height: 256,
  iterations: 1000,
  bailout: 256,
  count: 'smooth',
  sampling: { kind: 'grid', side: 1 },
};
const RECT = { x: 0, y: 0, width: 256, height: 256 };

/** 10^9 iterations a second: the best of several runs within about `forMs`, after one that compiles. */
export async function gigaPerSecond(kernel: Kernel, forMs = 200): Promise<number> {
  await kernel.compute(JULIA, RECT);
  const start = performance.now();
  let best = 0;
  do {
    const from = performance.now();
    const { iterations } = await kernel.compute(JULIA, RECT);
    best = Math.max(best, iterations / (performance.now() - from) / 1e6);
  } while (performance.now() - start < forMs);
  return best;
}

/** Points with known answers: one escapes at once, one late, one never, and one under z^3 + c. */
export async function givesRightAnswers(kernel: Kernel): Promise<boolean> {
  const point = (re: string, im: string, power: number): View => ({
    ...JULIA,
    formula: { step: 'holomorphic', power },
    re,
    im,
    width: 1,
    height: 1,
    count: 'whole',
  });
  const cases: readonly [View, number][] = [
    [point('2', '-0.01', 2), 1],
    [point('0.26', '0', 2), 30],
    [point('-0.5', '0.5', 2), Number.POSITIVE_INFINITY],
    [point('0', '1.3', 3), 3],
  ];
  for (const [view, n] of cases) {
    const { nu } = await kernel.compute(view, { x: 0, y: 0, width: 1, height: 1 });
    if (nu[0] !== n) return false;
  }
  return true;
}
