/** Metrics of the runtime, during known activity. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { wellFormed } from '../../src/metrics/metric.js';
import { type RuntimeMetrics, runtimeMetrics, startRuntimeMetrics } from '../../src/metrics/runtime.js';

function value(metrics: RuntimeMetrics, name: string): number {
  const found = metrics.read().find((metric) => metric.name === name);
  assert.ok(found, name);
  return found.value;
}

/** Awaits turns of the event loop until the condition holds. */
async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!holds()) {
    assert.ok(performance.now() < deadline, 'the condition never held');
    await turn();
  }
}

test('forced collections are counted, by generation, and their pauses too', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void;
  const metrics = startRuntimeMetrics();
  try {
    collect();
    collect({ type: 'minor' });
    await until(() => value(metrics, '/gc/cycles/forced:gc-cycles') >= 2);
    const [minor, major] = [value(metrics, '/gc/cycles/minor:gc-cycles'), value(metrics, '/gc/cycles/major:gc-cycles')];
    assert.ok(minor >= 1 && major >= 1);
    assert.equal(value(metrics, '/gc/cycles/total:gc-cycles'), minor + major);
    assert.ok(value(metrics, '/gc/pauses:seconds{count}') >= 2);
    assert.ok(value(metrics, '/gc/pauses:seconds{max}') > 0);
    assert.ok(value(metrics, '/gc/pauses:seconds{sum}') >= value(metrics, '/gc/pauses:seconds{max}') * 0.99);
  } finally {
    metrics.stop();
  }
});

test('allocating makes V8 collect by itself', async () => {
  const metrics = startRuntimeMetrics();
  let kept: unknown[] = [];
  try {
    await until(() => {
      kept = Array.from({ length: 50_000 }, (_, i) => ({ i }));
      return value(metrics, '/gc/cycles/automatic:gc-cycles') > 0;
    });
  } finally {
    metrics.stop();
  }
  assert.equal(kept.length, 50_000);
});

test('a blocked event loop shows as latency, an undisturbed tick does not count its own period', async () => {
  const metrics = startRuntimeMetrics();
  try {
    await until(() => value(metrics, '/sched/latencies:seconds{count}') >= 1);
    const end = performance.now() + 300;
    while (performance.now() < end);
    await until(() => value(metrics, '/sched/latencies:seconds{max}') >= 0.2);
    // With its period of 10 ms in it, no quantile could ever come so low.
    await until(() => value(metrics, '/sched/latencies:seconds{p50}') < 0.008);
    assert.ok(value(metrics, '/sched/loop/active:seconds') >= 0.3);
  } finally {
    metrics.stop();
  }
});

test('the figures of the process are real and consistent', () => {
  const of = Object.fromEntries(runtimeMetrics().map(({ name, value }) => [name, value]));
  const get = (name: string) => of[name] ?? assert.fail(name);
  assert.ok(get('/memory/classes/heap/objects:bytes') > 1e6);
  const sum = get('/memory/classes/heap/objects:bytes') + get('/memory/classes/heap/unused:bytes');
  assert.equal(sum, get('/memory/classes/heap/total:bytes'));
  assert.ok(
    get('/process/memory/resident-max:bytes') >= get('/memory/classes/total:bytes') / 2,
    'kilobytes, not bytes',
  );
  assert.ok(get('/process/memory/resident-max:bytes') < 1e11);
  assert.ok(get('/cpu/classes/user:cpu-seconds') > 0 && get('/cpu/classes/user:cpu-seconds') < 1000);
});

test('CPU time adds up: what there was is what was used and what was idle', async () => {
  const metrics = startRuntimeMetrics();
  try {
    const end = performance.now() + 50;
    while (performance.now() < end);
    const of = Object.fromEntries(metrics.read().map(({ name, value }) => [name, value]));
    const get = (name: string) => of[name] ?? assert.fail(name);
    const cores = get('/sched/gomaxprocs:threads');
    assert.equal(cores, availableParallelism());
    const [total, idle] = [get('/cpu/classes/total:cpu-seconds'), get('/cpu/classes/idle:cpu-seconds')];
    const used = get('/cpu/classes/user:cpu-seconds') + get('/cpu/classes/system:cpu-seconds');
    assert.ok(Math.abs(total - cores * get('/process/uptime:seconds')) < 1e-9);
    assert.ok(used >= 0.02, 'the loop above used a core');
    assert.ok(Math.abs(idle - Math.max(0, total - used)) < 1e-9);
    assert.ok(get('/cpu/classes/gc/total:cpu-seconds') <= used);
    assert.equal(get('/cpu/classes/gc/total:cpu-seconds'), get('/gc/pauses:seconds{sum}'));
    const heap = get('/memory/classes/heap/total:bytes');
    assert.equal(get('/memory/classes/other:bytes'), Math.max(0, get('/memory/classes/total:bytes') - heap));
  } finally {
    metrics.stop();
  }
});

test('every metric is well-formed, at once and after the stop', () => {
  const metrics = startRuntimeMetrics();
  const first = metrics.read();
  metrics.stop();
  for (const metric of [...first, ...metrics.read()]) assert.ok(wellFormed(metric), `${metric.name} ${metric.value}`);
});

test('observers do not keep the process alive', () => {
  const runtime = new URL('../../src/metrics/runtime.js', import.meta.url).href;
  const code = `import { startRuntimeMetrics } from '${runtime}'; startRuntimeMetrics(); console.log('started');`;
  const child = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    timeout: 20_000,
    encoding: 'utf8',
  });
  assert.deepEqual([child.stdout, child.status, child.signal], ['started\n', 0, null]);
});
