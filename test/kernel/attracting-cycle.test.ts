import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openCycleFinder } from '../../src/kernel/attracting-cycle.js';
import type { Step } from '../../src/view/view.js';

interface Cycle {
  readonly period: number;
  readonly re: number;
  readonly im: number;
  readonly distance: number;
}

/** The cycle of c, by spacing 1; undefined: none is found. */
function finder(power: number, step: Step = 'holomorphic', limit = 5000) {
  const find = openCycleFinder({ step, power }, limit, 1);
  return (cr: number, ci: number): Cycle | undefined => {
    const [period = 0, re = 0, im = 0, distance = 0] = find(cr, ci);
    return period > 0 ? { period, re, im, distance } : undefined;
  };
}

/** A λ in the unit disc. */
const multiplier = fc
  .tuple(fc.double({ min: 0, max: 0.98, noNaN: true }), fc.double({ min: 0, max: 2 * Math.PI, noNaN: true }))
  .map(([r, turn]) => [r * Math.cos(turn), r * Math.sin(turn)] as const);

function assertMultiplier(found: Cycle | undefined, period: number, re: number, im: number, where: string): void {
  assert.equal(found?.period, period, where);
  const off = Math.hypot(found.re - re, found.im - im);
  assert.ok(off < 1e-6, `${where}: ${found.re} + ${found.im}i is not ${re} + ${im}i`);
}

test('in the main component of z^d + c the cycle is a fixed point w with d·w^(d-1) = λ, c = w - w^d', () => {
  fc.assert(
    fc.property(fc.constantFrom(2, 3, 4, 5, 8), multiplier, (power, [re, im]) => {
      // w = (λ/d)^(1/(d-1)), any root.
      const size = (Math.hypot(re, im) / power) ** (1 / (power - 1));
      const turn = Math.atan2(im, re) / (power - 1);
      const at = (k: number) => [size ** k * Math.cos(k * turn), size ** k * Math.sin(k * turn)] as const;
      const c = [at(1)[0] - at(power)[0], at(1)[1] - at(power)[1]] as const;
      assertMultiplier(finder(power)(...c), 1, re, im, `power ${power}, c = ${c}`);
    }),
  );
});

test('in the disc of period 2 the multiplier is 4(c + 1)', () => {
  fc.assert(
    fc.property(multiplier, ([re, im]) => {
      assertMultiplier(finder(2)(re / 4 - 1, im / 4), 2, re, im, `${re} ${im}`);
    }),
  );
});

test('centres of components have their period and the multiplier 0', () => {
  // Roots of the polynomials f^p(0), to the last bit.
  for (const [period, re, im] of [
    [3, -1.7548776662466927, 0],
    [3, -0.12256116687665361, 0.74486176661974424],
    [4, -1.3107026413368328, 0],
    [4, 0.28227139076691388, 0.5300606175785253],
    [5, -0.504340175446244, 0.56276576145298196],
    [6, -1.1380006666509646, 0.2403324012620983],
  ] as const) {
    assertMultiplier(finder(2)(re, im), period, 0, 0, `${re} + ${im}i`);
  }
});

test('half the conformal radius: (1 - |λ|²) / 2|λ′|, of period 1 λ = 1 - √(1 - 4c), of period 2 λ′ = 4', () => {
  const find = finder(2);
  for (const c of [0, 0.1, -0.5, 0.2]) {
    const root = Math.sqrt(1 - 4 * c);
    const { distance = 0 } = find(c, 0) ?? {};
    const right = (0.5 * (1 - (1 - root) ** 2)) / (2 / root);
    assert.ok(Math.abs(distance - right) < 1e-9, `${c}: ${distance}, ${right}`);
  }
  const size2 = 16 * (0.1 * 0.1 + 0.05 * 0.05);
  assert.ok(Math.abs((find(-1.1, 0.05)?.distance ?? 0) - (1 - size2) / 8) < 1e-9);
});

test('the distance of a point in the main component of z^3 + c is within twice of the true one', () => {
  const find = finder(3);
  // On the boundary w = e^(it) / √3, c = w - w³.
  const boundary = Array.from({ length: 4000 }, (_, k) => {
    const t = (2 * Math.PI * k) / 4000;
    const r = 1 / Math.sqrt(3);
    return [r * Math.cos(t) - r ** 3 * Math.cos(3 * t), r * Math.sin(t) - r ** 3 * Math.sin(3 * t)] as const;
  });
  for (const [re, im] of [
    [0.1, 0.05],
    [0.3, 0.01],
    [-0.2, 0.2],
    [0.01, -0.3],
  ] as const) {
    const { distance = 0 } = find(re, im) ?? {};
    const right = Math.min(...boundary.map(([x, y]) => Math.hypot(x - re, y - im)));
    assert.ok(distance > right / 2 && distance < 2 * right, `${re} + ${im}i: ${distance}, ${right}`);
  }
});

test('points that escape, or lie on the boundary, have none', () => {
  for (const [re, im] of [
    [0.4, 0.4],
    [-2, 0],
    [0, 1],
    [0.25, 0],
    [-0.743643887, 0.131825904],
  ] as const) {
    assert.equal(finder(2)(re, im), undefined, `${re} + ${im}i`);
  }
});
