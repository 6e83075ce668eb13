/** Paths of films: tracks of numbers, the camera, journeys. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { add, log10, multiply, negate, parseDecimal } from '../../src/view/decimal.js';
import { cameraOf } from '../../src/view/path/camera.js';
import { type Easing, eased } from '../../src/view/path/easing.js';
import { journeyOf } from '../../src/view/path/journey.js';
import type { Keyframe, State } from '../../src/view/path/keyframe.js';
import { pathOf, withStart } from '../../src/view/path/path.js';
import { depthOf, distanceLog10, type Place, placeAt } from '../../src/view/path/place.js';
import { trackOf } from '../../src/view/path/track.js';

const easing: fc.Arbitrary<Easing> = fc.oneof(
  fc.constant({ kind: 'linear' } as const),
  fc.double({ min: 0, max: 1, noNaN: true }).map((amount) => ({ kind: 'smooth', amount }) as const),
  fc.double({ min: 1, max: 16, noNaN: true }).map((exponent) => ({ kind: 'power', exponent }) as const),
  fc.constant({ kind: 'hold' } as const),
);
/** Rising times from 0. */
const times = (least: number) =>
  fc
    .array(fc.integer({ min: 1, max: 400 }), { minLength: least - 1, maxLength: 7 })
    .map((steps) => [0, ...steps].map((_, k) => steps.slice(0, k).reduce((sum, step) => sum + step / 4, 0)));

const knots = times(2).chain((at) =>
  fc.tuple(
    ...at.map((time) =>
      fc.record({
        at: fc.constant(time),
        value: fc.integer({ min: -50, max: 50 }),
        easing: fc.option(easing, { nil: undefined }),
      }),
    ),
  ),
);
const share = fc.double({ min: 0, max: 1, noNaN: true });

test('an easing keeps both ends and never goes back', () => {
  fc.assert(
    fc.property(easing, share, share, (one, a, b) => {
      assert.deepEqual([eased(0, one), eased(1, one)], [0, 1]);
      const [low, high] = [eased(Math.min(a, b), one), eased(Math.max(a, b), one)];
      assert.ok(low <= high + 1e-12 && low >= 0 && high <= 1, `${low} ${high}`);
    }),
  );
  assert.equal(eased(0.5, { kind: 'power', exponent: 3 }), 0.5);
  assert.ok(Math.abs(eased(0.25, { kind: 'power', exponent: 3 }) - 0.0625) < 1e-12);
});

test('a track is exact at its knots, stays between their values, and is monotone from one to the next', () => {
  fc.assert(
    fc.property(knots, share, share, (all, a, b) => {
      const track = trackOf(all);
      for (const { at, value } of all) assert.equal(track(at), value);
      assert.equal(track(1e9), all.at(-1)?.value);
      for (const [k, to] of all.slice(1).entries()) {
        const from = all[k]!;
        const [x, y] = [Math.min(a, b), Math.max(a, b)].map((t) => track(from.at + t * (to.at - from.at))) as [
          number,
          number,
        ];
        const rise = Math.sign(to.value - from.value);
        assert.ok(rise * (y - x) >= -1e-9, `${from.value} to ${to.value}: ${x}, ${y}`);
        for (const one of [x, y])
          assert.ok(one >= Math.min(from.value, to.value) - 1e-9 && one <= Math.max(from.value, to.value) + 1e-9);
      }
    }),
  );
});

test('a curve goes through its knots without a stop or a kink, and a hold stays until it jumps', () => {
  const rising = times(4).chain((at) =>
    fc.tuple(...at.map((time) => fc.integer({ min: 1, max: 20 }).map((step) => ({ at: time, step })))),
  );
  fc.assert(
    fc.property(rising, (all) => {
      let value = 0;
      const curve = all.map(({ at, step }) => ({ at, value: (value += step) }));
      const track = trackOf(curve);
      for (const { at } of curve.slice(1, -1)) {
        const [before, after] = [track(at) - track(at - 1e-6), track(at + 1e-6) - track(at)];
        assert.ok(before > 0 && after > 0, 'it does not stop');
        // The steepest curve, 20 within a quarter of a unit, bends by 2e-3 here.
        assert.ok(Math.abs(before - after) < 1e-2 * 1e-6, `${before} ${after}`);
      }
    }),
  );
  const held = trackOf([
    { at: 0, value: 1, easing: { kind: 'hold' } },
    { at: 8, value: 5 },
    { at: 9, value: 6 },
  ]);
  assert.deepEqual([0, 3, 7.999, 8, 8.5, 9].map(held), [1, 1, 1, 5, 5.5, 6]);
});

const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: length });
const coordinate = fc
  .tuple(fc.constantFrom('', '-'), fc.nat(1), digits(60))
  .map(([sign, whole, tail]) => `${sign}${whole}.${tail}`);
const placeUpTo = (depth: number): fc.Arbitrary<Place> =>
  fc.record({
    re: coordinate,
    im: coordinate,
    zoom: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -1, max: depth })).map(([m, e]) => `${m}e${e}`),
  });

