/** How much work there is: sums, and the estimates of jobs that wait. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEstimates } from '../../src/service/estimates.js';
import type { Job, Order } from '../../src/service/job.js';
import { begin, command } from '../../src/service/life.js';
import { workOf } from '../../src/service/work.js';
import { emptyMemory, memoryQueue } from './memory-queue.js';
import { until } from './runs.js';

const BOUNDED = { timeout: 60_000 };
const JOB: Job = {
  ...{ id: 'a', version: 1, state: 'running', attempt: 1, submittedAt: 0, outputs: [] },
  ...{ order: {}, priority: 50, owner: 'ann' },
};
const PROGRESS = { framesDone: 0, frames: 1, samplesDone: 5, samples: 10, slots: 1 };

function opened(seconds: (order: Order) => number | Promise<number>) {
  const queue = memoryQueue(emptyMemory(), { service: 'one', now: () => 0 });
  let closed = false;
  const estimator = { of: async (order: Order) => seconds(order), close: () => void (closed = true) };
  const failed = (error: unknown) => assert.fail(String(error));
  return {
    ...{ queue, isClosed: () => closed },
    start: () => startEstimates({ queue, estimator, failed }),
    async submit(order: Order = {}) {
      return (await queue.accept({ order, priority: 50, owner: 'ann' }, { mostWaiting: 100 })).job;
    },
  };
}

test('work is what is queued, and what is left of jobs that run; unknown jobs count as the mean of the others', () => {
  const waiting = [
    { state: 'queued', owner: 'ann', jobs: 3, estimated: 2, coreSeconds: 30 },
    { state: 'queued', owner: 'constructor', jobs: 1, estimated: 0, coreSeconds: 0 },
    { state: 'paused', owner: 'ann', jobs: 1, estimated: 1, coreSeconds: 6 },
  ] as const;
  const running = [
    { ...JOB, progress: { ...PROGRESS, coreSecondsLeft: 4 } },
    { ...JOB, state: 'pausing', estimate: 10, progress: PROGRESS },
  ] as const;
  // (30 + 6 + 4 + 10) / 5 of each unknown one.
  assert.deepEqual(workOf(waiting, running, 1), {
    ...{ queued: 50, running: 4, paused: 16, unestimated: 2, coreSeconds: 54 },
    owners: { ann: 44, constructor: 10 },
  });
  // What is left of a run is in seconds of the workers already.
  const { queued, running: left, paused, owners } = workOf(waiting, running, 2);
  assert.deepEqual([queued, left, paused, owners], [100, 4, 32, { ann: 84, constructor: 20 }]);
  assert.deepEqual(workOf([], [], 1), { queued: 0, running: 0, paused: 0, coreSeconds: 0, unestimated: 0, owners: {} });
});

test(
  'jobs that wait are estimated one at a time, also those of an earlier service, and others are not',
  BOUNDED,
  async () => {
    let [atOnce, most] = [0, 0];
    const estimated: string[] = [];
    const { queue, submit, start } = opened(async ({ zoom = '' }) => {
      most = Math.max(most, ++atOnce);
      await new Promise(setImmediate);
      estimated.push(zoom);
      atOnce--;
      return Number(zoom);
    });
    const earlier = [await submit({ zoom: '1' }), await submit({ zoom: '2' }), await submit({ zoom: '3' })];
    const [, running, paused] = earlier as [Job, Job, Job];
    await queue.change(running.id, (job) => begin(job, 'one', 0));
    await queue.change(paused.id, (job) => command(job, 'pause', 0));
    const estimates = start();
    const later = await Promise.all(['4', '5'].map((zoom) => submit({ zoom })));
    for (const { id } of later) estimates.add(id);
    await until(async () => (await queue.work()).every((one) => one.estimated === one.jobs));
    assert.deepEqual([estimated.sort(), most], [['1', '3', '4', '5'], 1]);
    const job = (await queue.get((later[0] as Job).id)) as Job;
    assert.deepEqual([job.estimate, job.version], [4, 1], 'the version is that of the submission');
    await estimates.close();
  },
);

test('the pace is that of the latest runs that computed all of their samples', BOUNDED, async () => {
  const { start, isClosed } = opened(() => 1);
  const estimates = start();
  const parts = (busySeconds: number, samples = 10) => [{ name: 'w', shards: 1, samples, busySeconds }];
  assert.equal(estimates.pace, 1);
  estimates.took({ ...JOB, estimate: 10 }, PROGRESS, parts(1, 5));
  estimates.took({ ...JOB, estimate: 10, attempt: 2 }, PROGRESS, parts(1));
  estimates.took({ ...JOB, estimate: 0.01 }, PROGRESS, parts(1));
  estimates.took(JOB, PROGRESS, parts(1));
  assert.equal(estimates.pace, 1, 'nothing is learned from parts, later attempts, the smallest, unknown ones');
  for (const seconds of [20, 30, 1_000]) estimates.took({ ...JOB, estimate: 10 }, PROGRESS, parts(seconds));
  assert.equal(estimates.pace, 3, 'one far off does not count');
  for (let k = 0; k < 32; k++) estimates.took({ ...JOB, estimate: 10 }, PROGRESS, parts(5));
  assert.equal(estimates.pace, 0.5);
  await estimates.close();
  assert.ok(isClosed());
});
