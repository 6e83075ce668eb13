/** Films by real encoders, as ffmpeg and ffprobe read them. */

import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { findFfmpeg, type OutputOptions, openOutput } from '../../src/render/output.js';
import type { Frame } from '../../src/shard/frame.js';
import { COUNTS } from '../../src/view/channels.js';

const run = promisify(execFile);
const folder = () => mkdtempSync(join(tmpdir(), 'encoding-'));
const [WIDTH, HEIGHT] = [82, 66];
const noProbe = spawnSync('ffprobe', ['-version']).status !== 0 && 'no ffprobe: install the Debian package ffmpeg';
const encoders = (await findFfmpeg()).encoders;

function options(outfile: string, some: Partial<OutputOptions> = {}): OutputOptions {
  return { outfile, width: WIDTH, height: HEIGHT, frames: 1, perPixel: 1, channels: COUNTS, fps: 25, ...some };
}

/** 16-bit sRGB. */
type Colour = readonly [number, number, number];
const COLOURS: readonly Colour[] = [
  [0, 0, 0],
  [65535, 65535, 65535],
  [50_000, 9_000, 4_000],
  [3_000, 40_000, 12_000],
  [8_000, 6_000, 58_000],
  [20_000, 20_000, 20_000],
];

/** A film in which each frame has one colour. */
async function patches(wanted: OutputOptions, colours = COLOURS): Promise<'pixels' | 'deep-pixels'> {
  const output = await openOutput({ ...wanted, frames: colours.length });
  const { wants } = output;
  assert.ok(wants.kind === 'pixels');
  for (const [index, colour] of colours.entries()) {
    const rgb = Uint16Array.from({ length: 3 * WIDTH * HEIGHT }, (_, i) => colour[i % 3] as number);
    const answer: Frame['answer'] =
      wants.levels.bits === 16
        ? { kind: 'deep-pixels', rgb }
        : { kind: 'pixels', rgb: Uint8Array.from(rgb, (level) => Math.round(level / 257)) };
    await output.write({ index, width: WIDTH, height: HEIGHT, perPixel: 1, answer });
  }
  await output.close();
  return wants.levels.bits === 16 ? 'deep-pixels' : 'pixels';
}

async function decoded(path: string, format: string): Promise<Buffer> {
  const { path: ffmpeg } = await findFfmpeg();
  const args = ['-v', 'error', '-i', path, '-f', 'rawvideo', '-pix_fmt', format, '-'];
  return (await run(ffmpeg, args, { encoding: 'buffer', maxBuffer: 1 << 28 })).stdout;
}

/** BT.709, limited range: the levels of Y, Cb and Cr of so many bits. */
function yuvOf([r, g, b]: Colour, bits: number): number[] {
  const [red, green, blue] = [r / 65535, g / 65535, b / 65535];
  const y = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  const scale = 2 ** (bits - 8);
  return [
    scale * (16 + 219 * y),
    scale * (128 + (224 * (blue - y)) / 1.8556),
    scale * (128 + (224 * (red - y)) / 1.5748),
  ];
}

function meanOf(levels: Uint8Array | Uint16Array): number {
  let sum = 0;
  for (const level of levels) sum += level;
  return sum / levels.length;
}

interface Case {
  readonly name: string;
  readonly some: Partial<OutputOptions>;
  readonly codec: string;
  readonly format: string;
  readonly chroma: readonly [across: number, down: number];
  readonly bits: number;
  readonly encoder?: string;
}

const p420 = { format: 'yuv420p', chroma: [2, 2], bits: 8 } as const;
const p420p10 = { format: 'yuv420p10le', chroma: [2, 2], bits: 10 } as const;
const YUV: readonly Case[] = [
  { name: 'x.mp4', some: {}, codec: 'h264', ...p420 },
  { name: 'x.mp4', some: { pixelFormat: 'yuv420p10le' }, codec: 'h264', ...p420p10 },
  { name: 'x.mkv', some: { pixelFormat: 'yuv444p' }, codec: 'h264', format: 'yuv444p', chroma: [1, 1], bits: 8 },
  { name: 'x.mp4', some: { codec: 'h265', pixelFormat: 'yuv420p10le' }, codec: 'hevc', ...p420p10 },
  { name: 'x.webm', some: { pixelFormat: 'yuv420p10le' }, codec: 'vp9', ...p420p10 },
  { name: 'x.mov', some: { codec: 'prores' }, codec: 'prores', format: 'yuv422p10le', chroma: [2, 1], bits: 10 },
  { name: 'x.mp4', some: { codec: 'av1' }, codec: 'av1', ...p420, encoder: 'libsvtav1' },
];

