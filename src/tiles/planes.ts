/**
 * Planes of whole numbers, one a pixel in rows, as bytes that a general compressor makes small: each number is predicted from
 * its neighbours (left + above - above left, as of a plane through them), what is left is made unsigned (zigzag), and
 * the bytes are sorted by their significance, first all lowest ones.
 *
 * Arithmetic wraps at 2^32, or at 2^16 for planes of 2 bytes, so that every number survives, angles too.
 */

/** Bytes of a number. */
export type Width = 2 | 4;

/** Writes a plane into `to` from `at` on: `bytes` times as many bytes as it has numbers. */
export function writePlane(numbers: Int32Array, width: number, bytes: Width, to: Uint8Array, at: number): void {
  const count = numbers.length;
  const spare = 32 - 8 * bytes;
  for (let i = 0; i < count; i++) {
    const left = ((numbers[i] as number) - predicted(numbers, i, width)) << spare;
    const code = zigzag(left >> spare);
    for (let b = 0; b < bytes; b++) to[at + b * count + i] = code >>> (8 * b);
  }
}

/** The opposite. Numbers of 2 bytes are from 0 to 65535. */
export function readPlane(count: number, width: number, bytes: Width, from: Uint8Array, at: number): Int32Array {
  const numbers = new Int32Array(count);
  const mask = bytes === 2 ? 0xffff : -1;
  for (let i = 0; i < count; i++) {
    let code = 0;
    for (let b = 0; b < bytes; b++) code |= (from[at + b * count + i] as number) << (8 * b);
    numbers[i] = (unzigzag(code) + predicted(numbers, i, width)) & mask;
  }
  return numbers;
}

/** From the neighbours before it; outside of the plane is what is next to it, and before the first number 0. */
function predicted(numbers: Int32Array, i: number, width: number): number {
  if (i === 0) return 0;
  if (i < width) return numbers[i - 1] as number;
  const above = numbers[i - width] as number;
  return i % width === 0 ? above : (numbers[i - 1] as number) + above - (numbers[i - width - 1] as number);
}

/** Of a plane of counts: such a point has none. */
export const NONE = -1;

/** Counts are below: what is left of them after prediction fits into 32 bits beside the code of NONE. */
export const COUNTS = 2 ** 29;

/** Writes counts from 0 to below COUNTS, or NONE, whose code is 0: areas of them take next to nothing. */
export function writeCounts(counts: Int32Array, width: number, to: Uint8Array, at: number): void {
  const count = counts.length;
  const filled = counts.slice();
  for (let i = 0; i < count; i++) {
    const none = counts[i] === NONE;
    if (none) filled[i] = neighbour(filled, i, width);
    const code = none ? 0 : zigzag((counts[i] as number) - predicted(filled, i, width)) + 1;
    to[at + i] = code;
    to[at + count + i] = code >>> 8;
    to[at + 2 * count + i] = code >>> 16;
    to[at + 3 * count + i] = code >>> 24;
  }
}

export function readCounts(count: number, width: number, from: Uint8Array, at: number): Int32Array {
  const filled = new Int32Array(count);
  const counts = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const low = (from[at + i] as number) | ((from[at + count + i] as number) << 8);
    const high = (from[at + 2 * count + i] as number) | ((from[at + 3 * count + i] as number) << 8);
    const code = low | (high << 16);
    if (code === 0) {
      filled[i] = neighbour(filled, i, width);
      counts[i] = NONE;
    } else {
      const value = unzigzag(code - 1) + predicted(filled, i, width);
      filled[i] = value;
      counts[i] = value;
    }
  }
  return counts;
}

/** What stands in predictions for a point without a count: the number to the left of it, or above. */
function neighbour(numbers: Int32Array, i: number, width: number): number {
  if (i === 0) return 0;
  return numbers[i % width === 0 ? i - width : i - 1] as number;
}

function zigzag(n: number): number {
  return (n << 1) ^ (n >> 31);
}

function unzigzag(code: number): number {
  return (code >>> 1) ^ -(code & 1);
}
