/**
 * The encoding of a record's bytes. Pixels next to one another differ little: byte k of all pixels is put together in plane k, each plane
 * holds the differences down its columns and along its rows, modulo 256, and deflate stores these. The low bytes of
 * samples are noise: only its Huffman codes and runs pay, so it does not search for repetitions.
 *
 * It is the same for painted pixels and raw samples, and does not depend on what the bytes mean.
 */

import { promisify } from 'node:util';
import { constants, deflateRaw, inflateRaw } from 'node:zlib';

/** Of the rectangle that the bytes are of, in pixels. */
export interface Extent {
  readonly width: number;
  readonly height: number;
}

const DEFLATE = { level: 1, strategy: constants.Z_RLE, chunkSize: 1 << 16 };

/** Fewer pixels are not worth it. */
const FEWEST_PIXELS = 64;

/** The event loop runs between any two steps of so many bytes, which take some milliseconds. */
const STEP_BYTES = 256 << 10;

const deflated = promisify(deflateRaw);
const inflated = promisify(inflateRaw);
const turn = promisify(setImmediate);

/** Fewer bytes, from which `decoded` makes these; the same bytes if that is not possible. Neither are changed. */
export async function encoded(bytes: Uint8Array, extent: Extent): Promise<Uint8Array> {
  const planes = planesOf(bytes.length, extent);
  if (planes === 0) return bytes;
  const filtered = new Uint8Array(bytes.length);
  await eachPlane(filtered, planes, (plane, at) => {
    let before = 0;
    for (let pixel = 0, from = at; pixel < plane.length; pixel++, from += planes) {
      const byte = bytes[from] as number;
      plane[pixel] = byte - before;
      before = byte;
    }
    subtractAbove(plane, extent.width);
  });
  const shorter = await deflated(filtered, DEFLATE);
  return shorter.length < bytes.length ? shorter : bytes;
}

/**
 * The bytes, `length` of them, that were encoded; undefined: these are not their encoding. No more than `length` bytes are
 * made, whatever `stored` is.
 */
export async function decoded(stored: Uint8Array, length: number, extent: Extent): Promise<Uint8Array | undefined> {
  if (stored.length === length) return stored;
  const planes = planesOf(length, extent);
  if (planes === 0) return undefined;
  // One chunk, not quite full, is what comes out: one task of a thread, and no copy.
  const options = { maxOutputLength: length, chunkSize: Math.max(64, length + 1) };
  const filtered = await inflated(stored, options).catch(() => undefined);
  if (filtered?.length !== length) return undefined;
  const bytes = new Uint8Array(length);
  const size = length / planes;
  await eachPlane(filtered, planes, (plane, at) => {
    addAbove(plane, extent.width);
    if (planes % 4 > 0) joinPlane(plane, bytes, planes, at);
    else if (at % 4 === 3) joinFour(filtered.subarray((at - 3) * size, (at + 1) * size), bytes, planes, at - 3);
  });
  return bytes;
}

/** Sums along the rows of a plane, as byte `at` of each pixel. */
function joinPlane(plane: Uint8Array, bytes: Uint8Array, planes: number, at: number): void {
  let byte = 0;
  for (let pixel = 0, to = at; pixel < plane.length; pixel++, to += planes) {
    byte = (byte + (plane[pixel] as number)) & 255;
    bytes[to] = byte;
  }
}

/** Sums along the rows of four planes, as bytes `at` to `at + 3` of each pixel: written at once. */
function joinFour(four: Uint8Array, bytes: Uint8Array, planes: number, at: number): void {
  const size = four.length / 4;
  const numbers = new Int32Array(bytes.buffer);
  const step = planes / 4;
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let pixel = 0, to = at / 4; pixel < size; pixel++, to += step) {
    a = (a + four[pixel]!) & 255;
    b = (b + four[pixel + size]!) & 255;
    c = (c + four[pixel + 2 * size]!) & 255;
    d = (d + four[pixel + 3 * size]!) & 255;
    numbers[to] = a | (b << 8) | (c << 16) | (d << 24);
  }
}

/** Bytes of a pixel; 0: they are not encoded. */
function planesOf(length: number, { width, height }: Extent): number {
  const pixels = width * height;
  return pixels >= FEWEST_PIXELS && length % pixels === 0 ? length / pixels : 0;
}

async function eachPlane(
  bytes: Uint8Array,
  planes: number,
  visit: (plane: Uint8Array, at: number) => void,
): Promise<void> {
  const size = bytes.length / planes;
  let since = 0;
  for (let at = 0; at < planes; at++) {
    visit(bytes.subarray(at * size, (at + 1) * size), at);
    since += size;
    if (since >= STEP_BYTES) {
      await turn();
      since = 0;
    }
  }
}

/** From every byte of a plane that above it. */
function subtractAbove(plane: Uint8Array, width: number): void {
  for (let at = plane.length - 1; at >= width; at--) {
    plane[at] = (plane[at] as number) - (plane[at - width] as number);
  }
}

/** Undoes `subtractAbove`: four bytes at a time, whose sums must not carry into one another. */
function addAbove(plane: Uint8Array, width: number): void {
  let at = width;
  if (width % 4 === 0 && plane.byteOffset % 4 === 0) {
    const numbers = new Int32Array(plane.buffer, plane.byteOffset, plane.length >> 2);
    const row = width / 4;
    for (let k = row; k < numbers.length; k++) {
      const [here, above] = [numbers[k]!, numbers[k - row]!];
      numbers[k] = ((here & 0x7f7f7f7f) + (above & 0x7f7f7f7f)) ^ ((here ^ above) & 0x80808080);
    }
    at = 4 * numbers.length;
  }
  for (; at < plane.length; at++) plane[at] = (plane[at] as number) + (plane[at - width] as number);
}
