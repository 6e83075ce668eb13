/** What several services have of one queue, beyond the contract: on a real Redis that is killed, frozen and away. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Job } from '../../src/service/job.js';
import { begin, command, ended } from '../../src/service/life.js';
import type { Queue } from '../../src/service/queue.js';
import { parseRedisAddress } from '../../src/service/redis/address.js';
import { connectRedis } from '../../src/service/redis/connection.js';
import { openRedisQueue, type RedisQueue } from '../../src/service/redis/queue.js';
import { startRunner } from '../../src/service/runner.js';
import { NO_REDIS, type RedisServer, redisServer } from './redis-server.js';
import { type TestRuns, testRuns } from './runs.js';

const OPTIONS = { skip: NO_REDIS, timeout: 60_000 };
const SUBMISSION = { order: { zoom: '1e30' }, priority: 50, owner: 'ann' };
const ACCEPT = { mostWaiting: 1_000 };
const now = Date.now;
const code = (wanted: string) => (error: { code?: string }) => error.code === wanted;

async function queueOf(t: TestContext, server: RedisServer, service: string, words = '?lease=1'): Promise<RedisQueue> {
  const queue = await openRedisQueue(`${server.url}/0${words}`, { service, now });
  t.after(() => queue.close());
  return queue;
}

/** Looked at again and again: other processes have no event here that could be awaited. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

interface Served {
  readonly queue: Queue;
  readonly runs: TestRuns;
  readonly failures: unknown[];
}

async function served(t: TestContext, queue: Queue, service: string, atMost = 2): Promise<Served> {
  const [runs, failures]: [TestRuns, unknown[]] = [testRuns(), []];
  const failed = (error: unknown) => failures.push(error);
  const runner = await startRunner({ queue, service, start: runs.start, atMost, now, failed });
  t.after(async () => {
    const closed = runner.close();
    for (const run of runs.all) run.endStopped();
    await closed;
  });
  return { queue, runs, failures };
}

test('an address has a name of the queue and a lease, and shows no password', () => {
  const full = parseRedisAddress('rediss://me:secret@host:6380/3?name=films&lease=2.5');
  assert.deepEqual(full, {
    url: 'rediss://me:secret@host:6380/3',
    shown: 'rediss://host:6380/3',
    prefix: 'films:',
    leaseMs: 2_500,
  });
  for (const wrong of [
    'redis:',
    'http://x',
    'redis://u:secret@h?lase=3',
    'redis://h/x',
    'redis://h?lease=0',
    'redis://h?name=a:b',
  ]) {
    assert.throws(
      () => parseRedisAddress(wrong),
      (error: Error & { code?: string }) => error.code === 'REQUEST_INVALID' && !error.message.includes('secret'),
    );
  }
});

test('of many claims in two services each job has one, and both hear of all changes', OPTIONS, async (t) => {
  const server = await redisServer(t);
  const queues = [await queueOf(t, server, 'one'), await queueOf(t, server, 'two')] as const;
  const heard = queues.map(() => new Map<string, string>());
  for (const [k, queue] of queues.entries()) queue.watch((id, job) => heard[k]?.set(id, job?.state ?? 'gone'));
  const jobs = await Promise.all(
    Array.from({ length: 40 }, (_, k) => (queues[k % 2] as Queue).accept(SUBMISSION, ACCEPT)),
  );
  await Promise.all(
    jobs.flatMap(({ job: { id } }) =>
      queues.map((queue, k) => queue.change(id, (job) => begin(job, k === 0 ? 'one' : 'two', now()))),
    ),
  );
  for (const { job } of jobs) {
    const { version, attempt } = (await queues[0].get(job.id)) as Job;
    assert.deepEqual([version, attempt], [2, 1]);
  }
  await until(async () =>
    heard.every((map) => [...map.values()].every((state) => state === 'running') && map.size === 40),
  );
});

test('a key sent to two services at once makes one job', OPTIONS, async (t) => {
  const server = await redisServer(t);
  const queues = [await queueOf(t, server, 'one'), await queueOf(t, server, 'two')];
  const options = { ...ACCEPT, key: { text: 'k', body: 'digest' } };
  const sent = Array.from({ length: 40 }, (_, k) => queues[k % 2]?.accept(SUBMISSION, options));
  const accepted = await Promise.all(sent);
  assert.equal(new Set(accepted.map((one) => one?.job.id)).size, 1);
  assert.equal(accepted.filter((one) => one?.isNew).length, 1);
});

test('two queues of one Redis have nothing in common', OPTIONS, async (t) => {
  const server = await redisServer(t);
  const one = await queueOf(t, server, 'one', '?name=a');
  const other = await queueOf(t, server, 'other', '?name=b');
  const { job } = await one.accept(SUBMISSION, ACCEPT);
  assert.equal(await other.get(job.id), undefined);
  assert.equal((await other.counts()).queued, 0);
});

test('jobs of a service that is gone are taken over; what it still sends changes nothing', OPTIONS, async (t) => {
  const server = await redisServer(t);
  const slow = await queueOf(t, server, 'slow');
  const { job } = await slow.accept(SUBMISSION, ACCEPT);
  // As after a long silence: no service of this name has a lease.
  await slow.change(job.id, (latest) => begin(latest, 'silent', now()));
  const { runs } = await served(t, await queueOf(t, server, 'other'), 'other');
  const run = await runs.of(job.id);
  assert.equal(run.job.attempt, 2);
  const late = { kind: 'succeeded', outputs: [{ name: 'late.png', bytes: 1 }] } as const;
  await slow.change(job.id, (latest) => ended(latest, 1, late, now()));
  assert.equal((await slow.get(job.id))?.state, 'running');
  run.succeed([{ name: 'x.png', bytes: 3 }]);
  await until(async () => (await slow.get(job.id))?.state === 'succeeded');
  assert.deepEqual((await slow.get(job.id))?.outputs, [{ name: 'x.png', bytes: 3 }]);
});

test('of services that take over at once each job goes on in one of them', OPTIONS, async (t) => {
  const server = await redisServer(t);
  const first = await queueOf(t, server, 'first');
  const jobs = await Promise.all(Array.from({ length: 20 }, () => first.accept(SUBMISSION, ACCEPT)));
  for (const { job } of jobs) await first.change(job.id, (latest) => begin(latest, 'gone', now()));
  const queues = await Promise.all(['a', 'b', 'c'].map((name) => queueOf(t, server, name)));
  const services = await Promise.all(queues.map((queue, k) => served(t, queue, 'abc'[k] as string, 20)));
  await until(async () => services.reduce((sum, { runs }) => sum + runs.all.length, 0) >= 20);
  const begun = services.flatMap(({ runs }) => runs.all.map(({ job }) => `${job.id} ${job.attempt}`));
  assert.deepEqual(begun.sort(), jobs.map(({ job }) => `${job.id} 2`).sort());
  assert.deepEqual(
    services.flatMap(({ failures }) => failures),
    [],
  );
});

test('a job that is cancelled by one service is stopped in the other', OPTIONS, async (t) => {
  const server = await redisServer(t);
  const here = await queueOf(t, server, 'here');
  const { runs } = await served(t, await queueOf(t, server, 'there'), 'there');
  const { job } = await here.accept(SUBMISSION, ACCEPT);
  const run = await runs.of(job.id);
  await here.change(job.id, (latest) => command(latest, 'cancel', now()));
  await until(async () => run.stops.includes('cancel'));
});

test(
  'while Redis is away requests fail at once, runs go on, and no job is taken over when it is back',
  OPTIONS,
  async (t) => {
    const server = await redisServer(t);
    const one = await served(t, await queueOf(t, server, 'one', '?lease=2'), 'one');
    const two = await queueOf(t, server, 'two');
    const ids = [0, 1].map(async () => (await two.accept(SUBMISSION, ACCEPT)).job.id);
    const [first, second] = await Promise.all([
      one.runs.of(await (ids[0] as Promise<string>)),
      one.runs.of(await (ids[1] as Promise<string>)),
    ]);
    const other = await served(t, two, 'two');
    await server.kill();
    const asked = now();
    await until(async () => two.accept(SUBMISSION, ACCEPT).then(() => false, code('QUEUE_AWAY')));
    await assert.rejects(two.get(first.job.id), code('QUEUE_AWAY'));
    first.succeed([{ name: 'x.png', bytes: 3 }]);
    // Longer than the leases.
    await until(async () => now() - asked > 1_500);
    await server.start();
    await until(async () => (await two.get(first.job.id).catch(() => undefined))?.state === 'succeeded');
    await until(async () => now() - asked > 5_000);
    assert.deepEqual([second.stops, other.runs.all], [[], []]);
    second.succeed();
    await until(async () => (await two.get(second.job.id))?.state === 'succeeded');
    assert.equal((await two.get(second.job.id))?.attempt, 1);
  },
);

test('settings under which Redis may lose jobs are named', OPTIONS, async (t) => {
  const server = await redisServer(t);
  const queue = await queueOf(t, server, 'one');
  assert.deepEqual(await queue.dangers(), []);
  server.set('appendfsync', 'everysec');
  const [danger = '', ...others] = await queue.dangers();
  assert.match(danger, /^redis:\/\/127\.0\.0\.1:\d+\/0 has appendfsync everysec: .*set always$/);
  assert.deepEqual(others, []);
});

test('after a silence of all services leases count anew, and later those of the silent end', OPTIONS, async (t) => {
  const server = await redisServer(t);
  const words = '?lease=3600';
  const hour = 3_600_000;
  const queue = await queueOf(t, server, 'here', words);
  const other = await connectRedis(parseRedisAddress(`${server.url}/0${words}`), 'there');
  t.after(() => other.close());
  await other.script('alive');
  const { id } = (await queue.accept(SUBMISSION, ACCEPT)).job;
  await queue.change(id, (job) => begin(job, 'there', now()));
  assert.deepEqual(await queue.abandoned(), []);
  /** As if so much time had passed since the last sign of life of these. */
  const ages = async (field: string, ms: number, ...services: string[]) => {
    await other.command('HINCRBY', 'fractal:pulse', field, -ms);
    for (const one of services) await other.command('ZINCRBY', 'fractal:leases', -ms, one);
  };
  await ages('since', 3 * hour);
  await ages('at', 2 * hour, 'here', 'there');
  assert.deepEqual(await queue.abandoned(), [], 'Redis was away: nothing was lost');
  await ages('since', 0.75 * hour, 'there');
  assert.deepEqual(await queue.abandoned(), [], 'it may still be on its way back');
  await ages('since', 0.5 * hour, 'there');
  assert.deepEqual(
    (await queue.abandoned()).map((job) => job.id),
    [id],
    'it had a whole lease',
  );
});

