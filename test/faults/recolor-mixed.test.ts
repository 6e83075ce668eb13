/** `fractal recolor` of films whose store has a part of their frames, a part of their keyframes, or some of both. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { folder, fractal } from '../e2e/processes.js';

const BOUNDED = { timeout: 180_000 };
const SIZE = ['--width', '64', '--height', '36'];
const STILL = ['-x', '-0.7454286', '-y', '0.1130089', '--zoom', '130', '--iters', '800', ...SIZE];
const filmTo = (end: string, frames: number) => [...STILL, '--zoom-end', end, '--frames', String(frames)];
const FILM = filmTo('1300', 8);
const KEYFRAMES = ['--assembly', 'keyframes'];

/** The files of a folder of pictures, by name. */
type Pictures = Readonly<Record<string, string>>;

async function made(t: TestContext, ...words: string[]): Promise<Pictures> {
  const out = folder(t);
  const { code, stderr } = await fractal(t, [...words, '-q', '-o', join(out, '%d.png')]);
  assert.equal(code, 0, stderr);
  return Object.fromEntries(readdirSync(out).map((name) => [name, readFileSync(join(out, name), 'base64')]));
}

const leader = (t: TestContext, ...words: string[]) => made(t, 'leader', '--local', '1', ...words);
const recolor = (t: TestContext, ...words: string[]) => made(t, 'recolor', '--palette', 'Hippi', ...words);

async function refused(t: TestContext, ...words: string[]): Promise<string> {
  const { code, stderr } = await fractal(t, ['recolor', ...words, '-q', '-o', join(folder(t), '%d.png')]);
  assert.equal(code, 1, stderr);
  const lines = stderr.trimEnd().split('\n');
  assert.equal(lines.length, 1, stderr);
  return lines[0] as string;
}

test(
  'a film is painted from its keyframes though the samples of its first frame are there, too',
  BOUNDED,
  async (t) => {
    const store = ['--store', folder(t)];
    const words = [...FILM, ...KEYFRAMES];
    const anew = await leader(t, ...words, '--no-store', '--palette', 'Hippi');
    await leader(t, ...STILL, '--keep-samples', ...store);
    await leader(t, ...words, ...store);
    assert.deepEqual(await recolor(t, ...words, ...store), anew);
    for (const [part, names] of [
      [['--frame', '0'], ['0.png']],
      [['--frame', '5'], ['5.png']],
      [
        ['--frames-from', '0', '--frames-to', '2'],
        ['0.png', '1.png', '2.png'],
      ],
    ] as const) {
      const some = Object.fromEntries(names.map((name) => [name, anew[name]]));
      assert.deepEqual(await recolor(t, ...words, ...part, ...store), some, part.join(' '));
    }
  },
);

test('a film is painted from its frames though a part of its keyframes is there, too', BOUNDED, async (t) => {
  const store = ['--store', folder(t)];
  const frames = ['--assembly', 'frames'];
  const anew = await leader(t, ...FILM, ...frames, '--no-store', '--palette', 'Hippi');
  await leader(t, ...filmTo('300', 8), ...KEYFRAMES, ...store);
  await leader(t, ...FILM, ...frames, '--keep-samples', ...store);
  assert.deepEqual(await recolor(t, ...FILM, ...frames, ...store), anew);
});

test('a keyframe that is not there is named, the first one too', BOUNDED, async (t) => {
  const place = folder(t);
  const words = [...FILM, ...KEYFRAMES, '--store', place];
  await leader(t, ...words);
  const lines = [];
  for (const name of readdirSync(place).filter((one) => /^[0-9a-f]{64}$/.test(one))) {
    const path = join(place, name);
    renameSync(path, join(place, 'away'));
    // An entry with other bytes in it: what is damaged is as if it were not there.
    writeFileSync(
      path,
      readFileSync(join(place, 'away')).map((byte, at) => (at === 50 ? byte ^ 255 : byte)),
    );
    const { code, stderr } = await fractal(t, ['recolor', ...words, '-q', '-o', join(folder(t), '%d.png')]);
    if (code !== 0) lines.push(stderr.trimEnd());
    renameSync(join(place, 'away'), path);
  }
  const [gone, first] = [
    /^error: SAMPLES_MISSING: .* the keyframe of zoom .*, near frame \d;/,
    /frame 0 of this film;/,
  ];
  assert.equal(lines.filter((line) => first.test(line)).length, 1, lines.join('\n'));
  assert.match(
    lines.find((line) => first.test(line)) ?? '',
    /keyframes of it were kept, but not all of them are there,/,
  );
  const others = lines.filter((line) => !first.test(line));
  assert.ok(others.length > 3 && others.every((line) => gone.test(line)), lines.join('\n'));
});

test(
  'of a film some of whose frames share no keyframes, the error names flags that keep its samples',
  BOUNDED,
  async (t) => {
    const path = join(folder(t), 'path.json');
    const constants = [-0.8, -0.8, -0.7];
    const keyframes = constants.map((re, k) => ({ time: `${k}s`, zoom: 4 ** k, 'julia-re': re, 'julia-im': 0.156 }));
    writeFileSync(path, JSON.stringify({ keyframes }));
    const words = ['--formula', 'julia', '--path', path, '--fps', '6', '--iters', '300', ...SIZE, '--store', folder(t)];
    await leader(t, ...words, '--keep-samples');
    const way = /"fractal leader (--keep-samples --assembly frames)"/.exec(
      await refused(t, ...words, '--palette', 'Hippi'),
    );
    assert.ok(way);
    const flags = (way[1] as string).split(' ');
    const anew = await leader(t, ...words, ...flags);
    assert.equal(Object.keys(anew).length, 13);
    assert.deepEqual(Object.keys(await recolor(t, ...words)), Object.keys(anew));
  },
);
