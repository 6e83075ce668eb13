/** The priority of a thread is lowered, and of no other one of the process. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { getPriority } from 'node:os';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

const SCRIPT = `
import { readlinkSync } from 'node:fs';
import { getPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { lowerThread } from '${new URL('../src/niceness.js', import.meta.url)}';
lowerThread(7);
parentPort.postMessage(getPriority(Number(basename(readlinkSync('/proc/thread-self')))));
`;

test('a thread lowers its own priority only', {
  skip: process.platform !== 'linux' && 'threads have priorities of their own on Linux only',
}, async () => {
  const before = getPriority();
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(SCRIPT)}`));
  const [niceness] = await once(worker, 'message');
  assert.equal(niceness, Math.max(7, before));
  assert.equal(getPriority(), before);
});