test('progress of a job is known to all services, until its next attempt', OPTIONS, async (t) => {
  const server = await redisServer(t);
  const [one, two] = [await queueOf(t, server, 'one'), await queueOf(t, server, 'two')];
  const { runs } = await served(t, one, 'one');
  const heard: string[] = [];
  two.watch((id) => heard.push(id));
  const { id } = (await two.accept(SUBMISSION, ACCEPT)).job;
  const run = await runs.of(id);
  const progress = { framesDone: 3, frames: 9, samplesDone: 7, samples: 21, slots: 2, coreSecondsLeft: 1.5 };
  await until(async () => (await two.get(id))?.state === 'running');
  heard.length = 0;
  run.reports.progress(progress);
  await until(async () => heard.length > 0);
  const job = (await two.get(id)) as Job;
  assert.deepEqual(await two.shared?.reported([job]), new Map([[id, progress]]));
  assert.deepEqual(await two.shared?.reported([{ ...job, attempt: 2 }]), new Map());
  // Further reports of the same second are not written.
  heard.length = 0;
  run.reports.progress({ ...progress, samplesDone: 8 });
  await two.note(id, { kind: 'log', level: 'info', text: 'later' });
  assert.equal((await two.shared?.reported([job]))?.get(id)?.samplesDone, 7);
});

test('owners share the places of all services, by what runs and by what has run anywhere', OPTIONS, async (t) => {
  const server = await redisServer(t);
  const [one, two] = [await queueOf(t, server, 'one'), await queueOf(t, server, 'two')];
  const submit = async (owner: string) => (await one.accept({ ...SUBMISSION, owner }, ACCEPT)).job.id;
  const ann = [await submit('ann'), await submit('ann'), await submit('ann')] as const;
  const first = await served(t, one, 'one', 1);
  const run = await first.runs.of(ann[0]);
  const bob = await submit('bob');
  const second = await served(t, two, 'two', 1);
  // Alone, it would begin with the older job of ann.
  const bobs = await second.runs.of(bob);
  run.succeed();
  await first.runs.of(ann[1]);
  bobs.succeed();
  await second.runs.of(ann[2]);
});
