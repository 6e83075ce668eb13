/** Tasks of the older MPI renderer in a real Redis, rendered by runs that the tests end. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Redis } from 'ioredis';
import { FractalError } from '../../src/errors.js';
import { openOutputs } from '../../src/service/outputs.js';
import { serveOlderTasks } from '../../src/service/redis/older-tasks.js';
import { type Service, startService } from '../../src/service/service.js';
import { folder } from '../e2e/processes.js';
import { FIXED_ESTIMATOR } from './estimator.js';
import { emptyMemory, memoryQueue } from './memory-queue.js';
import { NO_REDIS, redisWithClient } from './redis-server.js';
import { type TestRun, testRuns, until } from './runs.js';

const REDIS = { skip: NO_REDIS, timeout: 60_000 };
const DOCUMENTED = `{
  "args":[
    "--width", "1024",
    "--height", "1024",
    "--iterations", "500",
    "--output", "fractal.png"
  ]
}`;
const FLAT = {
  width: 8,
  height: 8,
  block_size: 4,
  samples: 1,
  camerax: 0,
  cameray: 0,
  zoom: 1,
  type: 0,
  color_mode: 2,
};

async function tasks(t: TestContext, url: string, { atMost = 4, now = Date.now } = {}) {
  const runs = testRuns();
  const errors: unknown[] = [];
  const failed = (error: unknown) => errors.push(error);
  const queue = memoryQueue(emptyMemory(), { service: 'test', now: Date.now });
  const outputs = await openOutputs(join(folder(t), 'outputs'));
  const service: Service = await startService({
    ...{ queue, service: 'test', start: runs.start, atMost: 8, outputs, mostWaiting: 100, now: Date.now, failed },
    ...{ keep: { days: 1, jobs: 100, bytes: 2 ** 30 }, estimator: FIXED_ESTIMATOR },
  });
  const begin = () =>
    serveOlderTasks({ ...{ url, service, name: 'one', namespace: 'fractals', atMost, mostPixels: 2e6, now, failed } });
  let end = begin();
  t.after(async () => {
    await end();
    const closed = service.close();
    for (const run of runs.all) run.endStopped();
    await closed;
  });
  return {
    ...{ runs, errors, service },
    async restart() {
      await end();
      end = begin();
    },
    async succeed({ job, succeed }: TestRun, picture: string) {
      writeFileSync(join(await outputs.prepare(job), 'fractal.png'), picture);
      succeed([{ name: 'fractal.png', bytes: picture.length }]);
    },
  };
}

const running = async (client: Redis) => (await client.lrange('running_tasks', 0, -1)).map((one) => JSON.parse(one));
const failures = async (client: Redis) => (await client.lrange('failed_tasks', 0, -1)).map((one) => JSON.parse(one));

test('the documented task is taken, shown while it runs, and its picture is kept', REDIS, async (t) => {
  const { client, url } = await redisWithClient(t);
  const { runs, succeed, errors } = await tasks(t, url);
  await client.rpush('mpi_jobs', DOCUMENTED);
  await until(() => runs.all.length === 1);
  const [entry] = await running(client);
  assert.equal(entry.status, '');
  assert.equal(entry.namespace, 'fractals');
  assert.equal(await client.hget('completed_tasks', entry.uuid), '');
  const { order } = runs.all[0]!.job;
  assert.deepEqual([order.width, order.iters, order.outfile], ['1024', '500', 'fractal.png']);
  await succeed(runs.all[0]!, 'PNG');
  await until(async () => (await client.hget('completed_tasks', entry.uuid)) === 'PNG');
  assert.deepEqual(await running(client), []);
  assert.deepEqual(errors, []);
});

test('tasks are taken first in, first out, and no more than fit', REDIS, async (t) => {
  const { client, url } = await redisWithClient(t);
  for (let k = 1; k <= 5; k++)
    await client.rpush('pending_tasks', JSON.stringify({ uuid: `u${k}`, ...FLAT, width: k }));
  const { runs, succeed } = await tasks(t, url, { atMost: 1 });
  for (let k = 1; k <= 5; k++) {
    await until(() => runs.all.length === k);
    assert.equal(runs.all[k - 1]!.job.order.width, String(k));
    assert.ok((await client.llen('pending_tasks')) >= 4 - k);
    await succeed(runs.all[k - 1]!, `PNG ${k}`);
    await until(async () => (await client.hget('completed_tasks', `u${k}`)) === `PNG ${k}`);
  }
});

test('a task keeps its uuid through three attempts, then it has failed', REDIS, async (t) => {
  const { client, url } = await redisWithClient(t);
  const { runs } = await tasks(t, url);
  await client.rpush('pending_tasks', JSON.stringify({ uuid: 'mine', ...FLAT }));
  for (let k = 1; k <= 3; k++) {
    await until(() => runs.all.length === k);
    await until(async () => (await running(client))[0]?.failures === k - 1);
    assert.equal((await running(client))[0].uuid, 'mine');
    runs.all[k - 1]!.fail(new FractalError('SHARD_FAILED', `no ${k}`));
  }
  await until(async () => (await client.llen('failed_tasks')) === 1);
  const [failed] = await failures(client);
  assert.equal(failed.uuid, 'mine');
  assert.match(failed.reason, /SHARD_FAILED: no 3/);
  assert.deepEqual(await running(client), []);
  assert.equal(await client.hexists('completed_tasks', 'mine'), 0);
  assert.equal(new Set(runs.all.map(({ job }) => job.id)).size, 1);
});

test('a wrong task goes to failed_tasks with the reason, and delays no other', REDIS, async (t) => {
  const { client, url } = await redisWithClient(t);
  const { runs } = await tasks(t, url);
  const wrong: [text: string | Buffer, reason: RegExp][] = [
    ['{"args":["--width"', /not JSON/],
    ['[]', /not a JSON object/],
    ['{"args": "--width 8"}', /"args" is not a list of words/],
    ['{"args": ["--colour", "1"]}', /"--colour" is not a flag/],
    ['{"args": ["--width", "0"]}', /--width "0" is not/],
    ['{"args": ["--width", "2000", "--height", "2000"]}', /4000000 pixels/],
    ['{"uuid": "x", "width": 8}', /"height" is missing/],
    [Buffer.from([0xff, 0xfe, 0x00]), /not JSON/],
    ['x'.repeat(70_000), /70000 bytes/],
  ];
  for (const [text] of wrong) await client.rpush('mpi_jobs', text);
  await client.rpush('mpi_jobs', DOCUMENTED);
  await until(() => runs.all.length === 1);
  const failed = await failures(client);
  assert.equal(failed.length, wrong.length);
  for (const [k, [, reason]] of wrong.entries()) assert.match(failed[k].reason, reason);
  assert.equal(await client.llen('taken_tasks:one'), 0);
});

test('a service that ends in between goes on with what it had taken, once', REDIS, async (t) => {
  const { client, url } = await redisWithClient(t);
  const { runs, restart, succeed } = await tasks(t, url);
  await client.rpush('pending_tasks', JSON.stringify({ uuid: 'a', ...FLAT }));
  await until(() => runs.all.length === 1);
  await restart();
  // As after an end between taking and beginning.
  await client.rpush('taken_tasks:one', JSON.stringify({ uuid: 'b', ...FLAT, width: 9 }));
  await restart();
  await until(() => runs.all.length === 2);
  await succeed(runs.all[0]!, 'A');
  await succeed(runs.all[1]!, 'B');
  await until(async () => (await client.hget('completed_tasks', 'a')) === 'A');
  await until(async () => (await client.hget('completed_tasks', 'b')) === 'B');
  assert.deepEqual(await running(client), []);
  assert.equal(runs.all.length, 2);
});

test('pictures are forgotten an hour after they were completed', REDIS, async (t) => {
  const { client, url } = await redisWithClient(t);
  let hours = 0;
  const { runs, restart, succeed } = await tasks(t, url, { now: () => 1e12 + hours * 3_600_000 });
  await client.rpush('pending_tasks', JSON.stringify({ uuid: 'a', ...FLAT }));
  await until(() => runs.all.length === 1);
  await succeed(runs.all[0]!, 'A');
  await until(async () => (await client.hget('completed_tasks', 'a')) === 'A');
  hours = 0.9;
  await restart();
  await client.rpush('pending_tasks', JSON.stringify({ uuid: 'b', ...FLAT }));
  await until(() => runs.all.length === 2);
  assert.equal(await client.hget('completed_tasks', 'a'), 'A');
  hours = 1.1;
  await restart();
  await until(async () => (await client.hexists('completed_tasks', 'a')) === 0);
  assert.equal(await client.hget('completed_tasks', 'b'), '');
});
