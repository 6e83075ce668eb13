/** Disks that are full, encoders that are missing, killed or stopped: with real processes. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { folder, fractal, start } from '../e2e/processes.js';
import { MOUNTS, onSmallDisk } from './small-disk.js';

const BOUNDED = { timeout: 180_000 };
const POINT = ['-x', '-1.338238635', '-y', '-0.057237059', '--zoom', '1', '--iters', '1000'];
const STILL = [...POINT, '--width', '1280', '--height', '720'];
/** Sixty frames, some 10 ms each. */
const FILM = [
  ...POINT,
  '--width',
  '320',
  '--height',
  '180',
  '--zoom-end',
  '1e6',
  '--frames',
  '60',
  '--samples',
  '4',
  '--assembly',
  'frames',
];

const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
const hidden = (path: string) => readdirSync(path).filter((name) => name.startsWith('.'));

test('a full store is left out with one warning: the picture is right', BOUNDED, async (t) => {
  if (!MOUNTS) return t.skip('no file system can be mounted here');
  const [disk, out] = [folder(t), folder(t)];
  const words = ['leader', '--local', '1', ...STILL, '--store', disk, '-o', join(out, 'x.png')];
  const { code, stderr } = await onSmallDisk(t, disk, words, 'true', { kibibytes: 64 });
  assert.equal(code, 0, stderr);
  assert.equal(stderr.match(/warning: the store .* is not used any more: .*no space left/gi)?.length, 1, stderr);
  await fractal(t, ['leader', '--local', '1', '-q', ...STILL, '--no-store', '-o', join(out, 'y.png')]);
  assert.equal(hashOf(join(out, 'x.png')), hashOf(join(out, 'y.png')));
});

test(
  'a full disk under the picture: one line, no incomplete file is left, an older picture stays',
  BOUNDED,
  async (t) => {
    if (!MOUNTS) return t.skip('no file system can be mounted here');
    const [disk, store] = [folder(t), folder(t)];
    const place = ['-x', '-0.7454286', '-y', '0.1130089', '--zoom', '1308000', '--iters', '2000'];
    const view = [...place, '--width', '1280', '--height', '720'];
    for (const name of ['x.png', 'x.tiff', 'x.npy', 'f-%02d.png', 'x.mp4']) {
      const film = /f-|mp4/.test(name) ? ['--frames', '6', '--zoom-end', '1400000', '--crf', '0'] : [];
      const words = ['leader', '--local', '1', ...view, ...film, '-o', join(disk, name), '--store', store];
      const { code, stdout, stderr } = await onSmallDisk(t, disk, words, `ls -A "${disk}"`);
      assert.equal(code, 1, stderr);
      assert.match(stderr, /error: DISK: .*no space left/i);
      assert.doesNotMatch(stdout, /part|x\./, `${name}: no incomplete file is left`);
    }
  },
);

test(
  'a film is published whole or not at all, however much room the disk has: DISK, and an older film stays',
  BOUNDED,
  async (t) => {
    if (!MOUNTS) return t.skip('no file system can be mounted here');
    const [disk, store, out] = [folder(t), folder(t), folder(t)];
    const place = ['-x', '-0.7454286', '-y', '0.1130089', '--zoom', '1300', '--zoom-end', '13000', '--iters', '500'];
    const view = [...place, '--width', '320', '--height', '180', '--frames', '20', '--method', 'direct'];
    for (const name of ['x.mp4', 'x.mov', 'x.mkv', 'x.webm', 'x.gif']) {
      const words = ['leader', '--local', '1', ...view, '--store', store, '-q', '-o'];
      await fractal(t, [...words, join(out, name)]);
      const { size } = statSync(join(out, name));
      // From nearly nothing to all but the last page, in which the index or the trailer stands.
      for (const kibibytes of [16, size >> 11, (size >> 10) - 8]) {
        const path = join(disk, name);
        const look = `echo "$(cat "${path}")"; ls -A "${disk}"`;
        const room = { kibibytes, before: `echo older > "${path}"` };
        const { code, stdout, stderr } = await onSmallDisk(t, disk, [...words, path], look, room);
        assert.match(
          stderr,
          /^error: DISK: ".*" could not be written to its end: no space left/,
          `${name}, ${kibibytes}`,
        );
        assert.deepEqual([code, stdout], [1, `older\n${name}\n`], `${name} with ${kibibytes} KiB`);
      }
    }
  },
);

test('a full disk under metrics or swatches is DISK, too, and older files stay', BOUNDED, async (t) => {
  if (!MOUNTS) return t.skip('no file system can be mounted here');
  const [disk, out] = [folder(t), folder(t)];
  const still = ['leader', '--local', '1', '--width', '64', '--height', '36', '--no-store', '-q'];
  for (const [name, words] of [
    ['m.txt', [...still, '-o', join(out, 'x.png'), '--metrics-file']],
    ['s.png', ['palettes', '-o']],
  ] as const) {
    const path = join(disk, name);
    const fill = `echo older > "${path}"; cat /dev/zero > "${disk}/filler" 2>/dev/null`;
    const room = { kibibytes: 64, before: fill };
    const { code, stdout, stderr } = await onSmallDisk(t, disk, [...words, path], `cat "${path}"`, room);
    assert.match(stderr, /^error: DISK: .*no space left/, name);
    assert.deepEqual([code, stdout], [1, 'older\n'], name);
  }
  assert.ok(existsSync(join(out, 'x.png')), 'the picture was written before its metrics failed');
});

