/** Which workers go: against the order in which a ReplicaSet controller deletes pods. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { COSTS, type Pod, removal, type Worker } from '../../src/autoscale/removal.js';
import { inDeletionOrder } from './replica-set.js';

function pod(number: number, more: Partial<Pod> = {}): Pod {
  return {
    ...{ name: `p${number}`, addresses: [`10.0.0.${number}`], phase: 'Running', isAssigned: true, isReady: true },
    ...{ cost: 0, isMarked: false, created: number, ...more },
  };
}

const going: Partial<Pod> = { cost: COSTS.going, isMarked: true };
const worker = (number: number, shards: number, state = 'ready'): Worker => ({
  host: `10.0.0.${number}`,
  state,
  shards,
});
const names = (pods: readonly Pod[]) => pods.map(({ name }) => name);

test('the idle ones are marked and drained; nothing is removed before both are seen', () => {
  const pods = [pod(1), pod(2), pod(3)];
  const first = removal(pods, [[worker(1, 3), worker(2, 0), worker(3, 1)]], 1);
  assert.deepEqual(names(first.drain), ['p2']);
  assert.equal(first.removable, 0);
  const costs = first.marks.map(({ pod: { name }, cost, isMarked }) => [name, cost, isMarked]);
  assert.deepEqual(costs, [
    ['p1', COSTS.busy, false],
    ['p2', COSTS.going, true],
    ['p3', COSTS.busy, false],
  ]);
  const marked = [pod(1, { cost: COSTS.busy }), pod(2, going), pod(3, { cost: COSTS.busy })];
  assert.equal(removal(marked, [[worker(1, 3), worker(2, 0), worker(3, 1)]], 1).removable, 0, 'it is used again');
  const drained = removal(marked, [[worker(1, 3), worker(2, 0, 'draining'), worker(3, 0)]], 1);
  assert.deepEqual([drained.removable, drained.drain, drained.undrain], [1, [], []]);
  assert.deepEqual(drained.marks, [{ pod: marked[1], cost: COSTS.done, isMarked: true }]);
});

test('where all are busy, the least busy one finishes first', () => {
  const lists = [[worker(1, 3), worker(2, 1, 'draining')]];
  assert.deepEqual(names(removal([pod(1), pod(2)], [[worker(1, 3), worker(2, 1)]], 1).drain), ['p2']);
  assert.equal(removal([pod(1), pod(2, going)], lists, 1).removable, 0);
});

test('of two that finish the one that has finished is removed, whichever the controller prefers of equals', () => {
  const lists = [[worker(1, 0, 'draining'), worker(2, 1, 'draining'), worker(3, 2)]];
  const before = removal([pod(1, going), pod(2, going), pod(3)], lists, 2);
  assert.equal(before.removable, 0);
  assert.deepEqual(
    before.marks.map(({ pod: { name }, cost }) => [name, cost]),
    [
      ['p1', COSTS.done],
      ['p3', COSTS.busy],
    ],
  );
  const done = pod(1, { cost: COSTS.done, isMarked: true });
  assert.equal(removal([done, pod(2, going), pod(3)], lists, 2).removable, 1);
});

test('busy for one of several services is busy', () => {
  const pods = [pod(1, going), pod(2)];
  const idle = [worker(1, 0, 'draining'), worker(2, 0)];
  assert.equal(removal(pods, [idle, [worker(1, 1, 'draining'), worker(2, 0)]], 1).removable, 0);
  assert.equal(removal(pods, [idle, [worker(1, 0), worker(2, 0)]], 1).removable, 0, 'the other one still uses it');
  assert.equal(removal(pods, [idle, idle], 1).removable, 1);
});

test('of a pod that is ready and in no list nothing is known', () => {
  assert.equal(removal([pod(1, going), pod(2)], [[worker(2, 0)]], 1).removable, 0);
});

test('pods that have not started go first, without being drained', () => {
  const pending = pod(3, { phase: 'Pending', isAssigned: false, isReady: false, addresses: [] });
  const { removable, marks } = removal([pod(1), pod(2), pending], [[worker(1, 1), worker(2, 0)]], 1);
  assert.equal(removable, 1);
  assert.ok(marks.every(({ isMarked }) => !isMarked));
});

test('a busy worker whose probe fails would be deleted first: none is removed', () => {
  const pods = [pod(1, { isReady: false }), pod(2, going)];
  assert.equal(removal(pods, [[worker(1, 2), worker(2, 0, 'draining')]], 1).removable, 0);
});

test('when the load is back, drained workers are used again, others keep what operators did', () => {
  const pods = [pod(1, going), pod(2), pod(3, { cost: 7 })];
  const lists = [[worker(1, 0, 'draining'), worker(2, 0, 'draining'), worker(3, 4)]];
  const { undrain, marks, drain, removable } = removal(pods, lists, 0);
  assert.deepEqual([names(undrain), drain, removable], [['p1'], [], 0]);
  assert.deepEqual(marks, [{ pod: pods[0], cost: COSTS.idle, isMarked: false }]);
});

test('any cluster: what the controller deletes has no shard, and never gets one', () => {
  const states = fc.constantFrom('ready', 'draining', 'dialling', 'given up', 'left out');
  const cluster = fc.array(
    fc.record({
      ...{ phase: fc.constantFrom('Running', 'Running', 'Running', 'Pending', 'Unknown'), isReady: fc.boolean() },
      ...{ cost: fc.constantFrom(0, 0, -1000, 1000, 5), isMarked: fc.boolean(), isAssigned: fc.boolean() },
      seen: fc.array(fc.option(fc.record({ state: states, shards: fc.integer({ min: 0, max: 2 }) })), {
        ...{ minLength: 2, maxLength: 2 },
      }),
    }),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(cluster, fc.nat(8), fc.nat(), (found, count, seed) => {
      const pods = found.map(({ seen: _, ...more }, k) => pod(k, more));
      const lists = [0, 1].map((service) =>
        found.flatMap(({ seen }, k) => {
          const one = seen[service];
          return one ? [worker(k, one.shards, one.state)] : [];
        }),
      );
      const { removable, undrain, drain, marks } = removal(pods, lists, Math.min(count, pods.length));
      assert.ok(removable <= count);
      for (const { name } of inDeletionOrder(pods, seed).slice(0, removable)) {
        const at = Number(name.slice(1));
        assert.ok(
          lists
            .flat()
            .every(({ host, shards, state }) => host !== `10.0.0.${at}` || (shards === 0 && state !== 'ready')),
        );
        assert.ok(names(undrain).every((one) => one !== name));
      }
      for (const one of drain)
        assert.ok(one.isMarked || marks.some(({ pod: { name } }) => name === one.name), 'marked first');
      const marked = pods.filter(({ isMarked }) => isMarked).length;
      if (count === 0) assert.equal(undrain.length, marked);
    }),
    { numRuns: 500 },
  );
});

test('again and again, any load ends with as many idle workers removed as were to go', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3), { minLength: 1, maxLength: 7 }), fc.nat(6), fc.nat(), (busy, count, seed) => {
      let pods = busy.map((_, k) => pod(k));
      const drained = new Set<string>();
      const shards = new Map(busy.map((amount, k) => [`p${k}`, amount]));
      const goal = Math.max(0, pods.length - count);
      for (let round = 0; pods.length > goal; round++) {
        assert.ok(round < 40, 'it comes to an end');
        const list = pods.map(({ name, addresses: [host = ''] }) => ({
          ...{ host, shards: shards.get(name) ?? 0, state: drained.has(name) ? 'draining' : 'ready' },
        }));
        const { marks, drain, undrain, removable } = removal(pods, [list], pods.length - goal);
        for (const { name } of inDeletionOrder(pods, seed + round).slice(0, removable)) {
          assert.equal(shards.get(name), 0);
          pods = pods.filter((one) => one.name !== name);
        }
        for (const { name } of undrain) drained.delete(name);
        for (const { name } of drain) drained.add(name);
        pods = pods.map((one) => ({ ...one, ...marks.find(({ pod: { name } }) => name === one.name), name: one.name }));
        // Workers that are not drained get new shards all the time.
        for (const { name } of pods) {
          shards.set(name, drained.has(name) ? Math.max(0, (shards.get(name) ?? 0) - 1) : (seed + round) % 4);
        }
      }
    }),
  );
});
