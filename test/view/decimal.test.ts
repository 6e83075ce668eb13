import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  add,
  type Decimal,
  differenceLog10,
  divide,
  formatDecimal,
  fromLog10,
  log10,
  multiply,
  negate,
  outlineOf,
  parseDecimal,
  toDoubles,
} from '../../src/view/decimal.js';
import { timeOf } from '../../src/view/path/easing.js';
import { placeAt } from '../../src/view/path/place.js';
import { plane, points, sinCos } from '../../src/view/plane.js';
import type { View } from '../../src/view/view.js';

const decimal = fc.tuple(fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n }), fc.integer({ min: -400, max: 400 }));

test('a decimal is formatted exactly and read back as the same number', () => {
  fc.assert(
    fc.property(decimal, ([digits, exponent]) => {
      const back = parseDecimal(formatDecimal({ digits, exponent }));
      assert.ok(back);
      const low = Math.min(back.exponent, exponent);
      assert.equal(back.digits * 10n ** BigInt(back.exponent - low), digits * 10n ** BigInt(exponent - low));
    }),
  );
});

test('text that is no finite decimal is refused', () => {
  for (const text of ['', '.', '-', 'e5', 'NaN', 'Infinity', '0x10', '1e', '1.2.3', '1 2', '--1']) {
    assert.equal(parseDecimal(text), undefined, text);
  }
});

test('an exponent that is too large to compute with is refused', () => {
  for (const text of ['1e1000001', '1e-1000001', '1e999999999999999', '0e-99999999']) {
    assert.deepEqual([parseDecimal(text), outlineOf(text)], [undefined, undefined], text);
  }
  assert.ok(parseDecimal('1e-1000000'));
});

test('the outline of a text: its magnitude, its sign, its decimals', () => {
  for (const [text, magnitude, negative, decimals] of [
    ['-0.75', -1, true, 2],
    ['1.500', 0, false, 3],
    ['00120', 2, false, 0],
    ['1e-3', -3, false, 3],
    ['.0012e-5', -8, false, 9],
    ['1.5e5', 5, false, 0],
    ['-0.00', -Infinity, false, 2],
  ] as const)
    assert.deepEqual(outlineOf(text), { magnitude, negative, decimals }, text);
  fc.assert(
    fc.property(decimal, ([digits, exponent]) => {
      const text = `${digits}e${exponent}`;
      const log = log10({ digits, exponent });
      const { magnitude } = outlineOf(text) ?? assert.fail(text);
      assert.ok(digits === 0n ? magnitude === -Infinity : Math.abs(log - 0.5 - magnitude) <= 0.5 + 1e-9);
    }),
  );
});

test('the two doubles of a coordinate hold it to 100 bits', () => {
  const [high, low] = toDoubles('-0.10000000000000000000000000000012345');
  assert.equal(high, -0.1);
  // -0.1 as a double is -0.1000000000000000055511151231257827..., 5.5511151231257827e-18 - 1.2345e-31 too low.
  assert.ok(Math.abs(low - 5.551115123125659e-18) < 1e-32);
});

test('division keeps the requested digits', () => {
  const third = divide({ digits: 1n, exponent: 0 }, { digits: 3n, exponent: 0 }, 50);
  assert.match(formatDecimal(third), /^0\.3{50,}$/);
});

test('a film starts and ends exactly at the given places, at any depth', () => {
  const from = { re: '0', im: '0', zoom: '1' };
  const to = { re: `-1.${'7'.repeat(1100)}`, im: `0.${'3'.repeat(1100)}`, zoom: '1e1086' };
  assert.deepEqual(placeAt(from, to, 0), from);
  assert.deepEqual(placeAt(from, to, 1), to);
  const middle = placeAt(from, to, 0.5);
  assert.ok(Math.abs(log10(parseDecimal(middle.zoom) ?? { digits: 0n, exponent: 0 }) - 543) < 1e-9);
});

