/** The layout of memory that the WebAssembly modules and their host share. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openPerturbation } from '../../src/kernel/perturbation/kernel.js';
import { layoutOf, ORBIT_AT, PERTURBATION, regionOf } from '../../src/kernel/perturbation/layout.js';
import { iterateReference, orderFor } from '../../src/kernel/perturbation/reference.js';
import { sharedBytes, shareReference } from '../../src/kernel/perturbation/shared-reference.js';
import { compileSimd, openSimd } from '../../src/kernel/simd.js';
import { abort, constantsOf, stepNumber } from '../../src/kernel/wasm.js';
import type { Step, View } from '../../src/view/view.js';
import { readGolden } from '../golden.js';

const PAGE = 65536;

function exportsOf(url: URL): Record<string, unknown> {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  return new WebAssembly.Instance(new WebAssembly.Module(readFileSync(url)), { env: { memory, abort } }).exports;
}

const direct = exportsOf(new URL('../../src/kernel/direct.wasm', import.meta.url));
const perturbation = exportsOf(PERTURBATION);
const orbit = exportsOf(new URL('../../src/kernel/perturbation/orbit.wasm', import.meta.url));

test('all modules number the steps of formulas alike, and agree on the underflow list', () => {
  for (const step of ['holomorphic', 'burning-ship', 'tricorn'] satisfies Step[]) {
    const numbers = [direct, perturbation, orbit].map((exports) => stepNumber(exports, step));
    assert.deepEqual(numbers, Array(3).fill(numbers[0]), step);
  }
  const [written, read] = [orbit, perturbation].map((exports) => constantsOf(exports, ['UNDERFLOW_BYTES']));
  assert.deepEqual(written, read);
  assert.throws(() => constantsOf(direct, ['NOTHING']), /exports no NOTHING/);
});

/** A deep view, so that both tables are there, and one of a formula with real matrices. */
const views = [
  { id: 'mandelbrot-1e320', formula: { step: 'holomorphic', power: 2 } },
  { id: 'burning-ship-1e320', formula: { step: 'burning-ship', power: 2 } },
] as const;

for (const { id, formula } of views) {
  const place = readGolden('deep-formulas.json').find((one) => one.id === id);
  assert.ok(place);
  const { re, im, zoom, iterations } = place;
  const view: View = {
    ...{ formula, re, im, zoom, iterations, width: 32, height: 18, rotation: 0, distance: true },
    ...{ bailout: 65536, count: 'smooth', sampling: { kind: 'grid', side: 1 } },
  };

  test(`${id}: the parts of a shared memory follow one another, and fill it`, () => {
    const order = orderFor(view);
    const reference = { ...order, ...iterateReference(order) };
    const layout = layoutOf(reference);
    const [one, two] = [regionOf(layout.regionsAt, 0), regionOf(layout.regionsAt, 1)];
    const { underflowAt, table, extendedTable } = layout;
    assert.ok(extendedTable);
    const parts = [ORBIT_AT, underflowAt, table.levels[table.first], extendedTable.levels[extendedTable.first]];
    const region = [one.slotAt, one.reAt, one.imAt, one.nuAt, one.errorBitsAt, one.distanceAt, one.statusAt, one.end];
    const places = [...parts, layout.regionsAt, ...region, two.slotAt, two.end].map((at) => at as number);
    assert.deepEqual(
      places.toSorted((a, b) => a - b),
      places,
    );
    assert.deepEqual([one.slotAt, one.end], [layout.regionsAt, two.slotAt]);
    assert.ok([one.slotAt, two.slotAt].every((at) => at % 16 === 0));
    assert.equal(sharedBytes(reference, 2), two.end);
  });

  test(`${id}: a slot writes to its own region alone`, () => {
    const order = orderFor(view);
    const shared = shareReference({ ...order, ...iterateReference(order) }, 3);
    const compute = openPerturbation(shared, 1);
    const rect = { x: 3, y: 2, width: 20, height: 12 };
    compute(view, { ...rect, width: 1, height: 1 });
    const bytes = () => new Uint8Array(shared.memory.buffer).slice();
    const [from, to] = [regionOf(shared.regionsAt, 1).slotAt, regionOf(shared.regionsAt, 1).end];
    const before = bytes();
    before.fill(0xa5, to, before.length);
    new Uint8Array(shared.memory.buffer).set(before.subarray(to), to);
    compute(view, rect);
    const after = bytes();
    assert.ok(Buffer.compare(before.subarray(0, from), after.subarray(0, from)) === 0, 'before the region');
    assert.ok(Buffer.compare(before.subarray(to), after.subarray(to)) === 0, 'behind the region');
    assert.ok(Buffer.compare(before.subarray(from, to), after.subarray(from, to)) !== 0, 'in the region');
  });
}

test('slots of direct iteration write to their own regions alone, and their proofs are separate', async () => {
  const shared = compileSimd(2);
  const [one, other] = [openSimd(shared, 0), openSimd(shared, 1)];
  const alone = openSimd();
  const view: View = {
    ...{ formula: { step: 'holomorphic', power: 2 }, re: '-0.7454286', im: '0.1130089', zoom: '1308000' },
    ...{ rotation: 0, width: 64, height: 36, iterations: 20_000, bailout: 256, count: 'smooth' },
    sampling: { kind: 'grid', side: 1 },
  };
  const rect = { x: 0, y: 0, width: 64, height: 36 };
  const expected = await alone.compute(view, rect);
  await other.compute({ ...view, re: '-0.5', im: '0', zoom: '1' }, rect);
  const bytes = () => new Uint8Array(shared.memory.buffer).slice(PAGE + shared.regionBytes);
  const before = bytes();
  const found = await one.compute(view, rect);
  assert.deepEqual([...found.nu], [...expected.nu]);
  assert.equal(found.iterations, expected.iterations);
  assert.ok(Buffer.compare(before, bytes()) === 0, 'the region of the other slot');
});
