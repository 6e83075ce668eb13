import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import sharp from 'sharp';
import type { FractalError } from '../../src/errors.js';
import { findFfmpeg, type OutputOptions, openOutput } from '../../src/render/output.js';
import type { Frame } from '../../src/shard/frame.js';
import { COUNTS } from '../../src/view/channels.js';

const folder = () => mkdtempSync(join(tmpdir(), 'output-'));
const code = (wanted: string, ...words: string[]) => {
  return (error: FractalError) => {
    assert.equal(error.code, wanted, error.message);
    for (const word of words) assert.ok(error.message.includes(word), error.message);
    return true;
  };
};

/** A soft gradient that moves from frame to frame. */
function picture(index: number, width: number, height: number): Frame {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++)
    rgb.set([((i % width) * 200) / width + 2 * index, (Math.floor(i / width) * 200) / height, 90], 3 * i);
  return { index, width, height, perPixel: 1, answer: { kind: 'pixels', rgb } };
}

function options(outfile: string, some: Partial<OutputOptions> = {}): OutputOptions {
  return { outfile, width: 64, height: 48, frames: 1, perPixel: 1, channels: COUNTS, fps: 25, ...some };
}

async function render(wanted: OutputOptions): Promise<string[]> {
  const output = await openOutput(wanted);
  for (let i = 0; i < wanted.frames; i++) await output.write(picture(i, wanted.width, wanted.height));
  return (await output.close()).map(({ path }) => path);
}

/** The output of ffmpeg about a file, and all its frames as rgb24. */
async function decode(path: string): Promise<{ info: string; frames: Buffer }> {
  const { path: ffmpeg } = await findFfmpeg();
  const args = ['-hide_banner', '-i', path, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'];
  const { stdout, stderr } = await promisify(execFile)(ffmpeg, args, { encoding: 'buffer', maxBuffer: 1 << 28 });
  return { info: stderr.toString(), frames: stdout };
}

test('a PNG decodes to the pixels, and nothing else is left in the folder', async () => {
  const at = folder();
  const path = join(at, 'x.png');
  assert.deepEqual(await render(options(path)), [path]);
  const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height, info.channels], [64, 48, 3]);
  const { answer } = picture(0, 64, 48);
  assert.ok(answer.kind === 'pixels' && data.equals(answer.rgb));
  assert.deepEqual(readdirSync(at), ['x.png']);
});

test('the other stills have the format of their extension', async () => {
  const at = folder();
  for (const [name, format] of [
    ['a.webp', 'webp'],
    ['a.tiff', 'tiff'],
    ['a.tif', 'tiff'],
    ['a.JPG', 'jpeg'],
  ] as const) {
    await render(options(join(at, name)));
    assert.equal((await sharp(join(at, name)).metadata()).format, format);
  }
});

test('a pattern writes a file a frame', async () => {
  const at = folder();
  const paths = await render(options(join(at, 'f-%03d.png'), { frames: 5 }));
  assert.deepEqual(
    paths,
    ['000', '001', '002', '003', '004'].map((n) => join(at, `f-${n}.png`)),
  );
  assert.equal(readdirSync(at).length, 5);
  const { answer } = picture(4, 64, 48);
  assert.ok(answer.kind === 'pixels' && (await sharp(paths[4]).raw().toBuffer()).equals(answer.rgb));
});

