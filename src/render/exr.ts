/**
 * OpenEXR files (openexr.com, "OpenEXR File Layout"): one part of scan lines, any number of named channels, ZIP compression
 * in blocks of 16 lines. No npm package writes several named channels.
 */

import { promisify } from 'node:util';
import { deflate } from 'node:zlib';

/** One number a pixel; `half`: the numbers become 16-bit floats. */
export type Channel = { readonly name: string } & (
  | { readonly type: 'uint'; readonly values: Uint32Array }
  | { readonly type: 'float' | 'half'; readonly values: Float32Array }
);

/** A number is an attribute of the type int, and has 32 bits. */
export type Attributes = Readonly<Record<string, string | number>>;

const TYPES = { uint: 0, half: 1, float: 2 } as const;
const BYTES = { uint: 4, half: 2, float: 4 } as const;
const LINES = 16;
const ZIP = 3;
const packed = promisify(deflate);

/** The file, piece by piece; channels may come in any order. */
export async function exrFile(
  { width, height }: { readonly width: number; readonly height: number },
  channels: readonly Channel[],
  attributes: Attributes,
): Promise<Uint8Array[]> {
  // Readers expect them so.
  const sorted = channels.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const header = headerOf(width, height, sorted, attributes);
  const blocks: Buffer[] = [];
  for (let y = 0; y < height; y += LINES) {
    const raw = linesOf(sorted, width, y, Math.min(height, y + LINES));
    const small = await packed(predicted(raw), { level: 6 });
    const data = small.length < raw.length ? small : raw;
    blocks.push(Buffer.concat([ints(y, data.length), data]));
  }
  const offsets = Buffer.alloc(8 * blocks.length);
  let at = header.length + offsets.length;
  for (const [k, block] of blocks.entries()) {
    offsets.writeBigUInt64LE(BigInt(at), 8 * k);
    at += block.length;
  }
  return [header, offsets, ...blocks];
}

function headerOf(width: number, height: number, channels: readonly Channel[], attributes: Attributes): Buffer {
  const list = channels.flatMap(({ name, type }) => [text(name), ints(TYPES[type], 0, 1, 1)]);
  const window = ints(0, 0, width - 1, height - 1);
  const custom = Object.entries(attributes).map(([name, value]) =>
    typeof value === 'number'
      ? attribute(name, 'int', ints(value))
      : attribute(name, 'string', Buffer.from(value, 'latin1')),
  );
  return Buffer.concat([
    ints(0x01312f76, 2),
    attribute('channels', 'chlist', Buffer.concat([...list, Buffer.alloc(1)])),
    attribute('compression', 'compression', Buffer.of(ZIP)),
    attribute('dataWindow', 'box2i', window),
    attribute('displayWindow', 'box2i', window),
    attribute('lineOrder', 'lineOrder', Buffer.of(0)),
    attribute('pixelAspectRatio', 'float', floats(1)),
    attribute('screenWindowCenter', 'v2f', floats(0, 0)),
    attribute('screenWindowWidth', 'float', floats(1)),
    ...custom,
    Buffer.alloc(1),
  ]);
}

function attribute(name: string, type: string, value: Buffer): Buffer {
  return Buffer.concat([text(name), text(type), ints(value.length), value]);
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`, 'latin1');
}

function ints(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [k, value] of values.entries()) bytes.writeInt32LE(value | 0, 4 * k);
  return bytes;
}

function floats(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [k, value] of values.entries()) bytes.writeFloatLE(value, 4 * k);
  return bytes;
}

/** Line by line, and in a line channel by channel. */
function linesOf(channels: readonly Channel[], width: number, from: number, to: number): Buffer {
  const line = channels.reduce((sum, { type }) => sum + BYTES[type] * width, 0);
  const bytes = Buffer.alloc(line * (to - from));
  let at = 0;
  for (let y = from; y < to; y++) {
    for (const { type, values } of channels) {
      for (let i = y * width; i < (y + 1) * width; i++, at += BYTES[type]) {
        const value = values[i] as number;
        if (type === 'half') bytes.writeUInt16LE(halfOf(value), at);
        else if (type === 'float') bytes.writeFloatLE(value, at);
        else bytes.writeUInt32LE(value, at);
      }
    }
  }
  return bytes;
}

/** Bytes at even places, then those at odd places, each as its difference from the one before: what is easier to deflate. */
function predicted(raw: Buffer): Buffer {
  const split = Buffer.alloc(raw.length);
  const half = (raw.length + 1) >> 1;
  for (let i = 0; i < raw.length; i++) split[(i >> 1) + (i & 1 ? half : 0)] = raw[i] as number;
  for (let i = raw.length - 1; i > 0; i--) split[i] = (split[i] as number) - (split[i - 1] as number) + 128;
  return split;
}

const SINGLE = new Float32Array(1);
const BITS = new Uint32Array(SINGLE.buffer);

/** The bits of the nearest 16-bit float (IEEE 754 binary16), to even where two are as near. */
export function halfOf(value: number): number {
  SINGLE[0] = value;
  const bits = BITS[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Below 2^-14 all halfs are multiples of 2^-24.
    const scaled = Math.abs(value) * 2 ** 24;
    const whole = Math.floor(scaled);
    const rest = scaled - whole;
    return sign | (whole + (rest > 0.5 || (rest === 0.5 && whole % 2 === 1) ? 1 : 0));
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}
