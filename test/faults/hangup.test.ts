/** Terminals that are closed in the middle of a film. */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, hostfileOf, start, worker } from '../e2e/processes.js';

const BOUNDED = { timeout: 120_000 };
const POINT = ['-x', '-1.338238635', '-y', '-0.057237059', '--zoom', '1', '--zoom-end', '1e6', '--iters', '1000'];
const FILM = [...POINT, '--width', '320', '--height', '180', '--frames', '60', '--samples', '4', '--method', 'direct'];

test('a leader whose terminal is closed ends as after Ctrl-C, and leaves nothing half behind', BOUNDED, async (t) => {
  const path = folder(t);
  const running = start(t, ['leader', ...FILM, '--local', '1', '--no-store', '-o', join(path, 'x.mp4')]);
  await running.said(/frame [1-9]/);
  running.process.kill('SIGHUP');
  const { code, stderr } = await running.ended;
  assert.equal(code, 130, stderr);
  assert.match(stderr, /error: INTERRUPTED: interrupted: nothing incomplete was left behind\n$/);
  assert.deepEqual(readdirSync(path), []);
});

test('a worker whose terminal is closed finishes what it has, and is not lost', BOUNDED, async (t) => {
  const path = folder(t);
  const workers = [await worker(t), await worker(t)];
  const words = ['leader', ...FILM, '--hostfile', '-', '--no-store', '-o', join(path, 'x.mp4')];
  const leader = start(t, words, undefined, hostfileOf(workers));
  await leader.said(/frame [1-9]/);
  workers[0]?.process.kill('SIGHUP');
  assert.equal((await workers[0]?.ended)?.code, 0);
  const { code, stderr } = await leader.ended;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /says goodbye/);
  assert.doesNotMatch(stderr, /was lost/);
});