test('two keyframes without a journey are the straight way between two places, at any time', () => {
  fc.assert(
    fc.property(
      placeUpTo(400),
      placeUpTo(400),
      easing,
      fc.integer({ min: 1, max: 999 }),
      share,
      (from, to, ease, last, t) => {
        const camera = cameraOf(
          [
            { at: 0, centre: from, zoom: from.zoom, easing: ease, journey: false },
            { at: last, centre: to, zoom: to.zoom },
          ],
          from,
        );
        assert.deepEqual([camera.at(0), camera.at(last)].map(plain), [from, to].map(plain));
        const time = t * last;
        if (time < last) assert.deepEqual(plain(camera.at(time)), plain(placeAt(from, to, eased(time / last, ease))));
      },
    ),
  );
});

function plain({ re, im, zoom }: Place): Place {
  return { re, im, zoom };
}

/** Centre and target of a frame, in heights of the view. */
function inHeights(a: Place, b: Pick<Place, 're' | 'im'>): [number, number] {
  const [re, im] = (['re', 'im'] as const).map((part) => {
    const off = multiply(add(parse(b[part]), negate(parse(a[part]))), parse(a.zoom));
    return Number(`${off.digits}e${off.exponent}`) / 4;
  }) as [number, number];
  return [re, im];
}

function parse(text: string) {
  return parseDecimal(text) ?? assert.fail(text);
}

test('through several zooms a centre keeps its target in place, and the zoom never overshoots', () => {
  const target = { re: '-1.7490812690237098', im: '0.00000000000000012' };
  const keyframes: Keyframe[] = [
    { at: 0, centre: { re: '-1.5', im: '0.1' }, zoom: '1' },
    { at: 20, zoom: '1e3' },
    { at: 50, zoom: '1e4' },
    { at: 60, centre: target, zoom: '1e60' },
    { at: 90, zoom: '1e30' },
  ];
  const camera = cameraOf(keyframes, { ...target, zoom: '1' });
  const start = inHeights(camera.at(0), target);
  for (let time = 0; time < 57; time += 0.37) {
    const [x, y] = inHeights(camera.at(time), target);
    assert.ok(Math.hypot(x - start[0], y - start[1]) < 1e-6, `at ${time}: ${x}, ${y}`);
  }
  const depths = Array.from({ length: 901 }, (_, k) => camera.depthAt(k / 10));
  depths.forEach((depth, k) => {
    const before = depths[k - 1] ?? 0;
    assert.ok(k <= 600 ? depth >= before : depth <= before, `at ${k / 10}`);
    assert.ok(Math.abs(depth - depthOf(camera.at(k / 10).zoom)) < 1e-9);
  });
  assert.deepEqual(
    [20, 50, 60, 90, 99].map((time) => camera.at(time).zoom),
    ['1e3', '1e4', '1e60', '1e30', '1e30'],
  );
  assert.deepEqual(plain(camera.at(60)), { ...target, zoom: '1e60' });
});

test('any frame may be asked for without the others, and a path has no jumps', () => {
  const keyframes: Keyframe[] = [
    { at: 0, centre: { re: '-0.75', im: '0.1' }, zoom: '1e40' },
    { at: 30, centre: { re: '0.25', im: '0' }, zoom: '1e20' },
    { at: 45.5, zoom: '1e25' },
    { at: 60, centre: { re: '0.2500000000000001', im: '0' }, zoom: '1e25', easing: { kind: 'smooth', amount: 1 } },
    { at: 80, centre: { re: '0.25', im: '0' }, zoom: '1' },
  ];
  const camera = cameraOf(keyframes, { re: '0', im: '0', zoom: '1' });
  for (const time of [77.7, 3, 60, 30, 29.999, 12.5]) {
    const alone = cameraOf(keyframes, { re: '0', im: '0', zoom: '1' }).at(time);
    assert.deepEqual(camera.at(time), alone);
  }
  for (let time = 0; time < 80; time += 0.25) {
    const [one, next] = [camera.at(time), camera.at(time + 1e-6)];
    assert.ok(Math.abs(depthOf(next.zoom) - depthOf(one.zoom)) < 1e-3, `at ${time}`);
    assert.ok(Math.hypot(...inHeights(one, next)) < 1e-2, `at ${time}`);
  }
});

/** Zooming and panning from one place to a near one, in the measure of van Wijk and Nuij: ds² = (rho du/w)² + (dw/(rho·w))². */
function perceived(from: Place, to: Place): number {
  const pan = Math.hypot(...inHeights(from, to));
  const zoom = (depthOf(to.zoom) - depthOf(from.zoom)) * Math.LN10;
  return Math.sqrt(2 * pan * pan + (zoom * zoom) / 2);
}

test('a journey goes out, across and in at one perceived speed, from end to end exactly, at any depth', () => {
  fc.assert(
    fc.property(placeUpTo(1200), placeUpTo(1200), (from, to) => {
      const journey = journeyOf(from, to);
      if (!journey) return;
      assert.deepEqual([journey.at(0), journey.at(1)], [from, to]);
      const speeds = [0.003, 0.2, 0.41, 0.5, 0.77, 0.995].map((t) => perceived(journey.at(t), journey.at(t + 1e-6)));
      // Depths are rounded to 1e-11: of a step of some 1e-6 of the way a small part.
      for (const speed of speeds) assert.ok(Math.abs(speed / (speeds[0] as number) - 1) < 2e-3, `${speeds}`);
    }),
    { numRuns: 300 },
  );
});

