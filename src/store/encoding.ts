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
  const options = { maxOutputLength: length, chunkSize: Math.max(64, Math.min(length, 1 << 20)) };
  const filtered = await inflated(stored, options).catch(() => undefined);
  if (filtered?.length !== length) return undefined;
  const bytes = new Uint8Array(length);
  await eachPlane(filtered, planes, (plane, at) => {
    addAbove(plane, extent.width);
    let byte = 0;
    for (let pixel = 0, to = at; pixel < plane.length; pixel++, to += planes) {
      byte = (byte + (plane[pixel] as number)) & 255;
      bytes[to] = byte;
    }
  });
  return bytes;
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

/** Undoes `subtractAbove`. */
function addAbove(plane: Uint8Array, width: number): void {
  for (let at = width; at < plane.length; at++) plane[at] = (plane[at] as number) + (plane[at - width] as number);
}
