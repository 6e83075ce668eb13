/** The rule by which shards run on spare threads: what may begin beside what, and when. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PRIORITY } from '../../src/cluster/messages.js';
import type { JobQueue, SessionQueues, Task } from '../../src/worker/queues.js';
import { type Crowd, heldBack, LONG_MS, mayUseSpare } from '../../src/worker/spare.js';

const NOW = 10_000;
const CROWD: Crowd = { slots: 2, spare: 8, sessions: 1, active: 1, now: NOW };

/** A session whose jobs have these priorities, of one owner each. */
function sessionOf(...priorities: number[]): JobQueue[] {
  const session = {
    get running() {
      return jobs.reduce((sum, { running }) => sum + running.size, 0);
    },
  } as SessionQueues;
  const jobs = priorities.map((priority, owner) => {
    const share = { running: 0 };
    return { session, rank: { priority, owner, weight: 1 }, share, running: new Set<Task>() } as unknown as JobQueue;
  });
  return jobs;
}

/** Shards of a job that began so long ago. */
function run(job: JobQueue, count: number, ms = 0): Task[] {
  const tasks = Array.from({ length: count }, () => ({ job, since: NOW - ms }) as Task);
  for (const task of tasks) job.running.add(task);
  (job.share as { running: number }).running += count;
  return tasks;
}

const viewer = PRIORITY.interactive;

describe('spare threads', () => {
  it('an interactive shard begins at once beside shards of lower priority that have just begun', () => {
    const [film, tiles] = sessionOf(50, viewer) as [JobQueue, JobQueue];
    assert.equal(mayUseSpare(tiles, run(film, 2), CROWD), true);
  });

  it('a shard of any other priority waits until those have run for long', () => {
    const [film, still] = sessionOf(50, viewer - 1) as [JobQueue, JobQueue];
    const busy = run(film, 2, LONG_MS - 1);
    assert.equal(mayUseSpare(still, busy, CROWD), false);
    assert.equal(mayUseSpare(still, busy, { ...CROWD, now: NOW + 1 }), true);
  });

  it('interactive shards take as many spare threads as the session has slots, and no more', () => {
    const [film, tiles] = sessionOf(50, viewer) as [JobQueue, JobQueue];
    const busy = run(film, 2);
    for (const expected of [true, true, false]) {
      assert.equal(mayUseSpare(tiles, busy, CROWD), expected);
      busy.push(...run(tiles, 1));
    }
  });

  it('interactive shards of one session do not double its slots when nothing else runs there', () => {
    const [, tiles] = sessionOf(50, viewer) as [JobQueue, JobQueue];
    assert.equal(mayUseSpare(tiles, run(tiles, 2), CROWD), false);
  });

  it('an interactive shard waits for others of its priority, whoever owns them', () => {
    const [one, other] = sessionOf(viewer, viewer) as [JobQueue, JobQueue];
    assert.equal(mayUseSpare(other, run(one, 2), CROWD), false);
  });

  it('of two sessions with interactive jobs each gets its share of the slots', () => {
    const [film, tiles] = sessionOf(50, viewer) as [JobQueue, JobQueue];
    const [theirs] = sessionOf(50) as [JobQueue];
    const crowd = { ...CROWD, sessions: 2, active: 2 };
    const busy = [...run(film, 1), ...run(theirs, 1)];
    assert.equal(mayUseSpare(tiles, busy, crowd), true);
    busy.push(...run(tiles, 1));
    assert.equal(mayUseSpare(tiles, busy, crowd), false);
  });

  it('a spare thread is left for each session', () => {
    const [film, tiles] = sessionOf(50, viewer) as [JobQueue, JobQueue];
    const busy = run(film, 2);
    assert.equal(mayUseSpare(tiles, busy, { ...CROWD, sessions: 2, spare: 2 }), false);
    assert.equal(mayUseSpare(tiles, busy, { ...CROWD, sessions: 2, spare: 3 }), true);
  });
});

describe('shards that wait while viewers are served', () => {
  const holding = { slots: 2, answering: false, mayWait: () => true };

  it('are as many as there are more shards than slots, those first that began last', () => {
    const [film, tiles] = sessionOf(50, viewer) as [JobQueue, JobQueue];
    const [early] = run(film, 1, 500);
    const [late] = run(film, 1, 20);
    const busy = [early, late] as Task[];
    assert.deepEqual(heldBack(busy, holding), []);
    busy.push(...run(tiles, 1));
    assert.deepEqual(heldBack(busy, holding), [late]);
    busy.push(...run(tiles, 1));
    assert.deepEqual(heldBack(busy, holding), [late, early]);
  });

  it('are of the session of these viewers', () => {
    const [film, tiles] = sessionOf(50, viewer) as [JobQueue, JobQueue];
    const [theirs] = sessionOf(50) as [JobQueue];
    const own = run(film, 1);
    assert.deepEqual(heldBack([...run(theirs, 2), ...own, ...run(tiles, 1)], holding), own);
    assert.deepEqual(heldBack([...run(theirs, 2), ...own], holding), [], 'no viewer is served');
  });

  it('are all others while viewers are answered', () => {
    const [film, tiles] = sessionOf(50, viewer) as [JobQueue, JobQueue];
    const [theirs] = sessionOf(50) as [JobQueue];
    const [building, ...others] = [...run(film, 1), ...run(theirs, 1)] as [Task, Task];
    const answering = { ...holding, answering: true };
    assert.deepEqual(heldBack([building, ...others, ...run(tiles, 1)], answering), [building, ...others]);
    assert.deepEqual(heldBack([building, ...others], { ...answering, mayWait: (task) => task !== building }), others);
  });

  it("are none that others wait for, and no other viewer's", () => {
    const [film, tiles, other] = sessionOf(50, viewer, viewer) as [JobQueue, JobQueue, JobQueue];
    const [building, plain] = run(film, 2) as [Task, Task];
    const busy = [building, plain, ...run(tiles, 1), ...run(other, 1)];
    assert.deepEqual(heldBack(busy, { ...holding, mayWait: (task) => task !== building }), [plain]);
  });
});
