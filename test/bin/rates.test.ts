/** Percent and time left of scripted jobs, whose true end is known: no clock but that of the script. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { measure } from '../../bin/rates.js';
import type { Status } from '../../src/app/events.js';
import { keptCosts, type Outline } from '../../src/app/outline.js';

/** A film: renders by slots, one after another, and frames made of them by the leader. */
interface Script {
  /** Seconds that all slots take for each render; 0: it is in the store. */
  readonly seconds: readonly number[];
  /** What the forecast says of each. */
  readonly costs: readonly number[];
  /** By frame: renders that must be complete. */
  readonly needed: readonly number[];
  readonly frameSeconds: number;
  /** Whether it is known what is in the store. */
  readonly listed?: true;
  /** So many renders may be complete beyond those that made frames need. */
  readonly window: number;
}

const SLOTS = 4;
const STEP_MS = 100;

/** What was shown after each step, and when the last frame was written. */
function play({ seconds, costs, needed, frameSeconds, window, listed }: Script) {
  const until = [0];
  for (const cost of costs) until.push((until.at(-1) ?? 0) + cost);
  const outline: Outline = {
    frames: needed.length,
    pixels: 640 * 360,
    renders: costs.length,
    needed: (frame) => needed[frame] ?? costs.length,
    costOf: (renders) => until[renders] ?? 0,
    keyframesIn: () => 0,
    zoomOf: () => '1',
  };
  const keptCostOf = keptCosts(outline, (render) => seconds[render] === 0);
  let at = 0;
  const measuring = measure(() => at);
  const shown: { readonly at: number; readonly share: number; readonly left: number | undefined }[] = [];
  let [render, within, costDone, costRecalled, busy] = [0, 0, 0, 0, 0];
  let [frame, making] = [0, 0];
  const note = (phase: Status['phase']) => {
    const counts = {
      framesDone: frame,
      rendersDone: render,
      costDone,
      costRecalled,
      busySeconds: busy,
      searched: render,
    };
    const known = listed ? { keptCostOf } : {};
    const fixed = {
      samplesDone: 0,
      samples: 1,
      slots: SLOTS,
      shardsDone: 0,
      iterations: 0,
      workers: 1,
      workersKnown: 1,
    };
    measuring.note({ ...fixed, ...counts, ...known, outline, phase });
    const { share, secondsLeft } = measuring.read({ ...fixed, ...counts, ...known, outline, phase });
    shown.push({ at: at / 1000, share, left: secondsLeft });
  };
  while (frame < needed.length) {
    at += STEP_MS;
    for (let left = STEP_MS / 1000; left > 0 && render < costs.length && render < (needed[frame] ?? 0) + window; ) {
      const [takes, cost] = [seconds[render] as number, costs[render] as number];
      if (takes === 0) {
        costRecalled += cost;
        render++;
        continue;
      }
      const spent = Math.min(left, takes - within);
      [left, within, busy, costDone] = [
        left - spent,
        within + spent,
        busy + SLOTS * spent,
        costDone + (cost * spent) / takes,
      ];
      if (takes - within < 1e-9) [render, within] = [render + 1, 0];
    }
    for (let left = STEP_MS / 1000; left > 1e-9 && frame < needed.length && render >= (needed[frame] ?? 0); ) {
      const spent = Math.min(left, frameSeconds - making);
      [left, making] = [left - spent, making + spent];
      if (frameSeconds - making > 1e-9) continue;
      [frame, making] = [frame + 1, 0];
      note('rendering');
    }
    note(frame < needed.length ? 'rendering' : 'encoding');
  }
  const end = at / 1000;
  note('done');
  return { shown, end };
}

const times = <T>(count: number, make: (k: number) => T) => Array.from({ length: count }, (_, k) => make(k));

/** Costs that rise by depth, as far as `factor`, in `seconds` in all. */
function rising(count: number, factor: number, seconds: number): number[] {
  const all = times(count, (k) => factor ** (k / (count - 1)));
  const sum = all.reduce((a, b) => a + b, 0);
  return all.map((one) => (one * seconds) / sum);
}

function checkShares({ shown }: ReturnType<typeof play>): void {
  let before = 0;
  for (const { share } of shown) {
    assert.ok(share >= before && share <= 1, `${before} then ${share}`);
    before = share;
  }
  assert.ok(
    shown.slice(0, -1).every(({ share }) => share < 1),
    'never complete before the end',
  );
  assert.equal(shown.at(-1)?.share, 1);
}

