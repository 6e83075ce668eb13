/** The life of a job. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hasEnded, type Job, type JobState, STATES } from '../../src/service/job.js';
import { begin, type Change, COMMANDS, command, ended, expire, failWaiting, revise } from '../../src/service/life.js';
import { newJob } from '../../src/service/submit.js';

const NEW = newJob({ order: {}, priority: 50, owner: 'ann' }, 1_000);
const FILE = { name: 'x.png', bytes: 9 };

/** Brings a new job into a state. */
function jobIn(state: JobState): Job {
  const running = begin(NEW, 'here', 2_000)?.job as Job;
  const done = { kind: 'succeeded', outputs: [FILE] } as const;
  const failed = { kind: 'failed', error: { code: 'DISK', message: 'full' } } as const;
  const made: Record<JobState, () => Job | undefined> = {
    queued: () => NEW,
    running: () => running,
    pausing: () => command(running, 'pause', 3_000)?.job,
    paused: () => command(NEW, 'pause', 3_000)?.job,
    succeeded: () => ended(running, 1, done, 3_000)?.job,
    failed: () => ended(running, 1, failed, 3_000)?.job,
    cancelled: () => command(NEW, 'cancel', 3_000)?.job,
  };
  return made[state]() as Job;
}

/** What each command makes of each state; -: refused, =: as it is. */
const TABLE: Readonly<Record<JobState, string>> = {
  //         pause    resume   cancel     requeue
  queued: '  paused   =        cancelled  -',
  running: ' pausing  =        cancelled  -',
  pausing: ' =        running  cancelled  -',
  paused: '  =        queued   cancelled  -',
  succeeded: '-       -        -          queued',
  failed: '  -        -        -          queued',
  cancelled: '-       -        =          queued',
};

test('each command makes of each state what the table says', () => {
  for (const state of STATES) {
    const row = TABLE[state].trim().split(/\s+/);
    for (const [k, name] of COMMANDS.entries()) {
      const job = jobIn(state);
      assert.equal(job.state, state);
      const wanted = row[k];
      if (wanted === '-') {
        assert.throws(() => command(job, name, 4_000), /^JOB_STATE: .* is not possible for job .*, which is /);
      } else {
        const change = command(job, name, 4_000);
        assert.equal(change?.job.state ?? '=', wanted, `${name} of ${state}`);
      }
    }
  }
});

test('a requeued job has its id, and nothing of its earlier end', () => {
  for (const state of ['succeeded', 'failed', 'cancelled'] as const) {
    const { job } = command(jobIn(state), 'requeue', 9_000) as Change;
    const { version, attempt, ...rest } = job;
    const { version: _, attempt: __, ...before } = NEW;
    const { startedAt, ...now } = rest;
    assert.deepEqual(now, before);
  }
});

test('an attempt that ends late changes nothing', () => {
  const running = jobIn('running');
  const outcome = { kind: 'succeeded', outputs: [FILE] } as const;
  const cancelled = command(running, 'cancel', 3_000)?.job as Job;
  assert.equal(ended(cancelled, 1, outcome, 4_000), undefined);
  const again = begin(command(cancelled, 'requeue', 5_000)?.job as Job, 'there', 6_000)?.job as Job;
  assert.equal(ended(again, 1, outcome, 7_000), undefined, 'the job runs for the second time');
  assert.deepEqual(ended(again, 2, outcome, 7_000)?.job.outputs, [FILE]);
});

test('a stopped attempt waits, or is paused when that was asked for', () => {
  assert.equal(ended(jobIn('running'), 1, { kind: 'stopped' }, 0)?.job.state, 'queued');
  assert.equal(ended(jobIn('pausing'), 1, { kind: 'stopped' }, 0)?.job.state, 'paused');
  assert.equal(failWaiting(jobIn('running'), { code: 'TIMEOUT', message: '' }, 0), undefined);
});

test('priority and owner change until the job has ended', () => {
  for (const state of STATES) {
    const job = jobIn(state);
    if (hasEnded(job)) assert.throws(() => revise(job, { priority: 1 }), /requeue it/);
    else
      assert.deepEqual(revise(job, { priority: 1, owner: 'bob' })?.job, {
        ...job,
        priority: 1,
        owner: 'bob',
        version: job.version + 1,
      });
    assert.equal(revise(job, { priority: 50 }), undefined);
  }
});

test('whatever happens: the version grows with each change, an end has a time, and only a success has files', () => {
  type Step = (job: Job, now: number) => { readonly job: Job } | undefined;
  const tolerant =
    (act: Step): Step =>
    (job, now) => {
      try {
        return act(job, now);
      } catch {
        return undefined;
      }
    };
  const steps: Step[] = [
    ...COMMANDS.map((name) => tolerant((job, now) => command(job, name, now))),
    (job, now) => begin(job, 'here', now),
    (job, now) => ended(job, job.attempt, { kind: 'succeeded', outputs: [FILE] }, now),
    (job, now) => ended(job, job.attempt, { kind: 'failed', error: { code: 'DISK', message: '' } }, now),
    (job, now) => ended(job, job.attempt, { kind: 'stopped' }, now),
    (job, now) => failWaiting(job, { code: 'TIMEOUT', message: '' }, now),
    tolerant((job) => revise(job, { priority: 7 })),
    (job) => {
      const expired = expire(job);
      return expired && { job: expired };
    },
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...steps), { maxLength: 40 }), (script) => {
      let job = NEW;
      for (const [k, step] of script.entries()) {
        const change = step(job, 2_000 + k);
        if (!change) continue;
        assert.equal(change.job.version, job.version + 1);
        assert.equal(change.job.id, NEW.id);
        job = change.job;
        assert.equal(hasEnded(job), job.endedAt !== undefined);
        assert.ok(job.outputs.length === 0 || job.state === 'succeeded');
        assert.equal(job.error !== undefined, job.state === 'failed');
        assert.equal(job.runner !== undefined, job.state === 'running' || job.state === 'pausing');
      }
    }),
    { numRuns: 500 },
  );
});
