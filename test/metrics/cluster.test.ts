/** The cluster's metrics, from given counts. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  balance,
  clusterMetrics,
  type LeaderCounters,
  leaderMetrics,
  type WorkerShare,
  workerMetrics,
} from '../../src/metrics/cluster.js';
import type { Metric } from '../../src/metrics/metric.js';

function share(
  name: string,
  slots: number,
  busySeconds: number,
  idleSeconds: number,
  metrics: Metric[] = [],
): WorkerShare {
  const counts = {
    shards: 3,
    samples: 300,
    computedSamples: 300,
    iterations: 3000,
    sentBytes: 10,
    receivedBytes: 1000,
  };
  return { name, slots, busySeconds, idleSeconds, metrics, ...counts };
}

function counters(workers: WorkerShare[], seconds = 10, computeSeconds = 8): LeaderCounters {
  const counts = {
    frames: 1,
    shards: 6,
    samples: 600,
    computedSamples: 600,
    recalled: 0,
    uncertain: 0,
    iterations: 6000,
    reissued: 1,
    late: 0,
    lost: 1,
    copied: 0,
    verified: 0,
    unverified: 0,
    revoked: 0,
  };
  return { seconds, computeSeconds, workers, ...counts };
}

function figures(metrics: readonly Metric[] | undefined): Record<string, number> {
  return Object.fromEntries((metrics ?? []).map(({ name, value }) => [name, value]));
}

test('efficiency counts slots that came late, utilization does not', () => {
  const all = leaderMetrics(counters([share('a:1', 2, 16, 0), share('b:1', 2, 6, 2)]));
  const of = figures(all);
  assert.equal(all[0]?.name, 'time');
  assert.equal(of['/cluster/workers/slots:slots'], 4);
  assert.equal(of['/cluster/workers/busy:seconds'], 22);
  assert.equal(of['/cluster/parallel/efficiency:ratio'], 22 / 32);
  assert.equal(of['/cluster/parallel/utilization:ratio'], 22 / 24);
  assert.equal(of['/cluster/parallel/balance:ratio'], 5.5 / 8);
  assert.equal(of['/cluster/net/sent:bytes'], 20);
  assert.equal(of['/cluster/iterations/rate:iterations/second'], 6000 / 8);
});

test('balance compares slots, not workers', () => {
  assert.equal(balance([share('a', 4, 20, 0), share('b', 1, 5, 0)]), 1);
  assert.equal(balance([share('a', 1, 10, 0), share('b', 1, 5, 0)]), 0.75);
});

test('one worker is balanced, and so are workers that had nothing to do', () => {
  assert.equal(balance([share('a', 3, 7.3, 0)]), 1);
  assert.equal(balance([share('a', 1, 0, 0), share('b', 2, 0, 0)]), 1);
  assert.equal(balance([]), 1);
  assert.equal(balance([share('a', 0, 0, 0), share('b', 1, 2, 0)]), 1);
});

test('a run of no time, or without workers, has only finite values', () => {
  for (const workers of [[], [share('a:1', 1, 0, 0)], [share('a:1', 0, 0, 0)]]) {
    for (const { name, value } of leaderMetrics(counters(workers, 0, 0))) assert.ok(Number.isFinite(value), name);
  }
});

test('a worker line holds what the leader counted, then what the worker reported', () => {
  const own = workerMetrics({
    slots: 2,
    seconds: 9,
    shards: 99,
    samples: 1,
    iterations: 1,
    busySeconds: 1,
    bytesSent: 1,
    bytesReceived: 1,
  });
  const heap = { name: '/memory/classes/heap/total:bytes', value: 5 };
  const { leader, workers } = clusterMetrics(counters([share('a:1', 2, 3, 4, [...own, heap]), share('b:1', 1, 2, 0)]), [
    heap,
  ]);
  assert.deepEqual(leader.at(-1), heap);
  const a = workers.get('a:1') ?? [];
  assert.deepEqual([a[0], a.at(-1)], [{ name: 'time', value: 9 }, heap]);
  assert.equal(new Set(a.map(({ name }) => name)).size, a.length, 'no name twice');
  assert.equal(figures(a)['/cluster/shards/done:shards'], 3);
  assert.equal(figures(a)['/cluster/net/sent:bytes'], 1000, 'what the leader received, the worker sent');
  assert.equal(figures(workers.get('b:1'))['/cluster/workers/busy:seconds'], 2, 'a lost worker keeps its counts');
});

test('the idle time of a worker is what its slots did not compute, never negative', () => {
  const base = { slots: 2, shards: 1, samples: 1, iterations: 1, bytesSent: 0, bytesReceived: 0 };
  const idle = (seconds: number, busySeconds: number) =>
    figures(workerMetrics({ ...base, seconds, busySeconds }))['/cluster/workers/idle:seconds'];
  assert.equal(idle(10, 15), 5);
  assert.equal(idle(1, 2.0001), 0);
});
