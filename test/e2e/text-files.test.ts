import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, fractal } from './processes.js';

const SMALL = ['--local', '1', '--width', '6.4e1', '--height', '48.0'];

test('a request comes from standard input', async (t) => {
  const at = folder(t);
  const request = '{START: [-0.5, 0.25], ZOOM: "8x", NUM_FRAMES: 1, FORMAT: "png"}';
  const { code, stdout, stderr } = await fractal(t, ['leader', ...SMALL, '--request', '-'], at, request);
  assert.deepEqual([code, stdout], [0, 'fractal.png\n'], stderr);
  assert.ok(existsSync(join(at, 'fractal.png')));
});

test('a location of DeepDrill renders, and warnings name what is not used', async (t) => {
  const at = folder(t);
  const ini = '# one\n[location]\nreal = -1.7548\nimag = 0.0123\nzoom = 1.2E2\ndepth = 300\n[image]\nwidth = 960\n';
  writeFileSync(join(at, 'x.ini'), ini);
  const { code, stderr } = await fractal(t, ['leader', ...SMALL, '--location', 'x.ini', '-o', 'x.png'], at);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^warning: x\.ini: not used: image\.width$/m);
  const plan = await fractal(t, ['leader', ...SMALL, '--location', 'x.ini', '--dry-run'], at);
  assert.equal(plan.stderr, 'warning: x.ini: not used: image.width\n');
  assert.match(plan.stdout, /at most 300 iterations/);
});

test('a list as Slurm prints it is a hostfile, and names compare without case', async (t) => {
  const hosts = 'node[01-03],login1 slots=2\n^NODE02\n';
  const { code, stdout } = await fractal(t, ['leader', '--hostfile', '-', '--dry-run'], folder(t), hosts);
  assert.equal(code, 0);
  assert.match(stdout, /^hosts: 3 of -$/m);
  assert.match(stdout, /^rank 2: login1:/m);
});
