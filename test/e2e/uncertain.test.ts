/** Uncertain pixels in the messages of a run, as printed for a user. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, fractal } from './processes.js';

const VIEW = [
  ...['--formula', 'burning-ship', '--zoom', '2.107e24', '--iters', '9160', '--width', '6', '--height', '4'],
  '--xpos=-0.65020577856256693261652753730637329066530104',
  '--ypos=-0.71080773287629327426512053493918997832355917',
];

test('every run reports uncertain pixels, from the store and from recolor too; --exact leaves none', async (t) => {
  const at = folder(t);
  const store = ['--store', join(at, 'store')];
  const words = ['leader', '--local', '2', ...VIEW, ...store, '--keep-samples', '-o', 'x.png'];
  const first = await fractal(t, words, at);
  assert.equal(first.code, 0, first.stderr);
  const [, line, count] =
    /^(note: (\d+) of 24 pixels are uncertain: .*; --exact computes them)$/m.exec(first.stderr) ?? [];
  assert.ok(line && Number(count) > 0, first.stderr);
  const again = JSON.parse((await fractal(t, [...words, '--json'], at)).stdout);
  assert.deepEqual([again.uncertain, again.shards], [Number(count), 0], 'all of it from the store');
  const colours = await fractal(t, ['recolor', ...VIEW, ...store, '--palette', 'Hippi', '-o', 'y.png'], at);
  assert.ok(colours.stderr.includes(line), colours.stderr);
  // Another view for the store; and the picture contains the flag, so that it is rendered again as it was.
  const exact = JSON.parse((await fractal(t, [...words, '--exact', '--json'], at)).stdout);
  assert.equal(exact.uncertain, 0);
  assert.equal(exact.recalled, 0);
  assert.match(readFileSync(join(at, 'x.png'), 'latin1'), /"exact":"true"/);
  const third = JSON.parse(
    (
      await fractal(
        t,
        ['leader', '--local', '2', '--location', 'x.png', ...store, '--keep-samples', '--json', '-o', 'z.png'],
        at,
      )
    ).stdout,
  );
  assert.deepEqual([third.uncertain, third.recalled], [0, 24]);
});

test('--exact where no point has an error bound is refused in one line', async (t) => {
  for (const words of [
    ['--method', 'direct'],
    ['--kernel', 'gpu'],
  ]) {
    const { code, stderr } = await fractal(t, ['leader', '--exact', ...words]);
    assert.equal(code, 2);
    assert.match(stderr, /^error: REQUEST_INVALID: --exact.*\n$/);
  }
});
