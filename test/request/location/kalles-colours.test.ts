import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { cycle } from '../../../src/render/cycle.js';
import { toLevel } from '../../../src/render/oklab.js';
import { findPalette } from '../../../src/render/palette.js';
import { kallesColours } from '../../../src/request/location/kalles-colours.js';
import { wavesOf, waveTable } from '../../../src/request/location/kalles-waves.js';
import { flagsOfSources } from '../../../src/request/sources.js';
import { folder } from '../../e2e/processes.js';

const read = (...lines: string[]) =>
  kallesColours(
    new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()])),
  );

/** Key colours as files have them: blue, green, red. */
const COLORS = 'Colors: 40,0,0,0,255,10,7,8,250,';

test('key colours are blue, green and red, eased from one to the next as Kalles Fraktaler has it', () => {
  const { flags } = read(COLORS);
  assert.equal(flags.palette, '[[0,"#000028"],[0.3333333333333333,"#0aff00"],[0.6666666666666666,"#fa0807"]]');
  assert.equal(flags.interpolation, 'cosine');
  const table = cycle(findPalette(flags.palette as string), 1024, 'cosine');
  const keys = [
    [0, 0, 40],
    [10, 255, 0],
    [250, 8, 7],
  ] as const;
  for (let i = 0; i < 1024; i++) {
    const at = (i * 3) / 1024;
    const share = Math.sin((at - Math.floor(at) - 0.5) * Math.PI) / 2 + 0.5;
    for (let c = 0; c < 3; c++) {
      const [from, to] = [keys[Math.floor(at)]![c]!, keys[(Math.floor(at) + 1) % 3]![c]!];
      assert.ok(Math.abs(toLevel(table[3 * i + c]!) - (share * to + (1 - share) * from)) <= 0.51, `${i}`);
    }
  }
});

/** Cycles of the palette at a count, as the flags of the count have it. */
function cyclesAt(flags: Record<string, string>, count: number): number {
  const [density, offset] = [Number(flags.density), Number(flags.offset)];
  const root = Math.sqrt(count + 4);
  if (flags['color-curve'] === undefined) return offset + (density * (root - 2)) / 3;
  const knots = flags['color-curve'].split(' ').map((word) => word.split(':').map(Number) as [number, number]);
  assert.ok(knots.length >= 2 && knots.length <= 256);
  const k = Math.min(knots.length - 2, Math.max(0, knots.findIndex(([x]) => x > root) - 1));
  const [[a, from], [b, to]] = [knots[k]!, knots[k + 1]!];
  return offset + density * (from + ((root - a) * (to - from)) / (b - a));
}

test('a sample is at f(N) / IterDiv + ColorOffset on a cycle of 1024', () => {
  const methods: readonly [number, (n: number) => number, number][] = [
    [0, (n) => n, 0.005],
    [1, Math.sqrt, 0.002],
    [2, Math.cbrt, 0.002],
    [3, Math.log, 0.002],
    [9, (n) => Math.log(1 + Math.log(1 + n)), 0.002],
    [11, (n) => n ** 0.25, 0.002],
  ];
  for (const [method, f, error] of methods)
    for (const [divisor, offset] of [
      [1, 0],
      [7.5, 300],
      [0.25, 1023],
    ] as const) {
      const { flags } = read(
        COLORS,
        `ColorMethod: ${method}`,
        `IterDiv: ${divisor}`,
        `ColorOffset: ${offset}`,
        'Iterations: 20000',
      );
      for (const n of [300, 1234, 5000.5, 19000]) {
        const expected = (f(n) / divisor + offset) / 1024;
        assert.ok(Math.abs(cyclesAt(flags, n) - expected) < error, `ColorMethod ${method}, IterDiv ${divisor}, N ${n}`);
      }
    }
  assert.equal(read(COLORS, 'ColorMethod: 8').flags['color-mode'], 'distance');
  const stretched = read(COLORS, 'ColorMethod: 4');
  assert.equal(stretched.flags.density, undefined);
  assert.match(stretched.notes.join(), /not taken: IterDiv, ColorOffset and ColorMethod 4 exactly$/);
});

test('slopes are lit from the side that they are not darkened on; the interior is read', () => {
  const { flags, notes } = read(
    COLORS,
    'Slopes: 1',
    'SlopePower: 50',
    'SlopeRatio: 20',
    'SlopeAngle: 45',
    'InteriorColor: 1,2,3',
  );
  assert.deepEqual([flags.slope, flags['slope-angle'], flags.interior], ['0.2', '135', '#030201']);
  assert.deepEqual(notes, [
    'colours: taken: Colors, IterDiv, ColorOffset, ColorMethod 0, InteriorColor, Slopes, SlopeRatio and SlopeAngle; not taken: SlopePower',
  ]);
  assert.equal(read(COLORS, 'Slopes: 0', 'SlopeRatio: 20').flags.slope, undefined);
  assert.match(read(COLORS, 'InverseTransition: 1', 'Flat: 1').notes.join(), /not taken: InverseTransition and Flat$/);
  assert.deepEqual(read('Colors: 1,2,3,'), { ...read(), keys: read().keys });
});

