/** Enclosures of random discs: points of a disc, iterated in integers, lie within the disc that was computed for their images. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EXTENDED_LEVELS_AT, LEVELS_AT, ORBIT_AT, regionOf } from '../../src/kernel/perturbation/layout.js';
import { locate } from '../../src/kernel/perturbation/nucleus.js';
import { iterateReference, orderFor } from '../../src/kernel/perturbation/reference.js';
import { type SharedReference, shareReference } from '../../src/kernel/perturbation/shared-reference.js';
import { stepNumber } from '../../src/kernel/wasm.js';
import { type Decimal, parseDecimal, toFixed } from '../../src/view/decimal.js';
import type { Formula, Step, View } from '../../src/view/view.js';
import { openParts, type Parts } from './parts.js';

type Point = readonly [re: bigint, im: bigint];

/** Bits behind the point: far more than any double here has. */
const BITS = 520;

/** A double without rounding, unless it is below 2^-400. */
function exact(value: number): bigint {
  const shift = 500;
  return BigInt(Math.trunc(value * 2 ** shift)) << BigInt(BITS - shift);
}

const toNumber = (value: bigint) => Number(value >> BigInt(BITS - 300)) / 2 ** 300;

function iterate([zr, zi]: Point, [cr, ci]: Point, { step, power }: Formula, count: number): Point {
  const abs = (v: bigint) => (v < 0n ? -v : v);
  let [x, y] = [zr, zi];
  for (let n = 0; n < count; n++) {
    const [fx, fy] = step === 'burning-ship' ? [abs(x), abs(y)] : [x, step === 'tricorn' ? -y : y];
    let [px, py] = [fx, fy];
    for (let k = 1; k < power; k++) {
      [px, py] = [(px * fx - py * fy) >> BigInt(BITS), (px * fy + py * fx) >> BigInt(BITS)];
    }
    [x, y] = [px + cr, py + ci];
  }
  return [x, y];
}

/** A point of the disc of radius r around (x, y): `turn` of a whole turn, at `part` of the radius. */
function within([x, y]: Point, r: number, turn: number, part: number): Point {
  // A little less than r, so that the last bits of sine and cosine keep the point in the disc.
  const length = r * part * (1 - 2 ** -50);
  return [x + exact(length * Math.cos(2 * Math.PI * turn)), y + exact(length * Math.sin(2 * Math.PI * turn))];
}

/** How far a point is from re + i·im, in parts of `radius`. */
function distance([x, y]: Point, re: number, im: number, radius: number): number {
  return Math.hypot(toNumber(x - exact(re)), toNumber(y - exact(im))) / radius;
}

const share = fc.double({ min: 0, max: 1, noNaN: true });
/** Mostly the rim, whose images are the farthest out. */
const part = fc.oneof(fc.constant(1), share);
const powerOfTen = (from: number, to: number) => fc.double({ min: from, max: to, noNaN: true }).map((e) => 10 ** e);
const coordinate = fc.double({ min: -1.2, max: 1.2, noNaN: true });
const samples = fc.array(fc.tuple(share, part, share, part), { minLength: 4, maxLength: 8 });

