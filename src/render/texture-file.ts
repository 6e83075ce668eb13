/**
 * Textures from files: any picture that sharp reads. They are read once, before anything is computed, and sent to workers as
 * numbers, so that no worker reads a file. A picture carries the name of its texture and the SHA-256 of the file.
 */

import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { FractalError, messageOf } from '../errors.js';
import { toLinear } from './oklab.js';
import { loadSharp } from './stills.js';
import { MOST_TEXELS, type Texture, withLevels } from './texture.js';

/** FILE, or FILE#sha256=DIGEST. */
export interface TextureName {
  readonly file: string;
  readonly digest?: string;
}

const MOST_BYTES = 64 << 20;
const MOST_PIXELS = 2 ** 26;
const DIGEST = /#sha256=([0-9a-f]{64})$/i;

type Texels = Pick<Texture, 'width' | 'height' | 'texels'>;

const read = new Map<string, Texels>();
/** By spec: how many use a texture that is let go after its last use. */
const users = new Map<string, number>();
const digests = new Map<string, string>();

export function textureName(spec: string): TextureName {
  const digest = DIGEST.exec(spec)?.[1]?.toLowerCase();
  return { file: spec.replace(DIGEST, ''), ...(digest ? { digest } : {}) };
}

/** As a picture carries it. @throws FractalError TEXTURE_INVALID */
export function textureText(spec: string): string {
  const { file, digest } = textureName(spec);
  return `${file}#sha256=${digest ?? digestOf(file)}`;
}

/** Reads the file of a texture, which may be at another path than its name says. @throws FractalError TEXTURE_INVALID */
export async function readTexture(spec: string, path = textureName(spec).file): Promise<void> {
  if (read.has(spec)) return;
  const { file, digest } = textureName(spec);
  const bytes = bytesOf(file, path);
  const found = createHash('sha256').update(bytes).digest('hex');
  digests.set(file, found);
  if (digest !== undefined && digest !== found) {
    throw invalid(
      file,
      `it is another file than the one that was used: its SHA-256 is ${found}, not ${digest}; give "${basename(file)}" without #sha256= to use it`,
    );
  }
  read.set(spec, await texelsOf(file, bytes));
}

/** The same of one that is let go when all have called what this resolves with. @throws FractalError TEXTURE_INVALID */
export async function holdTexture(spec: string, path: string): Promise<() => void> {
  users.set(spec, (users.get(spec) ?? 0) + 1);
  const release = () => {
    const others = (users.get(spec) as number) - 1;
    if (others > 0) users.set(spec, others);
    else {
      users.delete(spec);
      read.delete(spec);
    }
  };
  await readTexture(spec, path).catch((error: unknown) => {
    release();
    throw error;
  });
  return release;
}

/** That of a file that was read. */
export function textureOf(spec: string): Texels {
  const texels = read.get(spec);
  if (!texels) throw new Error(`the texture "${spec}" was not read`);
  return texels;
}

function digestOf(file: string): string {
  let digest = digests.get(file);
  if (!digest) digests.set(file, (digest = createHash('sha256').update(bytesOf(file)).digest('hex')));
  return digest;
}

function bytesOf(file: string, path = file): Buffer {
  try {
    if (statSync(path).size > MOST_BYTES) throw new Error(`it is larger than ${MOST_BYTES} bytes`);
    return readFileSync(path);
  } catch (error) {
    throw invalid(file, messageOf(error));
  }
}

/** Of the nearest powers of 2, as means of pixels in linear light. */
async function texelsOf(file: string, bytes: Buffer): Promise<Texels> {
  const sharp = await loadSharp();
  const { data, info } = await decoded(sharp, bytes).catch((error: unknown) => {
    throw invalid(file, `no picture of at most ${MOST_PIXELS} pixels can be read from it (${messageOf(error)})`);
  });
  const size = { width: texelsAlong(info.width), height: texelsAlong(info.height) };
  const light = Float64Array.from({ length: 256 }, (_, level) => toLinear(level / 255));
  const columns = spansOf(info.width, size.width);
  const largest = new Uint16Array(4 * size.width * size.height);
  for (const [y, row] of spansOf(info.height, size.height).entries()) {
    for (const [x, column] of columns.entries()) {
      const sum = [0, 0, 0, 0];
      for (const [j, high] of row)
        for (const [i, wide] of column) {
          const at = 4 * (j * info.width + i);
          const opacity = (high * wide * (data[at + 3] as number)) / 255;
          for (let c = 0; c < 3; c++) sum[c] = (sum[c] as number) + opacity * (light[data[at + c] as number] as number);
          sum[3] = (sum[3] as number) + opacity;
        }
      for (let c = 0; c < 4; c++)
        largest[4 * (y * size.width + x) + c] = Math.round(65535 * Math.min(1, sum[c] as number));
    }
  }
  return { ...size, texels: withLevels(size, largest) };
}

/** In an async function, since sharp throws at once where there are no bytes. */
async function decoded(sharp: Awaited<ReturnType<typeof loadSharp>>, bytes: Buffer) {
  const image = sharp(bytes, { limitInputPixels: MOST_PIXELS }).autoOrient().toColourspace('srgb').ensureAlpha().raw();
  return image.toBuffer({ resolveWithObject: true });
}

/** The power of 2 that is nearest by its ratio. */
function texelsAlong(pixels: number): number {
  let texels = 1;
  while (texels < MOST_TEXELS && texels * texels * 2 <= pixels * pixels) texels *= 2;
  return texels;
}

/** Of each texel the pixels that it is the mean of, and their shares. */
function spansOf(pixels: number, texels: number): (readonly [pixel: number, share: number])[][] {
  return Array.from({ length: texels }, (_, k) => {
    const [from, to] = [(k * pixels) / texels, ((k + 1) * pixels) / texels];
    const span: [number, number][] = [];
    for (let i = Math.floor(from); i < Math.min(pixels, Math.ceil(to)); i++)
      span.push([i, (Math.min(to, i + 1) - Math.max(from, i)) / (to - from)]);
    return span;
  });
}

function invalid(file: string, why: string): FractalError {
  return new FractalError('TEXTURE_INVALID', `the texture "${file}": ${why}`);
}
