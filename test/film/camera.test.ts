/** Where pixels of one view lie in another one, in stretched planes as well. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Camera, similarity } from '../../src/film/camera.js';
import { deformationOf } from '../../src/view/stretch.js';
import type { View } from '../../src/view/view.js';
import { decimalText, mapped } from '../mapped.js';

const [WIDTH, HEIGHT] = [32, 20];
const BITS = 300;
const still: View = {
  ...{ formula: { step: 'holomorphic', power: 2 }, re: '0', im: '0', zoom: '1', rotation: 0 },
  ...{ width: WIDTH, height: HEIGHT, iterations: 100, bailout: 256, count: 'smooth' },
  sampling: { kind: 'grid', side: 1 },
};

const double = (min: number, max: number) => fc.double({ min, max, noNaN: true });

test('a pixel is the same point of the plane in both views, as deep as 1e60', () => {
  const stretch = fc.record({ factor: double(-2, 2).map(Math.exp), angle: double(-180, 180), skew: double(-60, 60) });
  const turns = fc.tuple(double(-180, 180), double(-180, 180));
  const pixel = fc.tuple(fc.nat(WIDTH - 1), fc.nat(HEIGHT - 1));
  fc.assert(
    fc.property(
      stretch,
      turns,
      double(-2, 60),
      double(0.3, 3),
      pixel,
      pixel,
      (stretched, [turn, other], depth, ratio, at, beside) => {
        const deformation = deformationOf(stretched);
        const more = deformation ? { deformation } : {};
        const zoom = `1e${Math.round(depth)}`;
        const place = { re: '-1.7498123', im: '0.000000321' };
        // The other view's centre is a pixel of this one.
        const from: Camera = { ...place, zoom, rotation: turn, ...more };
        const [re, im] = mapped({ ...still, ...from }, ...beside, BITS);
        const further = `${ratio.toFixed(6)}e${Math.round(depth)}`;
        const to: Camera = {
          re: decimalText(re, BITS),
          im: decimalText(im, BITS),
          zoom: further,
          rotation: other,
          ...more,
        };
        const { cos, sin, x, y, scale } = similarity(from, to, HEIGHT);
        assert.ok(Math.abs(Math.hypot(cos, sin) - scale) < 1e-9 * scale);
        const [X, Y] = [at[0] + 0.5 - WIDTH / 2, HEIGHT / 2 - at[1] - 0.5];
        const [right, up] = [cos * X - sin * Y + x, sin * X + cos * Y + y];
        // The other view's pixels are a lattice: its place there must be the same point.
        const [wantedRe, wantedIm] = mapped({ ...still, ...from }, ...at, BITS);
        const centre = [mapped({ ...still, ...to }, 0, 0, BITS), mapped({ ...still, ...to }, 1, 0, BITS)] as const;
        const below = mapped({ ...still, ...to }, 0, 1, BITS);
        const [column, row] = [right + WIDTH / 2 - 0.5, HEIGHT / 2 - up - 0.5];
        const unit = Number((centre[1][0] - centre[0][0]) ** 2n + (centre[1][1] - centre[0][1]) ** 2n) ** 0.5;
        const off = (part: 0 | 1, wanted: bigint) => {
          const [one, next, under] = [centre[0][part], centre[1][part], below[part]];
          return Math.abs(Number(wanted - one) - (column * Number(next - one) + row * Number(under - one))) / unit;
        };
        assert.ok(off(0, wantedRe) < 1e-6 && off(1, wantedIm) < 1e-6, `${off(0, wantedRe)} ${off(1, wantedIm)}`);
      },
    ),
    { numRuns: 200 },
  );
});
