/** The simulator of clusters, against a leader and workers that are processes; and what it shows of the schedule. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from '../../src/leader/job/ledger.js';
import { type LeaderCosts, simulateCluster } from './simulate-cluster.js';
import { COSTS, clusterOf, simulated, timedCluster } from './timed-cluster.js';
import { SIZE } from './timed-picture.js';
import { uniform } from './uniform.js';

/** Of one slot, for the picture. */
const SECONDS = 6;
/** Slots of the workers. More of them are compared on a quiet machine: docs/scale.md. */
const CLUSTERS = [
  [1, 1],
  [1, 1, 2],
];
const MOST_RUNS = 12;

test('real processes take the time that the simulator states, within 20 %', { timeout: 120_000 }, async (t) => {
  for (const slots of CLUSTERS) {
    const cluster = await timedCluster(SECONDS, slots);
    t.after(() => cluster.close());
    const { seconds, shards } = simulated(SECONDS, clusterOf(slots));
    const ratioOf = ({ computeSeconds }: Report) => computeSeconds / seconds;
    let fastest = await cluster.render();
    // Other load of the machine only delays: the fastest of some runs is the nearest.
    for (let run = 1; run < MOST_RUNS && ratioOf(fastest) >= 1.2; run++) {
      const next = await cluster.render();
      if (ratioOf(next) < ratioOf(fastest)) fastest = next;
    }
    const ratio = ratioOf(fastest);
    t.diagnostic(`${slots.length} workers: ${seconds.toFixed(3)} s simulated, times ${ratio.toFixed(3)} for real`);
    t.diagnostic(`${shards} shards simulated, ${fastest.shards} for real`);
    assert.ok(ratio > 0.9 && ratio < 1.2, `${fastest.computeSeconds} s, simulated ${seconds} s`);
    assert.ok(Math.abs(fastest.shards / shards - 1) < 0.25, `${fastest.shards} shards, simulated ${shards}`);
  }
});

test('without costs of a leader two slots compute all the time but for the last shards', () => {
  const free: LeaderCosts = { shard: 0, answerByte: 0, sceneByte: 0, join: 0, heartbeat: 0 };
  const { seconds, efficiency, leader } = simulated(
    SECONDS,
    clusterOf([2], { costs: free, latency: 0, bandwidth: Infinity }),
  );
  assert.ok(efficiency > 0.99 && efficiency <= 1, `${efficiency}`);
  assert.ok(Math.abs(seconds * 2 * efficiency - SECONDS) < 1e-9);
  assert.equal(leader, 0);
});

test('every shard is committed, though workers are lost all the time', () => {
  const { lost, efficiency } = simulated(SECONDS, clusterOf([2, 2, 2], { losses: { every: 0.2, back: 0.3 } }));
  assert.ok(lost >= 5 && efficiency > 0.3, `${lost} lost, ${efficiency}`);
});

test('a link, a main thread and a consumer each bound the time', () => {
  const bytes = 3 * SIZE.width * SIZE.height;
  const { seconds: linked, received } = simulated(SECONDS, clusterOf([64], { bandwidth: bytes / 4 }));
  assert.ok(linked > 4 && received > 0.9, `${linked} s`);
  const { seconds: slow, leader } = simulated(SECONDS, clusterOf([64], { costs: { ...COSTS, answerByte: 4 / bytes } }));
  assert.ok(slow > 4 && leader > 0.9, `${slow} s`);
});

test('thousands of slots get no more shards than a leader handles', () => {
  const renders = uniform(1, 16_384, 16_384, 1);
  const costOf = ({ width, height }: { width: number; height: number }) => width * height * 40e-6;
  const job = {
    job: { renders, shape: 'auto' as const, window: 2 },
    costOf,
    bytesOf: () => 0,
    sceneBytes: 0,
    consume: 0,
  };
  const outcome = simulateCluster(job, clusterOf(new Array<number>(250).fill(8)));
  const { seconds, shards, efficiency, leader } = outcome;
  assert.ok(shards / seconds < 5_000 && leader < 0.9 && efficiency > 0.6, JSON.stringify(outcome));
});