test('no ffmpeg: one line before anything is computed', BOUNDED, async (t) => {
  const path = join(folder(t), 'x.mp4');
  const running = start(t, ['leader', '--local', '1', ...FILM, '-o', path], undefined, '', {
    FFMPEG_PATH: '/nowhere/ffmpeg',
  });
  const { code, stderr } = await running.ended;
  assert.equal(code, 1);
  assert.match(stderr, /^error: ENCODER_MISSING: .*\/nowhere\/ffmpeg.*\n$/);
});

/** The ffmpeg that a leader started. */
function encoderOf(leader: number): number {
  const children = readFileSync(`/proc/${leader}/task/${leader}/children`, 'utf8').trim().split(' ').map(Number);
  const found = children.find((pid) => /ffmpeg/.test(readFileSync(`/proc/${pid}/cmdline`, 'latin1')));
  return found ?? assert.fail('the leader has no ffmpeg');
}

/** The next run takes finished frames from the store, computes the others once, and makes the undisturbed film. */
async function resumed(t: TestContext, words: readonly string[], path: string): Promise<void> {
  const { code, stdout, stderr } = await fractal(t, [...words, '--json']);
  assert.equal(code, 0, stderr);
  const { recalled, samples } = JSON.parse(stdout);
  assert.ok(recalled >= 15 * 320 * 180 * 4, `${recalled} samples of finished frames were used`);
  assert.equal(recalled + samples, 60 * 320 * 180 * 4, 'the rest was computed, once');
  assert.equal(hashOf(path), await (undisturbed ??= film(t)));
}

/** Of the film that nothing disturbs. */
let undisturbed: Promise<string> | undefined;
async function film(t: TestContext): Promise<string> {
  const path = join(folder(t), 'x.mp4');
  await fractal(t, ['leader', '--local', '1', '-q', ...FILM, '--no-store', '-o', path]);
  return hashOf(path);
}

for (const [signal, words] of [
  ['SIGKILL', /ffmpeg \(.*\) failed: it was killed with signal SIGKILL/],
  ['SIGSTOP', /ffmpeg \(.*\) failed: it made no progress for 2 seconds/],
] as const) {
  test(
    `ffmpeg gets ${signal}: its last message is reported, an older film stays, and the next run uses what is there`,
    BOUNDED,
    async (t) => {
      if (!existsSync('/proc/self/task')) return t.skip('the encoder is found through /proc');
      const [out, store] = [folder(t), folder(t)];
      mkdirSync(out, { recursive: true });
      const path = join(out, 'x.mp4');
      writeFileSync(path, 'older');
      const all = ['leader', '--local', '1', ...FILM, '-o', path, '--store', store];
      const first = start(t, [...all, '--encoder-timeout', '2']);
      while (readdirSync(store).length < 20) await new Promise((resolve) => setTimeout(resolve, 5));
      process.kill(encoderOf(first.process.pid as number), signal);
      const { code, stderr } = await first.ended;
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(`error: ENCODER_FAILED: ${words.source}`));
      assert.equal(readFileSync(path, 'utf8'), 'older');
      assert.deepEqual(hidden(out), []);
      await resumed(t, all, path);
    },
  );
}

test(
  'a leader of a film killed with -9: an older film stays, and the next run uses what is there',
  BOUNDED,
  async (t) => {
    const [out, store] = [folder(t), folder(t)];
    const path = join(out, 'x.mp4');
    writeFileSync(path, 'older');
    const all = ['leader', '--local', '1', ...FILM, '-o', path, '--store', store];
    const running = start(t, all);
    while (readdirSync(store).length < 20) await new Promise((resolve) => setTimeout(resolve, 5));
    running.process.kill('SIGKILL');
    await running.ended;
    assert.equal(readFileSync(path, 'utf8'), 'older');
    await resumed(t, all, path);
  },
);

test('a store that is smaller than the job keeps what fits, with one warning', BOUNDED, async (t) => {
  const [out, store] = [folder(t), folder(t)];
  const path = join(out, 'x.mp4');
  const all = ['leader', '--local', '1', ...FILM, '-o', path, '--store', store, '--store-size', '4M'];
  const { code, stderr } = await fractal(t, all);
  assert.equal(code, 0, stderr);
  assert.equal(stderr.match(/warning: the store .* holds 4 MiB, this job needs up to/g)?.length, 1, stderr);
  const bytes = readdirSync(store).reduce((sum, name) => sum + statSync(join(store, name)).size, 0);
  assert.ok(bytes <= 4 << 20, `${bytes} bytes are kept`);
  await resumed(t, all, path);
});
