/** Samples of stretched and skewed views: exact ones of the mapped points, and distances as the picture shows them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPerturbation, type Perturbed, shareReference } from '../../src/kernel/perturbation/kernel.js';
import { iterateReference, orderFor } from '../../src/kernel/perturbation/reference.js';
import { openSimd } from '../../src/kernel/simd.js';
import type { Matrix } from '../../src/view/matrix.js';
import { sinCos } from '../../src/view/plane.js';
import { deformationOf } from '../../src/view/stretch.js';
import type { Formula, View } from '../../src/view/view.js';
import { exactSample } from '../exact.js';
import { readGolden } from '../golden.js';
import { decimalText, mapped } from '../mapped.js';

const kernel = openSimd();
const plain: View = {
  ...{ formula: { step: 'holomorphic', power: 2 }, re: '0', im: '0', zoom: '1', rotation: 0, width: 3, height: 3 },
  ...{ iterations: 300, bailout: 1e8, count: 'smooth', sampling: { kind: 'grid', side: 1 }, distance: true },
};
const LEANING = deformationOf({ factor: 3, angle: 25, skew: 20 }) as Matrix;
const SLIM = deformationOf({ factor: 1 / 8, angle: -70, skew: 0 }) as Matrix;

function perturbation(view: View, proofs = true): Perturbed {
  const order = orderFor(view);
  return openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0, proofs);
}

const formulas: [string, Formula][] = [
  ['holomorphic 2', { step: 'holomorphic', power: 2 }],
  ['holomorphic 5', { step: 'holomorphic', power: 5 }],
  ['burning-ship 2', { step: 'burning-ship', power: 2 }],
  ['tricorn 3', { step: 'tricorn', power: 3 }],
  ['Julia', { step: 'holomorphic', power: 2, julia: { re: '-0.3', im: '0.55' } }],
];
for (const [name, formula] of formulas) {
  test(`${name}: the vector of the distance is the gradient of nu between neighbouring pixels of the stretched picture`, async () => {
    let compared = 0;
    for (const deformation of [LEANING, SLIM]) {
      for (const rotation of [0, 33, -120]) {
        for (const [re, im] of [
          ['0.37', '0.61'],
          ['-1.1', '0.33'],
          ['-0.62', '-0.71'],
        ] as const) {
          const view: View = { ...plain, formula, re, im, zoom: '1e6', rotation, deformation, footprint: true };
          const whole = { x: 0, y: 0, width: 3, height: 3 };
          const samples = [await kernel.compute(view, whole), perturbation(view)({ ...view, perturbed: true }, whole)];
          for (const { nu, distance, footprint } of samples) {
            if (nu.includes(Infinity)) continue;
            // nu = -log_p G + constant: K / |grad G| = 1 / (ln p |grad nu|), uphill is where nu falls.
            const right = ((nu[5] as number) - (nu[3] as number)) / 2;
            const up = ((nu[1] as number) - (nu[7] as number)) / 2;
            const scale = -1 / (Math.log(formula.power) * (right * right + up * up));
            const [x, y] = [(distance as Float64Array)[8] as number, (distance as Float64Array)[9] as number];
            const off = Math.hypot(x - scale * right, y - scale * up) / Math.hypot(x, y);
            assert.ok(off < 1e-3, `${re} + ${im}i turned by ${rotation}: off by ${off}`);
            // Of a pixel's width in any direction it is at least the usual three quarters.
            assert.ok((footprint?.[4] as number) > 0.7 * Math.hypot(right, up), `${footprint?.[4]} ${right} ${up}`);
            compared++;
          }
        }
      }
    }
    assert.ok(compared >= 8, `${compared} points outside`);
  });
}

/** v = K·g / |g|² by upright pixels of one size becomes K·Mᵀg / |Mᵀg|² by those of the view. */
function onScreen([x, y]: readonly [number, number], { deformation, rotation }: View): [number, number] {
  const [xx, xy, yx, yy] = deformation as Matrix;
  const [sin, cos] = sinCos(rotation);
  const g = [x / (x * x + y * y), y / (x * x + y * y)] as const;
  const right = g[0] * (xx * cos + xy * sin) + g[1] * (yx * cos + yy * sin);
  const up = g[0] * (xy * cos - xx * sin) + g[1] * (yy * cos - yx * sin);
  const square = right * right + up * up;
  return [right / square, up / square];
}