for (const { name, some, codec, format, chroma, bits, encoder } of YUV) {
  const skip = noProbe || (encoder !== undefined && !encoders.has(encoder) && `this ffmpeg has no ${encoder}`);
  test(`${codec} of ${format} in ${name}: all frames, tagged and converted as BT.709`, { skip }, async () => {
    const path = join(folder(), name);
    assert.equal(await patches(options(path, some)), bits > 8 ? 'deep-pixels' : 'pixels');
    const entries = 'codec_name,pix_fmt,color_range,color_space,color_transfer,color_primaries,nb_read_frames';
    const args = ['-v', 'error', '-count_frames', '-show_entries', `stream=${entries}`, '-of', 'json', path];
    const { streams } = JSON.parse((await run('ffprobe', args)).stdout) as { streams: object[] };
    assert.deepEqual(streams, [
      {
        ...{ codec_name: codec, pix_fmt: format, color_range: 'tv', color_space: 'bt709' },
        ...{ color_transfer: 'bt709', color_primaries: 'bt709', nb_read_frames: String(COLOURS.length) },
      },
    ]);
    const bytes = await decoded(path, format);
    const levels =
      bits > 8 ? new Uint16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)) : bytes;
    const [luma, part] = [WIDTH * HEIGHT, (WIDTH / chroma[0]) * (HEIGHT / chroma[1])];
    assert.equal(levels.length, COLOURS.length * (luma + 2 * part));
    for (const [frame, colour] of COLOURS.entries()) {
      const wanted = yuvOf(colour, bits);
      let from = frame * (luma + 2 * part);
      for (const [plane, length] of [luma, part, part].entries()) {
        const mean = meanOf(levels.subarray(from, from + length));
        const off = Math.abs(mean - wanted[plane]!);
        // Encoders of few bits a colour: 3/4 of a level of 8 bits.
        assert.ok(
          off <= Math.max(1.2, 0.75 * 2 ** (bits - 8)),
          `frame ${frame}, plane ${plane}: ${mean}, not ${wanted[plane]}`,
        );
        from += length;
      }
    }
  });
}

test('10 bits are made of 16: colours that are one in 8 bits differ', async () => {
  const path = join(folder(), 'x.mkv');
  // 128.0 and 128.49 levels of 8 bits.
  const colours: Colour[] = [32_896, 33_022].map((level) => [level, level, level]);
  await patches(options(path, { codec: 'ffv1', pixelFormat: 'yuv444p10le' }), colours);
  const bytes = await decoded(path, 'yuv444p10le');
  const at = (frame: number) => bytes.readUInt16LE(frame * 3 * 2 * WIDTH * HEIGHT);
  assert.deepEqual(
    [at(0), at(1)],
    colours.map((colour) => Math.round(yuvOf(colour, 10)[0]!)),
  );
  assert.ok(at(1) > at(0));
});

/** All levels, in no order. */
function noise(index: number, bits: 8 | 16): Frame {
  const numbers = { length: 3 * WIDTH * HEIGHT };
  const level = (i: number) => Math.imul(i + 1 + index * 7919, 2654435761) >>> (32 - bits);
  const answer: Frame['answer'] =
    bits === 16
      ? { kind: 'deep-pixels', rgb: Uint16Array.from(numbers, (_, i) => level(i)) }
      : { kind: 'pixels', rgb: Uint8Array.from(numbers, (_, i) => level(i)) };
  return { index, width: WIDTH, height: HEIGHT, perPixel: 1, answer };
}

for (const [name, some, bits] of [
  ['x.mkv', { codec: 'ffv1' }, 8],
  ['x.mkv', { codec: 'ffv1', pixelFormat: 'gbrp16le' }, 16],
  ['x.apng', {}, 8],
  ['x.apng', { pixelFormat: 'rgb48be' }, 16],
] as const) {
  test(`${name} of ${bits} bits loses nothing`, async () => {
    const path = join(folder(), name);
    const output = await openOutput(options(path, { ...some, frames: 3 }));
    for (let i = 0; i < 3; i++) await output.write(noise(i, bits));
    await output.close();
    const wanted = [0, 1, 2].map((i) => {
      const { answer } = noise(i, bits);
      assert.ok(answer.kind === 'pixels' || answer.kind === 'deep-pixels');
      return Buffer.from(answer.rgb.buffer);
    });
    assert.ok((await decoded(path, bits === 16 ? 'rgb48le' : 'rgb24')).equals(Buffer.concat(wanted)));
  });
}

