/** kill -9 of the service: no accepted job is lost or doubled, and all have their bytes. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, fractal } from '../e2e/processes.js';
import { type Serving, serving } from '../e2e/serve.js';
import { dice } from './dice.js';

const KILLS = 50;
const JOBS = 25;
const BOUNDED = { timeout: 600_000 };
const PLACE = { xpos: '-0.7454286', ypos: '0.1130089', zoom: '1308000', iters: 3000 };

const orderOf = (k: number) => ({ ...PLACE, width: 96, height: 54 + k, samples: 4, outfile: 'x.png' });
const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

test('after 50 kills at random moments all accepted jobs are there once, with their bytes', BOUNDED, async (t) => {
  const data = join(folder(t), 'data');
  const roll = dice(7);
  const accepted = new Map<number, string>();
  // What was sent and not answered is sent again, under the same key.
  const submitNext = async ({ submit }: Serving) => {
    const next = accepted.size;
    const id = await submit(orderOf(next), { 'idempotency-key': `job ${next}` }).catch(() => undefined);
    if (id !== undefined) accepted.set(next, id);
  };
  for (let kill = 0; kill < KILLS; kill++) {
    const service = await serving(t, data);
    const kill9 = () => service.process.kill('SIGKILL');
    // Half of the kills hit whatever it does, half of them a job that runs, if one is left.
    const atOnce = kill % 2 === 0 && setTimeout(kill9, roll() * 400);
    if (accepted.size < JOBS) await submitNext(service);
    if (!atOnce) {
      await untilRunning(service);
      setTimeout(kill9, roll() * 100);
    }
    await service.ended;
  }
  const service = await serving(t, data);
  while (accepted.size < JOBS) await submitNext(service);
  const { jobs } = await service.get('/v1/jobs?limit=1000');
  assert.deepEqual(jobs.map(({ id }: { id: string }) => id).sort(), [...accepted.values()].sort());
  let attempts = 0;
  for (const [k, id] of accepted) {
    attempts += (await service.reaches(id, 'succeeded')).attempt;
    if (k % 5 > 0) continue;
    const path = join(folder(t), 'x.png');
    const { outfile, ...order } = orderOf(k);
    const words = Object.entries(order).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const { code, stderr } = await fractal(t, ['leader', '--local', '1', '-q', '--no-store', '-o', path, ...words]);
    assert.equal(code, 0, stderr);
    assert.equal(sha(readFileSync(path)), sha(await service.file(id, outfile)), `job ${k}`);
  }
  assert.ok(attempts > JOBS, 'some jobs were killed while they ran');
});

async function untilRunning({ get }: Serving): Promise<void> {
  for (;;) {
    const { jobs } = await get('/v1/queue');
    if (jobs.running > 0 || jobs.queued === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
