/** Two services on one queue, as real processes: one is killed, one hangs, and Redis goes away. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, fractal } from '../e2e/processes.js';
import { serving } from '../e2e/serve.js';
import { NO_REDIS, redisServer } from '../service/redis-server.js';

const JOBS = 50;
const OPTIONS = { skip: NO_REDIS, timeout: 300_000 };
const PLACE = { xpos: '-0.7454286', ypos: '0.1130089', zoom: '1308000', iters: 3000 };

const orderOf = (k: number) => ({ ...PLACE, width: 96, height: 54 + k, samples: 4, outfile: 'x.png' });
const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The file of an attempt. */
function outputOf(data: string, id: string, attempt: number): Buffer {
  const path = join(data, 'outputs', id, String(attempt));
  assert.deepEqual(readdirSync(path), ['x.png']);
  return readFileSync(join(path, 'x.png'));
}

async function bytesOfLeader(t: Parameters<typeof folder>[0], k: number): Promise<Buffer> {
  const path = join(folder(t), 'x.png');
  const { outfile, ...order } = orderOf(k);
  const words = Object.entries(order).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const { code, stderr } = await fractal(t, ['leader', '--local', '1', '-q', '--no-store', '-o', path, ...words]);
  assert.equal(code, 0, stderr);
  return readFileSync(path);
}

/** How often a job has succeeded, by its events. The first part of the stream has all that there are. */
async function endsOf(url: string, id: string): Promise<number> {
  const stop = new AbortController();
  const { body } = await fetch(`${url}/v1/jobs/${id}/events`, { signal: stop.signal });
  const { value = new Uint8Array() } = (await body?.getReader().read()) ?? {};
  stop.abort();
  return (
    Buffer.from(value)
      .toString()
      .match(/"state":"succeeded"/g)?.length ?? 0
  );
}

test('two services share 50 jobs; one is killed, and each job has one output, with its bytes', OPTIONS, async (t) => {
  const redis = await redisServer(t);
  const data = join(folder(t), 'data');
  const words = ['--queue', `${redis.url}/0?lease=2`, '--jobs', '2'];
  const [one, two] = [await serving(t, data, words), await serving(t, data, words)];
  const ids = await Promise.all(Array.from({ length: JOBS }, (_, k) => [one, two][k % 2]?.submit(orderOf(k)) ?? ''));
  while ((await two.get('/v1/queue')).jobs.succeeded < JOBS / 4) await pause(10);
  one.process.kill('SIGKILL');
  await one.ended;
  const jobs: { id: string; attempt: number }[] = [];
  for (const id of ids) jobs.push(await two.reaches(id, 'succeeded'));
  const attempts = jobs.reduce((sum, { attempt }) => sum + attempt, 0);
  assert.ok(attempts > JOBS, 'the one that was killed ran some');
  assert.equal((await two.get('/v1/jobs?limit=1000')).jobs.length, JOBS);
  for (const [k, { id, attempt }] of jobs.entries()) {
    const kept = readdirSync(join(data, 'outputs', id)).filter((name) => !name.startsWith('.'));
    assert.deepEqual(kept, [String(attempt)]);
    const bytes = outputOf(data, id, attempt);
    assert.equal(sha(await two.file(id, 'x.png')), sha(bytes));
    assert.equal(await endsOf(two.url, id), 1);
    if (k % 10 === 0) assert.equal(sha(bytes), sha(await bytesOfLeader(t, k)), `job ${k}`);
  }
});

test('a service that hangs loses its job to the other, and changes nothing when it goes on', OPTIONS, async (t) => {
  const redis = await redisServer(t);
  const data = join(folder(t), 'data');
  const words = ['--queue', `${redis.url}/0?lease=1`];
  const one = await serving(t, data, words);
  const id = await one.submit({ ...orderOf(300), width: 400, samples: 9 });
  await one.reaches(id, 'running');
  one.process.kill('SIGSTOP');
  const two = await serving(t, data, words);
  assert.equal((await two.reaches(id, 'succeeded')).attempt, 2);
  const bytes = outputOf(data, id, 2);
  one.process.kill('SIGCONT');
  const seen = await one.reaches(id, 'succeeded');
  assert.equal(seen.attempt, 2);
  assert.equal(sha(await one.file(id, 'x.png')), sha(bytes), 'it serves what the other has made');
  one.process.kill('SIGTERM');
  assert.equal((await one.ended).code, 0);
  assert.equal(sha(outputOf(data, id, 2)), sha(bytes));
  assert.equal(await endsOf(two.url, id), 1);
});

test('while Redis is away submissions get 503 with Retry-After, and jobs that run are finished', OPTIONS, async (t) => {
  const redis = await redisServer(t);
  const service = await serving(t, join(folder(t), 'data'), ['--queue', `${redis.url}/0?lease=1`]);
  const id = await service.submit({ ...orderOf(300), width: 400, samples: 9 });
  await service.reaches(id, 'running');
  await redis.kill();
  const body = JSON.stringify(orderOf(0));
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  const answer = await fetch(`${service.url}/v1/jobs`, init);
  const { code, detail } = (await answer.json()) as { code: string; detail: string };
  assert.deepEqual([answer.status, answer.headers.get('retry-after'), code], [503, '5', 'QUEUE_AWAY']);
  assert.match(detail, /^the queue at redis:\/\/127\.0\.0\.1:\d+\/0 does not answer: /);
  await redis.start();
  for (;;) {
    const job = (await service.get(`/v1/jobs/${id}`)) as { state?: string; attempt?: number };
    if (job.state !== 'succeeded') continue;
    assert.equal(job.attempt, 1);
    break;
  }
  await service.reaches(await service.submit(orderOf(0)), 'succeeded');
});

test(
  'a service without Redis, or with another folder than the others, is refused with one line',
  OPTIONS,
  async (t) => {
    const redis = await redisServer(t);
    const data = join(folder(t), 'data');
    const service = await serving(t, data, ['--queue', redis.url]);
    await service.reaches(await service.submit(orderOf(0)), 'succeeded');
    const begin = async (...words: string[]) => {
      const { code, stderr } = await fractal(t, ['serve', '--local', '1', '--http', '127.0.0.1:0', ...words]);
      assert.notEqual(code, 0);
      return stderr;
    };
    assert.match(
      await begin('--data', `${data}2`, '--queue', redis.url),
      /^error: DATA_IN_USE: --data \S+2 .*same one.*\n$/,
    );
    assert.match(
      await begin('--data', data, '--queue', 'redis://127.0.0.1:1'),
      /^error: QUEUE_AWAY: .*ECONNREFUSED.*\n$/,
    );
    assert.match(await begin('--data', data, '--queue', 'http://x'), /^error: REQUEST_INVALID: --queue .*\n$/);
  },
);