test('a film that only moves keeps its zoom, and no rounding of the time leads beyond its end', () => {
  const from = { re: '0', im: '0', zoom: '1308000' };
  assert.deepEqual(placeAt(from, { ...from, re: '1' }, 0.5), { ...from, re: '0.5' });
  for (const zoom of ['3', '1308000.00000000001', '1e7']) {
    for (const left of [1e-6, 1e-11, 1e-12, 1e-15]) {
      const place = placeAt({ ...from, zoom: '2' }, { ...from, re: '1', zoom }, 1 - left);
      assert.ok(Number(place.zoom) <= Number(zoom) && Number(place.re) <= 1, `${left} before ${zoom}`);
      assert.ok(Number(place.re) > 0.999);
    }
  }
});

test('the target of a zoom keeps its place in the picture: its distance from the centre shrinks with the view', () => {
  const from = { re: '0.25', im: '-0.5', zoom: '2' };
  const to = { re: '-0.7454286', im: '0.1130089', zoom: '2e40' };
  const inView = (t: number) => {
    const { re, zoom } = placeAt(from, to, t);
    const [c, target, z] = [re, `-${to.re.slice(1)}`, zoom].map((text) => parseDecimal(text));
    if (!c || !target || !z) throw new Error('not decimal');
    const distance = multiply(add(target, { digits: -c.digits, exponent: c.exponent }), z);
    return Number(formatDecimal(distance));
  };
  for (const t of [0.1, 0.3, 0.5, 0.7]) assert.ok(Math.abs(inView(t) - inView(0)) < 1e-6, `at ${t}: ${inView(t)}`);
});

test('a film from the whole set to 1e10000 grows evenly, and its centres have the digits of their zooms', () => {
  const digits = Array.from({ length: 10_100 }, (_, k) => ((k * k * 31) % 10_007) % 10).join('');
  const from = { re: '-0.5', im: '0', zoom: '1' };
  const to = { re: `-1.${digits}`, im: `0.1${digits}`, zoom: '1e10000' };
  const logs: number[] = [];
  for (let frame = 1; frame < 40; frame++) {
    const { re, im, zoom } = placeAt(from, to, timeOf(frame, 41, 0));
    const log = log10(parseDecimal(zoom) ?? assert.fail(zoom));
    logs.push(log);
    assert.match(zoom, /^\d(\.\d+)?e\d+$/);
    for (const [text, target] of [
      [re, to.re],
      [im, to.im],
    ] as const) {
      const decimals = outlineOf(text)?.decimals ?? 0;
      assert.ok(decimals > log + 20 && decimals < log + 60, `${decimals} decimals at ${zoom}`);
      const [a, b] = [text, target].map((one) => parseDecimal(one) ?? assert.fail(one)) as [never, never];
      // As far off as the first frame is from the last, in views: a part of one.
      assert.ok(log10(add(a, negate(b))) < 1 - log);
    }
  }
  logs.forEach((log, k) => {
    assert.ok(Math.abs(log - 250 * (k + 1)) < 1e-8, `frame ${k + 1}: 1e${log}`);
  });
});

test('a film that zooms into one place stays there, to more digits than can be seen', () => {
  const re = `-1.${'73'.repeat(500)}`;
  const place = placeAt({ re, im: '0', zoom: '1e3' }, { re, im: '0', zoom: '1e900' }, 0.25);
  assert.ok(re.startsWith(place.re) && place.re.length > 227 + 40);
  assert.equal(place.im, '0');
});

test('ease keeps both ends and slows them down', () => {
  assert.equal(timeOf(0, 11, 1), 0);
  assert.equal(timeOf(10, 11, 1), 1);
  assert.ok(timeOf(1, 11, 1) < timeOf(1, 11, 0));
});

test('sine and cosine agree with the engine to the last bits, and multiples of 90 degrees are exact', () => {
  fc.assert(
    fc.property(fc.double({ min: -720, max: 720, noNaN: true }), (degrees) => {
      const [sin, cos] = sinCos(degrees);
      assert.ok(Math.abs(sin - Math.sin((degrees * Math.PI) / 180)) < 1e-14);
      assert.ok(Math.abs(cos - Math.cos((degrees * Math.PI) / 180)) < 1e-14);
    }),
  );
  assert.deepEqual(sinCos(90).map(Math.abs), [1, 0]);
  assert.deepEqual(sinCos(-180).map(Math.abs), [0, 1]);
});

