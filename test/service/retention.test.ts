/** What is kept of ended jobs, by a clock that the test sets: by default pictures stay for days, and the newest the longest. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SERVE_FLAGS } from '../../src/request/flags/serve.js';
import { valuesOf } from '../../src/request/values.js';
import { sweep } from '../../src/service/history.js';
import { openOutputs } from '../../src/service/outputs.js';
import { newJob } from '../../src/service/submit.js';
import { folder } from '../e2e/processes.js';
import { emptyMemory, memoryQueue } from './memory-queue.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Pictures of 100 bytes, of which one ends at each of these times. */
async function pictures(t: TestContext, times: readonly number[]) {
  const memory = emptyMemory();
  const queue = memoryQueue(memory, { service: 'test', now: () => 0 });
  const outputs = await openOutputs(join(folder(t), 'outputs'));
  const ids: string[] = [];
  for (const endedAt of times) {
    const job = { ...newJob({ order: {}, priority: 50, owner: 'ann' }, endedAt), attempt: 1, endedAt };
    memory.jobs.set(job.id, { ...job, state: 'succeeded', outputs: [{ name: 'fractal.png', bytes: 100 }] });
    writeFileSync(join(await outputs.prepare(job), 'fractal.png'), Buffer.alloc(100));
    ids.push(job.id);
  }
  return {
    async keptAt(now: number, keep: { days: number; jobs: number; bytes: number }) {
      await sweep(queue, outputs, keep, now);
      const files = await outputs.list();
      return ids.map((id) => (files.includes(id) ? 'file' : memory.jobs.has(id) ? 'job' : 'nothing'));
    },
  };
}

test('by default a picture is there an hour after its end, and for thirty days', async (t) => {
  const v = valuesOf(SERVE_FLAGS, {});
  const keep = { days: v['keep-days'], jobs: v['keep-jobs'], bytes: v['keep-size'] };
  const { keptAt } = await pictures(t, [0]);
  assert.ok(keep.days >= 1);
  assert.deepEqual(await keptAt(HOUR, keep), ['file']);
  assert.deepEqual(await keptAt(keep.days * DAY, keep), ['file']);
  assert.deepEqual(await keptAt(keep.days * DAY + 1, keep), ['nothing']);
});

test('a bound on the size comes first: of the files the oldest go, their jobs stay', async (t) => {
  const { keptAt } = await pictures(t, [0, HOUR / 4, HOUR / 2]);
  const keep = { days: 1, jobs: 100, bytes: 300 };
  assert.deepEqual(await keptAt(HOUR, keep), ['file', 'file', 'file']);
  assert.deepEqual(await keptAt(HOUR, { ...keep, bytes: 299 }), ['job', 'file', 'file']);
  assert.deepEqual(await keptAt(HOUR, { ...keep, bytes: 0 }), ['job', 'job', 'job']);
  assert.deepEqual(await keptAt(HOUR, { ...keep, jobs: 1 }), ['nothing', 'nothing', 'job']);
});
