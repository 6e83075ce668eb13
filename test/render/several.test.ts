import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { DEFAULT_COLOURS, prepare } from '../../src/render/colours.js';
import { type OutputsOptions, openOutputs } from '../../src/render/output.js';
import { frameLight, paintFrame } from '../../src/render/paint-frame.js';
import { PLAIN } from '../../src/render/quantise.js';
import { type Frame, rowsReversed } from '../../src/shard/frame.js';
import { COUNTS, channelsOf } from '../../src/view/channels.js';

const [WIDTH, HEIGHT, FRAMES] = [48, 34, 3];
const folder = () => mkdtempSync(join(tmpdir(), 'several-'));

const DISTANCES = channelsOf({ distance: true });

/** Raw samples with distances. */
function samples(index: number): Frame {
  const values = Float64Array.from({ length: 3 * WIDTH * HEIGHT }, (_, i) => ((i + 50 * index) % 3000) / 61);
  return { index, width: WIDTH, height: HEIGHT, perPixel: 1, answer: { kind: 'samples', values, channels: DISTANCES } };
}

const VIEW = {
  formula: { step: 'holomorphic', power: 2 },
  iterations: 500,
  bailout: 65536,
  count: 'smooth',
} as const;

/** Writes the frames as the leader does: painted as the outputs want them. */
async function write(outfiles: readonly string[], some: Partial<OutputsOptions> = {}): Promise<string[]> {
  const size = {
    width: WIDTH,
    height: HEIGHT,
    frames: FRAMES,
    perPixel: 1,
    channels: DISTANCES,
    fps: 25,
    dither: true,
  };
  const output = await openOutputs({ outfiles, ...size, ...some });
  const { wants } = output;
  const how = prepare(DEFAULT_COLOURS, HEIGHT, wants.kind === 'pixels' ? wants.levels : PLAIN);
  for (let i = 0; i < FRAMES; i++) {
    const frame = wants.kind === 'pixels' ? await paintFrame(samples(i), how, { iterations: 500 }) : samples(i);
    await output.write(frame, undefined, { view: VIEW, light: () => frameLight(samples(i), how, { iterations: 500 }) });
  }
  return (await output.close()).map(({ path }) => path);
}

test('each of several outfiles has the bytes that it has alone, mirrored or not', async () => {
  const names = ['x.mp4', 'f-%d.png', 'x.gif', 'h.mkv', 'e-%d.exr', 'n-%d.npy'];
  const kinds: Partial<OutputsOptions>[] = [
    {},
    { bits: 16 },
    { flip: true },
    { codec: 'h264', pixelFormat: 'yuv420p10le' },
  ];
  for (const some of kinds) {
    const [alone, together] = [folder(), folder()];
    for (const set of [names, names.slice(0, 4), names.slice(0, 2), [names[0]!, names[3]!]]) {
      // A GIF has no pixel format.
      const usual = set.filter((name) => some.pixelFormat === undefined || name !== 'x.gif');
      if (some.bits === 16 && !usual.includes('f-%d.png')) continue;
      const written = await write(
        usual.map((name) => join(together, name)),
        some,
      );
      const single: string[] = [];
      for (const name of usual) {
        const { bits, codec, pixelFormat, ...others } = some;
        const isFilm = /mp4|mkv|gif/.test(name);
        const film = isFilm ? { ...(codec ? { codec } : {}), ...(pixelFormat ? { pixelFormat } : {}) } : {};
        const still = bits && name.endsWith('.png') ? { bits } : {};
        single.push(...(await write([join(alone, name)], { ...others, ...film, ...still })));
      }
      assert.equal(written.length, single.length);
      for (const [k, path] of single.entries())
        assert.ok(readFileSync(path).equals(readFileSync(written[k] as string)), `${path} ${JSON.stringify(some)}`);
    }
  }
});

test('16-bit PNG and TIFF hold the levels, with --depth 16 only', async () => {
  const at = folder();
  for (const name of ['f-%d.png', 'f-%d.tiff']) {
    await write([join(at, name)], { bits: 16 });
    const how = prepare(DEFAULT_COLOURS, HEIGHT, { bits: 16, dither: false });
    const { answer } = await paintFrame(samples(1), how, { iterations: 500 });
    assert.ok(answer.kind === 'deep-pixels');
    const image = sharp(join(at, name.replace('%d', '1')));
    assert.equal((await image.metadata()).depth, 'ushort');
    const { data } = await image.raw({ depth: 'ushort' }).toColourspace('rgb16').toBuffer({ resolveWithObject: true });
    assert.deepEqual(new Uint16Array(data.buffer, data.byteOffset, data.length / 2), answer.rgb);
  }
});

test('a mirrored frame has its rows from the bottom', async () => {
  const [up, down] = [folder(), folder()];
  await write([join(up, 'f-%d.png')]);
  await write([join(down, 'f-%d.png')], { flip: true });
  const pixels = async (at: string) => new Uint8Array(await sharp(join(at, 'f-2.png')).raw().toBuffer());
  assert.deepEqual(await pixels(down), rowsReversed(await pixels(up), HEIGHT));
});

test('an outfile that cannot be opened leaves nothing of the others', async () => {
  const at = folder();
  const missing = join(at, 'no', 'x.mp4');
  await assert.rejects(write([join(at, 'x.mp4'), missing]), { code: 'OUTFILE_UNWRITABLE' });
  assert.ok(!existsSync(join(at, 'x.mp4')));
});

test('where one of several fails at its end, the others are complete, and the line says which', async () => {
  const at = folder();
  const outfiles = [join(at, 'x.mp4'), join(at, 'f-%d.png')];
  const output = await openOutputs({
    ...{ outfiles, width: WIDTH, height: HEIGHT, frames: FRAMES + 1, perPixel: 1, channels: COUNTS, fps: 25 },
  });
  for (let i = 0; i < FRAMES; i++)
    await output.write(await paintFrame(samples(i), prepare(DEFAULT_COLOURS, HEIGHT), { iterations: 500 }));
  await assert.rejects(output.close(), (error: Error & { code: string }) => {
    assert.equal(error.code, 'ENCODER_FAILED');
    assert.match(error.message, /x\.mp4" is not published, since it holds 3 of 4 frames; complete: ".*f-%d\.png"$/);
    return true;
  });
  assert.ok(existsSync(join(at, 'f-2.png')) && !existsSync(outfiles[0]!));
});
