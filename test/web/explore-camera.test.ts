/** The camera of the explorer: properties of its movements, at any depth. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LEVELS_PER_OCTAVE } from '../../src/tiles/lattice.js';
import type * as Camera from '../../web/explore/engine/camera.js';
import type * as Motion from '../../web/explore/engine/motion.js';
import { bundled } from './bundled.js';

type Aim = Camera.Aim;
type Shown = Motion.Shown;

const { aimAt, moved, pixelRatio, turned } = await bundled<typeof Camera>('camera');
const { AT_AIM, along, seenFromMoved, seenFromTurned, toAim } = await bundled<typeof Motion>('motion');

const HEIGHT = 1080;
/** Pixels. */
const CLOSE = 1e-3;
const number = (most: number) => fc.double({ min: -most, max: most, noNaN: true });
const vectors = fc.record({ x: number(4000), y: number(4000) });
const aims = fc
  .record({
    re: fc.stringMatching(/^-?[01]\.[0-9]{5,60}$/),
    im: fc.stringMatching(/^-?0\.[0-9]{5,60}$/),
    // Deep enough that no way leads to where centres end.
    depth: fc.integer({ min: 70, max: 3000 }),
    rotation: number(360),
  })
  .map(({ re, im, depth, rotation }) => aimAt({ re, im, zoom: `1e${depth}`, rotation }, HEIGHT));
const turns = fc.record({
  levels: fc.integer({ min: -160, max: 160 }),
  degrees: number(180),
  at: vectors,
  to: vectors,
});

/** Of two centres, in pixels of the first aim. */
function apart(a: Aim, b: Aim): number {
  const bits = Math.max(a.bits, b.bits);
  const off = (p: bigint, q: bigint) => {
    const difference = (p << BigInt(bits - a.bits)) - (q << BigInt(bits - b.bits));
    const shift = BigInt(Math.max(0, bits - Math.ceil(a.depth / LEVELS_PER_OCTAVE) - 40));
    return Number(difference >> shift) * 2 ** (Number(shift) - bits + a.depth / LEVELS_PER_OCTAVE);
  };
  return Math.hypot(off(a.re, b.re), off(a.im, b.im));
}

function turnedBy(aim: Aim, { levels, degrees, at, to }: { levels: number; degrees: number; at: Vec; to: Vec }): Aim {
  return turned(aim, at, to, { depth: aim.depth + levels, rotation: aim.rotation + degrees }, undefined);
}

type Vec = { readonly x: number; readonly y: number };

test('the point under the pointer stays there, however far a picture zooms and turns', () => {
  fc.assert(
    fc.property(aims, turns, (aim, turn) => {
      const after = turnedBy(aim, turn);
      assert.ok(apart(moved(after, turn.to, undefined), moved(aim, turn.at, undefined)) < CLOSE);
    }),
  );
});

test('a way out and the same way back lead to the same place', () => {
  fc.assert(
    fc.property(aims, fc.array(turns, { maxLength: 20 }), (aim, ways) => {
      let there = aim;
      const depths = [aim.depth];
      for (const way of ways) {
        there = turnedBy(there, way);
        depths.push(there.depth);
      }
      for (const { levels, degrees, at, to } of [...ways].reverse())
        there = turnedBy(there, { levels: -levels, degrees: -degrees, at: to, to: at });
      // Rounded to 2^-30 of a pixel of the shallowest picture of the way.
      const coarsest = { ...aim, depth: Math.min(...depths) };
      assert.ok(apart(coarsest, there) < CLOSE);
    }),
  );
});

test('what is shown does not jump when the aim moves or turns', () => {
  const shownBefore = fc.record({ x: number(500), y: number(500), depth: number(60), rotation: number(90) });
  fc.assert(
    fc.property(aims, shownBefore, turns, vectors, vectors, (aim, shown: Shown, turn, by, point) => {
      const seen = moved(aim, toAim(shown, point), undefined);
      const pan = moved(aim, by, undefined);
      assert.ok(apart(seen, moved(pan, toAim(seenFromMoved(shown, by), point), undefined)) < CLOSE * 100);
      const after = turnedBy(aim, turn);
      const ratio = pixelRatio(aim.depth, after.depth);
      const from = seenFromTurned(shown, { ...turn, ratio });
      const again = moved(after, toAim(from, point), undefined);
      assert.ok(apart(seen, again) < CLOSE * 1000 * Math.max(1, ratio), `${apart(seen, again)} pixels`);
    }),
  );
});

test('a way begins at what is shown, and ends at the aim', () => {
  const shownBefore = fc.record({ x: number(500), y: number(500), depth: number(60), rotation: number(90) });
  fc.assert(
    fc.property(shownBefore, (shown: Shown) => {
      const [first, last] = [along(shown, AT_AIM, 0), along(shown, AT_AIM, 1)];
      for (const key of ['x', 'y', 'depth', 'rotation'] as const) {
        assert.ok(Math.abs(first[key] - shown[key]) < 1e-6);
        assert.ok(Math.abs(last[key]) < 1e-6);
      }
    }),
  );
});
