import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openCpu } from '../../src/kernel/gpu/open.js';
import { fingerprintOf } from '../../src/kernel/open.js';
import { openPerturbation, shareReference } from '../../src/kernel/perturbation/kernel.js';
import { iterateReference, orderFor } from '../../src/kernel/perturbation/reference.js';
import { openSimd } from '../../src/kernel/simd.js';
import type { Formula, View } from '../../src/view/view.js';

const kernel = openSimd();
const plain: View = {
  formula: { step: 'holomorphic', power: 2 },
  re: '0',
  im: '0',
  zoom: '1',
  rotation: 0,
  width: 1,
  height: 1,
  iterations: 2000,
  bailout: 65536,
  count: 'smooth',
  sampling: { kind: 'grid', side: 1 },
  distance: true,
};
const julia = (power: number, re: string): Formula => ({ step: 'holomorphic', power, julia: { re, im: '0' } });

/** The vector of one point, in units of the plane. */
async function vectorAt(formula: Formula, re: number, im: number): Promise<{ x: number; y: number; length: number }> {
  const view = { ...plain, formula, re: String(re), im: String(im), zoom: '4' };
  const { distance } = await kernel.compute(view, { x: 0, y: 0, width: 1, height: 1 });
  const [x = 0, y = 0] = distance ?? [];
  return { x, y, length: Math.hypot(x, y) };
}

/**
 * Koebe, at a potential G: sinh(G) / (2·exp(G)) < distance·|G'| < 2·sinh(G), and the estimate is G / |G'|: near the set
 * a factor of 2 either way. A little more for the bailout.
 */
function within(estimate: number, distance: number, potential: number, where: string): void {
  const ratio = (distance / estimate) * (potential / Math.sinh(potential));
  assert.ok(ratio > 0.499 * Math.exp(-potential) && ratio < 2.001, `${where}: ${estimate} against ${distance}`);
}

for (const power of [2, 3, 5, 8]) {
  test(`z^${power}: around the unit disc the estimate is the distance near it, and points away from 0`, async () => {
    for (const angle of [0.1, 1.3, 2.9, -2]) {
      for (const gap of [0.5, 0.1, 1e-3, 1e-6]) {
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        const { x, y, length } = await vectorAt(julia(power, '0'), (1 + gap) * c, (1 + gap) * s);
        within(length, gap, Math.log1p(gap), `${gap} away`);
        assert.ok(Math.abs(length / gap - 1) < 0.6 * gap + 1e-4, `${gap} away: ${length}`);
        assert.ok(Math.abs(x / length - c) < 1e-4 && Math.abs(y / length - s) < 1e-4, `direction at ${angle}`);
      }
    }
  });
}

test('z^2 - 2: around the segment from -2 to 2 the true distance is within a factor 2 of the estimate', async () => {
  const coordinate = fc.double({ min: -2.5, max: 2.5, noNaN: true });
  await fc.assert(
    fc.asyncProperty(coordinate, fc.double({ min: 1e-4, max: 1, noNaN: true }), async (re, im) => {
      const distance = Math.hypot(Math.max(0, Math.abs(re) - 2), im);
      // z = w + 1/w takes the outside of the unit disc there, and G = ln|w|; ellipses around the ends are its levels.
      const potential = Math.acosh((Math.hypot(re - 2, im) + Math.hypot(re + 2, im)) / 4);
      within((await vectorAt(julia(2, '-2'), re, im)).length, distance, potential, `${re} + ${im}i`);
    }),
    { numRuns: 200 },
  );
});

test('beyond the tip of the Mandelbrot set the estimate reaches the bound, twice the distance, and points left', async () => {
  for (const gap of [0.1, 1e-3, 1e-6, 1e-9]) {
    const { x, y, length } = await vectorAt(plain.formula, -2 - gap, 0);
    assert.ok(Math.abs(length / gap - 2) < 2 * gap + 1e-3, `${gap}: ${length}`);
    assert.equal(y, 0);
    assert.ok(x < 0);
  }
});

const steps: [Formula['step'], number][] = [
  ['holomorphic', 2],
  ['holomorphic', 3],
  ['holomorphic', 8],
  ['burning-ship', 2],
  ['burning-ship', 3],
  ['tricorn', 2],
  ['tricorn', 5],
];
for (const [step, power] of steps) {
  for (const constant of [undefined, { re: '-0.3', im: '0.55' }]) {
    const what = `${step} ${power}${constant ? ', Julia' : ''}`;
    test(`${what}: the vector is the gradient of nu between neighbouring pixels, however the camera is turned`, async () => {
      // nu = -log_p G + constant: G / |grad G| = 1 / (ln p |grad nu|), uphill is where nu falls.
      const formula: Formula = { step, power, ...(constant ? { julia: constant } : {}) };
      let compared = 0;
      for (const [re, im] of [
        [0.37, 0.61],
        [-1.1, 0.33],
        [-0.62, -0.71],
        [1.02, -0.41],
      ] as const) {
        for (const rotation of [0, 33, 90, -120]) {
          const place = { re: String(re), im: String(im), zoom: '1e5', rotation, width: 3, height: 3 };
          const view: View = { ...plain, formula, ...place, iterations: 300, bailout: 1e8 };
          const { nu, distance } = await kernel.compute(view, { x: 0, y: 0, width: 3, height: 3 });
          if (nu.includes(Infinity)) continue;
          const right = ((nu[5] as number) - (nu[3] as number)) / 2;
          const up = ((nu[1] as number) - (nu[7] as number)) / 2;
          const scale = -1 / (Math.log(power) * (right * right + up * up));
          const [x, y] = [(distance as Float64Array)[8] as number, (distance as Float64Array)[9] as number];
          const off = Math.hypot(x - scale * right, y - scale * up) / Math.hypot(x, y);
          assert.ok(off < 1e-3, `${re} + ${im}i turned by ${rotation}: off by ${off}`);
          compared++;
        }
      }
      assert.ok(compared >= 4, 'there were points outside');
    });
  }
}

