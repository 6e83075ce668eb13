import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Colours, DEFAULT_COLOURS, prepare, repainted } from '../../src/render/colours.js';
import { withLook } from '../../src/render/look.js';
import { toOklab } from '../../src/render/oklab.js';
import { repeatOf } from '../../src/render/wave.js';
import { parseRequest } from '../../src/request/parse.js';
import { paint } from './painting.js';

const colours = (some: Partial<Colours>): Colours => ({ ...DEFAULT_COLOURS, ...some });
/** The count at so many cycles of the palette. */
const at = (cycles: number) => (3 * cycles + 2) ** 2 - 4;
const lab = (linear: Float32Array, k: number) => toOklab([linear[3 * k]!, linear[3 * k + 1]!, linear[3 * k + 2]!]);

test('waves and cycles that repeat together are whole numbers', () => {
  assert.deepEqual(repeatOf({ perCycle: 7 }), { waves: 7, cycles: 1 });
  assert.deepEqual(repeatOf({ perCycle: 0.25 }), { waves: 1, cycles: 4 });
  assert.deepEqual(repeatOf({ perCycle: 1.5 }), { waves: 3, cycles: 2 });
  fc.assert(
    fc.property(fc.double({ min: 1 / 16, max: 64, noNaN: true }), (perCycle) => {
      const { waves, cycles } = repeatOf({ perCycle });
      assert.ok(waves >= 1 && cycles >= 1 && cycles <= 16 && Math.abs(waves / cycles - perCycle) <= 1 / 32);
    }),
  );
});

test('lightness rises and falls with the wave; the palette keeps its place along the count', () => {
  const wave = { perCycle: 1.5, strength: 0.5 };
  const [plain, waved] = [prepare(colours({ step: 600 })), prepare(colours({ step: 600, wave }))];
  assert.equal(waved.size, 1200);
  for (const k of [0, 37, 300, 599, 700, 1111]) {
    const [[l, a, b], [lightness, a2, b2]] = [lab(plain.linear, k % 600), lab(waved.linear, k)];
    const height = 0.5 * Math.cos((2 * Math.PI * 3 * k) / 1200);
    const share = height < 0 ? 1 + height : 1 + height * (1 - l);
    const expected = [l * share, a * share, b * share];
    for (const [c, x] of [lightness, a2, b2].entries()) assert.ok(Math.abs(x - expected[c]!) < 2e-3, `entry ${k}`);
  }
  // Where the wave passes through the middle, a sample has the colour that it has without.
  const none = prepare(colours({ step: 600, wave: { perCycle: 1.5, strength: 0 } }));
  for (const cycles of [0.1, 0.9, 1.3, 5.55]) {
    const nu = Float64Array.of(at(cycles));
    assert.deepEqual(paint(nu, 1, none, 1), paint(nu, 1, plain, 1), `${cycles} cycles`);
  }
});

test('a frame of a film with another offset has the colours of a picture with that offset', () => {
  const one = colours({ wave: { perCycle: 0.25, strength: 0.4 } });
  const other = { ...one, offset: 2.3, density: 0.7 };
  const nu = Float64Array.from({ length: 50 }, (_, i) => 3 + 17.7 * i);
  assert.deepEqual(paint(nu, 1, withLook(prepare(one), one, other), 1), paint(nu, 1, prepare(other), 1));
});

test('what a wave cannot be with is named', () => {
  assert.deepEqual(parseRequest({ wave: '7' }).colours.wave, { perCycle: 7, strength: 0.4 });
  assert.throws(() => parseRequest({ 'wave-strength': '0.2' }), /--wave-strength .* --wave/);
  assert.throws(() => parseRequest({ wave: '7', 'color-mode': '4' }), /--wave .*leave out --color-mode/);
  assert.throws(() => parseRequest({ wave: '7', 'legacy-colors': 'true' }), /leave out --legacy-colors/);
  assert.throws(() => parseRequest({ wave: '0' }), /--wave "0" is not/);
});

test('a paint whose density was found later is that of the colours', () => {
  const one = colours({ wave: { perCycle: 1.5, strength: 0.4 } });
  const found = { ...one, density: 1.7, offset: 0.6 };
  assert.deepEqual(repainted(prepare(one), found), prepare(found));
});