/** A tone of so many seconds. */
async function tone(at: string, seconds: number): Promise<string> {
  const path = join(at, `${seconds}.wav`);
  const { path: ffmpeg } = await findFfmpeg();
  await run(ffmpeg, ['-v', 'error', '-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`, path]);
  return path;
}

for (const [name, some, codec] of [
  ['x.mp4', {}, 'aac'],
  ['x.mov', { codec: 'prores' }, 'pcm_s16le'],
  ['x.mkv', { codec: 'ffv1' }, 'flac'],
  ['x.webm', {}, 'opus'],
] as const) {
  test(`the sound of ${name} is ${codec}, as long as the film`, { skip: noProbe }, async () => {
    const at = folder();
    for (const seconds of [0.4, 5]) {
      const path = join(at, `${seconds}-${name}`);
      // 25 frames: one second.
      const colours = Array.from({ length: 25 }, (_, i) => COLOURS[i % 6] as Colour);
      await patches(options(path, { ...some, audio: await tone(at, seconds) }), colours);
      const args = ['-v', 'error', '-show_entries', 'stream=codec_type,codec_name', '-of', 'csv=p=0', path];
      assert.match((await run('ffprobe', args)).stdout, new RegExp(`${codec},audio`));
      const { path: ffmpeg } = await findFfmpeg();
      const raw = ['-v', 'error', '-i', path, '-map', '0:a', '-ac', '1', '-ar', '8000', '-f', 's16le', '-'];
      const { stdout } = await run(ffmpeg, raw, { encoding: 'buffer' });
      const sound = new Int16Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length));
      // Coders have frames of their own, of up to 1/16 s.
      assert.ok(Math.abs(sound.length / 8000 - 1) < 0.07, `${sound.length / 8000} s`);
      const loudest = (from: number, to: number) =>
        sound.subarray(from * 8000, to * 8000).reduce((most, level) => Math.max(most, Math.abs(level)), 0);
      assert.ok(loudest(0.1, 0.3) > 1000);
      assert.equal(loudest(0.6, 0.9) > 1000, seconds > 1);
    }
  });
}

test('what an encoder or a container cannot do is one line before anything is written', async () => {
  const at = folder();
  const silent = join(folder(), 'x.png');
  const still = await openOutput(options(silent));
  await still.write(noise(0, 8));
  await still.close();
  for (const [name, some, code, why] of [
    [
      'x.mov',
      { codec: 'prores', pixelFormat: 'yuv420p' },
      'ENCODER_UNFIT',
      /no pixel format "yuv420p"; it has yuv422p10le/,
    ],
    ['x.mp4', { codec: 'ffv1' }, 'ENCODER_UNFIT', /ffv1 in a \.mp4 does not work with these options/],
    ['x.mp4', { preset: 'quick' }, 'ENCODER_UNFIT', /quick/],
    ['x.webm', { preset: 'slow' }, 'ENCODER_UNFIT', /libvpx-vp9 has no presets/],
    ['x.mp4', { pixelFormat: 'yuv420' }, 'OUTFILE_FORMAT', /pixel format "yuv420" is unknown; known are/],
    ['x.gif', { pixelFormat: 'rgb24' }, 'OUTFILE_FORMAT', /a \.gif has a palette/],
    ['x.apng', { codec: 'h264' }, 'OUTFILE_FORMAT', /a \.apng has no codec "h264"/],
    ['x.gif', { audio: silent }, 'OUTFILE_FORMAT', /a \.gif has no sound/],
    ['x.png', { audio: silent }, 'OUTFILE_FORMAT', /--audio is for films/],
    ['x.mp4', { audio: silent }, 'AUDIO_INVALID', /it has no sound/],
    ['x.mp4', { audio: join(at, 'none.wav') }, 'AUDIO_INVALID', /none\.wav" cannot be read/],
    ['x.mp4', { bits: 16 }, 'OUTFILE_FORMAT', /--depth 16 is for \.png and \.tiff/],
  ] as const) {
    await assert.rejects(
      openOutput(options(join(at, name), { frames: 2, ...some })),
      (error: Error & { code: string }) => {
        assert.equal(error.code, code, error.message);
        assert.match(error.message, why);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      },
    );
  }
  assert.deepEqual(readdirSync(at), []);
});
