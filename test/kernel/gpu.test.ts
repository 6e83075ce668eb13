/** The cpu kernel on gpu.js against exact values, and the probe for a GPU. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openCpu } from '../../src/kernel/gpu/open.js';
import { probeGpu } from '../../src/kernel/gpu/probe.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import type { View } from '../../src/view/view.js';
import { golden, named, pixel, tooDeep, viewOf } from './gpu-golden.js';

describe('the cpu kernel of gpu.js', () => {
  let cpu: Kernel;
  before(async () => {
    cpu = await openCpu();
  });
  after(() => cpu.close());

  for (const g of golden) {
    // z and the count are f64 all the way; |z|^2 comes back as f32, which moves nu by less than 1e-7. The rest is what
    // f64 does to a long orbit, and the same for every f64 kernel.
    test(`gives nu within 0.005 of the exact value: ${g.id}`, async () => {
      for (const p of g.pixels) {
        const { nu } = await cpu.compute(viewOf(g), pixel(p.x, p.y));
        if (p.nu === null) assert.equal(nu[0], Number.POSITIVE_INFINITY, `pixel ${p.x},${p.y}`);
        else assert.ok(Math.abs(nu[0]! - p.nu) < 0.005, `pixel ${p.x},${p.y}: ${nu[0]}, exactly ${p.nu}`);
      }
    });
  }

  test('counts whole iterations up to the first |z| > 2', async () => {
    for (const id of ['default', 'julia', 'burning-ship-power3']) {
      for (const p of named(id).pixels) {
        const { nu } = await cpu.compute({ ...viewOf(named(id)), count: 'whole' }, pixel(p.x, p.y));
        assert.equal(nu[0], p.n ?? Number.POSITIVE_INFINITY);
      }
    }
  });

  test('gives the samples of a rectangle in rows, the same ones for any rectangle and other points in the batch', async () => {
    const view: View = { ...viewOf(named('tricorn')), sampling: { kind: 'jittered', count: 3, seed: 7 } };
    const rect = { x: 300, y: 200, width: 40, height: 30 };
    const [whole, again] = await Promise.all([cpu.compute(view, rect), cpu.compute(view, rect)]);
    assert.equal(whole.nu.length, 40 * 30 * 3);
    assert.deepEqual(again, whole);
    const { nu } = await cpu.compute(view, { x: 317, y: 211, width: 2, height: 1 });
    const at = (11 * 40 + 17) * 3;
    assert.deepEqual(nu, whole.nu.subarray(at, at + 6));
  });

  test('goes on past the limit for a point that has left |z| <= 2 there', async () => {
    const p = named('default').pixels.find(({ n }) => n === 37)!;
    const view = viewOf(named('default'));
    const { nu } = await cpu.compute({ ...view, iterations: 37 }, pixel(p.x, p.y));
    assert.ok(Math.abs(nu[0]! - p.nu!) < 0.005);
    const { nu: before } = await cpu.compute({ ...view, iterations: 36 }, pixel(p.x, p.y));
    assert.equal(before[0], Number.POSITIVE_INFINITY);
  });

  test('takes any bailout without overflow: nu stays what it is', async () => {
    for (const id of ['default', 'mandelbrot-power5', 'julia']) {
      const p = named(id).pixels.find(({ nu }) => nu !== null)!;
      for (const bailout of [256, 2 ** 20, 1e200]) {
        const { nu } = await cpu.compute({ ...viewOf(named(id)), bailout }, pixel(p.x, p.y));
        assert.ok(Math.abs(nu[0]! - p.nu!) < 0.005, `bailout ${bailout}: ${nu[0]}, exactly ${p.nu}`);
      }
    }
  });

  test('gives points far outside their finite count', async () => {
    const far: View = { ...viewOf(named('default')), zoom: '1e-60' };
    const { nu } = await cpu.compute(far, pixel(0, 0));
    assert.ok(Number.isFinite(nu[0]));
  });

  test('refuses a view below the precision of a double', async () => {
    await assert.rejects(cpu.compute({ ...viewOf(named('default')), zoom: '1e14' }, pixel(0, 0)), tooDeep);
  });
});

test('a probe answers within its time, whatever the drivers do', { timeout: 30_000 }, async () => {
  const none = await probeGpu(1);
  for (const probed of [none.webgpu, none.headlessgl]) {
    assert.equal(probed.ok, false);
    assert.ok(!probed.ok && probed.reason.length > 0 && probed.remedy.length > 0);
  }
});