const golden = [...readGolden('golden.json'), ...readGolden('deep-formulas.json')];
const places: [id: string, pixels: [number, number][]][] = [
  [
    'default',
    [
      [3, 5],
      [600, 20],
      [320, 180],
      [77, 300],
    ],
  ],
  [
    'kf-1e14',
    [
      [10, 10],
      [333, 200],
      [620, 350],
    ],
  ],
  ['kf-1e50', [[100, 300]]],
  ['kf-5e113', [[500, 30]]],
  [
    'burning-ship-1e60',
    [
      [5, 5],
      [40, 20],
    ],
  ],
  [
    'mandelbrot-tip-1e320',
    [
      [5, 5],
      [40, 20],
    ],
  ],
];
for (const [id, pixels] of places) {
  test(`${id}, stretched: nu and distance are those of the mapped points in integers`, async () => {
    const one = golden.find((each) => each.id === id);
    assert.ok(one);
    const { re, im, zoom, iterations, width, height, formula, power = 2 } = one;
    const step = formula === 'burning-ship' ? 'burning-ship' : 'holomorphic';
    const view: View = {
      ...{ ...plain, formula: { step, power }, re, im, zoom, iterations, width, height, bailout: 65536 },
      ...{ rotation: 35, deformation: LEANING },
    };
    const deep = id !== 'default';
    const perturbed = deep ? perturbation(view) : undefined;
    const bits = Math.ceil(Number(/e\+?(\d+)/i.exec(zoom)?.[1] ?? 3) * 3.33) + 160;
    for (const [x, y] of pixels) {
      const rect = { x, y, width: 1, height: 1 };
      const { nu, distance } = perturbed
        ? perturbed({ ...view, perturbed: true }, rect)
        : await kernel.compute(view, rect);
      const [cr, ci] = mapped(view, x, y, bits);
      const { deformation: _, ...round } = { ...view, rotation: 0, width: 1, height: 1 };
      const exact = exactSample({ ...round, re: decimalText(cr, bits), im: decimalText(ci, bits) }, 0, 0);
      const where = `${id} (${x}, ${y})`;
      assert.ok(nu[0] === exact.nu || Math.abs((nu[0] as number) - exact.nu) < 0.01, `${where}: ${nu[0]} ${exact.nu}`);
      if (exact.nu === Infinity) continue;
      const wanted = onScreen([exact.distance[0] * height, exact.distance[1] * height], view);
      const off = Math.hypot((distance?.[0] as number) - wanted[0], (distance?.[1] as number) - wanted[1]);
      assert.ok(off < 1e-3 * Math.hypot(...wanted), `${where}: ${distance} ${wanted}`);
    }
  });
}

/** Chaos, where pixels are iterated exactly (exact.test.ts). */
test('a stretched view in chaos: exact iteration takes the mapped points', () => {
  const view: View = {
    ...{ ...plain, formula: { step: 'burning-ship', power: 2 }, bailout: 65536, perturbed: true, exact: true },
    ...{ re: '-0.65020577856256693261652753730637329066530104', im: '-0.71080773287629327426512053493918997832355917' },
    ...{ zoom: '2.107e24', width: 6, height: 4, iterations: 9160, rotation: 20, deformation: LEANING },
  };
  const { nu } = perturbation(view)(view, { x: 0, y: 0, width: 6, height: 4 });
  // Errors double in each iteration.
  const bits = 12_000;
  for (let k = 0; k < 24; k += 7) {
    const [cr, ci] = mapped(view, k % 6, Math.floor(k / 6), bits);
    const { deformation: _, ...round } = { ...view, rotation: 0, width: 1, height: 1 };
    const exact = exactSample({ ...round, re: decimalText(cr, bits), im: decimalText(ci, bits) }, 0, 0);
    assert.ok(nu[k] === exact.nu || Math.abs((nu[k] as number) - exact.nu) < 0.01, `${k}: ${nu[k]} ${exact.nu}`);
  }
});

