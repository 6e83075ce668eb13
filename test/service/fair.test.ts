/** Which job begins next, against what the rules say of it: priorities, shares, places, deadlines of the heads. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Shares } from '../../src/service/fair.js';

const OWNERS = ['ann', 'bob', 'eve'] as const;
const owner = fc.constantFrom(...OWNERS);
const weights = fc.record({
  ann: fc.integer({ min: 1, max: 4 }),
  bob: fc.integer({ min: 1, max: 4 }),
  eve: fc.constant(1),
});
const weightIn = (of: Readonly<Record<string, number>>) => (name: string) => of[name] ?? 1;

test('no head has a higher priority than the next job, nor as high a one and fewer places for its weight', () => {
  const heads = fc.uniqueArray(fc.record({ owner, priority: fc.integer({ min: 0, max: 2 }) }), {
    ...{ minLength: 1, maxLength: 3, selector: (one: { owner: string }) => one.owner },
  });
  const running = fc.array(fc.tuple(owner, fc.integer({ min: 0, max: 99 })), { maxLength: 8 });
  const charges = fc.array(fc.tuple(owner, fc.integer({ min: 0, max: 99 })), { maxLength: 8 });
  fc.assert(
    fc.property(weights, heads, running, charges, (weight, wanted, places, used) => {
      const shares = new Shares(weightIn(weight));
      const ranked = wanted.map((one, k) => ({ ...one, id: `job${k}` }));
      // All are known before they use something.
      shares.next(ranked, places);
      for (const [name, seconds] of used) shares.charge(name, seconds);
      const next = shares.next(ranked, places);
      assert.ok(next);
      const placesOf = (name: string) => places.filter(([one]) => one === name).length / weightIn(weight)(name);
      const secondsOf = (name: string) =>
        [...places, ...used].reduce((sum, [one, s]) => sum + (one === name ? s : 0), 0) / weightIn(weight)(name);
      for (const other of ranked) {
        assert.ok(other.priority <= next.priority);
        if (other.priority < next.priority) continue;
        assert.ok(placesOf(other.owner) >= placesOf(next.owner));
        const isPresent = [...ranked.map((one) => one.owner), ...places.map(([one]) => one)].includes(other.owner);
        if (!isPresent || placesOf(other.owner) > placesOf(next.owner)) continue;
        assert.ok(secondsOf(other.owner) >= secondsOf(next.owner) - 1e-9);
      }
    }),
    { numRuns: 500 },
  );
});

test('owners that always have jobs use the places by their weights, to a job each, whatever its length', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 20, maxLength: 200 });
  fc.assert(
    fc.property(weights, lengths, (weight, all) => {
      const shares = new Shares(weightIn(weight));
      const heads = OWNERS.map((one) => ({ id: one, owner: one, priority: 50 }));
      const used = new Map<string, number>(OWNERS.map((one) => [one, 0]));
      let time = 0;
      const running: { owner: string; from: number; to: number }[] = [];
      for (const seconds of all) {
        if (running.length === 1) {
          // The first to end makes room.
          running.sort((a, b) => a.to - b.to);
          const done = running.shift() as (typeof running)[number];
          time = done.to;
          shares.charge(done.owner, done.to - done.from);
          used.set(done.owner, (used.get(done.owner) ?? 0) + done.to - done.from);
        }
        const next = shares.next(
          heads,
          running.map((one) => [one.owner, time - one.from] as const),
        );
        running.push({ owner: next?.owner ?? '', from: time, to: time + seconds });
      }
      for (const a of OWNERS) {
        for (const b of OWNERS) {
          const [x, y] = [(used.get(a) ?? 0) / weight[a], (used.get(b) ?? 0) / weight[b]];
          assert.ok(Math.abs(x - y) <= 10 / weight[a] + 10 / weight[b], `${a} ${x}, ${b} ${y}`);
        }
      }
    }),
    { numRuns: 300 },
  );
});
