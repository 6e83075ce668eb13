/** Output that cannot be printed does not stop a run. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { folder, PROGRAM } from './processes.js';

const SMALL = ['--width', '64', '--height', '36', '--iters', '100', '--local', '1', '--no-store'];
const BOUNDED = { timeout: 60_000 };

/** `fractal leader`, its outputs as given; its exit code. */
async function rendering(t: TestContext, stdout: number | 'pipe', stderr: number | 'pipe') {
  const picture = join(folder(t), 'x.png');
  const words = [PROGRAM, 'leader', ...SMALL, '--json', '-o', picture];
  const child = spawn(process.execPath, words, { stdio: ['ignore', stdout, stderr] });
  t.after(() => child.kill('SIGKILL'));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, ended, made: () => existsSync(picture) };
}

test(
  'standard output that cannot be written: the picture is made, and one line states the reason',
  BOUNDED,
  async (t) => {
    if (!existsSync('/dev/full')) return t.skip('there is no /dev/full');
    const { child, ended, made } = await rendering(t, openSync('/dev/full', 'w'), 'pipe');
    const printed = child.stderr ? await text(child.stderr) : '';
    assert.equal(await ended, 1);
    assert.match(printed, /^error: DISK: what was to be printed could not be written: ENOSPC.*\n$/);
    assert.ok(made());
  },
);

test('standard error that cannot be written: the picture is made', BOUNDED, async (t) => {
  if (!existsSync('/dev/full')) return t.skip('there is no /dev/full');
  const { ended, made } = await rendering(t, 'pipe', openSync('/dev/full', 'w'));
  assert.equal(await ended, 0);
  assert.ok(made());
});

test('pipes whose readers close them: the picture is made', BOUNDED, async (t) => {
  const { child, ended, made } = await rendering(t, 'pipe', 'pipe');
  child.stdout?.destroy();
  child.stderr?.destroy();
  assert.equal(await ended, 0);
  assert.ok(made());
});
