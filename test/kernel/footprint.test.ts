/** The width of nu across a sample's footprint, against neighbouring samples and between kernels. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPerturbation, shareReference } from '../../src/kernel/perturbation/kernel.js';
import { iterateReference, orderFor } from '../../src/kernel/perturbation/reference.js';
import { openSimd } from '../../src/kernel/simd.js';
import type { Formula, View } from '../../src/view/view.js';

const WIDTH = 64;
const HEIGHT = 36;
const whole = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
const simd = openSimd();

function view(some: Partial<View>): View {
  return {
    ...{ formula: { step: 'holomorphic', power: 2 }, re: '-0.7454286', im: '0.1130089', zoom: '1500' },
    ...{ rotation: 0, width: WIDTH, height: HEIGHT, iterations: 3000, bailout: 65536, count: 'smooth' },
    ...{ sampling: { kind: 'grid', side: 1 }, footprint: true, ...some },
  };
}

const formulas: Record<string, { formula: Formula } & Partial<View>> = {
  mandelbrot: { formula: { step: 'holomorphic', power: 2 } },
  multibrot: { formula: { step: 'holomorphic', power: 3 }, re: '-0.1777', im: '0.7454', zoom: '60' },
  'power 8': { formula: { step: 'holomorphic', power: 8 }, re: '0.8', im: '0.6', zoom: '4' },
  'burning ship': { formula: { step: 'burning-ship', power: 2 }, re: '-1.7625', im: '-0.0286', zoom: '60' },
  tricorn: { formula: { step: 'tricorn', power: 2 }, re: '0.3292', im: '0.7466', zoom: '40' },
  julia: {
    formula: { step: 'holomorphic', power: 2, julia: { re: '-0.8', im: '0.156' } },
    ...{ re: '0', im: '0', zoom: '0.9' },
  },
};

function perturbedOf(one: View): (of: View) => { nu: Float64Array; footprint?: Float64Array } {
  const order = orderFor(one);
  const kernel = openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
  return (of) => kernel(of, whole);
}

for (const [name, some] of Object.entries(formulas)) {
  test(`where counts change slowly the width is their change from sample to sample, within a factor: ${name}`, async () => {
    const one = view(some);
    const perturbed = { ...one, perturbed: true } as const;
    for (const { nu, footprint } of [await simd.compute(one, whole), perturbedOf(perturbed)(perturbed)]) {
      const ratios: number[] = [];
      for (let y = 1; y < HEIGHT - 1; y++) {
        for (let x = 1; x < WIDTH - 1; x++) {
          const at = y * WIDTH + x;
          const across = ((nu[at + 1] as number) - (nu[at - 1] as number)) / 2;
          const along = ((nu[at + WIDTH] as number) - (nu[at - WIDTH] as number)) / 2;
          const change = Math.hypot(across, along);
          if (change > 1e-4 && change < 0.2) ratios.push((footprint?.[at] as number) / change);
        }
      }
      ratios.sort((a, b) => a - b);
      const quantile = (share: number) => ratios[Math.floor(share * (ratios.length - 1))] as number;
      assert.ok(ratios.length > 50, `${ratios.length} of the samples change slowly`);
      // Three quarters of a bound of the gradient.
      const text = `${quantile(0.05)}, ${quantile(0.5)}, ${quantile(0.95)}`;
      assert.ok(quantile(0.05) > 0.6 && quantile(0.5) < 3 && quantile(0.95) < 6, text);
    }
  });

  test(`counts are the same with and without footprints, and widths by any rectangle: ${name}`, async () => {
    const one = view(some);
    const { footprint: _, ...without } = one;
    const { nu, footprint } = await simd.compute(one, whole);
    assert.deepEqual(nu, (await simd.compute(without, whole)).nu);
    const widths = footprint as Float64Array;
    nu.forEach((value, at) => {
      assert.ok(value === Infinity ? widths[at] === 0 : (widths[at] as number) > 0, `sample ${at}`);
    });
    for (const rect of [
      { x: 3, y: 5, width: 17, height: 9 },
      { x: 0, y: 20, width: WIDTH, height: 1 },
      { x: 40, y: 0, width: 1, height: HEIGHT },
    ]) {
      const part = (await simd.compute(one, rect)).footprint as Float64Array;
      part.forEach((value, k) => {
        const at = (rect.y + Math.floor(k / rect.width)) * WIDTH + rect.x + (k % rect.width);
        assert.equal(value, widths[at], `sample ${at}`);
      });
    }
  });
}

test('the width of a perturbed point does not depend on the rectangle, and counts do not on the width', () => {
  const deep = view({
    ...{ re: '-1.759817130847804813610825010561798238244', im: '-0.01259331079974986538374663184326485845034' },
    ...{ zoom: '1e14', iterations: 4036, perturbed: true },
  });
  const order = orderFor(deep);
  const kernel = openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
  const { nu, footprint } = kernel(deep, whole);
  const { footprint: _, ...without } = deep;
  assert.deepEqual(nu, kernel(without, whole).nu);
  const rect = { x: 21, y: 7, width: 30, height: 20 };
  kernel(deep, rect).footprint?.forEach((value, k) => {
    assert.equal(value, footprint?.[(rect.y + Math.floor(k / rect.width)) * WIDTH + rect.x + (k % rect.width)]);
  });
});

test('a sample of n in a pixel has a footprint of a pixel over the root of n', async () => {
  const one = view({ zoom: '3', re: '-0.5', im: '0' });
  const four = { ...one, sampling: { kind: 'grid', side: 2 } } as const;
  const doubled = { ...one, width: 2 * WIDTH, height: 2 * HEIGHT };
  const { footprint = [] } = await simd.compute(four, { x: 10, y: 10, width: 1, height: 1 });
  const rows = (await simd.compute(doubled, { x: 20, y: 20, width: 2, height: 2 })).footprint ?? [];
  footprint.forEach((value, k) => {
    assert.ok(Math.abs(value / (rows[k] as number) - 1) < 1e-9, `${value} and ${rows[k]}`);
  });
});
