import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openCycleFinder, openDirectCycles } from '../../src/kernel/attracting-cycle.js';
import type { Formula, Step, View } from '../../src/view/view.js';

type Complex = readonly [re: number, im: number];

const times = ([a, b]: Complex, [c, d]: Complex): Complex => [a * c - b * d, a * d + b * c];

/** z after the fold, and whether that is a conjugate; -z counts as z with the sign -1. */
function folded(step: Step, [x, y]: Complex): { z: Complex; conjugate: boolean; sign: number } {
  if (step === 'holomorphic') return { z: [x, y], conjugate: false, sign: 1 };
  if (step === 'tricorn') return { z: [x, -y], conjugate: true, sign: 1 };
  return { z: [Math.abs(x), Math.abs(y)], conjugate: x < 0 !== y < 0, sign: x < 0 ? -1 : 1 };
}

function raised(z: Complex, power: number): Complex {
  let w: Complex = [1, 0];
  for (let k = 0; k < power; k++) w = times(w, z);
  return w;
}

function next({ step, power }: Formula, z: Complex, c: Complex): Complex {
  const [x, y] = raised(folded(step, z).z, power);
  return [x + c[0], y + c[1]];
}

/** Of the orbit of `start`, by iterating it plainly: none of at most 500 is found, or the orbit escapes. */
function plainCycle(formula: Formula, c: Complex, start: Complex = [0, 0]) {
  let z = start;
  const count = 5_040;
  for (let n = 0; n < count; n++) {
    z = next(formula, z, c);
    if (!(Math.hypot(...z) <= 2)) return { escapes: true } as const;
  }
  const { step, power } = formula;
  for (let period = 1, w = z; period <= 500; period++) {
    w = next(formula, w, c);
    if (Math.hypot(w[0] - z[0], w[1] - z[1]) > 1e-10) continue;
    // To a point that multiples of the period lead to.
    let at = z;
    for (let n = count; n % period > 0; n++) at = next(formula, at, c);
    let slope: Complex = [1, 0];
    let conjugate = false;
    for (let k = 0; k < period; k++) {
      const fold = folded(step, at);
      if (fold.conjugate) {
        slope = [slope[0], -slope[1]];
        conjugate = !conjugate;
      }
      slope = times(slope, times([power * fold.sign, 0], raised(fold.z, power - 1)));
      at = next(formula, at, c);
    }
    return { period, multiplier: conjugate ? ([Math.hypot(...slope), 0] as const) : slope };
  }
  return undefined;
}

/** The same ones each time, in the square around 0. */
function* places(count: number, side: number): Generator<Complex> {
  let state = 1;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state / 2_147_483_647 - 0.5) * side;
  };
  for (let k = 0; k < count; k++) yield [next(), next()];
}

for (const step of ['holomorphic', 'tricorn', 'burning-ship'] as const) {
  test(`${step}: periods and multipliers of powers 2 to 8 are those of the plain orbit`, () => {
    const periods = new Set<number>();
    for (let power = 2; power <= 8; power++) {
      const find = openCycleFinder({ step, power }, 20_000, 1);
      let found = 0;
      let missed = 0;
      for (const c of places(50, 2.4)) {
        const right = plainCycle({ step, power }, c);
        const [period = 0, re = 0, im = 0] = find(...c);
        if (right && 'escapes' in right) continue;
        const where = `power ${power}, c = ${c}`;
        // Near a boundary the plain orbit has not converged; the Burning Ship has points without any cycle.
        if (!right) continue;
        if (period === 0) {
          missed++;
          assert.ok(Math.hypot(...right.multiplier) > 0.99, where);
          continue;
        }
        assert.equal(period, right.period, where);
        const off = Math.hypot(re - right.multiplier[0], im - right.multiplier[1]);
        assert.ok(off < 1e-6, `${where}: ${re} + ${im}i is not ${right.multiplier}`);
        periods.add(period);
        found++;
      }
      assert.ok(found > 5 && missed <= 2, `power ${power}: ${found} found, ${missed} missed`);
    }
    assert.ok(periods.size > 3, `${[...periods]}`);
  });

  test(`${step}: half of (1 - |r|²) / |dr/dc|, r^(d - 1) = |λ|, by the difference of neighbours`, () => {
    for (const power of [2, 3, 5]) {
      const find = openCycleFinder({ step, power }, 20_000, 1);
      const root = (c: Complex) => {
        const [period = 0, re = 0, im = 0] = find(...c);
        return { period, r: Math.hypot(re, im) ** (1 / (power - 1)) };
      };
      let compared = 0;
      for (const c of places(150, 2.4)) {
        const { period, r } = root(c);
        if (period === 0 || r < 0.1 || r > 0.95) continue;
        const distance = find(...c)[3] ?? 0;
        const h = 1e-5;
        const around = [h, -h].flatMap((d) => [root([c[0] + d, c[1]]), root([c[0], c[1] + d])]);
        if (around.some((one) => one.period !== period)) continue;
        const [right, up, left, down] = around.map((one) => one.r) as [number, number, number, number];
        const gradient = Math.hypot(right - left, up - down) / (2 * h);
        const expected = (0.5 * (1 - r * r)) / gradient;
        // A fold may lie between neighbours.
        if (Math.abs(right + left - 2 * r) + Math.abs(up + down - 2 * r) > 100 * h * h * gradient ** 2) continue;
        assert.ok(Math.abs(distance / expected - 1) < 1e-3, `power ${power}, c = ${c}: ${distance}, ${expected}`);
        compared++;
      }
      assert.ok(compared > 5, `power ${power}: ${compared}`);
    }
  });
}

