/** `--flip`: the same picture with its imaginary axis pointing down. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { folder, fractal } from './processes.js';

const SHIP = ['--formula', 'burning-ship', '-x', '-1.755', '-y', '-0.028', '--zoom', '30', '--iters', '300'];
const SIZE = ['--width', '64', '--height', '37', '--samples', '3', '--rotate', '20'];

test('a flipped picture is the other one with its rows reversed, lit from the same side', async (t) => {
  const path = folder(t);
  const run = async (name: string, command: string, ...words: string[]) => {
    const file = join(path, name);
    const workers = command === 'leader' ? ['--local', '1'] : [];
    const { code, stderr } = await fractal(t, [command, ...workers, '-q', '-o', file, ...words]);
    assert.equal(code, 0, stderr);
    return file;
  };
  const rows = async (file: string) => {
    const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
    const length = info.width * info.channels;
    return Array.from({ length: info.height }, (_, y) => data.subarray(y * length, (y + 1) * length).toString('hex'));
  };
  const view = [...SHIP, ...SIZE];
  const plain = await rows(await run('plain.png', 'leader', ...view, '--no-flip'));
  assert.ok(new Set(plain).size > 30, 'rows differ');
  const flipped = await run('flipped.png', 'leader', ...view, '--flip');
  const usual = await run('usual.png', 'leader', ...view);
  assert.deepEqual(readFileSync(usual), readFileSync(flipped), 'so is the Burning Ship without a flag');
  assert.deepEqual(await rows(flipped), [...plain].reverse());

  const above = await rows(await run('above.png', 'leader', ...view, '--no-flip', '--slope', '--slope-angle', '60'));
  const store = ['--store', join(path, 'store')];
  const lit = [...view, '--slope', '--slope-angle', '-60', '--flip', ...store];
  assert.deepEqual(await rows(await run('lit.png', 'leader', ...lit, '--keep-samples')), [...above].reverse());
  const recolored = await run('recolored.png', 'recolor', ...lit);
  assert.deepEqual(readFileSync(recolored), readFileSync(join(path, 'lit.png')));

  const again = await run('again.png', 'leader', '--location', flipped);
  assert.deepEqual(readFileSync(again), readFileSync(flipped), 'the picture carries --flip');
});

test('raw samples are flipped, too', async (t) => {
  const path = folder(t);
  const rows = async (name: string, ...words: string[]) => {
    const file = join(path, name);
    const view = ['leader', '--local', '1', '-q', '-o', file, ...SHIP, '--width', '16', '--height', '9', ...words];
    const { code, stderr } = await fractal(t, view);
    assert.equal(code, 0, stderr);
    const bytes = readFileSync(file);
    const samples = bytes.subarray(bytes.length - 16 * 9 * 8);
    return Array.from({ length: 9 }, (_, y) => samples.subarray(y * 128, (y + 1) * 128).toString('hex'));
  };
  const up = await rows('up.npy', '--no-flip');
  assert.deepEqual(await rows('down.npy', '--flip'), [...up].reverse());
});
