/** Outfiles that are pipes, devices, sockets or folders. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import type { FractalError } from '../../src/errors.js';
import { type OutputOptions, openOutput, type Written } from '../../src/render/output.js';
import { COUNTS } from '../../src/view/channels.js';

const [WIDTH, HEIGHT] = [64, 48];
const UNIX = process.platform === 'win32' ? 'pipes and devices are those of Unix' : false;

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'stream-target-'));
  t.after(() => execFileSync('rm', ['-rf', path]));
  return path;
}

function pipe(path: string): string {
  execFileSync('mkfifo', [path]);
  return path;
}

async function render(outfile: string, some: Partial<OutputOptions> = {}): Promise<Written[]> {
  const { frames = 1, perPixel = 1 } = some;
  const output = await openOutput({
    outfile,
    width: WIDTH,
    height: HEIGHT,
    perPixel: 1,
    channels: COUNTS,
    fps: 25,
    ...some,
    frames,
  });
  try {
    for (let index = 0; index < frames; index++) {
      const rgb = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (i + 9 * index) & 255);
      const values = Float64Array.from({ length: WIDTH * HEIGHT * perPixel }, (_, i) => i / 7);
      const answer =
        output.wants.kind === 'pixels'
          ? ({ kind: 'pixels', rgb } as const)
          : ({ kind: 'samples', values, channels: COUNTS } as const);
      await output.write({ index, width: WIDTH, height: HEIGHT, perPixel, answer });
    }
    return await output.close();
  } catch (error) {
    await output.abort();
    throw error;
  }
}

const code = (wanted: string, pattern: RegExp) => (error: FractalError) => {
  assert.equal(error.code, wanted, error.message);
  assert.match(error.message, pattern);
  return true;
};

test('a pipe receives the bytes that a file would have, of every format, and stays a pipe', {
  skip: UNIX,
}, async (t) => {
  const at = folder(t);
  for (const name of ['x.png', 'x.jpg', 'x.webp', 'x.tiff', 'x.npy', 'x.mp4', 'x.mkv', 'x.webm', 'x.gif']) {
    const some = { frames: /mp4|mkv|webm|gif/.test(name) ? 3 : 1 };
    await render(join(at, `file-${name}`), some);
    const path = pipe(join(at, name));
    const [read, [written]] = await Promise.all([buffer(createReadStream(path)), render(path, some)]);
    assert.ok(read.equals(readFileSync(join(at, `file-${name}`))), name);
    assert.deepEqual(written, { path, bytes: read.length, replaced: false });
    assert.ok(statSync(path).isFIFO(), name);
  }
});

test('a link to a pipe, and a pattern with a pipe in it, write into the pipe', { skip: UNIX }, async (t) => {
  const at = folder(t);
  pipe(join(at, 'pipe'));
  symlinkSync('pipe', join(at, 'x.png'));
  const [linked] = await Promise.all([buffer(createReadStream(join(at, 'pipe'))), render(join(at, 'x.png'))]);
  assert.equal(linked.toString('latin1', 1, 4), 'PNG');
  pipe(join(at, 'f-1.png'));
  const pattern = render(join(at, 'f-%d.png'), { frames: 3 });
  const [second] = await Promise.all([buffer(createReadStream(join(at, 'f-1.png'))), pattern]);
  assert.equal(second.toString('latin1', 1, 4), 'PNG');
  assert.deepEqual(readdirSync(at).sort(), ['f-0.png', 'f-1.png', 'f-2.png', 'pipe', 'x.png']);
  assert.ok(statSync(join(at, 'f-1.png')).isFIFO());
});

test('without a reader a pipe is waited for, with a line that says so, until the signal', { skip: UNIX }, async (t) => {
  const path = pipe(join(folder(t), 'x.png'));
  const stop = new AbortController();
  const warn = (line: string) => {
    assert.match(line, /x\.png" is a pipe that no program reads yet/);
    stop.abort(new Error('enough'));
  };
  await assert.rejects(render(path, { warn, signal: stop.signal }), /enough/);
});

test('a reader that closes the pipe too early is an error', { skip: UNIX }, async (t) => {
  const path = pipe(join(folder(t), 'x.npy'));
  const reading = createReadStream(path);
  reading.once('data', () => reading.destroy());
  await assert.rejects(render(path, { perPixel: 64 }), code('DISK', /the program that reads it has closed it/));
});

test('devices take the bytes: /dev/null all of them, /dev/full none', { skip: UNIX }, async (t) => {
  if (!existsSync('/dev/full')) return t.skip('there is no /dev/full here');
  const at = folder(t);
  for (const name of ['null', 'full']) symlinkSync(`/dev/${name}`, join(at, `${name}.webm`));
  for (const path of ['/dev/null', join(at, 'null.webm')]) {
    const [written] = await render(path, { frames: 2 });
    assert.ok(written && written.bytes > 1000 && !written.replaced);
  }
  for (const path of ['/dev/full', join(at, 'full.webm')])
    await assert.rejects(render(path, { frames: 2 }), code('DISK', /no space left on the device/));
  assert.ok(statSync('/dev/null').isCharacterDevice());
});

test('a folder, a socket and a name that is not UTF-8 are refused before anything is rendered', {
  skip: UNIX,
}, async (t) => {
  const at = folder(t);
  mkdirSync(join(at, 'folder.png'));
  const server = createServer().listen(join(at, 'socket.png'));
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const opened = (name: string) =>
    openOutput({ outfile: join(at, name), width: 4, height: 4, frames: 1, perPixel: 1, channels: COUNTS, fps: 25 });
  await assert.rejects(opened('folder.png'), code('OUTFILE_UNWRITABLE', /that is a folder/));
  await assert.rejects(opened('socket.png'), code('OUTFILE_UNWRITABLE', /that is a socket/));
  await assert.rejects(opened('b\uFFFD.png'), code('OUTFILE_FORMAT', /not UTF-8/));
  await assert.rejects(opened('b\0.png'), code('OUTFILE_FORMAT', /a zero in it/));
  assert.deepEqual(readdirSync(at).sort(), ['folder.png', 'socket.png']);
});
