/** The palette filter against means over many points of the interval. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Colours, DEFAULT_COLOURS, prepare } from '../../src/render/colours.js';
import { paintLight } from '../../src/render/paint.js';
import { filteredCycle } from '../../src/render/palette-filter.js';

const paint = prepare(DEFAULT_COLOURS);

/** Linear light of one sample. */
function light(nu: number, width: number | undefined, some: Partial<Colours> = {}): number[] {
  const footprint = width === undefined ? {} : { footprint: Float64Array.of(width) };
  const samples = { nu: Float64Array.of(nu), perPixel: 1, iterations: 1e6, ...footprint };
  return [...paintLight(samples, prepare({ ...DEFAULT_COLOURS, ...some }))];
}

function assertNear(found: readonly number[], expected: readonly number[], tolerance: number, where: string): void {
  found.forEach((value, c) => {
    assert.ok(Math.abs(value - (expected[c] as number)) <= tolerance, `${where}: ${found} against ${expected}`);
  });
}

test('the mean over an interval is that of the entries from its begin to its end, whole ones', () => {
  const entries = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 6, maxLength: 60 });
  const counts = fc.double({ min: -3, max: 1e4, noNaN: true });
  fc.assert(
    fc.property(entries, counts, fc.double({ min: 1e-3, max: 500, noNaN: true }), (numbers, nu, width) => {
      const size = Math.floor(numbers.length / 3);
      const linear = Float32Array.from([...numbers.slice(0, 3 * size), 0, 0, 0]);
      const mean = new Float64Array(3);
      filteredCycle(Float64Array.of(nu), Float64Array.of(width), { ...paint, size, linear }, mean);
      // The position on the cycle, and how far it moves with nu.
      const centre = (paint.density * (Math.sqrt(nu + 4) - 2)) / 3 + paint.offset;
      const half = (paint.density * width) / (12 * Math.sqrt(nu + 4));
      const [from, to] = [Math.floor((centre - half) * size), Math.floor((centre + half) * size)];
      const near = (position: number) => Math.abs(position * size - Math.round(position * size)) < 1e-6;
      fc.pre(2 * half * size > 1 && !near(centre - half) && !near(centre + half));
      const expected = [0, 0, 0];
      for (let k = from; k < to; k++) {
        const entry = ((k % size) + size) % size;
        for (let c = 0; c < 3; c++) expected[c]! += (linear[3 * entry + c] as number) / (to - from);
      }
      assertNear([...mean], expected, 1e-6, `${size} entries from ${from} to ${to}`);
      assert.ok(mean.every((value) => value >= 0 && value <= 1));
    }),
  );
});

test('a sample has the mean colour of the counts within its footprint', () => {
  for (const [nu, width] of [
    [40, 3],
    [900, 20],
    [900, 150],
    [30_000, 400],
  ] as const) {
    const sum = [0, 0, 0];
    const points = 4000;
    for (let k = 0; k < points; k++) {
      light(nu + width * ((k + 0.5) / points - 0.5), undefined).forEach((value, c) => {
        sum[c]! += value / points;
      });
    }
    // The cycle is taken to be linear in nu over the footprint.
    assertNear(light(nu, width), sum, 0.02, `${nu} over ${width}`);
  }
});

test('over many cycles a sample has the mean of the whole palette, whatever its count', () => {
  const mean = [0, 1, 2].map((c) => {
    let sum = 0;
    for (let k = 0; k < paint.size; k++) sum += paint.linear[3 * k + c] as number;
    return sum / paint.size;
  });
  for (const nu of [10, 500, 12_345.6]) assertNear(light(nu, 1e7), mean, 0.01, `${nu}`);
});

test('a footprint within an entry, or of the interior, leaves the colour as it is', () => {
  fc.assert(
    fc.property(fc.double({ min: -3.9, max: 1e5, noNaN: true }), (nu) => {
      assert.deepEqual(light(nu, 0), light(nu, undefined));
      assert.deepEqual(light(nu, 1e-9), light(nu, undefined));
    }),
  );
  assert.deepEqual(light(Infinity, 5, { interior: '#123456' }), light(Infinity, undefined, { interior: '#123456' }));
});

test('filtered samples are shaded by slopes like others, and several make a pixel by their mean', () => {
  const lit = prepare({ ...DEFAULT_COLOURS, slope: { strength: 1, angle: 30 } });
  const nu = Float64Array.of(800, 810, Infinity, 20);
  const distance = Float64Array.of(3, 1, -2, 5, 0, 0, 0.1, 0);
  const all = { nu, perPixel: 4, iterations: 1e6, distance };
  // Footprints below an entry: the same as without them.
  assert.deepEqual(paintLight({ ...all, footprint: new Float64Array(4) }, lit), paintLight(all, lit));
  const footprint = Float64Array.of(50, 60, 0, 1);
  const one = (i: number) =>
    paintLight(
      {
        ...{ nu: nu.subarray(i, i + 1), perPixel: 1, iterations: 1e6 },
        ...{ distance: distance.subarray(2 * i, 2 * i + 2), footprint: footprint.subarray(i, i + 1) },
      },
      lit,
    );
  const mean = [0, 1, 2].map((c) => [0, 1, 2, 3].reduce((sum, i) => sum + (one(i)[c] as number) / 4, 0));
  assertNear([...paintLight({ ...all, footprint }, lit)], mean, 1e-6, 'mean of four');
});

test('samples without all their footprints are refused, not painted', () => {
  const samples = { nu: Float64Array.of(1, 2), perPixel: 1, iterations: 9, footprint: Float64Array.of(1) };
  assert.throws(() => paintLight(samples, paint), /2 samples came with 1 of the channel "footprint"/);
});
