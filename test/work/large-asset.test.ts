/** An asset as long as a worker takes them must not block its event loop: other leaders would lose it for silence. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { ToWorker } from '../../src/cluster/messages.js';
import { wireToWorker, workerInbox } from '../../src/cluster/wire.js';
import { assetOf } from '../../src/work/asset.js';
import { BUILT_IN } from '../../src/work/kinds.js';
import { openPool } from '../../src/worker/pool.js';
import { scenes, toWorker } from '../cluster/memory.js';
import { onCore } from '../faults/loop-probe.js';
import { RANK } from '../worker/views.js';
import { CHECKSUM, checksumAssignment, checksumJob, checksumKind, KERNEL, pixelsOf } from './checksum-kind.js';

const ASSET_BYTES = 384 << 20;
const MOST_MS = 100;

test('an asset of 384 MiB does not block the event loop for 100 ms', {
  skip: !existsSync('/proc/self/schedstat') && 'time on a core is not known here',
}, async (t) => {
  const kinds = { ...BUILT_IN, [CHECKSUM]: checksumKind() };
  const pool = openPool(1, { kinds, script: new URL('./checksum-thread.js', import.meta.url) });
  t.after(() => pool.close());
  await pool.started;
  const asset = assetOf(new Uint8Array(ASSET_BYTES).fill(7));
  const [salt, inbox] = [Uint8Array.of(1), workerInbox(scenes)];
  const handle = pool.session().open(KERNEL, RANK);
  const [scene] = checksumJob(salt, asset, 1).scenes;
  assert.ok(scene);
  let longest = 0;
  /** The time in which the test sends is not counted. */
  const turn = <T>(act: () => T): T => {
    const before = onCore();
    const value = act();
    longest = Math.max(longest, (onCore() - before) / 1e6);
    return value;
  };
  let received: ToWorker | undefined;
  for (const chunk of wireToWorker({ kind: 'asset', job: 1, ...asset }, scenes)) {
    const bytes = toWorker.encode(chunk);
    received = turn(() => inbox(toWorker.decode(bytes)));
    await setImmediate();
  }
  assert.ok(received?.kind === 'asset');
  const { digest, bytes } = received;
  turn(() => handle.asset({ digest, bytes }));
  turn(() => handle.scene(0, scene));
  const rect = { x: 0, y: 0, width: 4, height: 4 };
  const result = await new Promise<{ kind: string; bytes?: Uint8Array }>((resolve) => {
    turn(() => handle.queue(checksumAssignment(1, rect), resolve));
  });
  assert.deepEqual(result.bytes, pixelsOf(salt, asset.bytes, { frame: 0, ...rect }));
  t.diagnostic(`longest turn: ${longest.toFixed(1)} ms`);
  assert.ok(longest < MOST_MS, `a turn of ${longest.toFixed(1)} ms`);
});
