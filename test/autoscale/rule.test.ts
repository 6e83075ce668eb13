/** The rule in virtual time. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Calm, decide, needOf, type Scale } from '../../src/autoscale/rule.js';

const SCALE: Scale = {
  ...{ min: 1, max: 8, slotsPerWorker: 4, targetSeconds: 300 },
  ...{ calmMs: 60_000, gapMs: 15_000 },
};
const STEP_MS = 2_000;
/** Core-seconds that need one worker. */
const UNIT = SCALE.slotsPerWorker * SCALE.targetSeconds;

interface Step {
  readonly now: number;
  readonly before: number;
  readonly after: number;
}

/** Follows a load, a need in workers at each look; undefined: the figures are missing. The scaling is done at once. */
function followed(needs: readonly (number | undefined)[], scale = SCALE, begin = scale.min): Step[] {
  let [replicas, calm]: [number, Calm | undefined] = [begin, undefined];
  return needs.map((need, k) => {
    const [now, before] = [k * STEP_MS, replicas];
    if (need === undefined) calm = undefined;
    else ({ wanted: replicas, calm } = decide(calm, { now, need, replicas }, scale));
    return { now, before, after: replicas };
  });
}

const minutes = (count: number, need: number | undefined) =>
  new Array<number | undefined>((count * 60_000) / STEP_MS).fill(need);

test('the need is work over the time that it should take, or jobs over jobs for each worker', () => {
  const load = { coreSeconds: 3 * UNIT, jobs: 40, waiting: 30 };
  assert.equal(needOf(load, SCALE), 3);
  assert.equal(needOf(load, { ...SCALE, jobsPerWorker: 10 }), 3);
  assert.equal(needOf(load, { ...SCALE, jobsPerWorker: 5 }), 6);
  assert.equal(needOf({ coreSeconds: 0, jobs: 0, waiting: 0 }, SCALE), 0);
  const unestimated = needOf({ coreSeconds: 0, jobs: 1, waiting: 1 }, SCALE);
  assert.equal(decide(undefined, { now: 0, need: unestimated, replicas: 0 }, { ...SCALE, min: 0 }).wanted, 1);
});

test('a flood: as many workers as it needs at the next look, never more than the most', () => {
  const steps = followed([0, 4.2, 4.2, 100]);
  assert.deepEqual(
    steps.map(({ after }) => after),
    [1, 5, 5, 8],
  );
});

test('a lull: a minute later the workers that the minute needed at most', () => {
  const steps = followed([8, ...minutes(3, 2.5)]);
  const down = steps.filter(({ before, after }) => after < before);
  assert.deepEqual(down, [{ now: STEP_MS + 60_000, before: 8, after: 3 }]);
});

test('half of the workers, or more, is no calm', () => {
  assert.ok(followed([8, ...minutes(5, 4)]).every(({ before, after }) => after >= before));
});

test('to none only when none is the fewest', () => {
  assert.equal(followed([2, ...minutes(5, 0)]).at(-1)?.after, 1);
  assert.equal(followed([2, ...minutes(5, 0)], { ...SCALE, min: 0 }, 0).at(-1)?.after, 0);
});

test('a lull ends with the fewest workers, whatever small need its begin had', () => {
  const small = fc.double({ min: 0, max: 0.49, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), small, fc.nat(20), fc.nat(1), (flood, need, looks, min) => {
      const begin = new Array(looks).fill(need);
      assert.equal(followed([flood, ...begin, ...minutes(5, 0)], { ...SCALE, min }).at(-1)?.after, min);
    }),
  );
});

test('missing figures and late looks begin the calm anew', () => {
  const missing = followed([8, ...minutes(0.9, 0), undefined, ...minutes(0.9, 0)]);
  assert.equal(missing.at(-1)?.after, 8);
  const look = (now: number, calm: Calm | undefined) => decide(calm, { now, need: 0, replicas: 8 }, SCALE);
  const first = look(0, undefined);
  assert.equal(look(70_000, first.calm).wanted, 8, 'nothing is known of the time between');
  assert.equal(look(70_000, { ...(first.calm as Calm), latest: 69_000 }).wanted, 1);
});

test('a number beyond the bounds comes back within them', () => {
  assert.equal(decide(undefined, { now: 0, need: 20, replicas: 30 }, SCALE).wanted, 8);
  assert.equal(decide(undefined, { now: 0, need: 0, replicas: 1 }, { ...SCALE, min: 3 }).wanted, 3);
});

test('any load: within the bounds, never below what is needed, down at most once in a calm time and only after one', () => {
  const need = fc.oneof(
    fc.constant(undefined),
    fc.double({ min: 0, max: 20, noNaN: true }),
    fc.constantFrom(0, 0.3, 7),
  );
  const stretch = fc.record({ need, length: fc.integer({ min: 1, max: 60 }) });
  const bounds = fc
    .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 10 }))
    .map(([min, more]) => ({ ...SCALE, min, max: Math.max(1, min + more) }));
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 20 }), bounds, (stretches, scale) => {
      const needs = stretches.flatMap(({ need, length }) => new Array<number | undefined>(length).fill(need));
      const steps = followed(needs, scale);
      let changed = -Infinity;
      for (const [k, { now, before, after }] of steps.entries()) {
        assert.ok(after >= scale.min && after <= scale.max);
        const wanted = needs[k];
        if (wanted !== undefined) assert.ok(after >= Math.min(scale.max, Math.ceil(wanted)));
        if (after < before) {
          assert.ok(now - changed >= scale.calmMs, 'a calm time after any other change');
          const calm = needs.slice(k - scale.calmMs / STEP_MS, k + 1);
          assert.ok(calm.every((one) => one !== undefined && one < before / 2 && one <= after));
        }
        if (after !== before) changed = now;
      }
    }),
  );
});

test('a queue that flaps between two loads changes the number twice a minute at most, once when it is fast', () => {
  const pair = fc.tuple(fc.double({ min: 0, max: 9, noNaN: true }), fc.double({ min: 0, max: 9, noNaN: true }));
  fc.assert(
    fc.property(pair, fc.integer({ min: 1, max: 100 }), ([a, b], half) => {
      const needs = Array.from({ length: 900 }, (_, k) => (Math.floor(k / half) % 2 === 0 ? a : b));
      const changes = followed(needs).filter(({ before, after }) => after !== before);
      for (const { now } of changes) {
        const within = changes.filter((one) => one.now >= now && one.now < now + 60_000).length;
        assert.ok(within <= 2);
      }
      if (half * STEP_MS < 60_000) assert.ok(changes.length <= 2, 'up to the higher load, and there it stays');
    }),
  );
});
