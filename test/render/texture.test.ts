/** Textures: which texel a sample shows, mip levels, and what is said of files that are none. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { DEFAULT_COLOURS, prepare } from '../../src/render/colours.js';
import { nextPhase } from '../../src/render/escape.js';
import { toLinear } from '../../src/render/oklab.js';
import { paintLight } from '../../src/render/paint.js';
import { paintedOf } from '../../src/render/painted.js';
import { levelsOf } from '../../src/render/texture.js';
import { readTexture, textureOf, textureText } from '../../src/render/texture-file.js';

const folder = mkdtempSync(join(tmpdir(), 'texture-'));
const OF = { formula: { step: 'holomorphic', power: 2 }, bailout: 65536, iterations: 1000 } as const;
/** Of its 4 x 2 pixels each has its own red, in the lower row also blue; the last column is transparent. */
const RED = [0, 60, 120, 250];

async function pictureOf(name: string, width: number, height: number, rgba: readonly number[]): Promise<string> {
  const path = join(folder, name);
  await sharp(Uint8Array.from(rgba), { raw: { width, height, channels: 4 } })
    .png()
    .toFile(path);
  return path;
}

const small = await pictureOf('small.png', 4, 2, [
  ...RED.flatMap((red, x) => [red, 0, 0, x === 3 ? 0 : 255]),
  ...RED.flatMap((red, x) => [red, 0, 200, x === 3 ? 0 : 255]),
]);
await readTexture(small);

/** Linear light of one sample. `fraction`: 0 at the inner edge of its band, 1 at the outer one. */
function shown(spec: string, phase: number, fraction: number, { width = 1e-6, strength = 1 } = {}): number[] {
  const samples = {
    // A bailout of 65536 is log2(16) = 4 octaves of potential.
    ...{ nu: Float64Array.of(20 - fraction - 4), footprint: Float64Array.of(width), phase: Float64Array.of(phase) },
    ...{ perPixel: 1, ...paintedOf(OF) },
  };
  const patterns = { texture: { spec, strength } };
  return [...paintLight(samples, prepare({ ...DEFAULT_COLOURS, palette: '#0f0,#0f0', filter: true, patterns }))];
}

function assertNear(found: readonly number[], expected: readonly number[], what: string): void {
  for (const c of [0, 1, 2])
    assert.ok(Math.abs((found[c] as number) - (expected[c] as number)) < 1e-4, `${what}: ${found}, not ${expected}`);
}

test('the width of the picture lies clockwise on the phase, its height from the outer edge of a band to the inner one', () => {
  for (const [x, red] of RED.slice(0, 3).entries()) {
    const phase = 1 - (x + 0.5) / 4;
    assertNear(shown(small, phase, 0.75), [toLinear(red / 255), 0, 0], `upper row, column ${x}`);
    assertNear(shown(small, phase, 0.25), [toLinear(red / 255), 0, toLinear(200 / 255)], `lower row, column ${x}`);
  }
  const [one, two] = [toLinear(60 / 255), toLinear(120 / 255)];
  assertNear(shown(small, 0.5, 0.75), [(one + two) / 2, 0, 0], 'between two texels');
});

test('colours show through what is transparent, and through a texture that is not strong', () => {
  assertNear(shown(small, 1 / 8, 0.75), [0, 1, 0], 'transparent');
  const half = shown(small, 5 / 8, 0.75, { strength: 0.5 });
  assertNear(half, [toLinear(60 / 255) / 2, 0.5, 0], 'half as strong');
  assertNear(shown(small, 1 / 8, 1e-9 + 0.5, { width: 0.6 }), [0, 1, 0], 'finer than samples');
});

test('it goes on around the turn, and is cut off evenly where bands meet', () => {
  assertNear(shown(small, 0, 0.6), shown(small, 1 - 1e-9, 0.6), 'around');
  for (let phase = 0.003; phase < 1; phase += 0.07) {
    const next = nextPhase(phase, { ...OF.formula, beyond: 0, turn: 0 });
    assertNear(shown(small, phase, 1e-9, { width: 1e-3 }), shown(small, next, 1 - 1e-9, { width: 1e-3 }), `${phase}`);
  }
});

test('mip levels are means in linear light, down to a single texel', async () => {
  const wide = await pictureOf(
    'wide.png',
    64,
    8,
    Array.from({ length: 512 }, (_, i) => [i % 256, 7, 255 - (i % 256), 255]).flat(),
  );
  await readTexture(wide);
  const { width, height, texels } = textureOf(wide);
  assert.deepEqual([width, height], [64, 8]);
  const levels = levelsOf({ width, height });
  assert.deepEqual(
    levels.map((level) => `${level.width}x${level.height}`),
    ['64x8', '32x4', '16x2', '8x1', '4x1', '2x1', '1x1'],
  );
  for (const { at, width: w, height: h } of levels) {
    for (const c of [0, 1, 2, 3]) {
      let [sum, all] = [0, 0];
      for (let i = 0; i < w * h; i++) sum += (texels[at + 4 * i + c] as number) / (w * h);
      for (let i = 0; i < width * height; i++) all += (texels[4 * i + c] as number) / (width * height);
      assert.ok(Math.abs(sum - all) < 4, `${w}x${h}, channel ${c}: ${sum}, ${all}`);
    }
  }
});

