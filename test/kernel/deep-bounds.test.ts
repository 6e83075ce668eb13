/** Deep views around nuclei that are found here: nu and distance against iteration in integers, for every formula. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPerturbation, shareReference } from '../../src/kernel/perturbation/kernel.js';
import { locate } from '../../src/kernel/perturbation/nucleus.js';
import { iterateReference, orderFor } from '../../src/kernel/perturbation/reference.js';
import type { Formula, View } from '../../src/view/view.js';
import { exactSample } from '../exact.js';
import { fixed } from '../plain.js';

const WIDTH = 32;
const HEIGHT = 18;
const still = {
  ...{
    rotation: 0,
    width: WIDTH,
    height: HEIGHT,
    bailout: 65536,
    count: 'smooth' as const,
    distance: true as const,
    perturbed: true as const,
  },
  sampling: { kind: 'grid', side: 1 },
} as const;
const PIXELS = [
  [15, 8],
  [3, 6],
  [17, 7],
  [14, 7],
  [29, 1],
] as const;

/** Every sample of some pixels is right, and certain. Returns how many escape. */
function check(view: View, pixels: readonly (readonly [x: number, y: number])[], name: string): number {
  const order = orderFor(view);
  const compute = openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
  let escaped = 0;
  for (const [x, y] of pixels) {
    const { nu, distance, uncertain } = compute(view, { x, y, width: 1, height: 1 });
    const exact = exactSample(view, x, y);
    if (exact.nu < Infinity) escaped++;
    const what = `${name}, (${x}, ${y})`;
    assert.deepEqual(uncertain, [], `${what} is uncertain`);
    assert.ok(
      nu[0] === exact.nu || Math.abs((nu[0] as number) - exact.nu) < 0.01,
      `${what}: nu ${nu[0]}, exactly ${exact.nu}`,
    );
    const [right = 0, up = 0] = distance ?? [];
    const off = Math.hypot(right - exact.distance[0], up - exact.distance[1]);
    const length = Math.hypot(...exact.distance);
    assert.ok(off <= 0.01 * length, `${what}: distance (${right}, ${up}), exactly (${exact.distance})`);
  }
  return escaped;
}

/**
 * A nucleus of a size of about 10^-depth on the real line, near a c in the chaotic range of z^p + c, whose copy of the set is
 * about (p - 1)/p as deep again as the view that it is found in.
 */
function nucleusNear(re: string, formula: Formula, depth: number): { re: string; im: string; period: number } {
  const zoom = `1e${Math.round((depth * (formula.power - 1)) / formula.power)}`;
  const search = locate({ formula, re, im: '0', zoom, aspect: 1, limit: 20_000 });
  for (;;) {
    const { done, value } = search.next();
    if (!done) continue;
    assert.ok('re' in value, `a nucleus near ${re} at ${zoom}`);
    return value;
  }
}

/** The zoom at which the copy of the set at a real nucleus fills a view: by the slope of all but one of its iterations. */
function zoomOf({ re, period }: { re: string; period: number }, { step, power }: Formula, depth: number): string {
  const bits = 8 * depth + 200;
  const c = fixed(re, bits);
  let [x, log10] = [c, 0];
  for (let n = 1; n < period; n++) {
    const size = x < 0n ? -x : x;
    log10 += Math.log10(power) + (power - 1) * (Math.log10(Number(size >> BigInt(bits - 60))) - 60 * Math.log10(2));
    let next = step === 'burning-ship' ? size : x;
    for (let k = 1; k < power; k++) next = (next * (step === 'burning-ship' ? size : x)) >> BigInt(bits);
    x = next + c;
  }
  const zoom = (log10 * power) / (power - 1);
  return `${(10 ** (zoom % 1)).toFixed(3)}e${Math.floor(zoom)}`;
}

