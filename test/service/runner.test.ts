/** Which jobs run, and what becomes of them: on a queue in memory, with runs that the tests end. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FractalError } from '../../src/errors.js';
import type { Job, JobState, Submission } from '../../src/service/job.js';
import { command, revise } from '../../src/service/life.js';
import { type Runner, startRunner } from '../../src/service/runner.js';
import { emptyMemory, type Memory, type MemoryQueue, memoryQueue } from './memory-queue.js';
import { type TestRuns, testRuns, until } from './runs.js';

const BOUNDED = { timeout: 60_000 };

interface World {
  readonly queue: MemoryQueue;
  readonly runner: Runner;
  readonly runs: TestRuns;
  readonly clock: { time: number };
  submit(more?: Partial<Submission>): Promise<Job>;
  stateOf(id: string): Promise<JobState | undefined>;
  reaches(id: string, state: JobState): Promise<Job>;
}

async function world(atMost: number, memory: Memory = emptyMemory(), service = 'one'): Promise<World> {
  const clock = { time: 1_000 };
  const now = () => clock.time;
  const queue = memoryQueue(memory, { service, now });
  const runs = testRuns();
  const failed = (error: unknown) => assert.fail(String(error));
  const runner = await startRunner({ queue, service, start: runs.start, atMost, now, failed });
  const stateOf = async (id: string) => (await queue.get(id))?.state;
  return {
    ...{ queue, runner, runs, clock, stateOf },
    async submit(more = {}) {
      const submission = { order: {}, priority: 50, owner: 'ann', ...more };
      return (await queue.accept(submission, { mostWaiting: 1_000 })).job;
    },
    async reaches(id, state) {
      await until(async () => (await stateOf(id)) === state);
      return (await queue.get(id)) as Job;
    },
  };
}

test('so many jobs run at once as there are places, the others when these have ended', BOUNDED, async () => {
  const { submit, runs, reaches, stateOf, runner } = await world(2);
  const jobs = [await submit(), await submit(), await submit()];
  const [first, , third] = jobs as [Job, Job, Job];
  (await runs.of((jobs[1] as Job).id)) && (await runs.of(first.id));
  assert.equal(await stateOf(third.id), 'queued');
  (await runs.of(first.id)).succeed([{ name: 'x.png', bytes: 3 }]);
  assert.deepEqual((await reaches(first.id, 'succeeded')).outputs, [{ name: 'x.png', bytes: 3 }]);
  (await runs.of(third.id)).fail(new FractalError('DISK', 'it is full'));
  assert.deepEqual((await reaches(third.id, 'failed')).error, { code: 'DISK', message: 'it is full' });
  const closed = runner.close();
  (await runs.of((jobs[1] as Job).id)).endStopped();
  await closed;
});

test('a job is paused, goes on, and is cancelled while it runs', BOUNDED, async () => {
  const { submit, runs, reaches, queue } = await world(1);
  const { id } = await submit();
  const first = await runs.of(id);
  first.reports.progress({ framesDone: 0, frames: 1, samplesDone: 7, samples: 9, slots: 2 });
  await queue.change(id, (job) => command(job, 'pause', 0));
  await until(() => first.stops.includes('pause'));
  first.endStopped();
  assert.equal((await reaches(id, 'paused')).progress?.samplesDone, 7);
  await queue.change(id, (job) => command(job, 'resume', 0));
  await until(() => runs.all.length === 2);
  const second = await runs.of(id);
  await queue.change(id, (job) => command(job, 'cancel', 0));
  await until(() => second.stops.includes('cancel'));
  second.succeed([{ name: 'late.png', bytes: 1 }]);
  assert.deepEqual((await reaches(id, 'cancelled')).outputs, []);
});

test('a job that is resumed before it has paused is run again', BOUNDED, async () => {
  const { submit, runs, queue, reaches } = await world(1);
  const { id } = await submit();
  const first = await runs.of(id);
  await queue.change(id, (job) => command(job, 'pause', 0));
  await queue.change(id, (job) => command(job, 'resume', 0));
  await until(() => first.stops.includes('pause'));
  first.endStopped();
  await until(() => runs.all.length === 2);
  (await runs.of(id)).succeed();
  assert.equal((await reaches(id, 'succeeded')).attempt, 2);
});

test('a job that is requeued while its cancelled run still ends begins after that', BOUNDED, async () => {
  const { submit, runs, queue, reaches, stateOf } = await world(2);
  const { id } = await submit();
  const first = await runs.of(id);
  await queue.change(id, (job) => command(job, 'cancel', 0));
  await queue.change(id, (job) => command(job, 'requeue', 0));
  await until(() => first.stops.includes('cancel'));
  assert.deepEqual([await stateOf(id), runs.all.length], ['queued', 1]);
  first.succeed([{ name: 'old.png', bytes: 1 }]);
  await until(() => runs.all.length === 2);
  (await runs.of(id)).succeed([{ name: 'new.png', bytes: 1 }]);
  assert.equal((await reaches(id, 'succeeded')).outputs[0]?.name, 'new.png');
});

test('a running job gets its new priority', BOUNDED, async () => {
  const { submit, runs, queue } = await world(1);
  const { id } = await submit();
  const run = await runs.of(id);
  await queue.change(id, (job) => revise(job, { priority: 90 }));
  await until(() => run.revisions.some(({ priority }) => priority === 90));
});

test('the highest priority begins first, then the owner that has used least, then the oldest', BOUNDED, async () => {
  const { submit, runs, clock } = await world(1);
  await submit({ owner: 'busy' });
  await until(() => runs.all.length === 1);
  for (const owner of ['ann', 'ann', 'ann', 'bob', 'bob']) await submit({ owner });
  await submit({ owner: 'ann', priority: 60 });
  for (let k = 0; k < 7; k++) {
    await until(() => runs.all.length === k + 1);
    clock.time += 10_000;
    runs.all[k]?.succeed();
  }
  const order = runs.all.slice(1).map(({ job }) => `${job.owner} ${job.priority}`);
  assert.deepEqual(order, ['ann 60', 'bob 50', 'ann 50', 'bob 50', 'ann 50', 'ann 50']);
});

test('a job whose deadline has passed fails, before it runs and while it runs', BOUNDED, async () => {
  const { submit, runs, reaches, clock } = await world(1);
  const late = await submit({ deadline: 500 });
  assert.equal((await reaches(late.id, 'failed')).error?.code, 'TIMEOUT');
  assert.equal(runs.all.length, 0);
  // Time passes while it begins: its timer is over at once.
  const { id } = await submit({ deadline: 1_002 });
  const run = await runs.of(id);
  clock.time = 2_000;
  await until(() => run.stops.includes('cancel'));
  run.endStopped();
  assert.match((await reaches(id, 'failed')).error?.message ?? '', /deadline, 1970-01-01T00:00:01.002Z/);
});

test('jobs that run when the service ends keep their state, and go on in the next one', BOUNDED, async () => {
  const memory = emptyMemory();
  const first = await world(2, memory, 'one');
  const [one, two] = [await first.submit(), await first.submit()];
  const runs = [await first.runs.of(one.id), await first.runs.of(two.id)];
  await first.queue.change(two.id, (job) => command(job, 'pause', 0));
  const closed = first.runner.close();
  await until(() => runs.every(({ stops }) => stops.includes('close')));
  for (const run of runs) run.endStopped();
  await closed;
  assert.deepEqual([await first.stateOf(one.id), await first.stateOf(two.id)], ['running', 'pausing']);
  const second = await world(2, memory, 'two');
  await second.runs.of(one.id);
  assert.equal(await second.stateOf(two.id), 'paused');
});

test('after kills at 1,000 random moments every accepted job has succeeded, once', BOUNDED, async () => {
  let kills = 0;
  const steps = fc.array(fc.nat({ max: 25 }), { minLength: 10, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(steps, fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 12 }), async (moments, owners) => {
      const memory = emptyMemory();
      const accepted: string[] = [];
      const left = owners.map((owner, k) => ({ owner: `owner ${owner}`, order: { zoom: `${k}` } }));
      for (const [k, moment] of moments.entries()) {
        const { queue, runs, submit } = await world(2, memory, `service ${k}`);
        const next = left.shift();
        if (next) void submit(next).then(({ id }) => accepted.push(id));
        for (let turn = 0; turn < moment; turn++) {
          await new Promise(setImmediate);
          runs.all[turn % 3]?.succeed([{ name: `${turn}.png`, bytes: turn }]);
        }
        queue.kill();
        kills++;
      }
      const last = await world(2, memory, 'the last');
      for (const one of left) accepted.push((await last.submit(one)).id);
      const ended = () => [...memory.jobs.values()].every(({ state }) => state === 'succeeded');
      await until(() => {
        for (const run of last.runs.all) run.succeed();
        return ended();
      });
      assert.deepEqual(
        accepted.filter((id) => !memory.jobs.has(id)),
        [],
        'none is lost',
      );
      const orders = [...memory.jobs.values()].map(({ order }) => order.zoom);
      assert.equal(new Set(orders).size, orders.length, 'none is doubled');
      for (const events of memory.events.values()) {
        const ends = events.filter((event) => event.kind === 'state' && event.state === 'succeeded');
        assert.equal(ends.length, 1);
      }
      await last.runner.close();
    }),
    { numRuns: 100 },
  );
  assert.ok(kills >= 1_000);
});

test('a job whose claim was stored, though its answer was lost, runs once', BOUNDED, async () => {
  const memory = emptyMemory();
  const queue = memoryQueue(memory, { service: 'one', now: () => 0 });
  const runs = testRuns();
  const failures: unknown[] = [];
  let isLost = false;
  const change: typeof queue.change = async (...words) => {
    const job = await queue.change(...words);
    if (isLost || job?.state !== 'running') return job;
    isLost = true;
    throw new FractalError('QUEUE_AWAY', 'lost');
  };
  const failed = (error: unknown) => failures.push(error);
  const lossy = { ...queue, change };
  const runner = await startRunner({
    queue: lossy,
    service: 'one',
    start: runs.start,
    atMost: 2,
    now: () => 0,
    failed,
  });
  const { job } = await queue.accept({ order: {}, priority: 50, owner: 'ann' }, { mostWaiting: 9 });
  (await runs.of(job.id)).succeed();
  await until(() => memory.jobs.get(job.id)?.state === 'succeeded');
  assert.deepEqual([runs.all.length, memory.jobs.get(job.id)?.attempt, failures.length], [1, 1, 1]);
  await runner.close();
});
