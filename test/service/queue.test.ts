/** The contract of a durable queue, on every backend. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import type { Job, Submission } from '../../src/service/job.js';
import { begin, command, ended } from '../../src/service/life.js';
import { type Cursor, MOST_EVENTS, type Query, type Queue, SORTS } from '../../src/service/queue.js';
import { BACKENDS, type Clock } from './backends.js';

const SUBMISSION: Submission = { order: { zoom: '1e30' }, priority: 50, owner: 'ann' };
const OPTIONS = { mostWaiting: 1_000 };
const code = (wanted: string) => (error: { code?: string }) => error.code === wanted;

for (const { name, skip = false, place } of BACKENDS) {
  const promise = (title: string, act: (t: TestContext) => Promise<void>) => test(`${name}: ${title}`, { skip }, act);
  const opened = async (t: TestContext, clock: Clock = { time: 1_000 }) => {
    let queue: Queue | undefined;
    // Before its folder is removed.
    t.after(() => queue?.close());
    const there = place(t, clock);
    queue = await there.open('first');
    return {
      clock,
      queue,
      async reopen(service: string): Promise<Queue> {
        await queue?.close();
        queue = await there.open(service);
        return queue;
      },
    };
  };
  const add = async (queue: Queue, more: Partial<Submission> = {}): Promise<Job> =>
    (await queue.accept({ ...SUBMISSION, ...more }, OPTIONS)).job;

  promise('an accepted job is there with its first event, also when the queue is opened again', async (t) => {
    const place = await opened(t);
    const job = await add(place.queue, { webhook: 'http://x/', deadline: 5_000 });
    assert.deepEqual(await place.queue.get(job.id), job);
    const again = await place.reopen('second');
    assert.deepEqual(await again.get(job.id), job);
    assert.deepEqual(await again.events(job.id, 0, 10), [{ seq: 1, time: 1_000, kind: 'state', state: 'queued' }]);
    assert.equal(await again.get('nothing'), undefined);
  });

  promise(
    'a key sent again returns the job of the first time, also concurrently, and takes no other body',
    async (t) => {
      const { queue } = await opened(t);
      const key = { text: 'k', body: 'digest' };
      const sent = Array.from({ length: 20 }, () => queue.accept(SUBMISSION, { ...OPTIONS, key }));
      const accepted = await Promise.all(sent);
      assert.equal(new Set(accepted.map(({ job }) => job.id)).size, 1);
      assert.equal(accepted.filter(({ isNew }) => isNew).length, 1);
      const other = { ...OPTIONS, key: { text: 'k', body: 'another' } };
      await assert.rejects(queue.accept(SUBMISSION, other), code('KEY_REUSED'));
      const owner = await queue.accept({ ...SUBMISSION, owner: 'bob' }, other);
      assert.ok(owner.isNew, 'keys belong to an owner');
      await queue.remove([accepted[0]?.job.id as string]);
      assert.ok((await queue.accept(SUBMISSION, other)).isNew, 'a key is removed with its job');
    },
  );

  promise('an owner has no more jobs waiting than it may', async (t) => {
    const { queue } = await opened(t);
    const two = { mostWaiting: 2 };
    await queue.accept(SUBMISSION, two);
    const { job } = await queue.accept(SUBMISSION, two);
    await assert.rejects(queue.accept(SUBMISSION, two), code('QUOTA'));
    await queue.accept({ ...SUBMISSION, owner: 'bob' }, two);
    await queue.change(job.id, (one) => begin(one, 'first', 0));
    await queue.accept(SUBMISSION, two);
  });

  promise('of concurrent claims one succeeds, and a change of another version is refused', async (t) => {
    const { queue } = await opened(t);
    const { id } = await add(queue);
    let claims = 0;
    const claim = (job: Job) => {
      const change = begin(job, 'first', 2_000);
      if (change) claims++;
      return change;
    };
    await Promise.all(Array.from({ length: 10 }, () => queue.change(id, claim)));
    assert.equal(claims, 1);
    const job = (await queue.get(id)) as Job;
    assert.deepEqual([job.state, job.version, job.attempt, job.runner], ['running', 2, 1, 'first']);
    const pause = (one: Job) => command(one, 'pause', 0);
    await assert.rejects(queue.change(id, pause, 1), code('JOB_CHANGED'));
    assert.equal((await queue.change(id, pause, 2))?.state, 'pausing');
    assert.equal(await queue.change('nothing', pause), undefined);
  });

  promise('an act that throws changes nothing, and does not undo others of the same moment', async (t) => {
    const { queue } = await opened(t);
    const [one, two] = [await add(queue), await add(queue)];
    const results = await Promise.allSettled([
      queue.change(one.id, (job) => command(job, 'pause', 0)),
      queue.change(two.id, (job) => command(job, 'requeue', 0)),
      queue.note(two.id, { kind: 'log', level: 'info', text: 'still there' }),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal((await queue.get(one.id))?.state, 'paused');
    assert.deepEqual(await queue.get(two.id), two);
    assert.equal((await queue.events(two.id, 1, 10)).length, 1);
  });

  promise('events come in order behind a position, and only the latest are kept', async (t) => {
    const { queue } = await opened(t);
    const { id } = await add(queue);
    const note = (k: number) => queue.note(id, { kind: 'log', level: 'info', text: `${k}` });
    await Promise.all(Array.from({ length: MOST_EVENTS + 9 }, (_, k) => note(k)));
    const all = await queue.events(id, 0, 10_000);
    assert.equal(all.length, MOST_EVENTS);
    assert.deepEqual(
      all.map(({ seq }) => seq),
      Array.from(all, (_, k) => k + 11),
    );
    assert.deepEqual(await queue.events(id, 500, 3), all.slice(490, 493));
  });

  promise('of each owner the job of the highest priority waits first, of these the oldest', async (t) => {
    const { queue } = await opened(t);
    const jobs = [await add(queue), await add(queue), await add(queue, { owner: 'bob' })];
    const [, second, bobs] = jobs as [Job, Job, Job];
    await queue.change(second.id, (job) => ({ job: { ...job, priority: 60, version: 2 } }));
    const heads = await queue.waiting();
    assert.deepEqual(heads.map(({ id }) => id).sort(), [second.id, bobs.id].sort());
    await queue.change(second.id, (job) => begin(job, 'first', 0));
    assert.deepEqual((await queue.waiting()).map(({ id }) => id).sort(), [jobs[0]?.id, bobs.id].sort());
  });

  promise('jobs of a service that is gone are abandoned, those of this one are not', async (t) => {
    const place = await opened(t);
    const jobs = [await add(place.queue), await add(place.queue), await add(place.queue)];
    const [running, pausing] = jobs as [Job, Job];
    for (const { id } of [running, pausing]) await place.queue.change(id, (job) => begin(job, 'first', 0));
    await place.queue.change(pausing.id, (job) => command(job, 'pause', 0));
    assert.deepEqual(await place.queue.abandoned(), []);
    const next = await place.reopen('second');
    const ids = (await next.abandoned()).map(({ id }) => id);
    assert.deepEqual(ids.sort(), [running.id, pausing.id].sort());
  });

  promise('watchers get every change, after it is stored', async (t) => {
    const { queue } = await opened(t);
    const heard: string[] = [];
    const unwatch = queue.watch((id, job) => heard.push(`${id} ${job?.state ?? 'gone'}`));
    const { id } = await add(queue);
    await queue.change(id, (job) => command(job, 'cancel', 0));
    await queue.change(id, () => undefined);
    await queue.remove([id]);
    unwatch();
    await add(queue);
    assert.deepEqual(heard, [`${id} queued`, `${id} cancelled`, `${id} gone`]);
    assert.deepEqual([await queue.get(id), await queue.events(id, 0, 9)], [undefined, []]);
  });

  promise('pages of a list have every job once, in order, for any filter', async (t) => {
    const { queue, clock } = await opened(t);
    const owners = ['ann', 'bob'];
    for (let k = 0; k < 40; k++) {
      clock.time += k % 3;
      const { id } = await add(queue, { owner: owners[k % 2] as string, priority: k % 4 });
      if (k % 3 > 0) await queue.change(id, (job) => command(job, 'cancel', 2_000 + (k % 5)));
    }
    const queries = fc.record({
      states: fc.option(fc.constantFrom(['queued'] as const, ['cancelled', 'failed'] as const), { nil: undefined }),
      owner: fc.option(fc.constantFrom(...owners, 'eve'), { nil: undefined }),
      sort: fc.constantFrom(...SORTS),
      descending: fc.boolean(),
      limit: fc.integer({ min: 1, max: 50 }),
    });
    const all = (await queue.list({ sort: 'submitted', descending: false, limit: 1_000 })).jobs;
    assert.equal(all.length, 40);
    await fc.assert(
      fc.asyncProperty(queries, async ({ states, owner, ...rest }) => {
        const query: Query = { ...rest, ...(states ? { states } : {}), ...(owner === undefined ? {} : { owner }) };
        const sorted = (job: Job) => ({ submitted: 0, priority: job.priority, ended: job.endedAt ?? 0 })[query.sort];
        const wanted = all
          .filter((job) => (!states || states.some((one) => one === job.state)) && (owner ?? job.owner) === job.owner)
          .sort((a, b) => sorted(a) - sorted(b) || (a.id < b.id ? -1 : 1));
        if (query.descending) wanted.reverse();
        const found: Job[] = [];
        let after: Cursor | undefined;
        do {
          const page = await queue.list({ ...query, ...(after ? { after } : {}) });
          assert.ok(page.jobs.length <= query.limit && (page.jobs.length > 0 || !after));
          found.push(...page.jobs);
          after = page.next;
        } while (after);
        assert.deepEqual(
          found.map(({ id }) => id),
          wanted.map(({ id }) => id),
        );
      }),
      { numRuns: 60 },
    );
  });

  promise('counts are those of the states', async (t) => {
    const { queue } = await opened(t);
    const jobs = [await add(queue), await add(queue), await add(queue)];
    await queue.change(jobs[0]?.id as string, (job) => begin(job, 'first', 0));
    const outcome = { kind: 'succeeded', outputs: [] } as const;
    await queue.change(jobs[0]?.id as string, (job) => ended(job, 1, outcome, 3_000));
    await queue.change(jobs[1]?.id as string, (job) => command(job, 'pause', 0));
    const counts = await queue.counts();
    const none = { running: 0, pausing: 0, failed: 0, cancelled: 0 };
    assert.deepEqual({ ...counts }, { ...none, queued: 1, paused: 1, succeeded: 1 });
  });

  promise('whatever happens to jobs, counts and the owners that wait are those of the list', async (t) => {
    const { queue } = await opened(t);
    const owner = fc.constantFrom('ann', 'bob');
    const step = fc.oneof(
      fc.record({ kind: fc.constant('add' as const), owner }),
      fc.record({ kind: fc.constant('remove' as const), at: fc.nat() }),
      fc.record({ kind: fc.constant('fail' as const), at: fc.nat() }),
      fc.record({ kind: fc.constant('give' as const), at: fc.nat(), owner }),
      fc.record({ kind: fc.constantFrom('pause' as const, 'resume' as const, 'cancel' as const), at: fc.nat() }),
    );
    const all = { sort: 'submitted', descending: false, limit: 1_000 } as const;
    const property = fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      for (const one of steps) {
        const { jobs } = await queue.list(all);
        const id = 'at' in one ? jobs[one.at % Math.max(1, jobs.length)]?.id : undefined;
        if (one.kind === 'add') await add(queue, { owner: one.owner });
        else if (id === undefined) continue;
        else if (one.kind === 'remove') await queue.remove([id]);
        else if (one.kind === 'fail') await assert.rejects(queue.change(id, () => assert.fail('it is not changed')));
        else if (one.kind === 'give') {
          await queue.change(id, (job) => ({ job: { ...job, owner: one.owner, version: job.version + 1 } }));
        } else await queue.change(id, (job) => command(job, one.kind, 0)).catch(() => undefined);
      }
      const { jobs } = await queue.list(all);
      const counts = await queue.counts();
      const inState = (state: string) => jobs.filter((job) => job.state === state).length;
      for (const [state, count] of Object.entries(counts)) assert.equal(count, inState(state), state);
      const waiting = (await queue.waiting()).map((job) => job.owner).sort();
      const owners = new Set(jobs.filter(({ state }) => state === 'queued').map((job) => job.owner));
      assert.deepEqual(waiting, [...owners].sort());
    });
    await fc.assert(property, { numRuns: 40 });
  });
}
