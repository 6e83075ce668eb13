/**
 * Pieces of pictures, packed where they are computed: the channels of samples (view/channels.ts), one sample a pixel, so
 * exact that colours are the same to a level of 256, in about a byte a pixel. Works in the program and in a browser.
 *
 * Little-endian:
 *
 *   0  magic    'F' 'P'
 *   2  version  u8, 1
 *   3  planes   u8: the sum of 1 (counts are doubles), 2 (distance), 4 (footprint), 8 (phase), 16 (cycle)
 *   4  width    u16        6  height   u16, in pixels
 *   8  base     f64       16  step     f64: a count is base + step * n; of doubles both are 0
 *  24  body     deflate (RFC 1951) of planes one after the other, as planes.ts writes them
 *
 * The planes, with the error that they add:
 *
 *   counts     n, 4 bytes (half a step; a step is 1/256 or less); or doubles: low words, then high words, 4 bytes each
 *   distance   direction in 1/65536 turns, then length (0.07 %), 2 bytes each
 *   footprint  2 bytes, like a length
 *   phase      in 1/65536 turns, rounded down, 2 bytes
 *   cycle      period, multiplier (re, im) and radius: f32 bits, 4 bytes each
 *
 * A length is 0 for 0, else 1 + 512 * (log2 + 64), from 1 to 65535.
 */

import {
  readCycles,
  readLengths,
  readPhases,
  readVectors,
  writeCycles,
  writeLengths,
  writePhases,
  writeVectors,
} from './channel-planes.js';
import { type Counts, nuOf, readDoubles, scaleOf, stepsOf, writeDoubles } from './counts.js';
import {
  bodyBytes,
  countBytes,
  DOUBLES,
  EXTRAS,
  type Extra,
  flagsOf,
  HEADER_BYTES,
  type Header,
  headerOf,
  isPieceSize,
  withHeader,
} from './piece-header.js';
import { NONE, readCounts, writeCounts } from './planes.js';

export { isPieceSize, wrongPiece } from './piece-header.js';
export { type Counts, NONE, nuOf };

/** One sample a pixel, in rows; as many numbers a sample as view/channels.ts says. */
export type Channels = { readonly nu: Float64Array } & { readonly [name in Extra]?: Float64Array };

export interface Unpacked {
  readonly width: number;
  readonly height: number;
  readonly counts: Counts;
  /** Vectors (right, up), in pixels. */
  readonly distance?: Float32Array;
  readonly footprint?: Float32Array;
  readonly phase?: Float32Array;
  /** Four numbers a pixel. */
  readonly cycle?: Float32Array;
}

/** Deflates without a header (RFC 1951). */
export type Deflate = (bytes: Uint8Array) => Uint8Array;
/** Inflates what has so many bytes then; may fail, or give others, for bytes of any other length. */
export type Inflate = (deflated: Uint8Array, length: number) => Uint8Array | Promise<Uint8Array>;
export type InflateSync = (deflated: Uint8Array, length: number) => Uint8Array;

/** @throws Error for samples that are no picture of this size, or no numbers */
export function pack(channels: Channels, width: number, height: number, deflate: Deflate): Uint8Array<ArrayBuffer> {
  const { nu } = channels;
  if (!isPieceSize(width, height) || nu.length !== width * height) {
    throw new Error(`${nu.length} samples of ${width}x${height} pixels are no piece`);
  }
  const scale = scaleOf(nu);
  const planes = flagsOf(channels) + (scale ? 0 : DOUBLES);
  const body = new Uint8Array(bodyBytes({ planes, width, height }));
  if (scale) writeCounts(stepsOf(nu, scale), width, body, 0);
  else writeDoubles(nu, width, body);
  let at = countBytes(planes) * nu.length;
  for (const [name, , bytes] of EXTRAS) {
    const numbers = channels[name];
    if (!numbers) continue;
    WRITERS[name](numbers, width, body, at);
    at += bytes * nu.length;
  }
  return withHeader({ planes, width, height, base: scale?.base ?? 0, step: scale?.step ?? 0 }, deflate(body));
}

const WRITERS = { distance: writeVectors, footprint: writeLengths, phase: writePhases, cycle: writeCycles } as const;
const READERS = { distance: readVectors, footprint: readLengths, phase: readPhases, cycle: readCycles } as const;

/** @throws Error for bytes that are no piece */
export async function unpack(bytes: Uint8Array, inflate: Inflate): Promise<Unpacked> {
  const [header, length] = opened(bytes);
  let body: Uint8Array;
  try {
    body = await inflate(bytes.subarray(HEADER_BYTES), length);
  } catch (error) {
    throw unreadable('its body cannot be inflated', error);
  }
  return planesOf(header, body, length);
}

/** @throws Error for bytes that are no piece */
export function unpackSync(bytes: Uint8Array, inflate: InflateSync): Unpacked {
  const [header, length] = opened(bytes);
  let body: Uint8Array;
  try {
    body = inflate(bytes.subarray(HEADER_BYTES), length);
  } catch (error) {
    throw unreadable('its body cannot be inflated', error);
  }
  return planesOf(header, body, length);
}

function opened(bytes: Uint8Array): [Header, number] {
  const header = headerOf(bytes);
  if (typeof header === 'string') throw unreadable(header);
  return [header, bodyBytes(header)];
}

/** What the planes of an inflated body say. */
function planesOf({ planes, width, height, base, step }: Header, body: Uint8Array, length: number): Unpacked {
  if (body.length !== length) throw unreadable(`its body has ${body.length} bytes, not ${length}`);
  const count = width * height;
  const counts: Counts =
    planes & DOUBLES
      ? { kind: 'doubles', nu: readDoubles(count, width, body) }
      : { kind: 'steps', base, step, n: readCounts(count, width, body, 0) };
  let at = countBytes(planes) * count;
  const extras: { [name in Extra]?: Float32Array } = {};
  for (const [name, flag, bytes] of EXTRAS) {
    if (!(planes & flag)) continue;
    extras[name] = READERS[name](count, width, body, at);
    at += bytes * count;
  }
  return { width, height, counts, ...extras };
}

function unreadable(why: string, cause?: unknown): Error {
  return new Error(`a piece of a picture cannot be read: ${why}`, { cause });
}
