/** Samples painted in WebAssembly: the same numbers as by the functions that stills are painted with. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FilmMemory } from '../../src/film/memory.js';
import { type Colours, DEFAULT_COLOURS, prepare } from '../../src/render/colours.js';
import { curveOf, type Knot } from '../../src/render/curve.js';
import { MOST_CYCLES, noiseOf, QUIET } from '../../src/render/noise.js';
import { paintLight } from '../../src/render/paint.js';
import { sumsOf } from '../../src/render/palette-filter.js';
import { cycleOf } from '../../src/render/positions.js';

const memory = new FilmMemory(1 << 24);

function painted(nu: Float64Array, footprint: Float64Array, colours: Colours, knots?: readonly Knot[]) {
  const paint = { ...prepare(colours), ...(knots ? { curve: curveOf(knots) } : {}) };
  const { size, linear } = paint;
  const values = Float64Array.from({ length: 2 * nu.length }, (_, i) => (i % 2 ? footprint : nu)[i >> 1] as number);
  const { start, speed, shift, curve } = cycleOf(paint);
  const { first = 0, perRoot = 0, cycles = new Float64Array(0) } = curve ?? {};
  const places = [values, sumsOf(linear, size), linear, cycles].map(
    (numbers) => [memory.place(numbers), numbers] as const,
  );
  const [light, noise] = [memory.take(12 * nu.length), memory.take(4 * nu.length)];
  const [samples, sums, table, values64] = places.map(([at]) => at) as [number, number, number, number];
  const at = curve ? values64 : 0;
  // biome-ignore format: as declared
  memory.film.paintFiltered(samples, nu.length, sums, table, size, start, speed, shift, at, cycles.length - 2, first,
    perRoot, QUIET, MOST_CYCLES, light, noise);
  const found = {
    light: new Float32Array(memory.memory.buffer, light, 3 * nu.length).slice(),
    noise: new Float32Array(memory.memory.buffer, noise, nu.length).slice(),
  };
  for (const [at, numbers] of places) memory.give(at, numbers.byteLength);
  memory.give(light, 12 * nu.length);
  memory.give(noise, 4 * nu.length);
  return {
    found,
    expected: {
      light: paintLight({ nu, perPixel: 1, iterations: 1e6, footprint }, paint),
      noise: noiseOf(nu, footprint, paint, true),
    },
  };
}

const counts = fc.oneof(
  fc.double({ min: -4.5, max: 50, noNaN: true }),
  fc.double({ min: 0, max: 1e9, noNaN: true }),
  fc.constantFrom(Infinity, -4, -3.999999, 0),
);
const widths = fc.oneof(
  fc.double({ min: 0, max: 10, noNaN: true }),
  fc.double({ min: 0, max: 1e300, noNaN: true }),
  fc.constantFrom(0, 1e-300, 1e8),
);
/** Rising, as curves of colours are. */
const curves = fc
  .array(fc.tuple(fc.double({ min: 0.01, max: 50, noNaN: true }), fc.double({ min: 0, max: 9, noNaN: true })), {
    minLength: 2,
    maxLength: 20,
  })
  .map((steps) => {
    let [root, cycles] = [0, -1];
    return steps.map(([right, up]): Knot => [(root += right), (cycles += up)]);
  });
const colours = fc.record({
  step: fc.constantFrom(1, 2, 64, 6000),
  density: fc.constantFrom(0.01, 1, 37.5),
  offset: fc.double({ min: -3, max: 3, noNaN: true }),
});

test('light and noise are bit for bit those of paintLight and noiseOf', () => {
  const samples = fc.array(fc.tuple(counts, widths), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(samples, colours, fc.option(curves, { nil: undefined }), (pairs, some, knots) => {
      const nu = Float64Array.from(pairs, ([count]) => count);
      const { found, expected } = painted(
        nu,
        Float64Array.from(pairs, ([, width]) => width),
        { ...DEFAULT_COLOURS, ...some },
        knots,
      );
      assert.deepEqual(found, expected);
    }),
    { numRuns: 500 },
  );
});

test('a sample that there is none of is marked as such', () => {
  const { found } = painted(Float64Array.of(NaN, 3), Float64Array.of(NaN, 1), DEFAULT_COLOURS);
  assert.equal(found.noise[0], -1);
  assert.ok((found.noise[1] as number) > 0);
});
