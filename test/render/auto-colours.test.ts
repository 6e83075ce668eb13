/** Colours that suit what is seen: properties of the statistics, of the line of a still and the curve of a film. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lineFor, speedFor, startFor } from '../../src/render/auto-colours.js';
import { equalCurve, filmCurve, MOST_A_SECOND, type SeenAt } from '../../src/render/auto-curve.js';
import { DEFAULT_COLOURS, prepare } from '../../src/render/colours.js';
import { curveOf, curveText, cyclesAt, type Knot, knotsOf, slopeAt } from '../../src/render/curve.js';
import { quantile, range, seenOf } from '../../src/render/seen.js';

const galaxy = prepare(DEFAULT_COLOURS);
/** Black from 0 to a half, white from there on. */
const halves = prepare({ ...DEFAULT_COLOURS, palette: '[[0,"#000"],[0.49,"#000"],[0.5,"#fff"],[0.99,"#fff"]]' });

const NO_WIDTH = new Float64Array(4000);

function seen(roots: readonly number[], seconds = 0, widths = NO_WIDTH): SeenAt {
  const found = seenOf(
    Float64Array.from(roots, (root) => root * root - 4),
    widths,
    1,
  );
  assert.ok(found);
  return { ...found, seconds };
}

/** Roots evenly from one to another. */
function evenly(from: number, to: number, count = 1001): number[] {
  return Array.from({ length: count }, (_, k) => from + (k * (to - from)) / (count - 1));
}

const views = fc
  .array(fc.tuple(fc.double({ min: 0, max: 3, noNaN: true }), fc.double({ min: 0.01, max: 30, noNaN: true })), {
    minLength: 1,
    maxLength: 30,
  })
  .map((steps) => {
    let root = 2;
    return steps.map(([right, wide], k) => seen(evenly((root += right), root + wide, 50), k / 2));
  });

test('samples that escape alike, or hardly any, show nothing; interior ones do not count', () => {
  const of = (nu: number[]) => seenOf(Float64Array.from(nu), new Float64Array(nu.length), 1);
  assert.equal(of(Array(500).fill(Infinity)), undefined);
  assert.equal(of([...Array(500).fill(Infinity), 1, 2, 3]), undefined);
  assert.equal(of(Array(500).fill(77.25)), undefined);
  const found = of([...Array(500).fill(Infinity), ...evenly(0, 96, 9)]);
  assert.deepEqual([found?.roots.length, found?.roots[0], found?.roots[8]], [9, 2, 10]);
});

test('a quantile lies between the numbers around it', () => {
  const sorted = Float64Array.of(1, 2, 4);
  assert.deepEqual(
    [0, 0.25, 0.5, 0.75, 1].map((share) => quantile(sorted, share)),
    [1, 1.5, 2, 3, 4],
  );
});

test('the middle nine tenths of evenly spread counts have 1.2 cycles, wherever they are', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 2, max: 1e4, noNaN: true }),
      fc.double({ min: 0.1, max: 1e3, noNaN: true }),
      (from, wide) => {
        const view = seen(evenly(from, from + wide));
        const { density } = lineFor(view, galaxy, 1);
        assert.ok(Math.abs((density / 3) * range(view, 0.9) - 1.2) < 1e-2);
        assert.ok(Math.abs(lineFor(view, galaxy, 2).density / density - 2) < 1e-2);
      },
    ),
  );
});

test('a few counts far away leave the rest its contrast, up to 2.6 cycles in all', () => {
  const tail = seen([...evenly(10, 11, 900), ...evenly(11, 500, 100)]);
  const cycles = speedFor(tail) * range(tail, 0.9);
  assert.ok(cycles > 1.2 && cycles <= 2.6 + 1e-9, `${cycles}`);
});

test('where counts change by much from pixel to pixel the palette runs slower', () => {
  const roots = evenly(20, 30);
  const usual = speedFor(seen(roots));
  // Widths of nu across a pixel: 2 * root * width of the root.
  const widths = (cycles: number) => Float64Array.from(roots, (root) => (2 * root * cycles) / usual);
  assert.equal(speedFor(seen(roots, 0, widths(0.2))), usual);
  const dense = speedFor(seen(roots, 0, widths(0.35)));
  assert.ok(Math.abs(dense / usual - 0.25 / 0.35) < 0.01, `${dense / usual}`);
  assert.ok(Math.abs(speedFor(seen(roots, 0, widths(50))) * 9 - 0.7) < 0.01);
});

