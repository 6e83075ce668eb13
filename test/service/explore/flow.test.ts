/** How much is under way to a viewer over links of any rate and delay, in simulated time. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openFlow } from '../../../src/service/http/flow.js';

/** A link that takes pieces of some bytes as fast as it can, for some seconds. Bytes a millisecond; milliseconds. */
function simulated(rate: number, delay: number, piece: number, seconds: number) {
  const flow = openFlow();
  /** Of each piece under way: its mark, when the link has carried it, and when the answer is back. */
  const queue: { readonly mark: number; readonly carried: number; readonly answered: number }[] = [];
  let [free, busy, longest] = [0, 0, 0];
  for (let now = 0; now < 1_000 * seconds; now++) {
    while (queue[0] && queue[0].answered <= now) flow.answered((queue.shift() as { mark: number }).mark, now);
    while (flow.hasRoom) {
      free = Math.max(now, free) + piece / rate;
      queue.push({ mark: flow.sent(piece, now), carried: free, answered: free + delay });
    }
    // How long what is sent now would wait for what was sent before, once rate and delay are known.
    if (now > 500 * seconds) {
      longest = Math.max(longest, free - now);
      if (free > now) busy++;
    }
  }
  return { longest, used: busy / (500 * seconds) };
}

test('over any link what is under way takes a quarter of a second, and the link is used', () => {
  const rates = fc.double({ min: 20, max: 5_000, noNaN: true });
  fc.assert(
    fc.property(
      rates,
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1_000, max: 90_000 }),
      (rate, delay, piece) => {
        const { longest, used } = simulated(rate, delay, piece, 60);
        // The delay is that of whole pieces, one more than fits may have been begun, and the least room is always there.
        const most = 350 + delay + (2 * piece + (32 << 10)) / rate;
        assert.ok(longest <= most, `${longest} ms for ${rate} bytes a ms, ${delay} ms, ${piece} bytes`);
        assert.ok(used > 0.9, `${used} of ${rate} bytes a ms, ${delay} ms, ${piece} bytes`);
      },
    ),
    { numRuns: 60 },
  );
});

test('a viewer that gets little for some time can be sent much at once then', () => {
  const flow = openFlow();
  for (let now = 0; now < 5_000; now += 150) flow.answered(flow.sent(2_000, now), now + 120);
  let sent = 0;
  while (flow.hasRoom) {
    flow.sent(2_000, 5_000);
    sent += 2_000;
  }
  assert.ok(sent >= 256 << 10, `${sent} bytes`);
});

test('answers of other numbers change nothing; a viewer that answers nothing gets no more than the first window', () => {
  const flow = openFlow();
  let sent = 0;
  while (flow.hasRoom) {
    flow.sent(90_000, 0);
    sent += 90_000;
  }
  assert.ok(sent <= (256 << 10) + 90_000);
  for (const wrong of [0, -1, 1e9, Number.NaN]) flow.answered(wrong, 5);
  assert.equal(flow.hasRoom, false);
});
