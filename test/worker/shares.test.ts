/** Which shard a free thread computes next, in virtual time: random jobs, owners and times of shards, no threads. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Rank } from '../../src/cluster/messages.js';
import { type JobKernel, type JobQueue, Queues, type Task } from '../../src/worker/queues.js';
import { RANK } from './views.js';

const kernel = {} as JobKernel;

interface SimulatedJob {
  readonly rank: Rank;
  /** Milliseconds of its next shard. */
  next(): number;
  /** Milliseconds at which it has shards. */
  wants?(now: number): boolean;
}

/** The jobs of one session on so many slots; slot time of each after `end` ms, and the longest that each waited. */
function simulate(jobs: readonly SimulatedJob[], slots: number, end: number) {
  const queues = new Queues();
  const session = queues.openSession(() => undefined);
  const opened = jobs.map(({ rank }) => queues.openJob(session, kernel, rank));
  const used = jobs.map(() => 0);
  const waits = jobs.map(() => 0);
  const since = jobs.map(() => 0);
  const busy: { readonly task: Task; readonly ends: number; readonly at: number }[] = [];
  let now = 0;

  /** As a leader: two shards of each job for each slot. */
  function assign(): void {
    for (const [at, job] of opened.entries()) {
      const { wants } = jobs[at] as SimulatedJob;
      while ((wants?.(now) ?? true) && job.waiting.length + job.running.size < 2 * slots) {
        if (job.waiting.length === 0) since[at] = now;
        job.waiting.push({ job } as Task);
      }
    }
  }

  while (now < end) {
    assign();
    for (let pair = queues.next(claim, now); pair; pair = queues.next(claim, now)) {
      const at = opened.indexOf(pair[1].job);
      waits[at] = Math.max(waits[at] as number, now - (since[at] as number));
      since[at] = now;
      busy.push({ task: pair[1], at, ends: now + (jobs[at] as SimulatedJob).next() });
    }
    busy.sort((a, b) => a.ends - b.ends);
    const first = busy.shift();
    if (!first) {
      now += 10;
      continue;
    }
    used[first.at] = (used[first.at] as number) + first.ends - first.task.since;
    now = first.ends;
    assert.ok(queues.ended(first.task, now));
  }
  return { used, waits };

  function claim(): true | undefined {
    return busy.length < slots ? true : undefined;
  }
}

/** Shards of times between two bounds, at random. */
const sizes = fc.record({ least: fc.integer({ min: 1, max: 100 }), more: fc.integer({ min: 0, max: 250 }) });
const jobsOf = (owner: number) => ({
  owner: fc.constant(owner),
  jobs: fc.array(sizes, { minLength: 1, maxLength: 10 }),
});
const seed = fc.integer({ min: 1, max: 2 ** 31 });
const slots = fc.integer({ min: 1, max: 8 });

/** A generator of numbers from 0 to 1: MINSTD of Park and Miller, 1988. */
function random(from: number): () => number {
  let state = (from % 2147483646) + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

const timesOf = ({ least, more }: { least: number; more: number }, dice: () => number) => ({
  next: () => least + more * dice(),
});

const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0);

for (const [one, other] of [
  [1, 1],
  [1, 3],
  [7, 2],
] as const) {
  test(`owners of weights ${one}:${other} share the slot time by them within 5 %, whatever their jobs`, () => {
    fc.assert(
      fc.property(fc.record(jobsOf(1)), fc.record(jobsOf(2)), slots, seed, (a, b, count, from) => {
        const dice = random(from);
        const jobs = [a, b].flatMap(({ owner, jobs: all }) =>
          all.map((size) => {
            const weight = owner === 1 ? one : other;
            return { rank: { priority: 50, owner, weight }, ...timesOf(size, dice) };
          }),
        );
        const { used } = simulate(jobs, count, 60_000);
        const [ofOne, ofOther] = [sum(used.slice(0, a.jobs.length)) / one, sum(used.slice(a.jobs.length)) / other];
        assert.ok(Math.abs(ofOne / ofOther - 1) < 0.05, `${ofOne} : ${ofOther}`);
      }),
      { numRuns: 60 },
    );
  });
}

test('three owners, with idle times at random: no owner waits longer than the others need for a turn', () => {
  const owner = fc.record({
    size: sizes,
    on: fc.integer({ min: 50, max: 900 }),
    off: fc.integer({ min: 0, max: 900 }),
  });
  fc.assert(
    fc.property(fc.array(owner, { minLength: 2, maxLength: 6 }), slots, seed, (owners, count, from) => {
      const dice = random(from);
      const jobs = owners.map(({ size, on, off }, k) => ({
        rank: { ...RANK, owner: k },
        ...timesOf(size, dice),
        wants: (now: number) => now % (on + off) < on,
      }));
      const longest = Math.max(...owners.map(({ size }) => size.least + size.more));
      const { waits } = simulate(jobs, count, 20_000);
      // Each other owner may be ahead by what its shards on all slots took, and each slot may have begun one before.
      for (const wait of waits) assert.ok(wait <= 2 * owners.length * longest, `${wait} of ${longest}`);
    }),
    { numRuns: 60 },
  );
});