const formulas: readonly (readonly [name: string, formula: Formula, near: string])[] = [
  ['mandelbrot', { step: 'holomorphic', power: 2 }, '-1.68012345'],
  ['tricorn', { step: 'tricorn', power: 2 }, '-1.68012345'],
  ['burning-ship', { step: 'burning-ship', power: 2 }, '-1.68012345'],
  ['multibrot of power 4', { step: 'holomorphic', power: 4 }, '-1.21098765'],
  ['tricorn of power 4', { step: 'tricorn', power: 4 }, '-1.21098765'],
  ['burning-ship of power 3', { step: 'burning-ship', power: 3 }, '-1.39876'],
  ['multibrot of power 8', { step: 'holomorphic', power: 8 }, '-1.1034'],
  ['burning-ship of power 8', { step: 'burning-ship', power: 8 }, '-1.1034'],
];

for (const [name, formula, near] of formulas) {
  test(`${name}: nu and distance around nuclei from 1e40 to 1e330`, () => {
    for (const depth of formula.power === 2 ? [40, 150, 200, 250, 290, 330] : [170, 290]) {
      const nucleus = nucleusNear(near, formula, depth);
      const { re, im, period } = nucleus;
      const view: View = { ...still, formula, re, im, zoom: zoomOf(nucleus, formula, depth), iterations: 10 * period };
      check(view, PIXELS.slice(depth % 3, (depth % 3) + (formula.power === 2 ? 3 : 2)), `${name} at 1e${depth}`);
    }
  });
}

test('burning-ship: nu and distance of views that lie far above a nucleus', () => {
  const { re, im, period } = nucleusNear('-1.712942644', { step: 'burning-ship', power: 2 }, 280);
  for (const zoom of ['3e160', '1e200', '5e240']) {
    const view: View = { ...still, formula: { step: 'burning-ship', power: 2 }, re, im, zoom, iterations: 3 * period };
    check(view, PIXELS.slice(0, 3), zoom);
  }
});

test('tricorn at 3.299e194: nu and distance, where the entries of matrices have squares of squares beyond doubles', () => {
  const digits =
    '6070634404533621485209170323599776619134209555260397657123770359' +
    '5850793009519283968373709023162668441312225861348519408173084796';
  const re = `-1.68012345${'0'.repeat(89)}${digits}`;
  const formula = { step: 'tricorn', power: 2 } as const;
  const view: View = { ...still, formula, re, im: '0', zoom: '3.299e194', iterations: 100_000, bailout: 1e10 };
  const order = orderFor(view);
  const compute = openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
  const nuOf = (x: number, y: number) => compute(view, { x, y, width: 1, height: 1 }).nu[0] as number;
  // By oracle.py; the last three never escape.
  assert.ok(Math.abs(nuOf(17, 7) - 35705.057723) < 0.01);
  assert.ok(Math.abs(nuOf(10, 8) - 34502.851993) < 0.01);
  assert.deepEqual([nuOf(14, 7), nuOf(15, 8), nuOf(16, 9)], [Infinity, Infinity, Infinity]);
  check(
    view,
    [
      [3, 6],
      [0, 0],
      [31, 17],
    ],
    'tricorn',
  );
});

test('burning-ship at 2.959e206: the distance is as good with a small bailout, where it is taken later than nu', () => {
  const re =
    '-1.18027731961712804805789569172211439162706948157986671753444906028753149054779422020734312' +
    '13890511472060278365482628956541957748952304462827619876247796775259402262579275755194057024' +
    '401568763583995263807818140360224789926160153285910';
  const im =
    '-0.38586072627437972442682914088891091500256853589435355361504243401191639683669685525755758' +
    '58291875806092125817940189406801343579207716444709380164729628272978388636149910605049687523' +
    '282877865104196960333957337179097791413297406298727';
  const formula = { step: 'burning-ship', power: 2 } as const;
  for (const bailout of [2, 10, 65536]) {
    const view: View = { ...still, formula, re, im, zoom: '2.959e206', iterations: 7971, bailout };
    check(
      view,
      [
        [23, 4],
        [3, 3],
      ],
      `bailout ${bailout}`,
    );
  }
});