test('interior samples have no distance, all others a finite one, whatever way they are counted', async () => {
  const formulas: Formula[] = [plain.formula, julia(3, '-2.5'), { step: 'burning-ship', power: 2 }, julia(2, '-6')];
  for (const formula of formulas) {
    for (const some of [{}, { count: 'whole' as const }, { bailout: 1e10 }, { bailout: 2 }]) {
      const view: View = { ...plain, formula, re: '-0.5', width: 81, height: 61, iterations: 200, ...some };
      const { nu, distance } = await kernel.compute(view, { x: 0, y: 0, width: 81, height: 61 });
      nu.forEach((value, i) => {
        const [x, y] = [distance?.[2 * i] as number, distance?.[2 * i + 1] as number];
        assert.ok(Number.isFinite(x) && Number.isFinite(y), `sample ${i}: ${x}, ${y}`);
        if (value === Infinity) assert.deepEqual([x, y], [0, 0]);
      });
    }
  }
});

test('counts and distances do not depend on one another, nor distances on the cut', async () => {
  const sampling = { kind: 'jittered', count: 3, seed: 1 } as const;
  const view: View = { ...plain, re: '-0.75', im: '0.1', zoom: '20', width: 64, height: 48, rotation: 25, sampling };
  const { distance: _, ...bare } = view;
  const whole = await kernel.compute(view, { x: 0, y: 0, width: 64, height: 48 });
  const counted = await kernel.compute(bare, { x: 0, y: 0, width: 64, height: 48 });
  assert.equal(counted.distance, undefined);
  assert.deepEqual(whole.nu, counted.nu);
  for (const y of [0, 7, 30]) {
    const row = await kernel.compute(view, { x: 5, y, width: 50, height: 1 });
    const at = 6 * (y * 64 + 5);
    assert.deepEqual(row.distance, whole.distance?.subarray(at, at + 300));
  }
});

test('direct and perturbed iteration agree on distances, in a camera that is turned, too', async () => {
  const valley = { re: '-0.7454286', im: '0.1130089', zoom: '2e4' };
  const views: Partial<View>[] = [
    valley,
    { ...valley, rotation: 33 },
    { formula: { step: 'tricorn', power: 2 }, re: '-0.2', im: '0.9', zoom: '8', rotation: -70 },
    {
      formula: { step: 'holomorphic', power: 2, julia: { re: '-0.8', im: '0.156' } },
      re: '0.1',
      im: '0.2',
      zoom: '10',
    },
  ];
  const rect = { x: 0, y: 0, width: 48, height: 27 };
  for (const some of views) {
    const view: View = { ...plain, ...some, width: 48, height: 27 };
    const order = orderFor(view);
    const reference = shareReference({ ...order, ...iterateReference(order) }, 1);
    const perturbed = openPerturbation(reference, 0)(view, rect).distance as Float64Array;
    const { nu, distance } = await kernel.compute(view, rect);
    let compared = 0;
    nu.forEach((value, i) => {
      const [x, y] = [distance?.[2 * i] as number, distance?.[2 * i + 1] as number];
      // The nearer the set, and the longer a point takes, the more of its digits direct iteration has lost.
      if (value > 300 || Math.hypot(x, y) < 1e-3) return;
      compared++;
      const off = Math.hypot(x - (perturbed[2 * i] as number), y - (perturbed[2 * i + 1] as number));
      assert.ok(off < 1e-4 * Math.hypot(x, y), `sample ${i}: ${off} off from ${x}, ${y}`);
    });
    assert.ok(compared > nu.length / 2, `${compared} of ${nu.length}`);
  }
});

test('a kernel that computes no distances refuses them', async () => {
  const cpu = await openCpu();
  await assert.rejects(cpu.compute(plain, { x: 0, y: 0, width: 1, height: 1 }), {
    code: 'KERNEL_MISSING',
    message: /the cpu kernel computes no distance: use --kernel simd/,
  });
  assert.match(await fingerprintOf(cpu), /^[0-9a-f]{64}$/);
  await cpu.close();
});
