/**
 * NumPy's file format, version 1.0 (numpy.lib.format): magic, header length, a Python dictionary padded to 64 bytes,
 * then the numbers, here float64, little-endian, in C order.
 */

import { apart } from '../shard/raw-samples.js';
import { CHANNELS, type Channels } from '../view/channels.js';

const CHUNK_BYTES = 1 << 26;

/** The file of values of that shape, chunk by chunk. */
export function* npyChunks(values: Float64Array, shape: readonly number[]): Generator<Uint8Array> {
  yield header(shape);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield littleEndian(bytes.subarray(at, at + CHUNK_BYTES));
}

/** Those of which an .npy has a number of each sample. */
export function npyChannels(channels: Channels): Channels {
  return channels.filter((name) => 'npy' in CHANNELS[name]);
}

/** The numbers of an .npy, one for each of these channels, sample by sample. A vector is written as its length. */
export function npyNumbers(values: Float64Array, channels: Channels): Float64Array {
  const written = npyChannels(channels);
  if (channels.length === 1) return values;
  const arrays = apart(values, channels);
  const numbers = new Float64Array(written.length * arrays.nu.length);
  for (const [c, name] of written.entries()) {
    const part = arrays[name] as Float64Array;
    const vector = CHANNELS[name].numbers === 2;
    for (let i = 0, k = c; k < numbers.length; i++, k += written.length)
      numbers[k] = vector ? lengthOf(part[2 * i] as number, part[2 * i + 1] as number) : (part[i] as number);
  }
  return numbers;
}

function lengthOf(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

function header(shape: readonly number[]): Uint8Array {
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const bytes = Buffer.alloc(10 + length, ' ');
  bytes.write('\x93NUMPY\x01\x00', 0, 'latin1');
  bytes.writeUInt16LE(length, 8);
  bytes.write(`${text.padEnd(length - 1)}\n`, 10, 'latin1');
  return bytes;
}

function littleEndian(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? bytes : Buffer.from(bytes).swap64();
}
