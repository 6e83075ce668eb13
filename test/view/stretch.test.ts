/** Stretched and skewed views: where their pixels lie, and what of a matrix is used elsewhere. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { outOfBounds } from '../../src/view/bounds.js';
import { extentOf, type Matrix, preimageOf } from '../../src/view/matrix.js';
import { points } from '../../src/view/plane.js';
import { deformationOf, type Stretch } from '../../src/view/stretch.js';
import type { View } from '../../src/view/view.js';
import { mapped } from '../mapped.js';

const still: View = {
  ...{ formula: { step: 'holomorphic', power: 2 }, re: '0', im: '0', zoom: '1', rotation: 0, width: 12, height: 8 },
  ...{ iterations: 100, bailout: 256, count: 'smooth', sampling: { kind: 'grid', side: 1 } },
};
const double = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const stretch: fc.Arbitrary<Stretch> = fc.record({
  factor: double(-6.9, 6.9).map(Math.exp),
  angle: double(-360, 360),
  skew: double(-80, 80),
});

test('the point of every pixel is that of the exact formula, but for the rounding of doubles', () => {
  const bits = 200;
  const place = fc.record({ re: double(-2, 2), im: double(-2, 2), rotation: double(-360, 360), depth: double(-1, 12) });
  fc.assert(
    fc.property(stretch, place, (stretched, { re, im, rotation, depth }) => {
      const deformation = deformationOf(stretched);
      const where = { re: re.toFixed(20), im: im.toFixed(20), zoom: (10 ** depth).toPrecision(17), rotation };
      const view: View = { ...still, ...where, ...(deformation ? { deformation } : {}) };
      const found = points(view, { x: 0, y: 0, width: 12, height: 8 });
      const reach = (4 / Number(view.zoom)) * extentOf(deformation)[0];
      for (let k = 0; k < 96; k++) {
        const exact = mapped(view, k % 12, Math.floor(k / 12), bits);
        for (const [part, got] of [found.re[k] as number, found.im[k] as number].entries()) {
          const off = Math.abs(
            Number(BigInt(Math.trunc(got * 2 ** 100)) * 2n ** 100n - (exact[part] as bigint)) / 2 ** bits,
          );
          assert.ok(off <= 2 ** -52 * Math.abs(got) + 2 ** -50 * reach + 2 ** -100, `pixel ${k}: off by ${off}`);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('a stretch by F along an angle takes F times as much of the plane along it and 1/F across; a skew leans upright sides', () => {
  const along = (degrees: number) =>
    [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)] as const;
  const image = ([xx, xy, yx, yy]: Matrix, [x, y]: readonly [number, number]) => [xx * x + xy * y, yx * x + yy * y];
  for (const angle of [0, 30, 90, -200]) {
    const matrix = deformationOf({ factor: 3, angle, skew: 0 }) as Matrix;
    for (const [degrees, length] of [
      [angle, 3],
      [angle + 90, 1 / 3],
    ] as const) {
      const [x = 0, y = 0] = image(matrix, along(degrees));
      const [cos, sin] = along(degrees);
      assert.ok(Math.hypot(x - length * cos, y - length * sin) < 1e-14);
    }
  }
  const [x = 0, y = 0] = image(deformationOf({ factor: 1, angle: 0, skew: 30 }) as Matrix, [0, 1]);
  assert.ok(Math.abs(x - Math.tan(Math.PI / 6)) < 1e-15 && y === 1);
  assert.equal(deformationOf({ factor: 1, angle: 45, skew: 0 }), undefined);
});

test('areas stay, no vector becomes longer or shorter than the extent says, and preimages are inverse', () => {
  fc.assert(
    fc.property(stretch, double(-180, 180), double(-9, 9), double(-9, 9), (stretched, degrees, x, y) => {
      const matrix = deformationOf(stretched);
      const view: View = { ...still, ...(matrix ? { deformation: matrix } : {}) };
      assert.equal(outOfBounds(view), undefined);
      const [xx, xy, yx, yy] = matrix ?? [1, 0, 0, 1];
      const [longest, shortest] = extentOf(matrix);
      const t = (degrees * Math.PI) / 180;
      const length = Math.hypot(xx * Math.cos(t) + xy * Math.sin(t), yx * Math.cos(t) + yy * Math.sin(t));
      assert.ok(length <= longest * (1 + 1e-9) && length >= shortest * (1 - 1e-6), `${shortest} ${length} ${longest}`);
      const [u, v] = preimageOf(xx * x + xy * y, yx * x + yy * y, matrix);
      assert.ok(Math.hypot(u - x, v - y) < 1e-9 * longest * longest);
    }),
  );
});

test('a deformation that a view cannot have is out of bounds', () => {
  const wrong = [
    [1, 0, 0],
    [1, 0, 0, 1, 0],
    [2, 0, 0, 1],
    [1, 0, 0, -1],
    [0, 0, 0, 0],
    [1e9, 0, 0, 1e-9],
    [1, Number.NaN, 0, 1],
  ];
  for (const matrix of wrong)
    assert.match(outOfBounds({ ...still, deformation: matrix as unknown as Matrix }) ?? '', /^deformation /);
});

/** The linear map that z_p is of c near a nucleus of the Burning Ship, and the point there. */
function shipNear(
  cr: number,
  ci: number,
  period: number,
): { readonly z: readonly [number, number]; readonly jacobian: Matrix } {
  let [x, y, a, b, c, d] = [0, 0, 0, 0, 0, 0];
  for (let k = 0; k < period; k++) {
    const [sx, sy] = [x < 0 ? -1 : 1, y < 0 ? -1 : 1];
    const [u, v] = [sx * x, sy * y];
    const [au, bu, cv, dv] = [sx * a, sx * b, sy * c, sy * d];
    [a, b] = [2 * (u * au - v * cv) + 1, 2 * (u * bu - v * dv)];
    [c, d] = [2 * (u * cv + v * au), 2 * (u * dv + v * bu) + 1];
    [x, y] = [u * u - v * v + cr, 2 * u * v + ci];
  }
  return { z: [x, y], jacobian: [a, b, c, d] };
}

