/** `fractal recolor`: other colours from samples that are in the store, the same bytes as rendered anew. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { folder, fractal } from '../e2e/processes.js';

const BOUNDED = { timeout: 180_000 };
const SIZE = ['--width', '160', '--height', '90', '--samples', '2'];
const STILL = ['-x', '-0.7454286', '-y', '0.1130089', '--zoom', '130', ...SIZE];
const DEEP = ['-x', '-1.7490812690237098', '-y', '0.0000000000000001', '--zoom', '1e13', '--iters', '3000', ...SIZE];

const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

async function made(t: TestContext, words: readonly string[], name: string): Promise<string> {
  const path = join(folder(t), name);
  const { code, stderr } = await fractal(t, [...words, '-q', '-o', path]);
  assert.equal(code, 0, stderr);
  return path;
}

const leader = (t: TestContext, words: readonly string[], name = 'x.png') =>
  made(t, ['leader', '--local', '1', ...words], name);
const recolor = (t: TestContext, words: readonly string[], name = 'x.png') => made(t, ['recolor', ...words], name);

test('a still gets other colours without a worker', BOUNDED, async (t) => {
  const kept = ['--store', folder(t)];
  const first = await leader(t, [...STILL, ...kept, '--keep-samples']);
  assert.equal(hashOf(first), hashOf(await leader(t, [...STILL, '--no-store'])), 'painted here as by workers');
  for (const colours of [
    ['--palette', 'Hippi', '--density', '3'],
    ['--color-mode', '3'],
    ['--interior', '#fff'],
  ]) {
    const anew = await leader(t, [...STILL, ...colours, '--no-store']);
    assert.equal(hashOf(await recolor(t, [...STILL, ...colours, ...kept])), hashOf(anew), colours.join(' '));
  }
  const again = ['leader', '--local', '1', ...STILL, ...kept, '--keep-samples', '--palette', 'Hippi', '--json'];
  const { stdout } = await fractal(t, [...again, '-o', join(folder(t), 'x.png')]);
  assert.equal(JSON.parse(stdout).shards, 0, 'a leader that keeps samples has nothing to compute for another palette');
  const placed = await recolor(t, ['--location', first, '--palette', 'Vivid', ...kept]);
  assert.equal(hashOf(placed), hashOf(await leader(t, ['--location', first, '--palette', 'Vivid', '--no-store'])));
  const raw = await leader(t, [...STILL, '--no-store'], 'x.npy');
  assert.equal(hashOf(await recolor(t, [...STILL, ...kept], 'x.npy')), hashOf(raw));
});

test('samples kept with distances can be painted with and without shading', BOUNDED, async (t) => {
  for (const view of [STILL, DEEP]) {
    const kept = ['--store', folder(t)];
    await leader(t, [...view, ...kept, '--keep-samples', '--slope']);
    for (const colours of [
      ['--slope', '0.4'],
      ['--color-mode', 'distance'],
      ['--palette', 'Hippi'],
    ]) {
      const anew = await leader(t, [...view, ...colours, '--no-store']);
      assert.equal(hashOf(await recolor(t, [...view, ...colours, ...kept])), hashOf(anew), colours.join(' '));
    }
  }
});

test('samples kept with phases can be painted with any pattern, and without', BOUNDED, async (t) => {
  for (const view of [STILL, DEEP]) {
    const kept = ['--store', folder(t)];
    await leader(t, [...view, ...kept, '--keep-samples', '--stripes', '2']);
    for (const colours of [['--field-lines', '8', '--palette', 'Hippi'], ['--decomposition', '2:1'], []]) {
      const anew = await leader(t, [...view, ...colours, '--no-store']);
      assert.equal(hashOf(await recolor(t, [...view, ...colours, ...kept])), hashOf(anew), colours.join(' '));
    }
  }
  const kept = ['--store', folder(t)];
  await leader(t, [...STILL, ...kept, '--keep-samples']);
  const { code, stderr } = await fractal(t, [
    'recolor',
    ...STILL,
    ...kept,
    '--stripes',
    '2',
    '-o',
    join(folder(t), 'x.png'),
  ]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /SAMPLES_MISSING: the store has no samples with phases, for --stripes and the like, of this view; it has/,
  );
});

test('a film gets other colours', BOUNDED, async (t) => {
  const kept = ['--store', folder(t)];
  const film = [...STILL, '--zoom-end', '1300', '--frames', '5', '--iters', '2000'];
  await leader(t, [...film, ...kept, '--keep-samples'], 'x.mp4');
  const anew = await leader(t, [...film, '--palette', 'Hippi', '--no-store'], 'x.mp4');
  assert.equal(hashOf(await recolor(t, [...film, '--palette', 'Hippi', ...kept], 'x.mp4')), hashOf(anew));
});

test('a film from keyframes gets other colours, slopes too where distances are kept', BOUNDED, async (t) => {
  for (const [shown, colours] of [
    [[], ['--palette', 'Hippi', '--density', '2']],
    [['--slope'], ['--slope', '0.3', '--slope-angle', '20']],
    [['--slope'], ['--palette', 'Hippi']],
    [
      ['--stripes', '3'],
      ['--field-lines', '6', '--palette', 'Hippi'],
    ],
  ] as const) {
    const kept = ['--store', folder(t)];
    const film = [...STILL, '--zoom-end', '1300', '--frames', '7', '--iters', '2000', '--assembly', 'keyframes'];
    await leader(t, [...film, ...kept, ...shown], 'x.mp4');
    const anew = await leader(t, [...film, ...colours, '--no-store'], 'x.mp4');
    assert.equal(hashOf(await recolor(t, [...film, ...colours, ...kept], 'x.mp4')), hashOf(anew), colours.join(' '));
  }
});

test('what is not there is named, in one line', BOUNDED, async (t) => {
  const store = folder(t);
  const asked = async (...more: string[]) => {
    const words = ['recolor', ...STILL, '--store', store, '-o', join(store, 'x.png'), ...more];
    const { code, stderr } = await fractal(t, words);
    assert.equal(code, 1, stderr);
    return stderr.split('\n').find((line) => line.startsWith('error: ')) ?? '';
  };
  const way = /: render it once with "fractal leader --keep-samples", and the same flags but for colours$/;
  assert.match(await asked(), /^error: SAMPLES_MISSING: the store has no samples of this view/);
  await leader(t, [...STILL, '--store', store]);
  assert.match(await asked('--palette', 'Hippi'), way, 'finished pixels are no samples');
  await leader(t, [...STILL, '--store', store, '--keep-samples']);
  assert.match(
    await asked('--slope'),
    /no samples with distances, for \.exr, --slope and --color-mode distance, of this view; it has .* without the distances/,
  );
  const film = ['--zoom-end', '200', '--frames', '3', '-o', join(store, 'f-%d.png')];
  const words = ['recolor', ...STILL, '--store', store, '--iters', '900', ...film];
  assert.match((await fractal(t, words)).stderr, /the store has no samples of frame 0 of this film/);
  const { code, stderr } = await fractal(t, ['recolor', ...STILL, '--no-store']);
  assert.deepEqual([code, /no store to take them from/.test(stderr)], [1, true]);
});

test('of a film that goes beyond its kept keyframes the error says to where they go', BOUNDED, async (t) => {
  const store = folder(t);
  const place = ['-x', '-0.7454286', '-y', '0.1130089', '--zoom', '10', '--width', '64', '--height', '36'];
  const film = (end: string) => [...place, '--zoom-end', end, '--frames', '40', '--store', store];
  await leader(t, [...film('400'), '--iters', '300'], 'f-%02d.png');
  const deeper = ['recolor', ...film('9000'), '--iters', '500', '-o', join(store, 'g-%02d.png')];
  const { code, stderr } = await fractal(t, deeper);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /no samples of frame 0 of this film; it has keyframes of this place for zooms of 10 to 400, with --iters 300, or render it once with "fractal leader", and/,
  );
});

test('samples of the same place with other flags are named, with the flags that ask for them', BOUNDED, async (t) => {
  const store = folder(t);
  const place = ['-x', '-0.7454286', '-y', '0.1130089', '--zoom', '130', '--store', store];
  const size = ['--width', '160', '--height', '90'];
  await leader(t, [...place, ...size, '--samples', '4', '--iters', '800', '--keep-samples']);
  const answer = async (...words: string[]) => {
    const { code, stderr } = await fractal(t, ['recolor', ...place, ...words, '-o', join(store, 'x.png')]);
    assert.equal(code, 1, stderr);
    return /it has samples of this place (.*): give flags that fit them, or render it once/.exec(stderr)?.[1];
  };
  const iters = ['--iters', '800'];
  assert.equal(await answer(...size, ...iters), 'with --samples 4', 'four samples are stored, one is asked for');
  assert.equal(await answer(...size, ...iters, '--smoothness', '2'), 'with --samples 4');
  assert.equal(await answer(...size, ...iters, '--samples', '9', '--seed', '3'), 'with --samples 4 --seed 0');
  assert.equal(await answer(...size, '--samples', '4', '--iters', '900'), 'with --iters 800');
  assert.equal(await answer('--samples', '4', ...iters), 'with --width 160 --height 90');
  assert.equal(await answer(...size, ...iters, '--samples', '4', '--rotate', '9'), 'with --rotate 0');
  const end = ['--zoom-end', '200', '--frames', '3', '-o', join(store, 'f-%d.png')];
  const film = await fractal(t, ['recolor', ...place, ...size, ...iters, '--samples', '4', ...end]);
  assert.match(
    film.stderr,
    /no samples of frame 1 of this film; it has samples of this place without --frames, --zoom-end/,
  );
  // Of several, the one that is nearest to what is asked for.
  await leader(t, [...place, ...size, '--samples', '9', ...iters, '--slope', '--keep-samples']);
  assert.equal(await answer(...size, '--samples', '9', '--iters', '700'), 'with --iters 800');
  // The flags that are named work.
  await recolor(t, [...place, ...size, ...iters, '--samples', '4', '--palette', 'Hippi']);
});