test('the outermost view of a journey between deep places is as high as they are apart, and the way is that of the published formulas', () => {
  const [from, to] = [
    { re: '-1.75', im: '0', zoom: '1e300' },
    { re: '0.25', im: '0.5', zoom: '1e280' },
  ];
  const journey = journeyOf(from, to) ?? assert.fail();
  const depths = Array.from({ length: 1001 }, (_, k) => journey.depthAt(k / 1000));
  const outermost = Math.min(...depths);
  const turn = depths.indexOf(outermost);
  for (const [k, depth] of depths.entries()) {
    assert.ok(k === 0 || (k <= turn ? depth <= depths[k - 1]! : depth >= depths[k - 1]!));
  }
  const widest = 4 / 10 ** outermost;
  const distance = 10 ** distanceLog10(from, to);
  assert.ok(widest > 0.9 * distance && widest < 1.5 * distance, `${widest} for ${distance}`);
  // In doubles, of equations 9 to 11.
  const [a, b] = [
    { re: '0', im: '0', zoom: '400' },
    { re: '1', im: '0', zoom: '40' },
  ];
  const shallow = journeyOf(a, b) ?? assert.fail();
  const [w0, w1, u1, rho2] = [0.01, 0.1, 1, 2];
  const b0 = (w1 * w1 - w0 * w0 + rho2 * rho2 * u1 * u1) / (2 * w0 * rho2 * u1);
  const b1 = (w1 * w1 - w0 * w0 - rho2 * rho2 * u1 * u1) / (2 * w1 * rho2 * u1);
  const [r0, r1] = [b0, b1].map((x) => Math.log(-x + Math.sqrt(x * x + 1))) as [number, number];
  for (const t of [0.1, 0.35, 0.6, 0.9]) {
    const x = r0 + t * (r1 - r0);
    const w = (w0 * Math.cosh(r0)) / Math.cosh(x);
    const u = (w0 / rho2) * Math.cosh(r0) * Math.tanh(x) - (w0 / rho2) * Math.sinh(r0);
    const { re, im, zoom } = shallow.at(t);
    assert.ok(Math.abs(4 / Number(zoom) / w - 1) < 1e-9, `w at ${t}`);
    assert.ok(Math.abs(Number(re) - u) < 1e-9 && im === '0', `u at ${t}: ${re} ${u}`);
  }
});

test('a journey is chosen where the next centre is eight heights away, and as asked for', () => {
  const way = (re: string, journey?: boolean) => {
    const keyframes: Keyframe[] = [
      { at: 0, centre: { re: '0', im: '0' }, zoom: '1000', ...(journey === undefined ? {} : { journey }) },
      { at: 10, centre: { re, im: '0' }, zoom: '1000' },
    ];
    return cameraOf(keyframes, { re: '0', im: '0', zoom: '1' }).depthAt(5);
  };
  // A view is 0.004 high.
  assert.equal(way('0.031'), 3);
  assert.ok(way('0.033') < 2.5);
  assert.ok(way('0.01', true) < 2.9);
  assert.equal(way('1', false), 3);
  assert.equal(way('0', true), 3);
});

const BASE: State = {
  re: '-0.5',
  im: '0',
  zoom: '1',
  rotation: 10,
  julia: { re: '-0.8', im: '0.15' },
  bailout: 256,
  offset: 0,
  density: 1,
  angle: 90,
};

test('a value that keyframes leave out lies between those that have it, from the start on', () => {
  const path = pathOf(
    withStart(
      [
        { at: 0, easing: { kind: 'linear' } },
        { at: 10, rotation: 30, offset: 1, julia: { re: '-0.4', im: '0.15' } },
        { at: 20, zoom: '100' },
        { at: 30, rotation: 50, density: 4, easing: { kind: 'hold' } },
        { at: 40, angle: 100, rotation: 60 },
      ],
      BASE,
    ),
    BASE,
  );
  const at = (time: number) => path.othersAt(time);
  assert.equal(at(5).rotation, 20);
  assert.deepEqual(
    [at(0), at(10), at(30), at(35), at(40), at(99)].map(({ rotation }) => rotation),
    [10, 30, 50, 50, 60, 60],
  );
  assert.deepEqual([at(0).offset, at(5).offset, at(10).offset, at(25).offset], [0, 0.5, 1, 1]);
  assert.deepEqual([at(15).density, at(20).angle], [2.5, 95]);
  assert.deepEqual(at(5).julia, { re: String(-0.8 + 0.5 * (-0.4 - -0.8)), im: '0.15' });
  assert.deepEqual([at(0).julia, at(10).julia, at(22).julia?.re], [BASE.julia, { re: '-0.4', im: '0.15' }, '-0.4']);
  assert.equal(at(22).bailout, 256);
  assert.equal(path.at(10).zoom, '1e1');
  assert.equal(log10(parse(path.at(35).zoom)), 2);
});