test('an .npy holds the header that NumPy defines and the exact numbers', async () => {
  const at = folder();
  for (const [perPixel, shape] of [
    [1, '(2, 3)'],
    [4, '(2, 3, 4)'],
  ] as const) {
    const nu = Float64Array.from({ length: 6 * perPixel }, (_, i) => (i === 1 ? Infinity : i / 7));
    const path = join(at, `${perPixel}.npy`);
    const output = await openOutput(options(path, { width: 3, height: 2, perPixel }));
    assert.equal(output.wants.kind, 'samples');
    await output.write({
      index: 0,
      width: 3,
      height: 2,
      perPixel,
      answer: { kind: 'samples', values: nu, channels: COUNTS },
    });
    await output.close();
    const bytes = readFileSync(path);
    assert.equal(bytes.subarray(0, 8).toString('latin1'), '\x93NUMPY\x01\x00');
    const start = 10 + bytes.readUInt16LE(8);
    assert.equal(start % 64, 0);
    const header = bytes.subarray(10, start).toString('latin1');
    assert.equal(header.trimEnd(), `{'descr': '<f8', 'fortran_order': False, 'shape': ${shape}, }`);
    assert.ok(header.endsWith('\n'));
    assert.equal(bytes.length, start + 8 * nu.length);
    nu.forEach((value, i) => {
      assert.equal(bytes.readDoubleLE(start + 8 * i), value);
    });
  }
});

test('a symbolic link stays one, and what it points to is written, there already or not', async () => {
  const [at, elsewhere] = [folder(), folder()];
  writeFileSync(join(elsewhere, 'old.png'), 'old');
  symlinkSync(join(elsewhere, 'old.png'), join(at, 'latest.png'));
  symlinkSync(relative(at, join(elsewhere, 'new.png')), join(at, 'next.png'));
  for (const name of ['latest.png', 'next.png']) {
    assert.deepEqual(await render(options(join(at, name))), [join(at, name)]);
    assert.ok(lstatSync(join(at, name)).isSymbolicLink());
    assert.equal((await sharp(join(at, name)).metadata()).width, 64);
  }
  assert.deepEqual(readdirSync(elsewhere).sort(), ['new.png', 'old.png']);
});

test('a folder that is removed midway is named', async () => {
  const at = folder();
  const output = await openOutput(options(join(at, 'x.png')));
  rmSync(at, { recursive: true });
  await output.write(picture(0, 64, 48)).catch(() => undefined);
  await assert.rejects(output.close(), code('OUTFILE_UNWRITABLE', at, 'removed meanwhile'));
});

test('an outfile that cannot hold the frames is refused with the way out', async () => {
  await assert.rejects(openOutput(options('x.png', { frames: 9 })), code('OUTFILE_FORMAT', 'x-%05d.png', '.mp4'));
  await assert.rejects(openOutput(options('x.npy', { frames: 9 })), code('OUTFILE_FORMAT', 'x-%05d.npy'));
  await assert.rejects(openOutput(options('x.bmp')), code('OUTFILE_FORMAT', '".bmp"', '.png', '.mp4', '.npy'));
  await assert.rejects(openOutput(options('x')), code('OUTFILE_FORMAT', 'no extension'));
  await assert.rejects(openOutput(options('x-%d.mp4', { frames: 2 })), code('OUTFILE_FORMAT', '%d'));
  await assert.rejects(openOutput(options('x.webp', { width: 20_000 })), code('OUTFILE_FORMAT', '16383'));
  await assert.rejects(openOutput(options('x.webm', { codec: 'h264' })), code('OUTFILE_FORMAT', '"h264"'));
});

test('a name as long as a file system takes can be written', async () => {
  for (const name of [`${'x'.repeat(251)}.png`, `é${'😀'.repeat(62)}x.png`]) {
    const path = join(folder(), name);
    await render(options(path));
    assert.ok(existsSync(path), name);
  }
});

test('an outfile that cannot be written is refused before anything is rendered', async () => {
  const at = folder();
  for (const name of ['x.png', 'x.mp4', 'x-%d.npy'])
    await assert.rejects(openOutput(options(join(at, 'none', name))), code('OUTFILE_UNWRITABLE', join(at, 'none')));
  writeFileSync(join(at, 'file'), '');
  await assert.rejects(openOutput(options(join(at, 'file', 'x.png'))), code('OUTFILE_UNWRITABLE', 'not a folder'));
  const long = `${'é'.repeat(126)}.png`;
  await assert.rejects(openOutput(options(join(at, long))), code('OUTFILE_UNWRITABLE', 'its name has 256 bytes'));
  const read = '/proc/x.png';
  if (existsSync('/proc')) await assert.rejects(openOutput(options(read)), code('OUTFILE_UNWRITABLE', read));
});

