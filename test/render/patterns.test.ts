/** Patterns made of the phase of samples: right values, and nothing that changes abruptly from band to band. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openSimd } from '../../src/kernel/simd.js';
import { DEFAULT_COLOURS, prepare, type WantedPatterns } from '../../src/render/colours.js';
import { escapeOf, nextPhase } from '../../src/render/escape.js';
import { paintLight } from '../../src/render/paint.js';
import { paintedOf } from '../../src/render/painted.js';
import type { Formula, View } from '../../src/view/view.js';

const GREY = { ...DEFAULT_COLOURS, palette: '#888,#888', step: 1, filter: true };
const FORMULAS: readonly Formula[] = [2, 3, 5, 8].flatMap((power) =>
  (['holomorphic', 'burning-ship', 'tricorn'] as const).map((step) => ({ step, power })),
);
const phases = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

/** nu of a point whose m-th iterate is the first beyond the bailout, with the fraction f. */
function nuAt(m: number, f: number, { formula, bailout }: Pick<View, 'formula' | 'bailout'>): number {
  return m - f - Math.log2(Math.log2(bailout)) / Math.log2(formula.power);
}

/** The light of one grey sample with a pattern, over its light without. */
function painted(
  patterns: WantedPatterns,
  of: Pick<View, 'formula' | 'bailout'>,
  nu: number,
  phase: number,
  width = 1e-6,
) {
  const samples = {
    ...{ nu: Float64Array.of(nu), footprint: Float64Array.of(width), phase: Float64Array.of(phase), perPixel: 1 },
    ...paintedOf({ ...of, iterations: 1000 }),
  };
  const paint = prepare({ ...GREY, patterns });
  return (paintLight(samples, paint)[0] as number) / (paint.linear[0] as number);
}

for (const formula of FORMULAS) {
  test(`stripes and field lines go on from band to band: ${formula.step}, power ${formula.power}`, () => {
    const of = { formula, bailout: 65536 };
    for (const patterns of [
      { stripes: { count: 3, strength: 1 } },
      { lines: { count: 5, strength: 1 } },
      { decomposition: { count: 4, strength: 1 } },
    ]) {
      fc.assert(
        fc.property(phases, fc.integer({ min: 1, max: 1e6 }), (phase, m) => {
          // On both sides of the edge: as far out as the bailout in iteration m, and beyond its power in the next.
          const next = nextPhase(phase, escapeOf(of));
          const width = 1e-3;
          const inner = painted(patterns, of, nuAt(m, 1e-7, of), phase, width);
          const outer = painted(patterns, of, nuAt(m + 1, 1 - 1e-7, of), next, width);
          assert.ok(Math.abs(inner - outer) < 2e-3, `${phase}: ${inner}, ${outer}`);
        }),
        { numRuns: 200 },
      );
    }
  });

  test(`the phase of the next iterate is that of the power of the folded number: ${formula.step}, ${formula.power}`, () => {
    const escaping = escapeOf({ formula, bailout: 65536 });
    fc.assert(
      fc.property(phases, (phase) => {
        const angle = 2 * Math.PI * phase;
        const [x, y] = [Math.cos(angle), Math.sin(angle)];
        const [re, im] =
          formula.step === 'burning-ship' ? [Math.abs(x), Math.abs(y)] : [x, formula.step === 'tricorn' ? -y : y];
        const exact = (formula.power * Math.atan2(im, re)) / (2 * Math.PI);
        const off = nextPhase(phase, escaping) - exact;
        assert.ok(Math.abs(off - Math.round(off)) < 1e-12);
      }),
    );
  });
}

test('the fraction and both phases are those of the iterates of real points', async () => {
  const view: View = {
    ...{ formula: { step: 'holomorphic', power: 2 }, re: '-0.7454286', im: '0.1130089', zoom: '500', rotation: 0 },
    ...{ width: 60, height: 40, iterations: 2000, bailout: 300, count: 'smooth', sampling: { kind: 'grid', side: 1 } },
    ...{ phase: true, footprint: true },
  };
  const whole = { x: 0, y: 0, width: view.width, height: view.height };
  const { compute } = openSimd();
  const one = await compute(view, whole);
  // The next iterate is the first beyond the square of the bailout in the lower half of each band.
  const later = await compute({ ...view, bailout: view.bailout ** 2 }, whole);
  const escaping = escapeOf(view);
  let compared = 0;
  one.nu.forEach((nu, i) => {
    if (nu === Infinity || Math.abs(nu - (later.nu[i] as number)) > 1e-3) return;
    const off = nextPhase(one.phase?.[i] as number, escaping) - (later.phase?.[i] as number);
    assert.ok(Math.abs(off - Math.round(off)) < 1e-4, `sample ${i}`);
    compared++;
  });
  assert.ok(compared > 500, `${compared}`);
});

test('binary decomposition darkens the half of samples whose iterate is below the real axis', () => {
  const of = { formula: FORMULAS[0] as Formula, bailout: 65536 };
  const patterns = { decomposition: { count: 2, strength: 0.6 } };
  for (const [phase, light] of [
    [0.1, 1],
    [0.4, 1],
    [0.6, 0.4],
    [0.9, 0.4],
  ] as const) {
    assert.ok(Math.abs(painted(patterns, of, nuAt(9, 0.5, of), phase) - light) < 1e-5);
  }
});

test('stripes are as light as dark, brighten in the middle of one, and fade where they are as fine as samples', () => {
  const of = { formula: FORMULAS[0] as Formula, bailout: 65536 };
  const patterns = { stripes: { count: 1, strength: 0.5 } };
  const at = (phase: number, width?: number) => painted(patterns, of, nuAt(9, 1, of), phase, width);
  assert.ok(at(0) > 1.2 && Math.abs(at(0.5) - 0.5) < 1e-3 && Math.abs(at(0.25) - 1) < 1e-3);
  assert.equal(at(0, 1), 1);
});

test('a field line is as wide in pixels wherever lines are apart, and gone where they are not', () => {
  const of = { formula: FORMULAS[0] as Formula, bailout: 65536 };
  const patterns = { lines: { count: 4, strength: 1 } };
  for (const width of [1e-4, 1e-3, 1e-2]) {
    const turns = width * escapeOf(of).turn * 2;
    let area = 0;
    for (let x = -3; x <= 3; x += 0.01)
      area += (1 - painted(patterns, of, nuAt(9, 1, of), 0.25 + x * turns, width)) * 0.01;
    assert.ok(Math.abs(area - 1.25) < 0.02, `${width}: ${area}`);
  }
  assert.equal(painted(patterns, of, nuAt(9, 1, of), 0.25, 0.1), 1);
});

test('the interior has no pattern', () => {
  const of = { formula: FORMULAS[0] as Formula, bailout: 65536 };
  const interior = prepare({ ...GREY, interior: '#456' });
  const samples = {
    nu: Float64Array.of(Infinity),
    footprint: Float64Array.of(0),
    phase: Float64Array.of(0),
    perPixel: 1,
  };
  const patterns = { stripes: { count: 1, strength: 1 }, decomposition: { count: 2, strength: 1 } };
  const drawn = prepare({ ...GREY, interior: '#456', patterns });
  const view = paintedOf({ ...of, iterations: 1000 });
  assert.deepEqual(paintLight({ ...samples, ...view }, drawn), paintLight({ ...samples, ...view }, interior));
});