test('samples do not depend on the cut, on proofs, nor on one another; sides that are 64 times as long as others count', () => {
  for (const id of ['kf-1e14', 'mandelbrot-nucleus-1e61']) {
    const one = golden.find((each) => each.id === id);
    assert.ok(one);
    const { re, im, zoom, iterations } = one;
    const size = { width: 48, height: 32, bailout: 65536, iterations: Math.min(iterations, 60_000) };
    const view: View = {
      ...plain,
      re,
      im,
      zoom,
      ...size,
      rotation: 10,
      deformation: SLIM,
      footprint: true,
      perturbed: true,
    };
    const whole = perturbation(view)(view, { x: 0, y: 0, width: 48, height: 32 });
    assert.deepEqual(perturbation(view, false)(view, { x: 0, y: 0, width: 48, height: 32 }).nu, whole.nu);
    const another = perturbation(view);
    for (let k = 0; k < 48 * 32; k += 41) {
      const alone = another(view, { x: k % 48, y: Math.floor(k / 48), width: 1, height: 1 });
      assert.deepEqual(
        [alone.nu[0], alone.footprint?.[0], alone.distance?.[0], alone.distance?.[1]],
        [whole.nu[k], whole.footprint?.[k], whole.distance?.[2 * k], whole.distance?.[2 * k + 1]],
      );
    }
  }
});

test('a disc has the sides of the stretch, and its outline keeps its width', async () => {
  const disc: Formula = { step: 'holomorphic', power: 2, julia: { re: '0', im: '0' } };
  const [width, height] = [160, 400];
  const deformation = deformationOf({ factor: 2, angle: 0, skew: 0 }) as Matrix;
  const view: View = { ...plain, formula: disc, width, height, zoom: '1', deformation };
  const { nu, distance } = await kernel.compute(view, { x: 0, y: 0, width, height });
  const inside = Array.from(nu.keys()).filter((k) => nu[k] === Infinity);
  const sizeOf = (places: number[]) => Math.max(...places) - Math.min(...places) + 1;
  // 100 pixels are 1: a radius of 50 to the right and of 200 up.
  assert.ok(Math.abs(sizeOf(inside.map((k) => k % width)) - 100) <= 1);
  assert.ok(Math.abs(sizeOf(inside.map((k) => Math.floor(k / width))) - 400) <= 1);
  // Beside it the estimate is the distance to it in pixels, to the right as well as along a row near its top.
  const at = (x: number, y: number) => {
    const k = 2 * (y * width + x);
    return [distance?.[k] as number, distance?.[k + 1] as number] as const;
  };
  const [right, up] = at(131, 200);
  assert.ok(Math.abs(right - 1.5) < 0.05 && Math.abs(up) < 0.02, `${right} ${up}`);
  // The estimate is G / |grad G| with G = ln|z|, |z|² = (X / 50)² + (Y / 200)², by pixels of the picture.
  const [X, Y] = [46.5, 150.5];
  const [a, b] = [X / 2500, Y / 40000];
  const square = X ** 2 / 2500 + Y ** 2 / 40000;
  const estimate = (Math.log(square) / 2) * (square / Math.hypot(a, b));
  const [x, y] = at(80 + 46, 200 - 151);
  assert.ok(Math.abs(Math.hypot(x, y) / estimate - 1) < 1e-6, `${Math.hypot(x, y)} ${estimate}`);
  assert.ok(Math.abs(Math.atan2(y, x) - Math.atan2(b, a)) < 1e-9);
});
