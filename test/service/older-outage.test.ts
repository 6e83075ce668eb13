/** Tasks of the older MPI renderer while Redis is away: none is lost, none fails for that, each keeps its uuid. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Redis } from 'ioredis';
import { FractalError } from '../../src/errors.js';
import { openOutputs } from '../../src/service/outputs.js';
import { serveOlderTasks } from '../../src/service/redis/older-tasks.js';
import { startService } from '../../src/service/service.js';
import { folder } from '../e2e/processes.js';
import { FIXED_ESTIMATOR } from './estimator.js';
import { emptyMemory, memoryQueue } from './memory-queue.js';
import { NO_REDIS, redisServer } from './redis-server.js';
import { type TestRun, testRuns, until } from './runs.js';

const REDIS = { skip: NO_REDIS, timeout: 60_000 };
const taskOf = (uuid: string) =>
  JSON.stringify({
    uuid,
    ...{ width: 8, height: 8, block_size: 4, samples: 1, camerax: 0, cameray: 0, zoom: 1, type: 0, color_mode: 2 },
  });

async function taking(t: TestContext, url: string, atMost: number) {
  const runs = testRuns();
  const queue = memoryQueue(emptyMemory(), { service: 'test', now: Date.now });
  const outputs = await openOutputs(join(folder(t), 'outputs'));
  const errors: string[] = [];
  const failed = (error: unknown) => errors.push(String(error));
  const service = await startService({
    ...{ queue, service: 'test', start: runs.start, atMost: 8, outputs, mostWaiting: 100, now: Date.now, failed },
    ...{ keep: { days: 1, jobs: 100, bytes: 2 ** 30 }, estimator: FIXED_ESTIMATOR },
  });
  const options = { url, service, name: 'one', namespace: 'fractals', atMost, mostPixels: 2e6, now: Date.now, failed };
  const end = serveOlderTasks(options);
  t.after(async () => {
    await end();
    const closed = service.close();
    for (const run of runs.all) run.endStopped();
    await closed;
  });
  return {
    ...{ runs, errors },
    async succeed({ job, succeed }: TestRun) {
      const picture = `PNG of ${job.id}`;
      writeFileSync(join(await outputs.prepare(job), 'fractal.png'), picture);
      succeed([{ name: 'fractal.png', bytes: picture.length }]);
    },
  };
}

async function requireAll(client: Redis, uuids: readonly string[]): Promise<void> {
  await until(async () => {
    const pictures = await client.hgetall('completed_tasks');
    return uuids.every((uuid) => pictures[uuid]?.startsWith('PNG'));
  });
  await until(async () => (await client.llen('running_tasks')) === 0);
  assert.deepEqual(await client.lrange('failed_tasks', 0, -1), []);
  assert.deepEqual(Object.keys(await client.hgetall('completed_tasks')).sort(), [...uuids].sort());
}

test('Redis is killed and started again while tasks wait, run and end', REDIS, async (t) => {
  const server = await redisServer(t);
  const { runs, succeed, errors } = await taking(t, server.url, 3);
  const uuids = Array.from({ length: 7 }, (_, k) => `uuid-${k}`);
  const client = new Redis(server.url, { maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  t.after(() => client.disconnect());
  await client.rpush('pending_tasks', ...uuids.map(taskOf));
  await until(() => runs.all.length >= 3);
  await server.kill();
  // Two end meanwhile. One goes on running.
  await succeed(runs.all[0] as TestRun);
  await succeed(runs.all[1] as TestRun);
  await until(() => errors.length > 0);
  await server.start();
  const done = new Set(runs.all.slice(0, 2));
  await until(async () => {
    for (const run of runs.all.filter((one) => !done.has(one))) {
      done.add(run);
      await succeed(run);
    }
    return done.size === uuids.length;
  });
  await requireAll(client, uuids);
  assert.deepEqual([runs.all.length, new Set(runs.all.map(({ job }) => job.id)).size], [7, 7]);
  assert.equal(errors.length, 1, errors.join());
});

/** A way to Redis that breaks once, at a command with these words: before Redis has it, or before its answer is back. */
async function breaking(t: TestContext, port: number) {
  let at: { words: string; when: 'before' | 'after'; broke: () => void } | undefined;
  const server = createServer((near: Socket) => {
    const far = connect(port, '127.0.0.1');
    const end = () => [near.destroy(), far.destroy()];
    for (const one of [near, far]) one.on('error', end).on('close', end);
    let answers = true;
    far.on('data', (bytes) => (answers ? near.write(bytes) : end()));
    near.on('data', (bytes) => {
      const hit = at && bytes.includes(at.words) ? at : undefined;
      if (hit) at = undefined;
      if (hit?.when === 'before') end();
      else far.write(bytes);
      answers &&= hit === undefined;
      hit?.broke();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return {
    url: `redis://127.0.0.1:${(server.address() as { port: number }).port}`,
    breakAt: (words: string, when: 'before' | 'after') => new Promise<void>((broke) => (at = { words, when, broke })),
  };
}

for (const when of ['before', 'after'] as const) {
  test(
    `each step of a task is done once when the connection breaks ${when} Redis has carried it out`,
    REDIS,
    async (t) => {
      const server = await redisServer(t);
      const way = await breaking(t, server.port);
      const { runs, succeed } = await taking(t, way.url, 3);
      const client = new Redis(server.url);
      t.after(() => client.disconnect());
      const begun = way.breakAt('HSET', when);
      await client.rpush('pending_tasks', taskOf('a'));
      await begun;
      await until(() => runs.all.length === 1);

      const replaced = way.breakAt('"failures":1', when);
      const [first] = runs.all as [TestRun];
      first.fail(new FractalError('DISK', 'full'));
      await replaced;
      await until(() => runs.all.length === 2);
      const entries = (await client.lrange('running_tasks', 0, -1)).map((one) => JSON.parse(one));
      assert.deepEqual(
        entries.map(({ uuid, failures }) => [uuid, failures]),
        [['a', 1]],
      );

      const completed = way.breakAt('PNG of', when);
      await succeed(runs.all[1] as TestRun);
      await completed;
      await requireAll(client, ['a']);

      // Tasks that fail are in the list of failed ones once.
      const refused = way.breakAt('"reason"', when);
      await client.rpush('pending_tasks', '{');
      await refused;
      await until(async () => (await client.llen('failed_tasks')) === 1);
      await client.rpush('pending_tasks', taskOf('b'));
      await until(() => runs.all.length === 3);
      await succeed(runs.all[2] as TestRun);
      await until(async () => (await client.hget('completed_tasks', 'b')) !== '');
      assert.equal(await client.llen('failed_tasks'), 1);
    },
  );
}
