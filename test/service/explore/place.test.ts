/** Names of pieces: equal exactly where they show the same. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { placesOf } from '../../../src/service/explore/place.js';
import { anchorNear, type Lattice, pointAt, shownBy, TILE } from '../../../src/tiles/lattice.js';
import { tile } from './looks.js';

const DEEP = { re: `-0.74542${'861'.repeat(20)}`, im: `0.1130${'0889'.repeat(15)}` };

function latticeAt(point: Lattice['anchor'], level: number): Lattice {
  return { anchor: anchorNear(point, level, false), level, rotation: 0 };
}

test('pieces have the same name exactly where they show the same, whatever the anchor', () => {
  const offset = fc.integer({ min: -4000, max: 4000 });
  const index = fc.integer({ min: -20, max: 20 });
  const level = fc.integer({ min: 0, max: 2600 });
  fc.assert(
    fc.property(level, offset, offset, index, index, index, (level, dx, dy, x, y, shift) => {
      const one = latticeAt(DEEP, level);
      const other = latticeAt(pointAt(one, dx * 100, dy * 100), level);
      const near = latticeAt(pointAt(one, shift * TILE, 0), level);
      const [a, b] = [tile(x, y), tile(x - shift, y)];
      assert.equal(placesOf(one)(a), placesOf(near)(b));
      const same = JSON.stringify(shownBy(one, a)) === JSON.stringify(shownBy(other, b));
      assert.equal(placesOf(one)(a) === placesOf(other)(b), same);
    }),
  );
});

test('scale, level, rotation and deformation are parts of a name', () => {
  const flat = latticeAt(DEEP, 200);
  const names = [
    placesOf(flat)(tile(0, 0)),
    placesOf(flat)(tile(0, 0, 8)),
    placesOf(latticeAt(DEEP, 201))(tile(0, 0)),
    placesOf({ ...flat, rotation: 30 })(tile(0, 0)),
    placesOf({ ...flat, deformation: [2, 0, 0, 0.5] })(tile(0, 0)),
    placesOf({ ...flat, anchor: { ...flat.anchor, re: `${flat.anchor.re}1` }, rotation: 30 })(tile(0, 0)),
  ];
  assert.equal(new Set(names).size, names.length);
});

test('names far from the centre of the plane do not repeat', () => {
  const region = { re: String(-(2 ** 24) * TILE), im: '0' };
  const [one, other] = [latticeAt({ re: '0', im: '0' }, 0), latticeAt(region, 0)];
  assert.notEqual(placesOf(one)(tile(0, 0)), placesOf(other)(tile(0, 0)));
  assert.equal(placesOf(one)(tile(-1, 0)), placesOf(latticeAt({ re: String(-TILE), im: '0' }, 0))(tile(0, 0)));
});
