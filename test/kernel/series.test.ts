import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPerturbation, shareReference } from '../../src/kernel/perturbation/kernel.js';
import { iterateReference, orderFor } from '../../src/kernel/perturbation/reference.js';
import { BLOCK } from '../../src/shard/block.js';
import type { Formula, View } from '../../src/view/view.js';
import { type Golden, readGolden } from '../golden.js';

/** Views of analytic formulas from a zoom of 1e20 on. */
const views = ['golden.json', 'deep-formulas.json']
  .flatMap((file) => readGolden(file))
  .filter(({ id, zoom, formula }) => Number(zoom) >= 1e14 && id !== 'rf-dragon' && !/ship|tricorn/.test(formula ?? ''));

function viewOf({ re, im, zoom, iterations, power = 2, juliaRe, juliaIm }: Golden): View {
  const julia = juliaRe === undefined || juliaIm === undefined ? {} : { julia: { re: juliaRe, im: juliaIm } };
  const formula: Formula = { step: 'holomorphic', power, ...julia };
  return {
    ...{ formula, re, im, zoom, iterations, width: 160, height: 90, rotation: 0 },
    ...{ bailout: 65536, count: 'smooth', sampling: { kind: 'grid', side: 1 } },
  };
}

/** Of a thousand points so many may depend on the last bits of a double: at the tip of the set, whose antenna is chaos. */
const FEW = 1;

for (const one of views) {
  test(`${one.id}: the block of a point does not show in its sample`, () => {
    const view = viewOf(one);
    const order = orderFor(view);
    const compute = openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
    // A wider picture has the same points, farther to the right by half of what it is wider.
    for (const by of [3, BLOCK / 2]) {
      const wider = { ...view, width: view.width + 2 * by };
      const different: string[] = [];
      for (const rect of [
        { x: 0, y: 0, width: 24, height: 24 },
        { x: 64, y: 29, width: 32, height: 32 },
      ]) {
        const { nu } = compute(view, rect);
        const other = compute(wider, { ...rect, x: rect.x + by }).nu;
        nu.forEach((value, k) => {
          if (value === other[k] || Math.abs(value - (other[k] as number)) < 0.01) return;
          different.push(
            `(${rect.x + (k % rect.width)}, ${rect.y + Math.floor(k / rect.width)}): ${value}, ${other[k]}`,
          );
        });
      }
      assert.ok(different.length <= FEW, `in a picture wider by ${2 * by} there is at ${different.join('; ')}`);
    }
  });
}

test('blocks around critical points, beyond the bailout, and below all doubles: by oracle.py', () => {
  const dendrite = { formula: 'julia', juliaRe: '0', juliaIm: '1', re: '0', im: '0', width: 33, height: 17 };
  const segment = { ...dendrite, juliaRe: '-2', juliaIm: '0' };
  const square = { ...segment, width: 32, height: 32 };
  const outside = { formula: 'mandelbrot', re: '2.5', im: '0.1', width: 32, height: 32 };
  for (const [place, zoom, iterations, samples] of [
    [dendrite, '1e3', 5000, { '16,8': null, '3,2': 29.890313517583706 }],
    [dendrite, '1e30', 5000, { '16,8': null, '3,2': 169.5964343152939 }],
    [dendrite, '1e150', 5000, { '16,8': null, '3,2': 798.3450706851968 }],
    [dendrite, '1e300', 5000, { '16,8': null, '3,2': 1592.6777550198967 }],
    [dendrite, '1e330', 5000, { '16,8': null, '3,2': 1752.004725112161 }],
    [{ ...dendrite, width: 32, height: 32 }, '1e160', 5000, { '2,0': 868.5459168307976 }],
    [square, '1e160', 2000, { '13,15': 535.9797288090331 }],
    [square, '1e200', 2000, { '0,0': 663.9026562941407, '13,15': 668.8568526045276, '20,3': 664.2129964147529 }],
    [segment, '1e300', 2000, { '0,8': null, '1,8': null, '16,8': null, '0,0': 996.1371249345142 }],
    [{ ...square, re: '0.3', im: '0.1' }, '1e330', 5000, { '0,0': 3.7774027264989387, '31,31': 3.7774027264989387 }],
    [outside, '1e376', 5000, { '0,0': 0.34272497291455206 }],
    [{ ...outside, power: 3, re: '-3.5', im: '7.25' }, '1e301', 5000, { '0,0': -0.001363890759984443 }],
  ] as const) {
    const { width, height } = place;
    const view = { ...viewOf({ ...place, zoom, iterations, id: '', pixels: [] }), width, height };
    const order = orderFor(view);
    const compute = openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
    const { nu } = compute(view, { x: 0, y: 0, width: view.width, height: view.height });
    for (const [pixel, expected] of Object.entries(samples)) {
      const [x, y] = pixel.split(',').map(Number) as [number, number];
      const got = nu[y * view.width + x] as number;
      const right = expected === null ? got === Infinity : Math.abs(got - expected) < 0.01;
      assert.ok(right, `${place.re}, ${place.im} at ${zoom}, (${pixel}): ${got}, not ${expected}`);
    }
  }
});

test('whole counts beyond the range of doubles test for escape at every step', () => {
  const segment = { formula: 'julia', juliaRe: '-2', juliaIm: '0', re: '0.3', im: '0.1', width: 32, height: 32 };
  const place = { ...segment, zoom: '1e330', iterations: 5000, id: '', pixels: [] };
  const view: View = { ...viewOf(place), width: 32, height: 32, count: 'whole' };
  const order = orderFor(view);
  const compute = openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
  assert.ok(compute(view, { x: 0, y: 0, width: 32, height: 32 }).nu.every((n) => n === 4));
});

test('a point of a Julia set that is the reference is iterated exactly where the reference has lost its digits', () => {
  // By oracle.py, at a repelling fixed point.
  const re = '-1.30024259022012041915890982074952138854853281918394761';
  const im = '0.624810533843826586879604447442851444005234456419002327';
  const dendrite = { formula: 'julia', juliaRe: '0', juliaIm: '1', re, im, width: 33, height: 17 };
  const place = { ...dendrite, zoom: '7.57e3', iterations: 2000, id: '', pixels: [] };
  const view: View = { ...viewOf(place), width: 33, height: 17, count: 'whole' };
  const order = orderFor(view);
  const compute = openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
  assert.equal(compute(view, { x: 16, y: 8, width: 1, height: 1 }).nu[0], 118);
});
