/** Submissions that are sent again, many at once, on the queue that the service has. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSqliteQueue } from '../../src/service/sqlite/queue.js';
import { httpService } from './http-service.js';

const BOUNDED = { timeout: 60_000 };
const ORDER = { width: 16, height: 9, outfile: 'x.png' };

test('100 at once under one key are one job; another body among them is refused', BOUNDED, async (t) => {
  const place = mkdtempSync(join(tmpdir(), 'fractal-test-'));
  const queue = openSqliteQueue(place, { service: 'test', now: Date.now });
  const { send } = await httpService(t, { queue });
  // Behind the end of the service.
  t.after(async () => {
    await queue.close();
    rmSync(place, { recursive: true });
  });
  const key = { 'idempotency-key': 'poster' };
  const sent = await Promise.all(Array.from({ length: 100 }, () => send('POST', '/v1/jobs', ORDER, key)));
  assert.equal(new Set(sent.map(({ json }) => json.id)).size, 1);
  const statuses = sent.map(({ status }) => status).sort();
  assert.deepEqual(statuses, [...new Array(99).fill(200), 201]);
  // Two bodies race for another key: one of them has it.
  const race = { 'idempotency-key': 'film' };
  const bodies = [ORDER, { ...ORDER, zoom: '2' }];
  const raced = await Promise.all(Array.from({ length: 100 }, (_, k) => send('POST', '/v1/jobs', bodies[k % 2], race)));
  const refused = raced.filter(({ status }) => status === 409);
  assert.equal(refused.length, 50);
  assert.ok(refused.every(({ json }) => json.code === 'KEY_REUSED'));
  assert.equal(new Set(raced.flatMap(({ json }) => json.id ?? [])).size, 1);
  assert.equal((await send('GET', '/v1/jobs')).json.jobs.length, 2);
});
