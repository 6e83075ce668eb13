/** GET /v1/queue of a real service: how much work there is. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder } from './processes.js';
import { type Serving, serving } from './serve.js';

const BOUNDED = { timeout: 120_000 };
const SMALL = { xpos: '-0.5', ypos: '0', zoom: '1', width: 160, height: 120, iters: 500 };
const LONG = { xpos: '-0.7454286', ypos: '0.1130089', zoom: '1308000', iters: 9000, width: 1200, height: 900 };

async function work({ get }: Serving, holds: (work: Record<string, number>) => boolean) {
  for (;;) {
    const { work } = await get('/v1/queue');
    if (holds(work)) return work;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('work that waits is estimated, survives kill -9, and gets less while a job runs', BOUNDED, async (t) => {
  const data = join(folder(t), 'data');
  const words = ['--jobs', '1'];
  const first = await serving(t, data, words);
  const long = await first.submit({ ...LONG, samples: 16, outfile: 'long.png', priority: 60 });
  await first.reaches(long, 'running');
  const ids = [await first.submit({ ...SMALL, outfile: 'a.png' }), await first.submit({ ...SMALL, outfile: 'b.png' })];
  const before = await work(first, ({ unestimated, running = 0 }) => unestimated === 0 && running > 0);
  assert.ok((before.queued ?? 0) > 0);
  assert.equal(before.coreSeconds, (before.queued ?? 0) + (before.running ?? 0));
  assert.deepEqual(before.owners, { anonymous: before.coreSeconds });
  const { estimate } = await first.get(`/v1/jobs/${ids[0]}`);
  assert.ok(Math.abs((before.queued ?? 0) - 2 * estimate) < 0.002, 'two of a kind, to a millisecond each');
  // Less is left while the job goes on.
  await work(first, ({ running = 0 }) => running < (before.running ?? 0));
  const metrics = await (await fetch(`${first.url}/metrics`)).text();
  assert.match(metrics, /^fractal_work_core_seconds\{state="queued"\} \d/m);
  first.process.kill('SIGKILL');
  await first.ended;
  const second = await serving(t, data, words);
  assert.equal((await second.get(`/v1/jobs/${ids[0]}`)).estimate, estimate);
  const after = await work(second, ({ queued }) => queued === before.queued);
  assert.equal(after.paused, 0);
  await second.post(`/v1/jobs/${long}/cancel`);
  for (const id of ids) await second.reaches(id, 'succeeded');
  assert.equal((await second.get('/v1/queue')).work.coreSeconds, 0);
});
