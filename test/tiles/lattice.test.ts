import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  anchorNear,
  type Lattice,
  LEVEL,
  levelFor,
  log2PitchOf,
  offsetOf,
  pointAt,
  shownBy,
  TILE,
  zoomAt,
} from '../../src/tiles/lattice.js';
import { add, type Decimal, log10, negate, parseDecimal } from '../../src/view/decimal.js';

const decimal = (text: string): Decimal => parseDecimal(text) as Decimal;
const levels = fc.integer({ min: -100, max: 60_000 });
const digits = fc.stringMatching(/^[01]\.[0-9]{40,60}$/);
const offsets = fc.integer({ min: -(2 ** 19), max: 2 ** 19 });

describe('lattices', () => {
  it('pixels of sixteen levels further are half as wide', () => {
    fc.assert(
      fc.property(levels, (level) => {
        assert.ok(Math.abs(log2PitchOf(level + 16) - log2PitchOf(level) + 1) < 1e-9);
        assert.ok(Math.abs(log2PitchOf(level) + level / 16) < 1e-5);
      }),
    );
  });

  it('the zoom of a level leads back to the level', () => {
    fc.assert(
      fc.property(levels, fc.integer({ min: 100, max: 5000 }), (level, height) => {
        assert.equal(levelFor(zoomAt(level, height), height), level);
      }),
    );
    assert.equal(levelFor('1e1000000', 100), LEVEL.max);
  });

  it('offsets lead to points and back, turned, stretched and deep', () => {
    const lattices = fc.record({
      anchor: fc.record({ re: digits, im: digits }),
      level: levels,
      rotation: fc.constantFrom(0, 30, 90, 271.5),
      deformation: fc.constantFrom([1, 0, 0, 1] as const, [2, 0.25, 0, 0.5] as const),
    });
    fc.assert(
      fc.property(lattices, offsets, offsets, (lattice, x, y) => {
        const back = offsetOf(lattice, pointAt(lattice, x, y));
        assert.ok(Math.abs(back.x - x) < 1e-6 && Math.abs(back.y - y) < 1e-6, `${back.x}, ${back.y} of ${x}, ${y}`);
      }),
    );
  });

  it('pixels go to the right along the real axis and down along the imaginary one', () => {
    const lattice: Lattice = { anchor: { re: '0', im: '0' }, level: 160, rotation: 0 };
    assert.deepEqual(pointAt(lattice, 1024, 0), { re: '1', im: '0' });
    assert.deepEqual(pointAt(lattice, 0, 1024), { re: '0', im: '-1' });
    const turned = { ...lattice, rotation: 90 };
    assert.deepEqual(pointAt(turned, 1024, 0), { re: '0', im: '1' });
  });

  it('viewers near one point have the same anchor, whole tiles from 0', () => {
    fc.assert(
      fc.property(
        fc.record({ re: digits, im: digits }),
        levels,
        fc.integer({ min: -100, max: 100 }),
        (point, level, dx) => {
          const anchor = anchorNear(point, level, false);
          const lattice = { anchor, level, rotation: 0 };
          const { x, y } = offsetOf(lattice, point);
          assert.ok(Math.abs(x) <= TILE / 2 + 1e-6 && Math.abs(y) <= TILE / 2 + 1e-6);
          const other = anchorNear(pointAt(lattice, dx * TILE + 100, 3 * TILE - 100), level, false);
          assert.deepEqual(other, pointAt(lattice, dx * TILE, 3 * TILE));
        },
      ),
    );
  });

  it('a piece of a coarse scale covers what its tiles cover', () => {
    const lattice: Lattice = { anchor: { re: '-0.75', im: '0.1' }, level: 200, rotation: 0 };
    const area = { left: -2, top: -1, right: 4, bottom: 3 };
    const fine = shownBy(lattice, { ...area, scale: 1 });
    const coarse = shownBy(lattice, { ...area, scale: 8 });
    assert.equal(coarse.width, fine.width / 8);
    assert.equal(coarse.zoom, fine.zoom);
    assert.deepEqual([coarse.re, coarse.im], [fine.re, fine.im]);
    // Its height on the plane is 4 / zoom.
    const height = 4 / Number(fine.zoom);
    assert.ok(Math.abs(height / (2 ** log2PitchOf(200) * 1024) - 1) < 1e-12);
    const top = add(decimal(pointAt(lattice, 0, -256).im), negate(decimal(pointAt(lattice, 0, 768).im)));
    assert.ok(Math.abs(10 ** log10(top) / height - 1) < 1e-9);
  });
});
