/** A worker in this process, reached over gRPC by jobs of this process. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { AppEvent } from '../../src/app/events.js';
import { render } from '../../src/app/render.js';
import { type RunningWorker, startWorker } from '../../src/app/worker.js';
import { parseHostfile } from '../../src/cluster/hostfile.js';
import { FractalError } from '../../src/errors.js';
import { folder } from '../e2e/processes.js';
import { inProcess, localWorkers, never, orderOf, recorder } from './orders.js';

const BOUNDED = { timeout: 60_000 };
const OPTIONS = {
  port: 0,
  host: '127.0.0.1',
  slots: 1,
  kernel: 'auto',
  access: {},
  sceneBytes: 2 ** 28,
  drainSeconds: 20,
} as const;
const VIEW = { xpos: '-0.7436', ypos: '0.1318', zoom: '300', iters: '600' };

/** Ended after the test. */
async function started(t: TestContext, emit: (event: AppEvent) => void = () => undefined, more = {}) {
  const controller = new AbortController();
  const worker = await startWorker({ ...OPTIONS, ...more }, { emit, signal: controller.signal });
  t.after(async () => {
    controller.abort();
    await worker.ended.catch(() => undefined);
  });
  return { worker, stop: (reason: unknown) => controller.abort(reason) };
}

function reaching(...workers: RunningWorker[]) {
  const lines = workers.map(({ address: { host, port } }) => `${host} port=${port}`);
  return { hosts: parseHostfile(lines.join('\n'), 'hosts'), access: {} };
}

const states = (events: readonly AppEvent[]) => events.flatMap((e) => (e.kind === 'worker' ? [e.state] : []));

test('a job over gRPC has the bytes of one in the process; drained, the worker ends', BOUNDED, async (t) => {
  const at = folder(t);
  const { emit, events } = recorder();
  const { worker } = await started(t, emit);
  const remote = orderOf({ ...VIEW, outfile: join(at, 'remote.png') });
  await render(remote, reaching(worker), { emit: () => undefined, signal: never });
  const local = orderOf({ ...VIEW, outfile: join(at, 'local.png') });
  await render(local, inProcess(localWorkers(t, 1)), { emit: () => undefined, signal: never });
  assert.ok(readFileSync(join(at, 'remote.png')).equals(readFileSync(join(at, 'local.png'))));
  worker.drain();
  worker.drain();
  await worker.ended;
  assert.ok(worker.drained);
  assert.deepEqual(states(events), ['connected', 'job-begun', 'scene', 'job-done', 'draining', 'ended']);
  const done = events.find((e) => e.kind === 'worker' && e.state === 'job-done');
  assert.ok(done?.kind === 'worker' && done.state === 'job-done' && done.shards > 0 && done.metrics.length > 10);
});

test('two workers in one process, and a job on each at the same time', BOUNDED, async (t) => {
  const at = folder(t);
  const workers = [(await started(t)).worker, (await started(t)).worker];
  const jobs = workers.map((worker, k) => {
    const order = orderOf({ ...VIEW, outfile: join(at, `${k}.png`) });
    return render(order, reaching(worker), { emit: () => undefined, signal: never });
  });
  await Promise.all(jobs);
  assert.ok(readFileSync(join(at, '0.png')).equals(readFileSync(join(at, '1.png'))));
});

test('an abort ends a worker at once, with the reason; one before it listens, too', BOUNDED, async (t) => {
  const { worker, stop } = await started(t);
  const reason = new Error('enough');
  stop(reason);
  await assert.rejects(worker.ended, (error) => error === reason);
  for (const stage of ['kernel', 'open']) {
    const controller = new AbortController();
    const emit = (event: AppEvent) => {
      if (event.kind === 'stage' && event.stage === stage && event.state === 'begun') controller.abort(reason);
    };
    await assert.rejects(startWorker(OPTIONS, { emit, signal: controller.signal }), (error) => error === reason, stage);
  }
});

test('a port in use, and a leader that does not answer, have codes', BOUNDED, async (t) => {
  const { worker } = await started(t);
  const code = (expected: string) => (error: unknown) => error instanceof FractalError && error.code === expected;
  const taken = { ...OPTIONS, port: worker.address.port };
  await assert.rejects(startWorker(taken, { emit: () => undefined, signal: never }), code('PORT_IN_USE'));
  const { emit, events } = recorder();
  const unregistered = await started(t, emit, { join: { host: '127.0.0.1', port: 1 }, retries: 0 });
  await assert.rejects(unregistered.worker.ended, code('NO_LEADER'));
  assert.deepEqual(states(events), ['notice', 'draining', 'ended']);
});
