/** What is printed where: help and version on stdout, no escape sequences outside of terminals. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usesColours } from '../../bin/environment.js';
import { paletteNames } from '../../src/render/palette.js';
import { folder, fractal, start } from './processes.js';

test('help and version are understood in every usual spelling', async (t) => {
  const printed = async (...words: string[]) => {
    const { code, stdout, stderr } = await fractal(t, words, folder(t));
    assert.deepEqual([code, stderr], [0, ''], words.join(' '));
    return stdout;
  };
  const [overview] = [await printed('help')];
  for (const words of [[], ['--help'], ['-h']]) assert.equal(await printed(...words), overview);
  const leader = await printed('help', 'leader');
  for (const words of [
    ['leader', '--help'],
    ['leader', '-h'],
    ['leader', '--zoom', '5', '-h'],
    ['--help', 'leader'],
  ]) {
    assert.equal(await printed(...words), leader);
  }
  assert.match(leader, /^ {2}-x, --xpos X +real part of the centre/m);
  const version = await printed('version');
  assert.match(version, /^fractal \d+\.\d+\.\d+ \(node v\d/);
  for (const word of ['--version', '-V']) assert.equal(await printed(word), version);
});

test('palettes writes names into a pipe, and colours if they are requested', async (t) => {
  const show = (env: Record<string, string>, ...words: string[]) =>
    start(t, ['palettes', ...words], folder(t), undefined, { NO_COLOR: '', FORCE_COLOR: '', ...env }).ended;
  const names = `${paletteNames().join('\n')}\n`;
  assert.equal((await show({})).stdout, names);
  assert.equal((await show({ FORCE_COLOR: '1' }, '--color', 'never')).stdout, names);
  for (const painted of [await show({ FORCE_COLOR: '1' }), await show({ NO_COLOR: '1' }, '--color=always')]) {
    assert.equal(painted.code, 0);
    for (const name of paletteNames()) assert.ok(painted.stdout.includes(name), name);
    assert.ok(painted.stdout.includes('\x1b[38;2;'));
    assert.ok(painted.stdout.endsWith('\x1b[0m\n'), 'the last line ends');
  }
});

test('colours: FORCE_COLOR, then NO_COLOR, then the terminal', () => {
  const [tty, pipe] = [{ isTTY: true }, {}];
  assert.equal(usesColours(tty, {}), true);
  assert.equal(usesColours(pipe, {}), false);
  assert.equal(usesColours(tty, { NO_COLOR: '1' }), false);
  assert.equal(usesColours(tty, { NO_COLOR: '' }), true, 'an empty NO_COLOR says nothing');
  assert.equal(usesColours(tty, { TERM: 'dumb' }), false);
  assert.equal(usesColours(pipe, { FORCE_COLOR: '1', NO_COLOR: '1' }), true);
  for (const FORCE_COLOR of ['0', 'false']) assert.equal(usesColours(tty, { FORCE_COLOR }), false);
});

test('a run writes no escape sequence into pipes', async (t) => {
  const small = ['--width', '64', '--height', '36', '--iters', '100', '-o', 'x.png'];
  for (const words of [['leader', '--local', '1', ...small, '--metrics'], ['doctor'], ['locate', '--iters', '100']]) {
    const { stdout, stderr } = await fractal(t, words, folder(t));
    assert.ok(!`${stdout}${stderr}`.includes('\x1b'), words.join(' '));
  }
});
