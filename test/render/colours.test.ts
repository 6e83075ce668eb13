import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FractalError } from '../../src/errors.js';
import { type Colours, DEFAULT_COLOURS, prepare } from '../../src/render/colours.js';
import { type Mode, modeColour } from '../../src/render/modes.js';
import { toLevel, toLinear, toOklab } from '../../src/render/oklab.js';
import { findPalette, paletteNames } from '../../src/render/palette.js';
import { paint, srgbOf } from './painting.js';

const colours = (some: Partial<Colours>): Colours => ({ ...DEFAULT_COLOURS, ...some });
const fails = (code: string, ...words: string[]) => {
  return (error: FractalError) => error.code === code && words.every((word) => error.message.includes(word));
};

test('palettes are found by name in any case, by alias, and the default is among them', () => {
  assert.ok(paletteNames().length >= 30);
  assert.equal(paletteNames()[0], 'Galaxy');
  assert.equal(findPalette('hIPPI').name, 'Hippi');
  assert.equal(findPalette('Biochimist').name, 'Biochemist');
  assert.equal(findPalette('afternoon blue').name, 'AfternoonBlue');
  assert.equal(findPalette(DEFAULT_COLOURS.palette).name, 'Galaxy');
});

test('palettes as gobrot has them are found under its name, and are not listed', () => {
  assert.equal(findPalette('gobrot/Plan9').stops.length, 256);
  assert.deepEqual(findPalette('gobrot/biochimist').stops[0], { position: 0, rgb: [0x51, 0x99, 0x25] });
  assert.ok(paletteNames().every((name) => !name.includes('/')));
});

/** OKLab of the entries of a palette, and the lightness and colour of their mean in linear light, as of a dense area. */
function measured(palette: string) {
  const step = 1000;
  const { linear } = prepare(colours({ palette, step }));
  const at = (k: number) => [linear[3 * k]!, linear[3 * k + 1]!, linear[3 * k + 2]!] as const;
  const labs = Array.from({ length: step }, (_, k) => toOklab(at(k)));
  const mean = [0, 1, 2].map((c) => labs.reduce((sum, _, k) => sum + at(k)[c]!, 0) / step) as [number, number, number];
  const [l, a, b] = toOklab(mean);
  const lightness = labs.map(([x]) => x);
  const steps = labs.map(([x], k) => Math.abs(labs[(k + 1) % step]![0] - x) * step);
  return {
    range: Math.max(...lightness) - Math.min(...lightness),
    steepest: Math.max(...steps),
    mean: { lightness: l, chroma: Math.hypot(a, b) },
  };
}

test('every palette goes from dark to light and back without an edge, and dense areas keep a colour', () => {
  for (const name of paletteNames()) {
    const { range, steepest, mean } = measured(name);
    assert.ok(range >= 0.5, `${name}: lightness differs by ${range}`);
    assert.ok(steepest <= (name === 'nipy_spectral' ? 16 : 9), `${name}: lightness changes by ${steepest} a cycle`);
    assert.ok(mean.lightness > 0.35 && mean.lightness < 0.9, `${name}: mean lightness ${mean.lightness}`);
    if (name !== 'Grey') assert.ok(mean.chroma > 0.018, `${name}: mean chroma ${mean.chroma}`);
  }
  assert.ok(measured('gobrot/Biochemist').range < 0.2 && measured('gobrot/Plan9').steepest > 50);
});

test("matplotlib's palettes are found under their names there", () => {
  const at = (name: string, stop: number) => findPalette(name).stops[stop];
  // Values of matplotlib 3.6.
  assert.deepEqual(at('nipy_spectral', 10), { position: 0.5, rgb: [0, 187, 0] });
  assert.deepEqual(at('nipy_spectral', 20), { position: 1, rgb: [204, 204, 204] });
  assert.deepEqual(at('twilight_shifted', 0)?.rgb, [0x30, 0x14, 0x37]);
  assert.equal(findPalette('Twilight Shifted').stops.length, 102);
  assert.deepEqual(at('twilight', 0)?.rgb, [0xe2, 0xd9, 0xe2]);
  assert.deepEqual(at('viridis', 15), { position: 0.56, rgb: [0xfd, 0xe7, 0x25] });
  assert.deepEqual(at('magma', 15), { position: 0.56, rgb: [0xfc, 0xfd, 0xbf] });
});

