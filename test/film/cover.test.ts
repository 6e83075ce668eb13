import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Camera, depthOf, type Similarity, similarity } from '../../src/film/camera.js';
import { type Cover, coverOf, type FilmSize, type Keyframe, samplesOf } from '../../src/film/cover.js';
import { marginOf } from '../../src/film/filter.js';
import type { FilmPath } from '../../src/film/path.js';
import { CELL } from '../../src/film/region.js';
import { add, formatDecimal, fromLog10, parseDecimal } from '../../src/view/decimal.js';
import type { Easing } from '../../src/view/path/easing.js';
import type { Keyframe as PathKeyframe } from '../../src/view/path/keyframe.js';
import { DEEP, keyframePath, listedPath, SHALLOW, zoomPath } from './paths.js';

const size: FilmSize = { width: 96, height: 54, samples: 1 };

/** A camera near another one: `right` and `up` in heights of its view. */
function moved(from: Camera, right: number, up: number, octaves: number, rotation: number): Camera {
  const depth = depthOf(from) + octaves * Math.log10(2);
  const height = (share: number) => parseDecimal(fromScaled(share * 4, -depth));
  const by = (text: string, share: number) => {
    const [a, b] = [parseDecimal(text), height(share)];
    if (!a || !b) throw new Error(`no numbers: ${text}, ${share}`);
    return formatDecimal(add(a, b));
  };
  return { re: by(from.re, right), im: by(from.im, up), zoom: fromLog10(depth), rotation };
}

/** value * 10^log, as text. */
function fromScaled(value: number, log: number): string {
  if (value === 0) return '0';
  return `${value < 0 ? '-' : ''}${fromLog10(Math.log10(Math.abs(value)) + log)}`;
}

/** Zooms, pans, turns and ways back, at any depth. */
const paths = fc
  .record({
    depth: fc.constantFrom(0, 3, 14, 50, 400),
    steps: fc.array(
      fc.record({
        right: fc.double({ min: -0.4, max: 0.4, noNaN: true }),
        up: fc.double({ min: -0.4, max: 0.4, noNaN: true }),
        octaves: fc.constantFrom(-0.5, -0.25, -0.1, 0, 0, 0.05, 0.1, 0.25, 1 / 3, 1),
        turn: fc.constantFrom(0, 0, 0, 5, -40),
      }),
      { minLength: 1, maxLength: 12 },
    ),
  })
  .map(({ depth, steps }) => {
    const cameras: Camera[] = [{ ...DEEP, zoom: fromLog10(depth), rotation: 0 }];
    for (const { right, up, octaves, turn } of steps) {
      const last = cameras.at(-1) as Camera;
      cameras.push(moved(last, right, up, octaves, last.rotation + turn));
    }
    return listedPath(cameras);
  });

const samples = fc.constantFrom(1, 2, 3, 4);

/** Where a point of one view lies in another: pixels from the top left of both. */
function mapped(x: number, y: number, to: Similarity, { width, height }: FilmSize): [number, number] {
  const [X, Y] = [x - width / 2, height / 2 - y];
  return [width / 2 + to.cos * X - to.sin * Y + to.x, height / 2 - (to.sin * X + to.cos * Y + to.y)];
}

function has({ parts }: Keyframe, x: number, y: number): boolean {
  return parts.some((p) => x >= p.x && x <= p.x + p.width && y >= p.y && y <= p.y + p.height);
}

function assertCovered(path: FilmPath, cover: Cover, of: FilmSize, spacing: number): void {
  for (let frame = 0; frame < path.frames; frame++) {
    const camera = path.at(frame);
    const dense = cover.keyframes
      .map((keyframe) => ({ keyframe, to: similarity(camera, keyframe.camera, of.height) }))
      .filter(({ to }) => to.scale ** 2 >= of.samples * (1 - 1e-6));
    const { levels } = cover;
    const depth = depthOf(camera);
    const reach = marginOf(10 ** (levels.depthOf(levels.of(depth)) - depth));
    for (let y = -reach; y <= of.height + reach; y += spacing) {
      for (let x = -reach; x <= of.width + reach; x += spacing) {
        const found = dense.some(({ keyframe, to }) => has(keyframe, ...mapped(x, y, to, of)));
        assert.ok(found, `frame ${frame} of ${path.frames} at (${x}, ${y})`);
      }
    }
  }
}

