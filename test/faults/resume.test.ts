/** What was computed is not computed again: not after kill -9 of the leader, not in the next film. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { folder, fractal, start } from '../e2e/processes.js';
import { pixelsIn } from './kept-pixels.js';

const BOUNDED = { timeout: 180_000 };
const PLACE = ['-x', '-0.7454286', '-y', '0.1130089', '--zoom', '1308000', '--iters', '20000'];
/** 144 shards, some 10 ms each. */
const STILL = [...PLACE, '--width', '480', '--height', '480', '--samples', '9', '--block-size', '40'];
const POINT = ['-x', '-1.338238635', '-y', '-0.057237059', '--zoom', '1', '--iters', '1000'];
const SMALL = ['--width', '160', '--height', '90'];
/**
 * Ten frames to a power of ten; a method of its own choice might suit the deeper film from another zoom on, and a longer film finds
 * other colours.
 */
const FIXED = ['--colors', 'fixed'];
const DIRECT = [...POINT, ...SMALL, ...FIXED, '--method', 'direct'];
const FILM = [...DIRECT, '--zoom-end', '1e2', '--frames', '21', '--assembly', 'frames'];

const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

interface Summary {
  readonly shards: number;
  readonly samples: number;
  readonly recalled: number;
  readonly sha: string;
  readonly stderr: string;
}

async function render(t: TestContext, words: readonly string[], name = 'x.png'): Promise<Summary> {
  const path = join(folder(t), name);
  const { code, stdout, stderr } = await fractal(t, ['leader', '--local', '1', '--json', '-o', path, ...words]);
  assert.equal(code, 0, stderr);
  return { ...JSON.parse(stdout), stderr, sha: hashOf(path) };
}

test('a leader killed with -9 and started again computes only what was missing', BOUNDED, async (t) => {
  const store = folder(t);
  const words = [...STILL, '--store', store];
  const first = start(t, ['leader', '--local', '1', '-q', '-o', join(folder(t), 'x.png'), ...words]);
  const half = (480 * 480) / 2;
  while ((await pixelsIn(store)) < half) await new Promise((resolve) => setTimeout(resolve, 5));
  first.process.kill('SIGKILL');
  await first.ended;
  const kept = await pixelsIn(store);
  const second = await render(t, words);
  assert.equal(second.recalled, kept * 9, 'what was on the disk was found');
  assert.equal(second.recalled + second.samples, 480 * 480 * 9, 'the rest was computed, once');
  assert.ok(second.shards > 0, 'something was missing');
  const undisturbed = await render(t, [...STILL, '--no-store']);
  assert.equal(second.sha, undisturbed.sha);
  assert.equal(undisturbed.recalled, 0);
  const third = await render(t, words);
  assert.deepEqual([third.shards, third.sha], [0, undisturbed.sha]);
});

test('a repeated film computes nothing, a longer one only its new frames', BOUNDED, async (t) => {
  const store = folder(t);
  const first = await render(t, [...FILM, '--store', store], 'x.mp4');
  assert.equal(first.recalled, 0);
  const again = await render(t, [...FILM, '--store', store], 'x.mp4');
  assert.deepEqual([again.shards, again.sha], [0, first.sha]);
  const longer = [...DIRECT, '--zoom-end', '1e3', '--frames', '31', '--assembly', 'frames'];
  const extended = await render(t, [...longer, '--store', store], 'x.mp4');
  assert.equal(extended.samples, 10 * 160 * 90, 'ten frames are new');
  assert.equal(extended.sha, (await render(t, [...longer, '--no-store'], 'x.mp4')).sha);
});

test('what shapes the bytes has an entry of its own: nothing is mistaken for another', BOUNDED, async (t) => {
  const store = folder(t);
  const words = [...POINT, ...SMALL];
  await render(t, [...words, '--store', store]);
  const others = [
    ['--palette', 'Hippi'],
    ['--interior', '#ffffff'],
    ['--density', '2'],
    ['--slope'],
    ['--color-mode', 'distance'],
    ['--samples', '2'],
    ['--samples', '2', '--seed', '1'],
    ['--smoothness', '2'],
    ['--rotate', '1'],
    ['--bailout', '100'],
    ['--legacy-colors'],
    ['--formula', 'tricorn'],
    ['--formula', 'julia'],
  ];
  for (const more of others) {
    const { recalled } = await render(t, [...words, ...more, '--store', store]);
    assert.equal(recalled, 0, more.join(' '));
  }
  const same = [...POINT.map((word) => (word === '1' ? '1.0e0' : word)), ...SMALL];
  assert.equal((await render(t, [...same, '--shard', 'row', '--store', store])).shards, 0);
});

