/** `fractal serve --redis-tasks` as clients of the older MPI renderer use it: real processes, and a kill in between. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { NO_REDIS, redisWithClient } from '../service/redis-server.js';
import { folder, fractal } from './processes.js';
import { serving } from './serve.js';

const REDIS = { skip: NO_REDIS, timeout: 120_000 };
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

test('tasks that redis-cli pushes become pictures, also when the service is killed', REDIS, async (t) => {
  const { client, url } = await redisWithClient(t);
  const data = join(folder(t), 'data');
  const words = ['--redis-tasks', url, '--jobs', '2'];
  const first = await serving(t, data, words);
  const port = new URL(url).port;
  const push = (list: string, task: string) =>
    assert.equal(spawnSync('redis-cli', ['-p', port, 'RPUSH', list, task]).status, 0);
  const uuids = Array.from({ length: 12 }, (_, k) => `uuid-${k}`);
  for (const uuid of uuids) {
    const fields = { width: '96', height: 64, block_size: 4, samples: 4, camerax: '-0.5', cameray: 0, zoom: 0.25 };
    push('pending_tasks', JSON.stringify({ uuid, ...fields, type: 0, color_mode: 3, iterations: 20_000 }));
  }
  push('mpi_jobs', '{"args":["--width","102","--height","102","--iterations","500","--output","fractal.png"]}');
  const pictures = async () =>
    Object.values(await client.hgetallBuffer('completed_tasks')).filter(({ length }) => length > 0);
  const completed = async (count: number) => {
    while ((await pictures()).length < count) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await completed(3);
  first.process.kill('SIGKILL');
  await once(first.process, 'exit');
  await serving(t, data, words);
  await completed(13);
  for (const picture of await pictures()) assert.ok(picture.subarray(0, 8).equals(PNG));
  assert.equal(await client.hlen('completed_tasks'), 13);
  for (const list of ['pending_tasks', 'mpi_jobs', 'running_tasks', 'failed_tasks'])
    assert.equal(await client.llen(list), 0, list);
});

test('the address comes from REDIS_HOST when there is none, and its absence is said', {
  timeout: 60_000,
}, async (t) => {
  const { code, stderr } = await fractal(t, ['serve', '--redis-tasks', '--data', join(folder(t), 'data')]);
  assert.equal(code, 2);
  assert.match(stderr, /--redis-tasks has no URL: write one, or set REDIS_URL or REDIS_HOST/);
});