test('an abort leaves an older file as it was, and no other', async () => {
  for (const name of ['x.png', 'x.npy', 'x.mp4', 'x.gif']) {
    const at = folder();
    writeFileSync(join(at, name), 'older');
    const output = await openOutput(options(join(at, name)));
    assert.equal(readdirSync(at).length, 2, 'the temporary file lies in the same folder');
    if (output.wants.kind === 'pixels') await output.write(picture(0, 64, 48));
    await output.abort();
    assert.deepEqual(readdirSync(at), [name]);
    assert.equal(readFileSync(join(at, name), 'utf8'), 'older', name);
  }
});

for (const [name, codec] of [
  ['x.mp4', 'h264'],
  ['x.mov', 'h264'],
  ['x.mkv', 'h264'],
  ['x.webm', 'vp9'],
] as const)
  test(`${name} is a ${codec} film of all frames, of an odd size too`, async () => {
    const path = join(folder(), name);
    assert.deepEqual(await render(options(path, { width: 75, height: 51, frames: 7 })), [path]);
    const { info, frames } = await decode(path);
    assert.match(info, new RegExp(`Video: ${codec}`));
    assert.match(info, /yuv420p\(tv, bt709/);
    assert.match(info, /76x52/);
    assert.match(info, /25 fps/);
    assert.equal(frames.length, 7 * 76 * 52 * 3);
    const last = frames.subarray(6 * 76 * 52 * 3);
    const { answer } = picture(6, 75, 51);
    assert.ok(answer.kind === 'pixels');
    let worst = 0;
    for (let y = 0; y < 52; y++)
      for (let x = 0; x < 76; x++)
        for (let c = 0; c < 3; c++) {
          const wanted = answer.rgb[3 * (Math.min(y, 50) * 75 + Math.min(x, 74)) + c]!;
          worst = Math.max(worst, Math.abs(last[3 * (y * 76 + x) + c]! - wanted));
        }
    assert.ok(worst <= 14, `colours are off by up to ${worst}`);
  });

test('a .gif has all frames in nearly the colours given', async () => {
  const path = join(folder(), 'x.gif');
  await render(options(path, { frames: 4 }));
  const { pages, width, height } = await sharp(path, { animated: true }).metadata();
  assert.deepEqual([pages, width, height], [4, 64, 192]);
  const { frames } = await decode(path);
  const { answer } = picture(3, 64, 48);
  assert.ok(answer.kind === 'pixels');
  const last = frames.subarray(frames.length - answer.rgb.length);
  const total = answer.rgb.reduce((sum, wanted, i) => sum + Math.abs(wanted - last[i]!), 0);
  assert.ok(total / answer.rgb.length < 4, `mean error ${total / answer.rgb.length}`);
});

test('the same frames give the same film, byte for byte', async () => {
  for (const name of ['x.mp4', 'x.mkv', 'x.gif']) {
    const at = [join(folder(), name), join(folder(), name)];
    for (const path of at) await render(options(path, { frames: 5 }));
    assert.ok(readFileSync(at[0]!).equals(readFileSync(at[1]!)), name);
  }
});

/** A program that lists ffmpeg's encoders and formats as ffmpeg does, but encodes by `script`. */
async function imposter(script: string): Promise<string> {
  const path = join(folder(), 'ffmpeg');
  const real = (await findFfmpeg()).path;
  writeFileSync(
    path,
    `#!/bin/sh\ncase "$*" in *rawvideo*) ;; *) exec "${real}" "$@" ;; esac\nREAL="${real}"\n${script}\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

async function writeForEver(wanted: OutputOptions, between: (i: number) => void = () => undefined): Promise<void> {
  const output = await openOutput(wanted);
  try {
    for (let i = 0; i < 10_000; i++) {
      between(i);
      await output.write(picture(i, wanted.width, wanted.height));
    }
    await output.close();
  } finally {
    await output.abort();
  }
}

test('an ffmpeg that fails midway rejects with its last messages, and leaves nothing', async () => {
  const at = folder();
  const ffmpeg = await imposter('head -c 20000 >/dev/null; echo "the disk is on fire" >&2; exit 3');
  const wanted = options(join(at, 'x.mp4'), { frames: 10_000, ffmpeg });
  await assert.rejects(writeForEver(wanted), code('ENCODER_FAILED', 'the disk is on fire', 'code 3'));
  assert.deepEqual(readdirSync(at), []);
});

test('an ffmpeg that is killed midway rejects', async () => {
  const at = folder();
  const pidFile = join(folder(), 'pid');
  const ffmpeg = await imposter(`echo $$ > "${pidFile}.part"; mv "${pidFile}.part" "${pidFile}"; exec "$REAL" "$@"`);
  let killed = false;
  const kill = () => {
    if (killed || !existsSync(pidFile)) return;
    killed = true;
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
  };
  const wanted = options(join(at, 'x.mp4'), { frames: 10_000, ffmpeg });
  await assert.rejects(writeForEver(wanted, kill), code('ENCODER_FAILED', 'SIGKILL'));
  assert.deepEqual(readdirSync(at), []);
});

test('an ffmpeg that ends too early with success is a failure all the same', async () => {
  const ffmpeg = await imposter('exit 0');
  const wanted = options(join(folder(), 'x.mp4'), { frames: 10_000, ffmpeg });
  await assert.rejects(writeForEver(wanted), code('ENCODER_FAILED', 'before the last frame'));
});

test('a missing ffmpeg, or one without the encoder, is found at opening', async () => {
  const path = join(folder(), 'x.mp4');
  await assert.rejects(openOutput(options(path, { ffmpeg: '/no/such' })), code('ENCODER_MISSING', '/no/such'));
  await assert.rejects(openOutput(options(path, { codec: 'cinepakk' })), code('ENCODER_MISSING', '"cinepakk"'));
});

test('an ffmpeg that succeeds but leaves a broken film is detected, and an older film stays', async () => {
  const at = folder();
  const path = join(at, 'x.mp4');
  writeFileSync(path, 'older');
  const cut = 'for last; do :; done; "$REAL" "$@" || exit; truncate -s -100 "$last"';
  const wanted = options(path, { frames: 5, ffmpeg: await imposter(cut) });
  await assert.rejects(render(wanted), code('ENCODER_FAILED', path, 'cut short'));
  const empty = options(path, { frames: 5, ffmpeg: await imposter('cat >/dev/null') });
  await assert.rejects(render(empty), code('ENCODER_FAILED', path));
  assert.equal(readFileSync(path, 'utf8'), 'older');
  assert.deepEqual(readdirSync(at), ['x.mp4']);
});

test('replaced files are reported, also of numbered frames', async () => {
  const at = folder();
  writeFileSync(join(at, 'f-1.png'), 'older');
  const replaced = async (outfile: string, frames: number) => {
    const output = await openOutput(options(join(at, outfile), { frames }));
    for (let i = 0; i < frames; i++) await output.write(picture(i, 64, 48));
    return (await output.close()).map((file) => file.replaced);
  };
  assert.deepEqual(await replaced('f-%d.png', 3), [false, true, false]);
  assert.deepEqual(await replaced('x.mp4', 3), [false]);
  assert.deepEqual(await replaced('x.mp4', 3), [true]);
});

test('a .gif of more than 50 frames a second comes with a line that it plays more slowly', async () => {
  const lines: string[] = [];
  for (const fps of [50, 60]) {
    const warn = (line: string) => lines.push(`${fps}: ${line}`);
    await render(options(join(folder(), 'x.gif'), { frames: 2, fps, warn }));
  }
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /^60: .*more than 50 frames a second plays more slowly.*--fps 50/);
});
