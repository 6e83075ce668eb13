/** The file of the queue: what only SQLite promises. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import Libsql from 'libsql';
import { STATES } from '../../src/service/job.js';
import { begin } from '../../src/service/life.js';
import type { Queue } from '../../src/service/queue.js';
import { openSqliteQueue } from '../../src/service/sqlite/queue.js';
import { folder } from '../e2e/processes.js';

const NONE = Object.fromEntries(STATES.map((state) => [state, 0]));
/** The schema of the first released version. */
const FIRST_VERSION = `
  CREATE TABLE job (id TEXT PRIMARY KEY, state TEXT NOT NULL, owner TEXT NOT NULL, priority INTEGER NOT NULL,
    ended INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX job_by_owner ON job (state, owner, priority DESC, id);
  CREATE INDEX job_by_priority ON job (priority, id);
  CREATE INDEX job_by_end ON job (ended, id);
  CREATE TABLE event (job TEXT, seq INTEGER, time INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (job, seq)) WITHOUT ROWID;
  CREATE TABLE key (owner TEXT, text TEXT, body TEXT NOT NULL, job TEXT NOT NULL, PRIMARY KEY (owner, text)) WITHOUT ROWID;
  CREATE INDEX key_by_job ON key (job);
  PRAGMA user_version = 1`;

test('a file of an earlier version has its jobs, and how many they are', async (t) => {
  let queue: Queue | undefined;
  // Before its folder is removed.
  t.after(() => queue?.close());
  const place = folder(t);
  const submission = { order: { zoom: '1e30' }, priority: 50, owner: 'ann' };
  const before = new Libsql(join(place, 'queue.sqlite'));
  before.exec(FIRST_VERSION);
  const insert = before.prepare('INSERT INTO job VALUES (?, ?, ?, 50, 0, ?)');
  for (const id of ['1', '2', '3']) {
    const job = { ...submission, id, version: 1, state: 'queued', attempt: 0, submittedAt: 0, outputs: [] };
    insert.run(id, 'queued', job.owner, JSON.stringify(job));
  }
  before.close();
  queue = openSqliteQueue(place, { service: 'first', now: () => 1_000 });
  assert.equal((await queue.counts()).queued, 3);
  await queue.change('2', (job) => begin(job, 'first', 0));
  assert.deepEqual({ ...(await queue.counts()) }, { ...NONE, queued: 2, running: 1 });
  assert.deepEqual(
    (await queue.waiting()).map(({ id }) => id),
    ['1'],
  );
});
