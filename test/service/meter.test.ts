import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type MeterOptions, openMeter } from '../../src/service/meter.js';
import { Series } from '../../src/service/series.js';

const FOUND: MeterOptions = { waiting: async () => 3, now: () => Date.now(), failed: assert.fail };

test('a series of any length has its first and latest point, in order, and a bounded number of them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 1, max: 20 }), (count, half) => {
      const series = new Series<number>(2 * half);
      for (let k = 0; k < count; k++) series.add(k);
      const { values } = series;
      assert.equal(values[0], 0);
      assert.equal(values.at(-1), count - 1);
      assert.ok(values.length <= 2 * half + 1);
      if (count > 2 * half) assert.ok(values.length > half);
      assert.deepEqual(
        [...values].sort((a, b) => a - b),
        values,
      );
    }),
  );
});

test('rates are of the work between two points, that of an ended run included', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'Date'], now: 1_000_000 });
  const meter = openMeter(FOUND);
  t.after(() => meter.close());
  const point = async () => {
    const measured = new Promise<void>((resolve) => {
      const off = meter.watch(() => {
        off();
        resolve();
      });
    });
    t.mock.timers.tick(2_000);
    await measured;
  };
  let samples = 0;
  meter.begun('a', () => [{ name: 'w:1', shards: samples / 100, samples, busySeconds: samples / 1000 }]);
  samples = 1_000;
  await point();
  assert.deepEqual(meter.workers().get('w:1'), { samplesPerSecond: 500, busySlots: 0.5 });
  assert.deepEqual(meter.recent.at(-1), {
    ...{ time: 1_002_000, waiting: 3, running: 1, samplesPerSecond: 500, busySlots: 0.5 },
  });
  samples = 4_000;
  meter.ended('a');
  await point();
  assert.equal(meter.recent.at(-1)?.samplesPerSecond, 1_500);
  assert.equal(meter.recent.at(-1)?.running, 0);
  await point();
  assert.equal(meter.recent.at(-1)?.samplesPerSecond, 0);
  assert.deepEqual(meter.jobs('a')?.workers, [{ name: 'w:1', shards: 40, samples: 4_000, busySeconds: 4 }]);
  assert.deepEqual(
    meter.jobs('a')?.points.map(({ shards }) => shards),
    [0, 10, 40],
  );
  assert.equal(meter.jobs('b'), undefined);
});

test('ten minutes, a day and two hundred ended jobs are kept', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'Date'], now: 0 });
  const meter = openMeter(FOUND);
  t.after(() => meter.close());
  for (let k = 0; k < 300; k++) {
    meter.begun(`job${k}`, () => []);
    meter.ended(`job${k}`);
  }
  const kept = Array.from({ length: 300 }, (_, k) => k).filter((k) => meter.jobs(`job${k}`));
  assert.ok(kept.length <= 201 && kept.includes(299), String(kept.length));
  for (let k = 0; k < 450; k++) {
    t.mock.timers.tick(2_000);
    await Promise.resolve();
    await new Promise(setImmediate);
  }
  assert.equal(meter.recent.length, 300);
  assert.equal(meter.day.length, 3);
});
