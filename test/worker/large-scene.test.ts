/** Messages of a leader must not block the event loop of a worker: other leaders would lose it for silence. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { ToWorker } from '../../src/cluster/messages.js';
import { wireToWorker, workerInbox } from '../../src/cluster/wire.js';
import { openSimd } from '../../src/kernel/simd.js';
import { openPool } from '../../src/worker/pool.js';
import { scenes, toWorker } from '../cluster/memory.js';
import { onCore } from '../faults/loop-probe.js';
import { RANK, sceneOf, taskOf, view } from './views.js';

const ORBIT_BYTES = 384 << 20;
const MOST_MS = 100;

test('a scene of 384 MiB does not block the event loop for 100 ms', {
  skip: !existsSync('/proc/self/schedstat') && 'time on a core is not known here',
}, async (t) => {
  const pool = openPool(1);
  t.after(() => pool.close());
  await pool.started;
  const { formula, re, im } = view;
  const orbit = new Float64Array(ORBIT_BYTES / 8);
  const reference = { formula, re, im, orbit, underflow: new Float64Array(0), start: 0, extended: false };
  const whole = sceneOf({ reference });
  const inbox = workerInbox(scenes);
  const rect = { x: 0, y: 0, width: view.width, height: view.height };
  const handle = pool.session().open('simd', RANK);
  let longest = 0;
  /** Between two turns of the loop: the time in which the test sends is not counted. */
  const turn = <T>(act: () => T): T => {
    const before = onCore();
    const value = act();
    longest = Math.max(longest, (onCore() - before) / 1e6);
    return value;
  };

  let scene: ToWorker | undefined;
  for (const chunk of wireToWorker({ kind: 'scene', job: 1, id: 7, scene: whole }, scenes)) {
    const bytes = toWorker.encode(chunk);
    scene = turn(() => inbox(toWorker.decode(bytes)));
    if (scene) break;
    await setImmediate();
  }
  assert.ok(scene?.kind === 'scene');
  const { id, scene: received } = scene;
  assert.ok(received.work.kind === 'fractal');
  const { reference: arrived } = received.work;
  assert.ok(arrived && 'orbit' in arrived && arrived.orbit.byteLength === ORBIT_BYTES);

  let last = onCore();
  let watching = true;
  const watched = (async () => {
    while (watching) {
      await setImmediate();
      const now = onCore();
      longest = Math.max(longest, (now - last) / 1e6);
      last = now;
    }
  })();
  handle.scene(id, received);
  const result = await new Promise<{ kind: string; bytes?: Uint8Array }>((resolve) => {
    handle.queue({ shard: 1, epoch: 1, scene: id, render: 0, work: taskOf(rect) }, resolve);
  });
  watching = false;
  await watched;
  assert.equal(result.kind, 'done');
  const expected = await openSimd().compute(view, rect);
  assert.deepEqual(
    new Float64Array(Uint8Array.from(result.bytes as Uint8Array).buffer),
    Float64Array.from(expected.nu),
  );
  t.diagnostic(`longest turn: ${longest.toFixed(1)} ms`);
  assert.ok(longest < MOST_MS, `a turn of ${longest.toFixed(1)} ms`);
});