test('an unknown palette suggests the nearest name', () => {
  assert.throws(() => findPalette('hipi'), fails('PALETTE_UNKNOWN', '"hipi"', 'did you mean Hippi?'));
  assert.throws(() => findPalette('vivit'), fails('PALETTE_UNKNOWN', 'did you mean Vivid?'));
  assert.throws(() => findPalette('/tmp'), fails('PALETTE_UNKNOWN', 'there is no palette "/tmp". The names are'));
});

test('a palette is read from hex colours and from JSON, and a wrong value is named', () => {
  assert.deepEqual(findPalette('#000, ff8000 #fff').stops[1], { position: 1 / 3, rgb: [255, 128, 0] });
  assert.equal(findPalette('[[0.25, "#000"], [0.5, "#fff"]]').stops[0]?.position, 0.25);
  assert.equal(findPalette('["#000", "#fff"]').stops[1]?.position, 0.5);
  assert.throws(() => findPalette('#fff,#ggg'), fails('PALETTE_INVALID', '"#ggg"'));
  assert.throws(() => findPalette('#fff'), fails('PALETTE_INVALID', '1 colours'));
  assert.throws(() => findPalette('[[0, "#000"], [7, "#fff"]]'), fails('PALETTE_INVALID', '7'));
  assert.throws(() => findPalette('[[0.5, "#000"], [0.5, "#fff"]]'), fails('PALETTE_INVALID', '0.5'));
  assert.throws(() => findPalette('[[0, "#000"], [1, 12]]'), fails('PALETTE_INVALID', '12'));
  assert.throws(() => prepare(colours({ interior: 'blak' })), fails('PALETTE_INVALID', '"blak"'));
});

test('sRGB and linear light are inverse at all 256 levels, and agree with the defining power', () => {
  for (let level = 0; level < 256; level++) {
    assert.equal(toLevel(toLinear(level / 255)), level);
    const direct = level <= 10 ? level / 255 / 12.92 : ((level / 255 + 0.055) / 1.055) ** 2.4;
    assert.ok(Math.abs(toLinear(level / 255) - direct) < 1e-15);
  }
});

test('every palette closes without a seam, in every interpolation', () => {
  for (const palette of paletteNames())
    for (const interpolation of ['oklab', 'linear', 'cosine'] as const) {
      const step = 6000;
      const srgb = srgbOf(prepare(colours({ palette, interpolation, step })));
      for (let i = 0; i < step; i++)
        for (let c = 0; c < 3; c++) {
          const jump = Math.abs(srgb[3 * i + c]! - srgb[3 * ((i + 1) % step) + c]!);
          assert.ok(jump <= 6, `${palette} ${interpolation} entry ${i}: ${jump}`);
        }
    }
});

test('the table passes through the stops of its palette', () => {
  for (const interpolation of ['oklab', 'linear', 'cosine'] as const) {
    const srgb = srgbOf(prepare(colours({ palette: '#102030 #c08040 #fff #00f', step: 8, interpolation })));
    assert.deepEqual([...srgb.subarray(0, 3)], [0x10, 0x20, 0x30]);
    assert.deepEqual([...srgb.subarray(6, 9)], [0xc0, 0x80, 0x40]);
    assert.deepEqual([...srgb.subarray(18, 21)], [0, 0, 255]);
  }
});

test('samples are averaged in linear light: black and white give 188', () => {
  const p = prepare(colours({ mode: 0 }));
  assert.deepEqual([...paint(Float64Array.of(Infinity, 5, 5, 5), 2, p, 100)], [188, 188, 188, 255, 255, 255]);
  const interior = prepare(colours({ palette: '#fff #fff', interior: '#000' }));
  assert.deepEqual([...paint(Float64Array.of(Infinity, 12.5), 2, interior, 100)], [188, 188, 188]);
});

test('equal samples give the colour of one', () => {
  for (const some of [{}, { legacy: true }, { palette: 'Plan9' }])
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.integer({ min: 2, max: 9 }), (nu, n) => {
        const p = prepare(colours({ ...some, step: 64 }));
        assert.deepEqual(paint(new Float64Array(n).fill(nu), n, p, 1), paint(Float64Array.of(nu), 1, p, 1));
      }),
      { numRuns: 30 },
    );
});