test('the disc at the angle 1/q on the main cardioid has period q, from 2 to 50', () => {
  const find = openCycleFinder({ step: 'holomorphic', power: 2 }, 20_000, 1);
  for (let q = 2; q <= 50; q++) {
    const turn = (2 * Math.PI) / q;
    // On the cardioid c = λ/2 - λ²/4, dc/dλ = (1 - λ)/2; outwards from it, by the disc's radius.
    const [x, y] = [Math.cos(turn), Math.sin(turn)];
    const outwards = times([x, y], [1 - x, -y]);
    const far = Math.sin(Math.PI / q) / (q * q) / Math.hypot(...outwards);
    const c = [x / 2 - (x * x - y * y) / 4 + far * outwards[0], y / 2 - (x * y) / 2 + far * outwards[1]] as const;
    assert.equal(find(...c)[0], q, `${q}: ${c}`);
  }
});

test('symmetric places have the same cycles: turned by a power’s symmetry, and mirrored', () => {
  for (const step of ['holomorphic', 'tricorn'] as const) {
    for (const power of [2, 3, 4, 8]) {
      const find = openCycleFinder({ step, power }, 5000, 1);
      const order = step === 'tricorn' ? power + 1 : power - 1;
      let compared = 0;
      for (const c of places(60, 2)) {
        const [period, re = 0, im = 0, distance = 0] = [...find(...c)];
        if (period === 0) continue;
        const [mirrored, mirroredRe = 0, mirroredIm = 0] = [...find(c[0], -c[1])];
        assert.deepEqual([mirrored, mirroredRe, mirroredIm === 0 ? 0 : -mirroredIm], [period, re, im]);
        const turn = (2 * Math.PI) / order;
        const [turned, turnedRe = 0, turnedIm = 0, turnedDistance = 0] = find(
          ...times(c, [Math.cos(turn), Math.sin(turn)]),
        );
        assert.equal(turned, period, `${step} ${power} ${c}`);
        assert.ok(Math.abs(Math.hypot(turnedRe, turnedIm) - Math.hypot(re, im)) < 1e-6, `${step} ${power} ${c}`);
        assert.ok(Math.abs(turnedDistance / distance - 1) < 1e-3, `${step} ${power} ${c}`);
        compared++;
      }
      assert.ok(compared > 10);
    }
  }
});

test('points of a Julia set have the cycle that their own orbits come to', () => {
  for (const [step, re, im] of [
    ['holomorphic', -0.12, 0.75],
    ['tricorn', -1.1, 0.1],
    ['burning-ship', -1.1, -0.1],
    ['burning-ship', 0.2, 0.2],
    ['burning-ship', -0.3, -0.2],
  ] as const) {
    const formula = { step, power: 2, julia: { re: String(re), im: String(im) } };
    const view: View = {
      ...{ formula, re: '0', im: '0', zoom: '1', rotation: 0, width: 40, height: 30, iterations: 5000, bailout: 256 },
      ...{ count: 'smooth', sampling: { kind: 'grid', side: 1 }, cycle: true },
    };
    const points = [...places(200, 3)];
    const all = points.map((z) => plainCycle(formula, [re, im], z));
    const nu = Float64Array.from(all, (one) => (one && 'escapes' in one ? 10 : Infinity));
    const cycle = new Float64Array(4 * points.length);
    const part = (k: 0 | 1) => Float64Array.from(points, (z) => z[k]);
    openDirectCycles(view)(points.length, { re: part(0), im: part(1), nu }, cycle);
    let compared = 0;
    for (const [k, right] of all.entries()) {
      const [period, re, im, distance] = cycle.subarray(4 * k, 4 * k + 4) as unknown as [
        number,
        number,
        number,
        number,
      ];
      assert.equal(distance, 0);
      if (!right || 'escapes' in right) continue;
      const [x, y] = right.multiplier;
      assert.equal(period, right.period, `${step} ${points[k]}`);
      assert.ok(Math.hypot(re - x, Math.abs(im) - Math.abs(y)) < 1e-6, `${step} ${points[k]}`);
      compared++;
    }
    assert.ok(compared > 5, `${step}: ${compared}`);
  }
});
