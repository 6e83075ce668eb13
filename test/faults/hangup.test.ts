/** A terminal that is closed in the middle of a film. */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, start } from '../e2e/processes.js';

const BOUNDED = { timeout: 120_000 };
const POINT = ['-x', '-1.338238635', '-y', '-0.057237059', '--zoom', '1', '--zoom-end', '1e6', '--iters', '1000'];
const FILM = [
  ...POINT,
  '--width',
  '320',
  '--height',
  '180',
  '--frames',
  '60',
  '--samples',
  '4',
  '--method',
  'direct',
  '--assembly',
  'frames',
];

test('a leader whose terminal is closed ends as after Ctrl-C, and leaves no incomplete file', BOUNDED, async (t) => {
  const path = folder(t);
  const running = start(t, ['leader', ...FILM, '--local', '1', '--no-store', '-o', join(path, 'x.mp4')]);
  await running.said(/frame [1-9]/);
  running.process.kill('SIGHUP');
  const { code, stderr } = await running.ended;
  assert.equal(code, 130, stderr);
  assert.match(
    stderr,
    /error: INTERRUPTED: interrupted, no incomplete file is left; nothing is kept of the [\w ]+ % .*--no-store\n$/,
  );
  assert.deepEqual(readdirSync(path), []);
});