test('the stretch that is inverse to the skew of a minibrot straightens it: what was an ellipse around it is a circle', () => {
  // Of period 6; its surroundings are skewed by a factor of 1.4.
  const [cr, ci, period] = [-0.9250677474044247, -1.0085612911388118, 6];
  const [a, b, c, d] = shipNear(cr, ci, period).jacobian;
  // The inverse is P·U: a stretch and a rotation, or, where it mirrors, a reflection, for --flip.
  const [xx, xy, yx, yy] = [d, -b, -c, a] as const;
  const area = Math.abs(a * d - b * c);
  const [p, q, r] = [(xx * xx + xy * xy) / area, (xx * yx + xy * yy) / area, (yx * yx + yy * yy) / area];
  const factor = Math.sqrt((p + r) / 2 + Math.hypot((p - r) / 2, q));
  const angle = (Math.atan2(2 * q, p - r) * 90) / Math.PI;
  const deformation = deformationOf({ factor, angle, skew: 0 }) as Matrix;
  assert.ok(factor > 1.15 && factor < 1.25, String(factor));
  const rounds = [undefined, deformation].map((matrix) => {
    const place = { re: String(cr), im: String(ci), zoom: '1e6', width: 101, height: 101 };
    const view: View = { ...still, ...place, ...(matrix ? { deformation: matrix } : {}) };
    const sizes = Array.from({ length: 24 }, (_, k) => {
      const t = (k * Math.PI) / 12;
      const rect = { x: Math.round(50 + 45 * Math.cos(t)), y: Math.round(50 - 45 * Math.sin(t)), width: 1, height: 1 };
      const { re, im } = points(view, rect);
      const away = Math.hypot(rect.x - 50, rect.y - 50);
      return Math.hypot(...shipNear(re[0] as number, im[0] as number, period).z) / away;
    });
    return Math.max(...sizes) / Math.min(...sizes);
  });
  assert.ok((rounds[0] as number) > 1.35 && (rounds[1] as number) < 1.01, String(rounds));
});
