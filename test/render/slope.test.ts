import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openSimd } from '../../src/kernel/simd.js';
import { type Colours, DEFAULT_COLOURS, DISTANCE_PALETTE, type Mode, prepare } from '../../src/render/colours.js';
import type { View } from '../../src/view/view.js';
import { paint, srgbOf } from './painting.js';

const colours = (some: Partial<Colours>): Colours => ({ ...DEFAULT_COLOURS, ...some });
const grey: Partial<Colours> = { mode: 'distance', palette: DISTANCE_PALETTE };

/** The level of grey of a sample at that distance. */
function greyAt(distance: number, some: Partial<Colours> = {}, height = 720): number {
  return paint(
    Float64Array.of(9),
    1,
    prepare(colours({ ...grey, ...some }), height),
    100,
    Float64Array.of(distance, 0),
  )[0]!;
}

const disc: View = {
  formula: { step: 'holomorphic', power: 2, julia: { re: '0', im: '0' } },
  re: '0',
  im: '0',
  zoom: '1.2',
  rotation: 0,
  width: 64,
  height: 64,
  iterations: 100,
  bailout: 65536,
  count: 'smooth',
  sampling: { kind: 'grid', side: 2 },
  distance: true,
};
const rabbit: View = {
  ...disc,
  formula: { step: 'holomorphic', power: 2, julia: { re: '-0.125', im: '0.745' } },
  iterations: 500,
};

async function picture(view: View, some: Partial<Colours>): Promise<Uint8Array> {
  const { width, height } = view;
  const { nu, distance } = await openSimd().compute(view, { x: 0, y: 0, width, height });
  return paint(nu, 4, prepare(colours(some), height), view.iterations, distance);
}

test('mode distance runs from the first colour of its palette to the last, and never back', () => {
  const levels = [0, 1e-6, 0.001, 0.01, 0.1, 0.5, 1, 3, 10, 100, 1e4, 1e9, 1e300].map((d) => greyAt(d));
  assert.equal(levels[0], 0x33);
  assert.equal(levels.at(-1), 255);
  levels.forEach((level, i) => {
    assert.ok(i === 0 || level >= levels[i - 1]!, `${levels}`);
  });
  const red = prepare(colours({ mode: 'distance', palette: '[[0, "#00f"], [1, "#f00"]]' }));
  assert.deepEqual([...srgbOf(red).subarray(0, 3)], [0, 0, 255]);
  assert.ok(srgbOf(red).at(-6)! > 250, 'the last entry before the interior is the last stop');
});

test('a larger picture of the same place has the same colours, density 2 lines half as wide', () => {
  for (const distance of [0.02, 0.3, 4, 70]) {
    assert.equal(greyAt(3 * distance, {}, 2160), greyAt(distance));
    assert.equal(greyAt(distance, { density: 2 }), greyAt(2 * distance));
    assert.equal(greyAt(distance, {}, 90), greyAt(distance), 'but no line is thinner than a pixel');
  }
});

test('interior samples have the colour of the interior, lit or not', () => {
  for (const some of [grey, { ...grey, slope: { strength: 1, angle: 0 } }, { slope: { strength: 1, angle: 0 } }]) {
    const p = prepare(colours({ ...some, interior: '#123456' }));
    assert.deepEqual([...paint(Float64Array.of(Infinity), 1, p, 9, Float64Array.of(0, 0))], [0x12, 0x34, 0x56]);
  }
});

test('the side that faces the light is brighter, the other one darker, by the same light from every side', async () => {
  const grain: Partial<Colours> = { palette: '#777,#777' };
  const bare = (await picture(disc, grain))[0]!;
  for (const [angle, x, y] of [
    [0, 60, 32],
    [90, 32, 3],
    [180, 3, 32],
    [-90, 32, 60],
  ] as const) {
    const rgb = await picture(disc, { ...grain, slope: { strength: 0.7, angle } });
    const [lit, turned] = [rgb[3 * (64 * y + x)]!, rgb[3 * (64 * (63 - y) + 63 - x)]!];
    assert.ok(lit > bare + 10 && turned < bare - 10, `${angle}: ${lit}, ${turned} around ${bare}`);
  }
});

test('when the camera turns the picture turns, and the light stays', async () => {
  const modes: Partial<Colours>[] = [{}, grey, { mode: 3 }, { legacy: true, step: 64 }];
  for (const some of modes) {
    const still = await picture(rabbit, { ...some, slope: { strength: 0.8, angle: 135 + 90 } });
    const turned = await picture({ ...rabbit, rotation: 90 }, { ...some, slope: { strength: 0.8, angle: 135 } });
    // The camera turns counter-clockwise: what was on top is on the right.
    for (let y = 0; y < 64; y++)
      for (let x = 0; x < 64; x++)
        for (let c = 0; c < 3; c++)
          assert.equal(turned[3 * (64 * x + 63 - y) + c], still[3 * (64 * y + x) + c], `(${x}, ${y})`);
  }
});

test('where the set is far below a pixel away, every direction gives the colour without a light', () => {
  const nu = Float64Array.of(123.4);
  for (const mode of ['palette', 'distance', 4 as Mode] as const) {
    const bare = paint(nu, 1, prepare(colours({ mode })), 1000, Float64Array.of(1e-4, 0));
    for (const angle of [0, 1, 2, 3, 4, 5, 6]) {
      const lit = prepare(colours({ mode, slope: { strength: 1, angle: 60 * angle } }));
      const rgb = paint(nu, 1, lit, 1000, Float64Array.of(1e-4, 0));
      rgb.forEach((level, c) => {
        assert.ok(Math.abs(level - bare[c]!) <= 1, `${mode}: ${rgb} against ${bare}`);
      });
    }
  }
});

test('any vector, strength and place gives a colour; black stays black, white is only darkened', () => {
  const real = fc.double({ min: -1e300, max: 1e300, noNaN: true });
  fc.assert(
    fc.property(real, real, fc.double({ min: 0, max: 1, noNaN: true }), real, (x, y, strength, angle) => {
      const slope = { strength, angle: angle % 360 };
      const at = (palette: string) =>
        paint(Float64Array.of(5), 1, prepare(colours({ palette, step: 8, slope })), 9, Float64Array.of(x, y))[0]!;
      assert.equal(at('#000,#000'), 0);
      assert.ok(at('#fff,#fff') >= 0);
      assert.ok(at('#888,#888') >= 0);
    }),
  );
});

test('samples without their distances are refused, not painted', () => {
  for (const some of [grey, { slope: { strength: 1, angle: 0 } }]) {
    assert.throws(
      () => paint(Float64Array.of(1, 2), 1, prepare(colours(some)), 9),
      /2 samples came with 0 of the channel "distance"/,
    );
  }
});
