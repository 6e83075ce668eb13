/** --verbose and --log-level, on a leader and a worker of their own processes. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, fractal, hostfileOf, worker } from './processes.js';

const BOUNDED = { timeout: 60_000 };
const SMALL = ['--width', '64', '--height', '36', '--iters', '300'];

test('--verbose shows stages, method, dials, scenes, store and shards, on both sides', BOUNDED, async (t) => {
  const at = folder(t);
  const computing = await worker(t, ['--verbose']);
  writeFileSync(join(at, 'hostfile'), hostfileOf([computing]));
  const words = ['leader', ...SMALL, '-o', 'x.png', '--store', 'store'];
  const { code, stdout, stderr } = await fractal(t, [...words, '--verbose'], at);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, 'x.png\n');
  const { address } = computing;
  for (const line of [
    /^debug: stage prepare took \d+\.\d{3} s$/m,
    /^debug: method: iterated directly; at most 300 iterations$/m,
    new RegExp(`^debug: dialling ${address}$`, 'm'),
    new RegExp(`^debug: scene 0 sent to ${address}: [1-9]\\d+ bytes of tables and orbits$`, 'm'),
    /^debug: store: frame 0: 0 of 2304 pixels found$/m,
    new RegExp(`^debug: shards: ${address}: [1-9]\\d* done in`, 'm'),
  ])
    assert.match(stderr, line);
  computing.process.kill('SIGTERM');
  const log = (await computing.ended).stdout;
  assert.match(log, new RegExp(`^debug: worker ${address}: .* connected\n`, 'm'));
  assert.match(log, /^debug: worker .*: scene 0 of .*: [1-9]\d+ bytes$/m);
  const again = await fractal(t, words, at);
  assert.doesNotMatch(again.stderr, /debug:/);
});

test('--log-level warn prints warnings only, and no progress', BOUNDED, async (t) => {
  const words = ['leader', '--local', '1', ...SMALL, '--frames', '2', '--no-store', '-o', 'x-%d.png'];
  const { code, stdout, stderr } = await fractal(t, [...words, '--log-level', 'warn'], folder(t));
  assert.deepEqual([code, stdout], [0, '']);
  assert.match(stderr, /^warning: all 2 frames are the same picture: [^\n]*\n$/);
});