test('every place of every frame, as far as filters reach, has samples as dense as asked for', () => {
  fc.assert(
    fc.property(paths, samples, (path, count) => {
      const of = { ...size, samples: count };
      assertCovered(path, coverOf(path, of), of, 5.3);
    }),
    { numRuns: 60 },
  );
});

test('nothing is computed that deeper keyframes have, but for what cells overlap', () => {
  fc.assert(
    fc.property(paths, (path) => {
      const { keyframes } = coverOf(path, size);
      for (const [index, one] of keyframes.entries()) {
        for (const other of keyframes.slice(0, index)) {
          const to = similarity(one.camera, other.camera, size.height);
          for (const { x, y, width, height } of one.parts) {
            for (let row = y; row < y + height; row += CELL) {
              for (let column = x; column < x + width; column += CELL) {
                // All of a cell, and what lies beyond it by more than rounding, is in one part of another keyframe.
                const inside = other.parts.some((part) =>
                  [0, CELL].every((dx) =>
                    [0, CELL].every((dy) => {
                      const [u, v] = mapped(column + dx, row + dy, to, size);
                      const [left, top] = [part.x + 1e-3, part.y + 1e-3];
                      return u > left && v > top && u < left + part.width - 2e-3 && v < top + part.height - 2e-3;
                    }),
                  ),
                );
                // A turned cell is looked for with the upright square around it.
                assert.ok(
                  !inside || to.sin !== 0,
                  `the cell (${column}, ${row}) of level ${one.level} is in ${other.level}`,
                );
              }
            }
          }
        }
      }
    }),
    { numRuns: 40 },
  );
});

test('a pure zoom costs at most 1.95 pictures an octave, at any depth', () => {
  const octaves = 6;
  for (const [width, height] of [
    [640, 360],
    [1920, 1080],
  ] as const) {
    for (const from of [0, 100]) {
      const start = { ...DEEP, zoom: fromLog10(from) };
      const end = { ...DEEP, zoom: fromLog10(from + octaves * Math.log10(2)) };
      const path = zoomPath(start, end, 30 * octaves + 1);
      const pictures = samplesOf(coverOf(path, { width, height, samples: 1 })) / (width * height);
      assert.ok((pictures - 1) / octaves <= 1.95, `${width}x${height}: ${(pictures - 1) / octaves} pictures an octave`);
    }
  }
});

test('a zoom whose centre moves costs what a zoom costs', () => {
  const start = { re: '-0.5', im: '0', zoom: '1' };
  const moving = zoomPath(start, { ...SHALLOW, zoom: '64' }, 181);
  const resting = zoomPath({ ...SHALLOW, zoom: '1' }, { ...SHALLOW, zoom: '64' }, 181);
  const large = { width: 640, height: 360, samples: 1 };
  const ratio = samplesOf(coverOf(moving, large)) / samplesOf(coverOf(resting, large));
  assert.ok(Math.abs(ratio - 1) < 0.05, String(ratio));
});

test('a pause, a loop and a way back cost nothing; a pan costs what comes into view', () => {
  const frames = (path: FilmPath) => Array.from({ length: path.frames }, (_, frame) => path.at(frame));
  const there = frames(zoomPath({ ...DEEP, zoom: '1e14' }, { ...DEEP, zoom: '8e14' }, 61));
  const once = samplesOf(coverOf(listedPath(there), size));
  const last = there.at(-1) as Camera;
  const back = [...there, last, last, ...there.toReversed(), ...there];
  assert.equal(samplesOf(coverOf(listedPath(back), size)), once);

  const still = samplesOf(coverOf(listedPath([last]), size));
  const pan = Array.from({ length: 20 }, (_, k) => moved(last, k / 40, 0, 0, 0));
  const strip = samplesOf(coverOf(listedPath(pan), size)) - still;
  const shown = (19 / 40) * size.height * size.height;
  assert.ok(strip < shown * 1.25 + 2 * CELL * size.height, `${strip} samples, ${shown} came into view`);
});

