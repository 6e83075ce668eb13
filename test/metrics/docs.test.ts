/** docs/metrics.md and the program name the same metrics. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { leaderMetrics, workerMetrics } from '../../src/metrics/cluster.js';
import { startRuntimeMetrics } from '../../src/metrics/runtime.js';

const HERE = ['../../docs/metrics.md', '../../../docs/metrics.md'].map((path) => new URL(path, import.meta.url));
const text = readFileSync(HERE.find((url) => existsSync(url)) as URL, 'utf8');

/** The names of table rows, `name{a,b}` being two. */
function documented(): { name: string; columns: string[] }[] {
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) => {
    const [, first = '', ...columns] = row.split('|').map((cell) => cell.trim());
    const [, name = '', keys] = /^`([^`{]+)(?:\{(.*)\})?`$/.exec(first) ?? assert.fail(row);
    return (keys?.split(',') ?? [undefined]).map((key) => ({ name: key ? `${name}{${key}}` : name, columns }));
  });
}

const nothing = { seconds: 0, shards: 0, samples: 0, iterations: 0 };
const leader = leaderMetrics({
  ...nothing,
  computeSeconds: 0,
  computedSamples: 0,
  frames: 0,
  uncertain: 0,
  recalled: 0,
  reissued: 0,
  late: 0,
  copied: 0,
  verified: 0,
  unverified: 0,
  revoked: 0,
  lost: 0,
  workers: [],
});
const worker = workerMetrics({ ...nothing, slots: 1, busySeconds: 0, bytesSent: 0, bytesReceived: 0 });

test('every metric is documented, once, and every documented metric exists', () => {
  const metrics = startRuntimeMetrics();
  const runtime = metrics.read();
  metrics.stop();
  const produced = new Set([...leader, ...worker, ...runtime].map(({ name }) => name));
  const elsewhere = process.platform === 'linux' ? [] : ['/process/threads:threads'];
  const names = documented().map(({ name }) => name);
  assert.deepEqual(names.filter((name) => !elsewhere.includes(name)).sort(), [...produced].sort());
});

test('the tables name the source of each metric of the cluster', () => {
  const ofLeader = new Set(leader.map(({ name }) => name));
  const ofWorker = new Set(worker.map(({ name }) => name));
  for (const { name, columns } of documented()) {
    if (!ofLeader.has(name)) continue;
    assert.equal(columns[0], ofWorker.has(name) ? 'both' : 'leader', name);
  }
  assert.deepEqual(
    [...ofWorker].filter((name) => !ofLeader.has(name)),
    [],
  );
});

test('every name that the advice mentions is in a table', () => {
  const names = new Set(documented().map(({ name }) => name));
  for (const [, name = ''] of text.matchAll(/`(\/(?:cluster|gc|cpu|memory|process|sched)\/[^`\s]+:[^`\s]+)`/g)) {
    if (name.includes(',')) continue;
    assert.ok(names.has(name), name);
  }
});