test('waves are sines of hue, saturation and brightness, which repeat together', () => {
  const waves = wavesOf('30\t0\t0,-50\t0\t1,20\t0\t2,')!;
  assert.deepEqual(waves, [
    { period: 30, of: 'hue' },
    { period: -50, of: 'saturation' },
    { period: 20, of: 'brightness' },
  ]);
  const { length, colours, rounded } = waveTable(waves);
  assert.deepEqual([length, rounded], [120, false]);
  // At a quarter of the hue's wave: hue 1, that is 0; brightness by 15 counts of 40.
  const at = (count: number) => colours[Math.round((count * colours.length) / length) % colours.length]!;
  const value = Math.sin((Math.PI * 15) / 20) / 2 + 0.5;
  assert.deepEqual(at(15), [255 * value * 0.5, 255 * value * 0.5, 255 * value].map(Math.round));
  assert.equal(wavesOf('30 0 7'), undefined);
  assert.equal(wavesOf('x'), undefined);
  assert.equal(waveTable(wavesOf('997\t0\t0,13\t0\t2')!).rounded, true);
  const flags = read(COLORS, 'MultiColor: 1', 'MultiColors: 30\t0\t0,20\t0\t2', 'IterDiv: 2').flags;
  assert.ok(Math.abs(cyclesAt(flags, 1000) - 1000 / 2 / 120) < 0.01);
});

test('--palette takes the colours of a file, without its location, and other flags have precedence', async (t) => {
  const path = `${folder(t)}/x.kfp`;
  writeFileSync(path, `${COLORS}\r\nIterDiv: 2\r\nColorMethod: 1\r\nInteriorColor: 1,2,3\r\n`);
  const { flags, notes } = await flagsOfSources({ palette: path, interior: '#fff', zoom: '9' });
  assert.deepEqual(flags, {
    palette: read(COLORS).flags.palette,
    interpolation: 'cosine',
    density: String(Number((3 / 2048).toPrecision(9))),
    offset: String(Number((2 / 2048).toPrecision(9))),
    interior: '#fff',
    zoom: '9',
  });
  assert.match(notes.join(), /x\.kfp: colours: taken: Colors, IterDiv, ColorOffset, ColorMethod 1 and InteriorColor$/);
  writeFileSync(path, 'IterDiv: 2\n');
  await assert.rejects(flagsOfSources({ palette: path }), /x\.kfp: it has no colours/);
});

test('without Smooth the table has one colour for each of the 1024 places of the cycle, or each count of the waves', () => {
  const { flags, notes } = read(COLORS, 'Smooth: 0', 'IterDiv: 2', 'ColorOffset: 10');
  assert.equal(flags.step, '1024');
  assert.match(notes.join(), /taken: Colors, IterDiv, ColorOffset, ColorMethod 0 and Smooth 0$/);
  const waves = read('MultiColor: 1', 'MultiColors: 30\t0\t0,20\t0\t2', 'Smooth: 0').flags;
  assert.equal(waves.step, '120');
  assert.equal(read(COLORS, 'Smooth: 1').flags.step, undefined);
  const distance = read(COLORS, 'Smooth: 0', 'ColorMethod: 5');
  assert.equal(distance.flags.step, undefined);
  assert.match(distance.notes.join(), /not taken: .*Smooth 0/);
});

test('what shapes the picture of Kalles Fraktaler and has no counterpart is named', () => {
  const left = (...lines: string[]) => /not taken: (.*)$/.exec(read(COLORS, ...lines).notes.join())?.[1];
  assert.equal(left('Differences: 3'), undefined);
  assert.equal(left('Slopes: 1', 'Differences: 7'), 'SlopePower');
  assert.equal(left('Slopes: 1', 'Differences: 3'), 'SlopePower and Differences');
  assert.match(left('ColorMethod: 7', 'Differences: 0') ?? '', /and Differences$/);
  assert.equal(left('TextureEnabled: 1', 'TextureFile: a.jpg', 'TexturePower: 200'), 'TextureEnabled');
  assert.equal(left('TextureEnabled: 0', 'TextureFile: a.jpg', 'UseOpenGL: 0', 'GLSL: x'), undefined);
  assert.equal(left('UseOpenGL: 1', 'GLSL: vec3 colour() {}'), 'GLSL');
});