test('the palette starts where a picture is neither black nor white', () => {
  // All counts within a third of a cycle: half of it dark, half light.
  const positions = Float64Array.from(evenly(0, 0.3));
  const start = startFor([positions], halves);
  const light = positions.filter((at) => (at + start) % 1 >= 0.5).length / positions.length;
  assert.ok(light > 0.3 && light < 0.7, `${start}: ${light}`);
});

test('nothing depends on the order of samples', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(evenly(3, 9, 300), { minLength: 300 }), (roots) => {
      assert.deepEqual(lineFor(seen(roots), galaxy, 1), lineFor(seen(evenly(3, 9, 300)), galaxy, 1));
    }),
    { numRuns: 20 },
  );
});

for (const [name, curveFor] of Object.entries({ filmCurve, equalCurve })) {
  test(`${name}: never falls, has its text, and the median moves no faster than stated`, () => {
    fc.assert(
      fc.property(views, (film) => {
        const knots = curveFor(film, galaxy);
        assert.ok(knots.length >= 2 && knots.length <= 130);
        knots.slice(1).forEach(([root, cycles], k) => {
          const [before, below] = knots[k] as Knot;
          assert.ok(root > before && cycles >= below && Number.isFinite(cycles));
        });
        assert.deepEqual(knotsOf(curveText(knots)), knots);
        const at = (root: number) => onKnots(knots, root);
        film.slice(1).forEach((view, k) => {
          const before = film[k] as SeenAt;
          const moved = at(quantile(view.roots, 0.5)) - at(quantile(before.roots, 0.5));
          const allowed = MOST_A_SECOND * (view.seconds - before.seconds);
          assert.ok(Math.abs(moved) <= allowed + 1e-4, `${moved} of ${allowed}`);
        });
      }),
      { numRuns: 200 },
    );
  });
}

/** Straight between knots, and beyond. */
function onKnots(knots: readonly Knot[], root: number): number {
  const k = Math.max(
    1,
    knots.findIndex(([right], i) => i > 0 && root <= right),
  );
  const next = root > (knots.at(-1) as Knot)[0] ? knots.length - 1 : k;
  const [[a, from], [b, to]] = [knots[next - 1] as Knot, knots[next] as Knot];
  return from + ((root - a) / (b - a)) * (to - from);
}

test('an equalized picture has as many samples of each colour', () => {
  const view = seen(evenly(0, 1, 2000).map((x) => 5 + 40 * x * x * x));
  const curve = curveOf(equalCurve([view]));
  const shares = new Array<number>(10).fill(0);
  for (const root of view.roots) shares[Math.floor(((cyclesAt(curve, root) % 1) + 1) * 10) % 10]! += 1 / 2000;
  for (const share of shares) assert.ok(Math.abs(share - 0.1) < 0.025, shares.join(' '));
});

test('a curve is straight between its knots and beyond them', () => {
  const curve = curveOf([
    [2, 0],
    [3, 1],
    [7, 2],
  ]);
  for (const [root, cycles, slope] of [
    [0, -2, 1],
    [2.5, 0.5, 1],
    [4, 1.25, 0.25],
    [15, 4, 0.25],
  ] as const) {
    assert.ok(Math.abs(cyclesAt(curve, root) - cycles) < 1e-9, `${root}`);
    assert.ok(Math.abs(slopeAt(curve, root) - slope) < 1e-9, `${root}`);
  }
});

test('a text that is no curve is none', () => {
  for (const text of ['', '2:0', '2:0 2:1', '3:0 2:1', '2:0 x:1', '2:0 3', '2:0 3:1e99', '-1:0 3:1', '2:0 1e10:1'])
    assert.equal(knotsOf(text), undefined, text);
  assert.equal(knotsOf(Array.from({ length: 257 }, (_, k) => `${k}:0`).join(' ')), undefined);
});
