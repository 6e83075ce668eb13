import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPerturbation, shareReference } from '../../src/kernel/perturbation/kernel.js';
import { iterateReference, orderFor } from '../../src/kernel/perturbation/reference.js';
import type { View } from '../../src/view/view.js';

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