test('an owner that was idle gains nothing for the past: from its return on, the shares are equal', () => {
  const late = 30_000;
  const jobs = [
    { rank: { ...RANK, owner: 1 }, next: () => 40 },
    { rank: { ...RANK, owner: 2 }, next: () => 70, wants: (now: number) => now >= late },
  ];
  const [before, after] = [simulate(jobs, 2, late).used, simulate(jobs, 2, 2 * late).used];
  const gained = after.map((used, k) => used - (before[k] as number));
  assert.ok(Math.abs((gained[0] as number) / (gained[1] as number) - 1) < 0.05, `${gained}`);
});

test('a shard that runs counts as far as it has come: meanwhile the other slot is for the other owner', () => {
  const jobs = [
    { rank: { ...RANK, owner: 1 }, next: () => 10_000 },
    { rank: { ...RANK, owner: 2 }, next: () => 10 },
  ];
  const { used, waits } = simulate(jobs, 2, 10_000);
  assert.equal(used[0], 10_000, 'it has one slot');
  assert.ok((used[1] as number) >= 9_980 && (waits[1] as number) <= 10, `${used}`);
});

test('many short jobs, one after the other, give their owner no more than its share', () => {
  const queues = new Queues();
  const session = queues.openSession(() => undefined);
  const steady = queues.openJob(session, kernel, { ...RANK, owner: 1 });
  let short: JobQueue | undefined;
  const used = new Map<JobQueue | 'short', number>();
  let now = 0;
  for (let turn = 0; turn < 2_000; turn++) {
    while (steady.waiting.length < 2) steady.waiting.push({ job: steady } as Task);
    if (!short) {
      short = queues.openJob(session, kernel, { ...RANK, owner: 2 });
      short.waiting.push({ job: short } as Task);
    }
    const [, task] = queues.next(() => true, now) as [true, Task];
    const milliseconds = task.job === steady ? 10 : 100;
    now += milliseconds;
    queues.ended(task, now);
    const name = task.job === steady ? steady : 'short';
    used.set(name, (used.get(name) ?? 0) + milliseconds);
    if (task.job !== short) continue;
    queues.closeJob(short, now);
    short = undefined;
  }
  const ratio = (used.get(steady) as number) / (used.get('short') as number);
  assert.ok(Math.abs(ratio - 1) < 0.05, `${ratio}`);
});

test('priority comes before shares, and shares are those of one priority', () => {
  const jobs = [
    { rank: { priority: 50, owner: 1, weight: 1 }, next: () => 10 },
    { rank: { priority: 50, owner: 2, weight: 1 }, next: () => 10 },
    { rank: { priority: 90, owner: 1, weight: 1 }, next: () => 10, wants: (now: number) => now < 5_000 },
  ];
  const [first, second, high] = simulate(jobs, 1, 15_000).used as [number, number, number];
  assert.ok(high >= 5_000 && high <= 5_020);
  assert.ok(Math.abs(first / second - 1) < 0.05, 'what an owner used at a high priority does not count at a lower one');
});

test('of the jobs of one owner, and of one priority, the one that was opened first is served first', () => {
  const next = () => 10;
  const jobs = [RANK, RANK, RANK].map((rank, k) => ({ rank, next, wants: (now: number) => now < 1_000 * (k + 1) }));
  const { used } = simulate(jobs, 1, 3_100);
  for (const time of used) assert.ok(Math.abs(time - 1_000) <= 40, `${used}`);
});

test('a changed weight, or priority, counts from then on', () => {
  const queues = new Queues();
  const session = queues.openSession(() => undefined);
  const jobs = [1, 2].map((owner) => queues.openJob(session, kernel, { ...RANK, owner })) as [JobQueue, JobQueue];
  let now = 0;
  const serve = (turns: number) => {
    let ofFirst = 0;
    for (let turn = 0; turn < turns; turn++) {
      for (const job of jobs) while (job.waiting.length < 2) job.waiting.push({ job } as Task);
      const [, task] = queues.next(() => true, now) as [true, Task];
      now += 10;
      queues.ended(task, now);
      if (task.job === jobs[0]) ofFirst++;
    }
    return ofFirst;
  };
  assert.equal(serve(100), 50);
  queues.setRank(jobs[0], { ...RANK, owner: 1, weight: 3 }, now);
  assert.ok(Math.abs(serve(100) - 75) <= 1);
  queues.setRank(jobs[1], { ...RANK, owner: 2, priority: 51 }, now);
  assert.equal(serve(100), 0);
  queues.setRank(jobs[1], { ...RANK, owner: 2 }, now);
  assert.ok(Math.abs(serve(100) - 75) <= 1);
});