test('deep views are found again, where their reference is the same', BOUNDED, async (t) => {
  const store = folder(t);
  const point = ['-x', '-1.7490812690237098', '-y', '0.0000000000000001', '--iters', '3000', ...SMALL];
  const film = ['--zoom', '1e12', '--zoom-end', '1e13', '--frames', '3'];
  const first = await render(t, [...point, ...film, '--store', store], 'x.mp4');
  const again = await render(t, [...point, ...film, '--store', store], 'x.mp4');
  assert.deepEqual([again.shards, again.sha], [0, first.sha]);
  const elsewhere = ['--zoom', '1e12', '--xpos-end', '-1.74908126902370981', '--frames', '3'];
  assert.equal((await render(t, [...point, ...elsewhere, '--store', store], 'x.mp4')).recalled, 0);
});

test('a film that goes deeper shares its direct frames, whose numbers no reference shapes', BOUNDED, async (t) => {
  const store = folder(t);
  const point = ['-x', '-1.7490812690237098', '-y', '0.0000000000000001', '--iters', '3000', '--zoom', '1e9'];
  const how = [...SMALL, ...FIXED];
  await render(t, [...point, ...how, '--zoom-end', '1e14', '--frames', '6', '--store', store], 'x.mp4');
  const deeper = [...point, ...how, '--zoom-end', '1e15', '--frames', '7'];
  const { recalled, samples, sha } = await render(t, [...deeper, '--store', store], 'x.mp4');
  assert.ok(recalled > 0 && samples > 160 * 90, `${recalled} samples were there, ${samples} were not`);
  assert.equal(sha, (await render(t, [...deeper, '--no-store'], 'x.mp4')).sha);
});

test('damaged entries are noticed: the picture is right', BOUNDED, async (t) => {
  const store = folder(t);
  const words = [...POINT, ...SMALL, '--block-size', '30', '--store', store];
  const { sha, samples } = await render(t, words);
  const file = join(store, readdirSync(store)[0] as string);
  const good = readFileSync(file);
  truncateSync(file, good.length - 10);
  const cut = await render(t, words);
  assert.deepEqual([cut.sha, cut.samples > 0 && cut.samples < samples], [sha, true]);
  const flipped = Buffer.from(readFileSync(file));
  flipped[100] = (flipped[100] as number) ^ 1;
  writeFileSync(file, flipped);
  const changed = await render(t, words);
  assert.deepEqual([changed.sha, changed.samples > 0 && changed.samples < samples], [sha, true]);
  assert.equal((await render(t, words)).shards, 0, 'and is good again');
});

test('two leaders with one store at once render the same picture', BOUNDED, async (t) => {
  const words = [...STILL, '--store', folder(t)];
  const [a, b] = await Promise.all([render(t, words), render(t, words)]);
  assert.deepEqual([a.sha, a.stderr, b.stderr], [b.sha, '', '']);
  assert.equal((await render(t, words)).shards, 0);
});

test('a reference orbit that took its time is found again', BOUNDED, async (t) => {
  const digits = '18'.repeat(1000);
  const deep = ['-x', `-1.7490${digits}`, '-y', '1e-2000', '--zoom', '1e2000', '--iters', '40000', ...SMALL];
  const words = ['leader', '--local', '1', ...deep, '--store', folder(t)];
  const shas: string[] = [];
  for (const said of [/reference orbit: .* bits, .* s\n/, /reference orbit: .*, from the store\n/]) {
    const path = join(folder(t), 'x.npy');
    const { code, stderr } = await fractal(t, [...words, '-o', path]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, said);
    shas.push(hashOf(path));
  }
  assert.equal(shas[0], shas[1]);
});