const view: View = {
  formula: { step: 'holomorphic', power: 2 },
  re: '-0.5',
  im: '0.25',
  zoom: '2',
  rotation: 0,
  width: 4,
  height: 2,
  iterations: 10,
  bailout: 256,
  count: 'smooth',
  sampling: { kind: 'grid', side: 1 },
};

test('the centre of pixel (x, y) lies at re = R + ((x + 1/2)/W - 1/2)·(W/H)·4/zoom, the imaginary axis up', () => {
  const { re, im } = points(view, { x: 0, y: 0, width: 4, height: 2 });
  assert.deepEqual(
    [...re.subarray(0, 4)],
    [-2, -1, 0, 1].map((x) => x + 0),
  );
  assert.deepEqual([im[0], im[4]], [0.75, -0.25]);
  assert.equal(plane(view).step, 1);
});

test('jittered samples stay in their cells, cover the pixel evenly, and depend on the seed', () => {
  const sampled = (seed: number): View => ({ ...view, sampling: { kind: 'jittered', count: 5, seed } });
  const one = points(sampled(1), { x: 1, y: 1, width: 1, height: 1 });
  for (let s = 0; s < 5; s++) {
    assert.ok((one.re[s] as number) >= -1.5 && (one.re[s] as number) < -0.5);
    assert.ok((one.im[s] as number) <= 0.25 && (one.im[s] as number) > -0.75);
  }
  assert.notDeepEqual(one.re, points(sampled(2), { x: 1, y: 1, width: 1, height: 1 }).re);
});

test('zooms on the way of a film have the same digits on every version of Node', () => {
  // 10 ** x has other last bits on Node 24 than on Node 20 and 22.
  assert.deepEqual([0.1, 1.7, 49.9, -3.3].map(fromLog10), [
    '1.2589254117941673',
    '5.011872336272723e1',
    '7.943282347242789e49',
    '5.0118723362727255e-4',
  ]);
  const hash = createHash('sha256');
  for (let k = 0; k < 1e5; k++) hash.update(fromLog10(k * 0.000137));
  assert.match(hash.digest('hex'), /^64223344c45e0192/);
});

test('the size of a difference is found from the digits where two texts part', () => {
  const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`));
  const pairs = fc.tuple(fc.constantFrom('', '-'), fc.nat(3), digits(60), fc.nat(60), digits(20), digits(20));
  fc.assert(
    fc.property(pairs, ([sign, whole, common, shared, tail, other]) => {
      const begin = `${sign}${whole}.${common.slice(0, shared)}`;
      const [a, b] = [`${begin}${tail}`, `${begin}${other}`];
      const exact = log10(add(parseDecimal(a) as Decimal, negate(parseDecimal(b) as Decimal)));
      const found = differenceLog10(a, b);
      assert.ok(found === exact || Math.abs(found - exact) < 1e-9, `${found} for ${exact}`);
    }),
  );
  for (const [a, b, log] of [
    ['0.5', '0.5', -Infinity],
    ['1', '3', Math.log10(2)],
    ['-0.5', '0.5', 0],
    ['12.5', '2.5', 1],
    ['1e-400', '0', -400],
    [`0.1${'0'.repeat(5_000)}1`, '0.1', -5_002],
    [`0.${'3'.repeat(9_000)}5`, `0.${'3'.repeat(9_000)}4`, -9_001],
  ] as const) {
    const found = differenceLog10(a, b);
    assert.ok(found === log || Math.abs(found - log) < 1e-9, `${found} for ${log}`);
  }
  assert.ok(Number.isNaN(differenceLog10('x', '1')));
  // Too large, but no larger than the first digit that differs.
  assert.ok(differenceLog10(`0.4${'9'.repeat(90)}`, `0.5${'0'.repeat(90)}`) <= 0);
});
