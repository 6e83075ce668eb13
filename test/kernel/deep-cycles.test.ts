import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPerturbation, shareReference } from '../../src/kernel/perturbation/kernel.js';
import { iterateReference, orderFor } from '../../src/kernel/perturbation/reference.js';
import type { Step, View } from '../../src/view/view.js';

/** Beside the nucleus of period 252 of a minibrot of size 4e-20. */
const view: View = {
  formula: { step: 'holomorphic', power: 2 },
  ...{ re: '-1.759817130804847916582876053326', im: '-0.012593310799749657319388666854', zoom: '2.42e19' },
  ...{ rotation: 0, width: 48, height: 36, iterations: 35000, bailout: 256, count: 'smooth' },
  ...{ sampling: { kind: 'grid', side: 1 }, perturbed: true, cycle: true },
};

const BITS = 240n;
type Fixed = readonly [bigint, bigint];
const ONE: Fixed = [1n << BITS, 0n];
const product = ([a, b]: Fixed, [c, d]: Fixed): Fixed => [(a * c - b * d) >> BITS, (a * d + b * c) >> BITS];
const sum = ([a, b]: Fixed, [c, d]: Fixed): Fixed => [a + c, b + d];
const less = ([a, b]: Fixed, [c, d]: Fixed): Fixed => [a - c, b - d];
const numberOf = (part: bigint) => Number(part >> (BITS - 60n)) / 2 ** 60;

function quotient([a, b]: Fixed, [c, d]: Fixed): Fixed {
  const size = c * c + d * d;
  return [((a * c + b * d) << BITS) / size, ((b * c - a * d) << BITS) / size];
}

/** Decimal text with at most 40 digits behind the point. */
function fixed(text: string): bigint {
  const [whole = '', part = ''] = text.replace('-', '').split('.');
  const value = (BigInt(whole + part.padEnd(40, '0')) << BITS) / 10n ** 40n;
  return text.startsWith('-') ? -value : value;
}

/** f^n(w) and its derivative. */
function iterated(w: Fixed, c: Fixed, n: number): readonly [Fixed, Fixed] {
  let [z, slope] = [w, ONE];
  for (let k = 0; k < n; k++) {
    slope = product(sum(z, z), slope);
    z = sum(product(z, z), c);
  }
  return [z, slope];
}

/** The multiplier of the cycle of period n that attracts the orbit of 0, in 240 bits. */
function exactMultiplier(c: Fixed, n: number): readonly [number, number] {
  let [w] = iterated([0n, 0n], c, n);
  for (let round = 0; round < 30; round++) {
    const [z, slope] = iterated(w, c, n);
    w = sum(w, quotient(less(z, w), less(ONE, slope)));
  }
  const [z, slope] = iterated(w, c, n);
  assert.ok(Math.abs(numberOf(less(z, w)[0])) < 1e-17);
  return [numberOf(slope[0]), numberOf(slope[1])];
}

test('in a minibrot at 2e19 periods and multipliers are those of 240 bits', () => {
  const order = orderFor(view);
  const { width, height } = view;
  const compute = openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
  const { nu, cycle = [] } = compute(view, { x: 0, y: 0, width, height });
  const pixel = 4 / Number(view.zoom) / height;
  const periods = new Map<number, number>();
  let compared = 0;
  for (let i = 0; i < nu.length; i++) {
    const period = cycle[4 * i] as number;
    if (nu[i] !== Infinity) assert.equal(period, 0);
    if (period > 0) periods.set(period, (periods.get(period) ?? 0) + 1);
    if (period !== 252 || i % 7 > 0) continue;
    const [x, y] = [(i % width) + 0.5 - width / 2, height / 2 - (Math.floor(i / width) + 0.5)];
    const shift = (part: string, by: number) =>
      fixed(part) + BigInt(Math.round(by * pixel * 2 ** 160)) * 2n ** (BITS - 160n);
    const [re, im] = exactMultiplier([shift(view.re, x), shift(view.im, y)], period);
    const off = Math.hypot(re - (cycle[4 * i + 1] as number), im - (cycle[4 * i + 2] as number));
    assert.ok(off < 1e-6, `(${x}, ${y}): ${off}`);
    compared++;
  }
  assert.ok(compared > 10, `${compared}`);
  // The minibrot's disc has twice its period, further ones whole multiples of it.
  assert.ok((periods.get(252) ?? 0) > 80 && (periods.get(504) ?? 0) > 5, `${[...periods]}`);
  for (const period of periods.keys()) assert.equal(period % 252, 0, `${[...periods]}`);
});

/** The fold of z: its signs, and z with them. */
function signsOf(step: Step, [x, y]: Fixed): readonly [bigint, bigint] {
  if (step === 'tricorn') return [1n, -1n];
  return [x < 0n ? -1n : 1n, y < 0n ? -1n : 1n];
}

