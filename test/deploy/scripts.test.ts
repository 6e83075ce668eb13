/** The shell scripts of deploy/: read by every sh, and clean for shellcheck where it is. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const DEPLOY = fileURLToPath(new URL('../../../deploy/', import.meta.url));
const SCRIPTS = readdirSync(DEPLOY, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(sh|sbatch|flux)$/.test(name))
  .map((name) => DEPLOY + name);
const has = (program: string) => spawnSync(program, ['--version']).error === undefined;

test('the scripts are those that every sh reads', () => {
  assert.ok(SCRIPTS.length >= 2);
  for (const shell of ['sh', 'bash', 'dash'].filter(has))
    for (const script of SCRIPTS) assert.equal(spawnSync(shell, ['-n', script]).status, 0, `${shell} ${script}`);
});

const skip = !has('shellcheck') && 'shellcheck is not installed: apt-get install shellcheck';
test('shellcheck has nothing to say about the scripts', { skip }, () => {
  const { stdout } = spawnSync('shellcheck', ['--severity=warning', '--shell=sh', ...SCRIPTS], { encoding: 'utf8' });
  assert.equal(stdout, '');
});
