/** The lines at the end of a run, and the warnings before it computes: with real processes. */

import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { folder, fractal, run, start } from './processes.js';

const BOUNDED = { timeout: 120_000 };
const SMALL = ['--local', '1', '--width', '64', '--height', '36'];
const POINT = ['-x', '-1.338238635', '-y', '-0.057237059', '--zoom', '1', '--zoom-end', '1e6', '--iters', '1000'];
const SIZE = ['--width', '320', '--height', '180', '--frames', '60'];
const FILM = ['--local', '1', ...POINT, ...SIZE, '--method', 'direct'];

for (const [signal, samples, words, reason] of [
  ['SIGINT', '4', [], 'INTERRUPTED: interrupted, no incomplete file is left'],
  ['SIGTERM', '4', [], 'INTERRUPTED: interrupted, no incomplete file is left'],
  [undefined, '400', ['--timeout', '3', '--assembly', 'frames'], 'TIMEOUT: not finished after --timeout 3 seconds'],
] as const)
  test(
    `${signal ?? 'a time limit'}: one line states how much is kept, and the same command continues`,
    BOUNDED,
    async (t) => {
      const [out, store] = [folder(t), folder(t)];
      const film = ['leader', ...FILM, '--samples', samples, '-o', join(out, 'x.mp4'), '--store', store];
      const first = start(t, [...film, ...words]);
      if (signal) {
        await first.said(/frame [1-9]/);
        first.process.kill(signal);
      }
      const { code, stderr } = await first.ended;
      assert.equal(code, signal ? 130 : 1, stderr);
      const last = stderr.trim().split('\n').at(-1) ?? '';
      const kept =
        /; (less than 1|\d+) % of the samples(?:, with \d+ of \d+ (?:key)?frames complete,)? are kept in the store ".*": the same command goes on from there$/;
      const share = kept.exec(last)?.[1];
      assert.ok(last.startsWith(`error: ${reason}; `) && share !== undefined, last);
      if (!signal) return;
      const { recalled, samples: computed } = JSON.parse((await fractal(t, [...film, '--json'])).stdout);
      assert.equal(Math.floor((100 * recalled) / (recalled + computed)), Number(share), 'as much was kept');
    },
  );

test('the last line sums up, and names an older file under a given or a default name', BOUNDED, async (t) => {
  const at = folder(t);
  const rendered = async (...words: string[]) => {
    const { code, stdout, stderr } = await fractal(t, ['leader', ...SMALL, '--no-store', ...words], at);
    assert.equal(code, 0, stderr);
    return [stdout, stderr.trim().split('\n').at(-1) ?? ''];
  };
  const line = /^fractal\.png: 64x36, [\d.]+ (bytes|kB); took [\d.]+ s; all computed/;
  for (const [words, end] of [
    [[], ''],
    [[], '; replaced an older file'],
    [['-o', 'fractal.png'], '; replaced an older file'],
  ] as const) {
    const [stdout, last = ''] = await rendered(...words);
    assert.equal(stdout, 'fractal.png\n');
    assert.match(last, new RegExp(`${line.source}${end}$`));
  }
  const [, film = ''] = await rendered('--frames', '3', '--zoom-end', '100', '-o', 'f-%d.png');
  assert.match(film, /^f-0\.png to f-2\.png: 64x36, 3 frames, .*all computed$/);
  rmSync(join(at, 'f-1.png'));
  const [, again = ''] = await rendered('--frames', '3', '--zoom-end', '100', '-o', 'f-%d.png');
  assert.match(again, /; replaced 2 older files$/);
});

test(
  'frames that do not move, and frames that show nothing, are warned of before anything is computed',
  BOUNDED,
  async (t) => {
    const at = folder(t);
    const warned = async (...words: string[]) =>
      (await fractal(t, ['leader', ...SMALL, '--no-store', ...words], at)).stderr.match(/^warning: .*/gm) ?? [];
    assert.match((await warned('--frames', '3')).join('\n'), /^warning: all 3 frames are the same picture: --zoom-end/);
    assert.match((await warned('--frames', '3', '--dry-run')).join('\n'), /all 3 frames are the same picture/);
    const [digits, blank, ...rest] = await warned('--frames', '30', '--zoom-end', '1e9');
    assert.match(digits ?? '', /needs 9 digits/);
    assert.match(blank ?? '', /^warning: frames 1\d to 29 show nothing: .* fractal locate --xpos=-0\.00275 /);
    assert.deepEqual([rest, await warned('--frames', '3', '--zoom-end', '100')], [[], []]);
  },
);

test('a worker that joins is named without the speed of its first measurement', BOUNDED, async (t) => {
  const { stderr } = await fractal(t, ['leader', ...SMALL, '--no-store'], folder(t));
  assert.match(stderr, /^local:1 joined: 1 slot, WebAssembly SIMD, f64$/m);
});

test('a dry run prints equal ranks in one line, and a time with its unit', BOUNDED, async (t) => {
  const { stdout } = await fractal(t, ['leader', '--local', '64', '--samples', '64', '--dry-run']);
  assert.match(stdout, /^ranks 0 to 63: workers of the leader itself, 1 slot each\nslots: 64\n/);
  assert.match(stdout, /^estimated time: about [\d.]+ (s|min|h) on 64 slots of this machine$/m);
  assert.match(stdout, /^iterations: about [\d.]+ (million|billion)$/m);
  assert.doesNotMatch(stdout, /\de[+-]?\d/);
});

test('a picture to /dev/stdout is alone there: names, metrics and JSON go to stderr', BOUNDED, async (t) => {
  if (process.platform === 'win32') return t.skip('/dev/stdout is one of Unix');
  const at = folder(t);
  const words = ['leader', ...SMALL, '--no-store', '--metrics', '-o'];
  await fractal(t, [...words, join(at, 'x.png')]);
  const whole = readFileSync(join(at, 'x.png'));
  const redirected = join(at, 'y.png');
  const command = `"$0" "$@" > "${redirected}"`;
  const program = fileURLToPath(new URL('../../../bin/fractal', import.meta.url));
  const { code, stderr } = await run(t, ['sh', '-c', command, process.execPath, program, ...words, '/dev/stdout'])
    .ended;
  assert.equal(code, 0, stderr);
  assert.ok(readFileSync(redirected).equals(whole), 'the very bytes of the file');
  assert.match(stderr, /METRICS LEADER time[\s\S]*^\/dev\/stdout$/m);
});

test('a name that is not UTF-8 is refused in one line, whatever flag it belongs to', BOUNDED, async (t) => {
  if (process.platform !== 'linux') return t.skip('file names are bytes on Linux');
  const at = folder(t);
  for (const flag of ['-o', '--metrics-file', '--store', '--request']) {
    const script = `"$0" "$1" leader --local 1 ${flag} "$(printf 'b\\377.png')"`;
    const program = fileURLToPath(new URL('../../../bin/fractal', import.meta.url));
    const { code, stderr } = await run(t, ['sh', '-c', script, process.execPath, program], at).ended;
    assert.equal(code, 2, flag);
    assert.match(stderr, /^error: REQUEST_INVALID: "b\uFFFD\.png" on the command line is not UTF-8 text.*\n$/);
  }
  const request = join(at, 'request.json');
  writeFileSync(request, Buffer.from('{"outfile": "b\xff.png"}', 'latin1'));
  const { code, stderr } = await fractal(t, ['leader', '--request', request], at);
  assert.equal(code, 2);
  assert.match(stderr, /^error: REQUEST_FILE: .*request\.json.*not UTF-8 text\n$/);
});
