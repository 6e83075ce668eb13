/** Rectangles beyond the edges of their view: keyframes of films have such. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPerturbation, shareReference } from '../../src/kernel/perturbation/kernel.js';
import { iterateReference, orderFor } from '../../src/kernel/perturbation/reference.js';
import { openSimd } from '../../src/kernel/simd.js';
import { BLOCK } from '../../src/shard/block.js';
import type { View } from '../../src/view/view.js';

const view: View = {
  ...{ formula: { step: 'holomorphic', power: 2 }, rotation: 30, width: 64, height: 32, iterations: 4036 },
  ...{ re: '-1.759817130804847813610825010561798238244', im: '-0.01259331079974986538374663184326485845034' },
  ...{ zoom: '2e13', bailout: 65536, count: 'smooth', sampling: { kind: 'grid', side: 1 } },
};

/** The same points: twice as high, half the zoom, and wider by whole blocks. */
function larger(of: View): View {
  return { ...of, width: 2 * of.width, height: 2 * of.height, zoom: String(Number(of.zoom) / 2) };
}

const [right, down] = [view.width / 2, view.height / 2];
/** Some of it to the left of the view and above, cutting through blocks; and some to the right and below. */
const rects = [
  { x: -27, y: -13, width: 40, height: 21 },
  { x: view.width - 5, y: view.height - 9, width: 30, height: 25 },
];

test('samples beyond the edges are those of a larger view, to the bit, iterated directly', async () => {
  const { compute } = openSimd();
  const shallow = { ...view, re: '-0.7436438870371587', im: '0.13182590420531197', zoom: '1000' };
  for (const rect of rects) {
    const beyond = await compute(shallow, rect);
    const within = await compute(larger(shallow), { ...rect, x: rect.x + right, y: rect.y + down });
    assert.deepEqual(beyond.nu, within.nu);
    assert.ok(new Set(beyond.nu).size > 100);
  }
});

test('samples beyond the edges are those of a larger view, to the bit, perturbed', () => {
  assert.equal(right % BLOCK, 0);
  assert.equal(down % BLOCK, 0);
  const order = orderFor(view);
  const compute = openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
  for (const rect of rects) {
    const beyond = compute(view, rect);
    const within = compute(larger(view), { ...rect, x: rect.x + right, y: rect.y + down });
    assert.deepEqual(beyond.nu, within.nu);
    assert.ok(new Set(beyond.nu).size > 100);
  }
});