test('places far apart are keyframes of their own', () => {
  const far = listedPath([
    { ...DEEP, zoom: '1e30', rotation: 0 },
    { ...SHALLOW, zoom: '1e30', rotation: 0 },
  ]);
  const { keyframes } = coverOf(far, size);
  assert.deepEqual(
    keyframes.map(({ level, camera }) => [level, camera.re]),
    [
      [0, DEEP.re],
      [0, SHALLOW.re],
    ],
  );
});

test('films of another speed and length through the same places have the same keyframes, and parts of them', () => {
  const names = (frames: number, ease: number) => {
    const path = zoomPath({ re: '-0.5', im: '0', zoom: '1' }, { ...SHALLOW, zoom: '1e3' }, frames, ease);
    return coverOf(path, size).keyframes.map(({ camera, parts }) => JSON.stringify([camera, parts]));
  };
  const [quick, slow, eased] = [names(150, 0), names(611, 0), names(300, 1)];
  assert.deepEqual(quick, slow);
  assert.deepEqual(quick, eased);
});

/** Ways through several keyframes: zooms, pans, turns, pauses, journeys. Without times and easings. */
const ways = fc
  .record({
    depth: fc.constantFrom(0, 14, 50, 400),
    turns: fc.boolean(),
    steps: fc.array(
      fc.record({
        right: fc.constantFrom(0, 0, 0.3, -1, 20),
        up: fc.constantFrom(0, 0, -0.2, 1.5),
        octaves: fc.constantFrom(-2, -0.5, 0, 0, 1, 2.25),
        turn: fc.constantFrom(0, 30, -100),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ depth, turns, steps }) => {
    const cameras: Camera[] = [{ ...DEEP, zoom: fromLog10(depth), rotation: 0 }];
    for (const { right, up, octaves, turn } of steps) {
      const last = cameras.at(-1) as Camera;
      cameras.push(moved(last, right, up, octaves, last.rotation + turn));
    }
    return cameras.map(({ re, im, zoom, rotation }) => ({ centre: { re, im }, zoom, ...(turns ? { rotation } : {}) }));
  });

const easings: fc.Arbitrary<Easing> = fc.oneof(
  fc.constant({ kind: 'linear' } as const),
  fc.record({ kind: fc.constant('smooth' as const), amount: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ kind: fc.constant('power' as const), exponent: fc.double({ min: 1, max: 4, noNaN: true }) }),
);
/** Frames from one keyframe to the next, and how the time between passes. */
const timings = fc.array(fc.record({ frames: fc.double({ min: 90, max: 400, noNaN: true }), easing: easings }), {
  minLength: 5,
  maxLength: 5,
});

function timed(way: readonly Partial<PathKeyframe>[], timing: readonly { frames: number; easing: Easing }[]): FilmPath {
  let at = 0;
  const keyframes = way.map((one, k) => {
    const { frames, easing } = timing[k] as (typeof timing)[0];
    const keyframe = { ...one, at, easing };
    at += frames;
    return keyframe;
  });
  const last = keyframes.at(-1)?.at ?? 0;
  const { centre, zoom = '1' } = way[0] ?? {};
  return keyframePath(keyframes, { re: '0', im: '0', ...centre, zoom }, Math.ceil(last) + 1);
}

test('a path at another speed and with other easings has the same keyframes, and they cover its frames', () => {
  fc.assert(
    fc.property(ways, timings, timings, (way, one, other) => {
      const [path, again] = [timed(way, one), timed(way, other)];
      const [cover, same] = [path, again].map((film) => coverOf(film, size)) as [Cover, Cover];
      fc.pre(cover.grid.whole && same.grid.whole);
      assert.deepEqual(same, { ...cover, levels: same.levels });
      const few = Array.from({ length: 9 }, (_, k) => path.at((k * (path.frames - 1)) / 8));
      assertCovered(listedPath(few), cover, size, 7.7);
    }),
    { numRuns: 60 },
  );
});

test('twice the samples are the same keyframes, and deeper ones', () => {
  const path = zoomPath({ ...DEEP, zoom: '1e3' }, { ...DEEP, zoom: '8e3' }, 91);
  const zooms = (count: number) =>
    coverOf(path, { ...size, samples: count }).keyframes.map(({ camera }) => camera.zoom);
  const [one, two] = [zooms(1), zooms(2)];
  assert.deepEqual(two.slice(2), one.slice(0, two.length - 2));
});