test('a sample lies where the formula of docs/colours.md puts it', () => {
  const [density, offset, step] = [0.7, 0.2, 500];
  const p = prepare(colours({ density, offset, step }));
  for (const nu of [-50, -4, 0, 0.37, 5, 99.5, 12345.6, 4e6]) {
    const cycles = offset + (density * (Math.sqrt(Math.max(nu + 4, 0)) - 2)) / 3;
    const k = Math.floor((cycles - Math.floor(cycles)) * step);
    assert.deepEqual([...paint(Float64Array.of(nu), 1, p, 1)], [...srgbOf(p).subarray(3 * k, 3 * k + 3)], `nu ${nu}`);
  }
});

test('any density and offset stay within the table', () => {
  const real = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const tables = prepare(colours({ palette: '#fff #fff', step: 7, interior: '#000' }));
  fc.assert(
    fc.property(real, real, real, fc.constantFrom('cycle' as const, 'bands' as const), (nu, density, offset, kind) => {
      assert.deepEqual([...paint(Float64Array.of(nu), 1, { ...tables, kind, density, offset }, 1)], [255, 255, 255]);
    }),
  );
});

test('the modes 1 to 8 are their formulas to within a level', () => {
  const limit = 1000;
  const nu = Float64Array.from({ length: 5000 }, (_, i) => (i * 7919 * 0.000203) % 1003);
  for (let mode = 1 as Mode; mode <= 8; mode++) {
    const p = prepare(colours({ mode }));
    const rgb = paint(nu, 1, p, limit);
    nu.forEach((v, i) => {
      const direct = modeColour(mode, Math.min(1, v / limit));
      for (let c = 0; c < 3; c++)
        assert.ok(Math.abs(rgb[3 * i + c]! - 255 * direct[c]!) <= 1, `mode ${mode} nu ${v}: ${rgb[3 * i + c]}`);
    });
    assert.deepEqual([...paint(Float64Array.of(Infinity), 1, p, limit)], [0, 0, 0], `interior of mode ${mode}`);
  }
});

test('the formulas have the values that the design gives', () => {
  const near = (mode: Mode, t: number, ...rgb: number[]) =>
    rgb.forEach((x, c) => {
      assert.ok(Math.abs(modeColour(mode, t)[c]! - x) < 1e-12);
    });
  near(0, 1e-9, 1, 1, 1);
  near(2, 0.5, 0.5625, 0.9375, 0.53125);
  near(3, 0.2, 0.5 + 0.5 * Math.cos(6), 0.5 + 0.5 * Math.cos(6.6), 0.5 + 0.5 * Math.cos(7));
  near(7, 0, 0.2 + 0.2 * Math.cos(4), 0.5 + 0.5 * Math.cos(2), 1);
});

test('mode 0 paints every sample that escapes white, also far from the set, where nu is negative', () => {
  const p = prepare(colours({ mode: 0 }));
  assert.deepEqual([...paint(Float64Array.of(-3.5, 0, 1e-9, 20_000), 1, p, 20_000)], Array(12).fill(255));
});

test('an interior colour of the user replaces that of the formula', () => {
  const p = prepare(colours({ mode: 8, interior: '#123456' }));
  assert.deepEqual([...paint(Float64Array.of(Infinity), 1, p, 9)], [0x12, 0x34, 0x56]);
});

test('legacy colours depend on the whole count only, and repeat every step', () => {
  const p = prepare(colours({ legacy: true, step: 64 }));
  const at = (n: number) => [...paint(Float64Array.of(n), 1, p, 1)];
  assert.deepEqual(at(17.99), at(17));
  assert.deepEqual(at(17 + 64), at(17));
  assert.notDeepEqual(at(18), at(17));
  assert.deepEqual(at(17), [...srgbOf(p).subarray(51, 54)]);
});

test('a cloned paint gives the same bytes', () => {
  for (const some of [{}, { legacy: true }, { mode: 5 as const }]) {
    const p = prepare(colours(some));
    const nu = Float64Array.from({ length: 300 }, (_, i) => (i % 50 === 0 ? Infinity : i * 1.7));
    assert.deepEqual(paint(nu, 3, structuredClone(p), 400), paint(nu, 3, p, 400));
  }
});