/** f^n(w), and its derivative by rows. */
function foldedImage(step: Step, w: Fixed, c: Fixed, n: number) {
  let z = w;
  let [right, up]: Fixed[] = [ONE, [0n, 1n << BITS]];
  for (let k = 0; k < n; k++) {
    const [sx, sy] = signsOf(step, z);
    const turn = ([a, b]: Fixed): Fixed => [sx * a, sy * b];
    z = turn(z);
    right = product(sum(z, z), turn(right as Fixed));
    up = product(sum(z, z), turn(up as Fixed));
    z = sum(product(z, z), c);
  }
  return { z, right: right as Fixed, up: up as Fixed };
}

/** |λ| of the cycle of period n that the orbit of 0 comes to, in 240 bits. */
function foldedMultiplier(step: Step, c: Fixed, n: number): number {
  // From f^n(0) Newton's method may lead to another cycle of the Burning Ship.
  let w = foldedImage(step, [0n, 0n], c, 40 * n).z;
  for (let round = 0; round < 40; round++) {
    const { z, right, up } = foldedImage(step, w, c, n);
    const [er, ei] = less(z, w);
    const [a, b, d, e] = [ONE[0] - right[0], -up[0], -right[1], ONE[0] - up[1]];
    const det = a * e - b * d;
    w = sum(w, [((e * er - b * ei) << BITS) / det, ((a * ei - d * er) << BITS) / det]);
  }
  const { z, right, up } = foldedImage(step, w, c, n);
  assert.ok(Math.abs(numberOf(less(z, w)[0])) < 1e-17);
  const [a, b, d, e] = [right[0], up[0], right[1], up[1]].map((one) => numberOf(one as bigint)) as [
    number,
    number,
    number,
    number,
  ];
  return Math.sqrt(Math.abs(a * e - b * d));
}

test('in minibrots of formulas that fold, at 1e26 and 1e28 periods and |λ| are those of 240 bits', () => {
  for (const [step, period, re, im, zoom] of [
    [
      'tricorn',
      60,
      '-1.7417277839664013547612550063014608025769',
      '-0.0086376974853382811981916687105766874722',
      '1e26',
    ],
    [
      'burning-ship',
      85,
      '-0.5418241119229176151479382595151463620845',
      '-0.8532600065768260970212929001096371395651',
      '1.5e28',
    ],
  ] as const) {
    const [width, height] = [24, 18];
    const place: View = { ...view, formula: { step, power: 2 }, re, im, zoom, width, height, iterations: 20000 };
    const order = orderFor(place);
    const compute = openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
    const { nu, cycle = [] } = compute(place, { x: 0, y: 0, width, height });
    const pixel = 4 / Number(zoom) / height;
    let compared = 0;
    for (let i = 0; i < nu.length; i++) {
      if (nu[i] !== Infinity || cycle[4 * i] === 0) continue;
      assert.equal((cycle[4 * i] as number) % period, 0, step);
      if (cycle[4 * i] !== period || i % 2 > 0) continue;
      const [x, y] = [(i % width) + 0.5 - width / 2, height / 2 - (Math.floor(i / width) + 0.5)];
      const shift = (part: string, by: number) =>
        fixed(part) + BigInt(Math.round(by * pixel * 2 ** 160)) * 2n ** (BITS - 160n);
      const right = foldedMultiplier(step, [shift(re, x), shift(im, y)], period);
      const off = Math.abs(Math.hypot(cycle[4 * i + 1] as number, cycle[4 * i + 2] as number) - right);
      assert.ok(off < 1e-6, `${step} (${x}, ${y}): ${off}`);
      compared++;
    }
    assert.ok(compared > 5, `${step}: ${compared}`);
  }
});

test('cycles of a shard are those of the whole picture, wherever it is cut', () => {
  const order = orderFor(view);
  const shared = shareReference({ ...order, ...iterateReference(order) }, 2);
  const { width, height } = view;
  const whole = openPerturbation(shared, 0)(view, { x: 0, y: 0, width, height }).cycle ?? assert.fail();
  const compute = openPerturbation(shared, 1);
  for (const rect of [
    { x: 30, y: 20, width: 11, height: 9 },
    { x: 7, y: 3, width: 17, height: 23 },
    { x: 20, y: 15, width: 1, height: 1 },
  ]) {
    const part = compute(view, rect).cycle ?? assert.fail();
    for (let k = 0; k < rect.width * rect.height; k++) {
      const at = (rect.y + Math.floor(k / rect.width)) * width + rect.x + (k % rect.width);
      assert.deepEqual(part.slice(4 * k, 4 * k + 4), whole.slice(4 * at, 4 * at + 4));
    }
  }
});
