/** Probes in the main thread. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directProbe } from '../../src/app/probe.js';
import type { View } from '../../src/view/view.js';

test('while the points of a probe are computed, other work of the thread goes on', async () => {
  const view: View = {
    ...{
      formula: { step: 'holomorphic', power: 2, julia: { re: '-0.75', im: '0.0005' } },
      re: '0',
      im: '0',
      zoom: '3',
    },
    ...{ rotation: 0, width: 24, height: 12, iterations: 100_000, bailout: 256, count: 'smooth' },
    sampling: { kind: 'grid', side: 1 },
  };
  const middle = { x: 12, y: 6, width: 1, height: 1 };
  // Compiles the kernel, which takes longer than the time below where the machine is busy.
  await directProbe(view, middle);
  let turns = 0;
  let over = false;
  const turn = () => {
    turns++;
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  // Until it took so long that the event loop must have run: points that resolve at once would not let it.
  for (const until = performance.now() + 50; performance.now() < until; ) await directProbe(view, middle);
  over = true;
  assert.ok(turns > 1);
});