test('pictures of any size become powers of 2, at most 512 texels along a side', async () => {
  for (const [width, height, expected] of [
    [300, 5, [256, 4]],
    [1, 3, [1, 4]],
    [1500, 700, [512, 512]],
  ] as const) {
    const path = await pictureOf(`${width}.png`, width, height, new Array(4 * width * height).fill(255));
    await readTexture(path);
    const texture = textureOf(path);
    assert.deepEqual([texture.width, texture.height], expected);
    assert.ok(texture.texels.every((value) => value === 65535));
  }
});

test('a picture names its texture with the digest of the file; another file is refused, as is what is no picture', async () => {
  const digest = createHash('sha256').update(readFileSync(small)).digest('hex');
  assert.equal(textureText(small), `${small}#sha256=${digest}`);
  assert.equal(textureText(textureText(small)), textureText(small));
  await readTexture(textureText(small));
  const other = `${small}#sha256=${'0'.repeat(64)}`;
  await assert.rejects(readTexture(other), {
    code: 'TEXTURE_INVALID',
    message: /it is another file than the one that was used/,
  });
  const none = join(folder, 'none.png');
  writeFileSync(none, 'no picture');
  await assert.rejects(readTexture(none), { code: 'TEXTURE_INVALID', message: /none\.png": no picture of at most/ });
  await assert.rejects(readTexture(join(folder, 'missing.png')), { code: 'TEXTURE_INVALID', message: /ENOENT/ });
});

/** What a file of any kind shows of a colour, in the middle of its upper left texel: red, green, blue, opacity, 0 to 1. */
async function lightOf(path: string): Promise<number[]> {
  await readTexture(path);
  return [...textureOf(path).texels.subarray(0, 4)].map((value) => value / 65535);
}

test('files of other kinds work: one pixel, 16 bits, grey, CMYK, GIF, animations, very wide ones', async () => {
  const colour = { r: 200, g: 100, b: 40 };
  const plain = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: colour } });
  const expected = [200, 100, 40].map((level) => toLinear(level / 255));
  const grey = [128, 128, 128].map((level) => toLinear(level / 255));
  const sixteen = Uint16Array.from({ length: 8 * 8 * 3 }, (_, k) => 257 * ([200, 100, 40][k % 3] as number));
  const files: Record<string, { made: Sharp; light: readonly number[]; near?: number }> = {
    'one.png': { made: plain(1, 1).png(), light: expected },
    'wide.webp': { made: plain(16000, 10).webp({ lossless: true }), light: expected },
    'wider.png': { made: plain(20000, 10).png(), light: expected },
    'sixteen.png': {
      made: sharp(sixteen, { raw: { width: 8, height: 8, channels: 3 } })
        .toColourspace('rgb16')
        .png(),
      light: expected,
    },
    'grey.png': {
      made: sharp(new Uint8Array(64).fill(128), { raw: { width: 8, height: 8, channels: 1 } })
        .toColourspace('b-w')
        .png(),
      light: grey,
    },
    'palette.png': { made: plain(8, 8).png({ palette: true }), light: expected },
    'one.gif': { made: plain(8, 8).gif(), light: expected, near: 0.03 },
    'cmyk.jpg': { made: plain(16, 16).toColourspace('cmyk').jpeg({ quality: 100 }), light: expected, near: 0.06 },
  };
  for (const [name, { made, light, near = 1e-4 }] of Object.entries(files)) {
    const path = join(folder, name);
    await made.toFile(path);
    const found = await lightOf(path);
    for (const [c, value] of [...light, 1].entries())
      assert.ok(Math.abs((found[c] as number) - value) < near, `${name}: ${found}, not ${light}`);
  }
  const { channels, depth, space } = await sharp(join(folder, 'cmyk.jpg')).metadata();
  assert.deepEqual([channels, space], [4, 'cmyk']);
  assert.equal((await sharp(join(folder, 'sixteen.png')).metadata()).depth, 'ushort', depth);
});

test('a folder, an empty file and a file that is cut off give one line', async () => {
  const cut = join(folder, 'cut.png');
  const noise = Uint8Array.from({ length: 3 * 64 * 64 }, (_, k) => (k * 7919) % 251);
  const whole = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
    .png()
    .toBuffer();
  writeFileSync(cut, whole.subarray(0, whole.length / 2));
  const empty = join(folder, 'empty.png');
  writeFileSync(empty, '');
  for (const path of [cut, empty, folder])
    await assert.rejects(readTexture(path), ({ code, message }: { code: string; message: string }) => {
      assert.equal(code, 'TEXTURE_INVALID');
      assert.match(message, /^the texture "[^"\n]*": [^\n]+$/);
      return true;
    });
});