function memoryOf(pages: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

/** The three numbers that an enclosure was written as. */
function enclosureAt(memory: WebAssembly.Memory, at: number): [re: number, im: number, radius: number] {
  return [...new Float64Array(memory.buffer, at, 3)] as [number, number, number];
}

test('direct iteration: an enclosure contains the images of all points of a disc, for all c of a disc', () => {
  const memory = memoryOf(1);
  const parts = openParts(memory);
  const [proofsAt, resultAt] = [1024, 4096];
  let [finite, tight] = [0, 0];
  fc.assert(
    fc.property(
      fc.record({
        step: fc.constantFrom<Step>('holomorphic', 'burning-ship', 'tricorn'),
        power: fc.integer({ min: 2, max: 8 }),
        z: fc.tuple(coordinate, coordinate),
        c: fc.tuple(coordinate, coordinate),
        r: powerOfTen(-14, -1),
        reach: fc.oneof(fc.constant(0), powerOfTen(-14, -2)),
        period: fc.integer({ min: 1, max: 12 }),
        samples,
      }),
      ({ step, power, z, c, r, reach, period, samples }) => {
        const number = stepNumber(parts, step);
        parts.encloseIterations?.(proofsAt, number, power, ...c, ...z, r, reach, BigInt(period), resultAt);
        const [re, im, radius] = enclosureAt(memory, resultAt);
        if (radius === Infinity) return;
        finite++;
        const [centre, around] = [[exact(z[0]), exact(z[1])] as const, [exact(c[0]), exact(c[1])] as const];
        // Straight outward an image moves farthest.
        const outward = Math.atan2(z[1], z[0]) / (2 * Math.PI);
        for (const [turn, share, turnC, shareC] of [[outward, 1, 0, 0] as const, ...samples]) {
          const image = iterate(
            within(centre, r, turn, share),
            within(around, reach, turnC, shareC),
            { step, power },
            period,
          );
          const far = distance(image, re, im, radius);
          assert.ok(far <= 1, `${far} of the radius ${radius}`);
          if (far > 0.99) tight++;
        }
      },
    ),
    { numRuns: 400 },
  );
  assert.ok(finite > 150 && tight > 20, `${finite} discs, ${tight} points at the rim of the enclosure`);
});

/** A reference with its table in doubles, laid out for the module of the tests. */
function open(formula: Formula, re: string, zoom: string): { shared: SharedReference; parts: Parts; slot: number } {
  const search = locate({ formula, re, im: '0', zoom, aspect: 1, limit: 20_000 });
  let next = search.next();
  while (!next.done) next = search.next();
  assert.ok('re' in next.value, `a nucleus near ${re}`);
  const view: View = {
    ...{ formula, re: next.value.re, im: next.value.im, zoom, rotation: 0, width: 64, height: 36 },
    ...{ iterations: 50_000, bailout: 65536, count: 'smooth', sampling: { kind: 'grid', side: 1 } },
  };
  const order = orderFor(view);
  const shared = shareReference({ ...order, ...iterateReference(order) }, 1);
  const parts = openParts(shared.memory);
  const { table, start, end, underflowAt, underflows } = shared;
  const slot = parts.openSlot?.(regionOf(shared.regionsAt, 0).slotAt) as number;
  parts.setReference?.(
    slot,
    stepNumber(parts, formula.step),
    formula.power,
    0,
    ORBIT_AT,
    start,
    end,
    underflowAt,
    underflows,
  );
  parts.setTables?.(slot, LEVELS_AT, table.first, table.levels.length - 1, EXTENDED_LEVELS_AT, 1, 0);
  for (let level = table.first; level < table.levels.length; level++) {
    const [below, at] = [table.levels[level - 1] as number, table.levels[level] as number];
    parts.buildLevel?.(slot, below, at, level, 0, table.entries[level] as number);
  }
  return { shared, parts, slot };
}

for (const [name, formula, near, zoom] of [
  ['z^2', { step: 'holomorphic', power: 2 }, '-1.68012345', '1e14'],
  ['z^4', { step: 'holomorphic', power: 4 }, '-1.21098765', '1e12'],
  ['burning ship', { step: 'burning-ship', power: 2 }, '-1.68012345', '1e14'],
  ['tricorn', { step: 'tricorn', power: 2 }, '-1.68012345', '1e14'],
] as const) {
  test(`perturbation of ${name}: an enclosure contains the image of a disc after a period: table, single steps, roundings`, () => {
    const { shared, parts, slot } = open(formula, near, zoom);
    const resultAt = regionOf(shared.regionsAt, 0).reAt;
    const period = shared.end;
    assert.ok(period > 8, `a period of ${period}`);
    const fixed = (text: string) => toFixed(parseDecimal(text) as Decimal, BITS);
    const reference: Point = [fixed(shared.re), fixed(shared.im)];
    let [finite, rounded] = [0, 0];
    fc.assert(
      fc.property(
        fc.record({
          z: fc.tuple(powerOfTen(-12, -4), share),
          c: fc.tuple(powerOfTen(-24, -16), share),
          r: powerOfTen(-30, -5),
          rim: fc.oneof(fc.constant(0), powerOfTen(-30, -18)),
          iterations: fc.integer({ min: 1, max: period }),
          samples,
        }),
        ({ z, c, r, rim: asked, iterations, samples }) => {
          // Proofs of formulas that fold are not extended to other c.
          const rim = formula.step === 'holomorphic' ? asked : 0;
          const polar = ([size, turn]: readonly [number, number]) =>
            [size * Math.cos(2 * Math.PI * turn), size * Math.sin(2 * Math.PI * turn)] as const;
          const [[zr, zi], [cr, ci]] = [polar(z), polar(c)];
          if (!parts.enclosePeriod?.(slot, cr, ci, zr, zi, r, rim, BigInt(iterations), resultAt)) return;
          finite++;
          const [re, im, radius] = enclosureAt(shared.memory, resultAt);
          const centre: Point = [exact(zr), exact(zi)];
          const around: Point = [reference[0] + exact(cr), reference[1] + exact(ci)];
          if (distance(iterate(centre, around, formula, iterations), re, im, radius) > 1e-6) rounded++;
          for (const [turn, share, turnC, shareC] of samples) {
            const image = iterate(
              within(centre, r, turn, share),
              within(around, rim, turnC, shareC),
              formula,
              iterations,
            );
            const far = distance(image, re, im, radius);
            assert.ok(far <= 1, `${far} of the radius ${radius} after ${iterations} iterations`);
          }
        },
      ),
      { numRuns: 300 },
    );
    assert.ok(finite > 100 && rounded > 10, `${finite} discs, ${rounded} with errors that show`);
  });
}