/** From a third of the time on, but for the last seconds; a frame under way counts as a whole one. */
function checkTimeLeft({ shown, end }: ReturnType<typeof play>, frameSeconds: number): void {
  const judged = shown.filter(({ at }) => at > end / 3 && end - at > 2);
  assert.ok(judged.length > 0);
  for (const { at, left = NaN } of judged) {
    const truth = end - at;
    assert.ok(
      Math.abs(left - truth) <= 0.2 * truth + frameSeconds,
      `after ${at} of ${end} s: ${left} s left, not ${truth}`,
    );
  }
}

const FRAMES = times(120, (frame) => frame + 1);

test('costs that rise by depth: after a third the time left is right within a fifth', () => {
  for (const factor of [1, 10, 100]) {
    const seconds = rising(120, factor, 300);
    const played = play({
      seconds,
      costs: seconds.map((one) => one * 7e6),
      needed: FRAMES,
      frameSeconds: 0.01,
      window: 8,
    });
    checkShares(played);
    checkTimeLeft(played, 0.01);
  }
});

test('an encoder slower than the workers decides the time left, however cheap the deeper frames are', () => {
  for (const factor of [0.02, 1, 5]) {
    const seconds = rising(120, factor, 30);
    const played = play({ seconds, costs: seconds, needed: FRAMES, frameSeconds: 1, window: 8 });
    checkShares(played);
    checkTimeLeft(played, 1);
  }
});

test('an inward film from keyframes: computing is a part of the whole, and 100 % is the end', () => {
  // The first frame waits for half of the keyframes.
  const seconds = rising(40, 8, 100);
  const needed = times(600, (frame) => Math.min(40, 20 + Math.ceil(frame / 25)));
  const played = play({ seconds, costs: seconds.map((one) => one * 3), needed, frameSeconds: 0.2, window: 4 });
  checkShares(played);
  const first = played.shown.find(({ left }) => left !== undefined);
  assert.ok(first && first.at < 2, 'known from the first results on');
  const waiting = played.shown.filter(({ at }) => at < seconds.slice(0, 20).reduce((a, b) => a + b, 0));
  assert.ok(Math.max(...waiting.map(({ share }) => share)) < 0.6);
  checkTimeLeft(played, 0.2);
});

test('what is in the store takes no time: neither found at once nor later', () => {
  const seconds = rising(120, 10, 120).map((one, k) => (k < 60 ? 0 : one));
  const played = play({ seconds, costs: rising(120, 10, 120), needed: FRAMES, frameSeconds: 0.02, window: 8 });
  checkShares(played);
  checkTimeLeft(played, 0.02);
});

test('what the store has further on does not count as work', () => {
  // Of 200 s of computing 100 are left to do, in the middle.
  const costs = rising(120, 1, 200);
  const seconds = costs.map((one, k) => (k >= 30 && k < 90 ? one : 0));
  const played = play({ seconds, costs, needed: FRAMES, frameSeconds: 0.02, window: 8, listed: true });
  checkShares(played);
  checkTimeLeft(played, 0.02);
});

test('the percentage never decreases, whatever the costs are and however wrong the forecast is', () => {
  const script = fc
    .record({
      seconds: fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 20, noNaN: true })), {
        minLength: 1,
        maxLength: 20,
      }),
      wrong: fc.array(fc.double({ min: 0.05, max: 20, noNaN: true }), { minLength: 20, maxLength: 20 }),
      frames: fc.integer({ min: 1, max: 60 }),
      steps: fc.array(fc.nat(20), { minLength: 60, maxLength: 60 }),
      frameSeconds: fc.double({ min: 0.01, max: 3, noNaN: true }),
      window: fc.integer({ min: 2, max: 9 }),
    })
    .map(({ seconds, wrong, frames, steps, frameSeconds, window }): Script => {
      const needed = steps.slice(0, frames).map((one) => 1 + (one % seconds.length));
      needed.sort((a, b) => a - b)[frames - 1] = seconds.length;
      const costs = seconds.map((one, k) => (one || 1) * (wrong[k] ?? 1));
      return { seconds, costs, needed, frameSeconds, window };
    });
  fc.assert(
    fc.property(script, (one) => checkShares(play(one))),
    { numRuns: 60 },
  );
});
