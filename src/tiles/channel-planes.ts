/** The channels of samples beside their counts as planes of whole numbers (planes.ts), and back as f32; packing.ts has the format. */

import { readPlane, writePlane } from './planes.js';

const TURN = 65_536;
/** Codes of lengths: from 2^-64 up, in so many for a factor of 2. */
const PER_OCTAVE = 512;
const LEAST_LOG2 = -64;
const MOST_CODE = 65_535;
const CYCLE_NUMBERS = 4;

function codeOfLength(length: number): number {
  if (!(length > 0)) return 0;
  const code = 1 + Math.round((Math.log2(length) - LEAST_LOG2) * PER_OCTAVE);
  return Math.max(1, Math.min(MOST_CODE, code));
}

/** Of each code. */
let table: Float32Array | undefined;

function lengths(): Float32Array {
  table ??= Float32Array.from({ length: MOST_CODE + 1 }, (_, code) =>
    code === 0 ? 0 : 2 ** ((code - 1) / PER_OCTAVE + LEAST_LOG2),
  );
  return table;
}

/** Vectors (right, up): their directions, then their lengths. */
export function writeVectors(vectors: Float64Array, width: number, to: Uint8Array, at: number): void {
  const count = vectors.length / 2;
  const [directions, codes] = [new Int32Array(count), new Int32Array(count)];
  for (let i = 0; i < count; i++) {
    const [right, up] = [vectors[2 * i] as number, vectors[2 * i + 1] as number];
    const code = codeOfLength(Math.hypot(right, up));
    codes[i] = code;
    // A vector without length has the direction of the one before, which is predicted well.
    directions[i] =
      code === 0
        ? (directions[Math.max(0, i - 1)] as number)
        : Math.round((Math.atan2(up, right) / (2 * Math.PI)) * TURN) & (TURN - 1);
  }
  writePlane(directions, width, 2, to, at);
  writePlane(codes, width, 2, to, at + 2 * count);
}

export function readVectors(count: number, width: number, from: Uint8Array, at: number): Float32Array {
  const directions = readPlane(count, width, 2, from, at);
  const codes = readPlane(count, width, 2, from, at + 2 * count);
  const vectors = new Float32Array(2 * count);
  const lengthOf = lengths();
  for (let i = 0; i < count; i++) {
    const angle = ((directions[i] as number) / TURN) * 2 * Math.PI;
    const length = lengthOf[codes[i] as number] as number;
    vectors[2 * i] = length * Math.cos(angle);
    vectors[2 * i + 1] = length * Math.sin(angle);
  }
  return vectors;
}

export function writeLengths(values: Float64Array, width: number, to: Uint8Array, at: number): void {
  writePlane(Int32Array.from(values, codeOfLength), width, 2, to, at);
}

export function readLengths(count: number, width: number, from: Uint8Array, at: number): Float32Array {
  const lengthOf = lengths();
  return Float32Array.from(readPlane(count, width, 2, from, at), (code) => lengthOf[code] as number);
}

/** Rounded down, so that each stays on its side of the half turn: in between are the values that are read. */
export function writePhases(phases: Float64Array, width: number, to: Uint8Array, at: number): void {
  writePlane(
    Int32Array.from(phases, (phase) => Math.floor(phase * TURN) & (TURN - 1)),
    width,
    2,
    to,
    at,
  );
}

export function readPhases(count: number, width: number, from: Uint8Array, at: number): Float32Array {
  return Float32Array.from(readPlane(count, width, 2, from, at), (code) => (code + 0.5) / TURN);
}

/** Four numbers of a pixel, a plane each. */
export function writeCycles(cycles: Float64Array, width: number, to: Uint8Array, at: number): void {
  const count = cycles.length / CYCLE_NUMBERS;
  const bits = new Int32Array(Float32Array.from(cycles).buffer);
  for (let k = 0; k < CYCLE_NUMBERS; k++) {
    const plane = new Int32Array(count);
    for (let i = 0; i < count; i++) plane[i] = bits[CYCLE_NUMBERS * i + k] as number;
    writePlane(plane, width, 4, to, at + 4 * k * count);
  }
}

export function readCycles(count: number, width: number, from: Uint8Array, at: number): Float32Array {
  const cycles = new Float32Array(CYCLE_NUMBERS * count);
  const bits = new Int32Array(cycles.buffer);
  for (let k = 0; k < CYCLE_NUMBERS; k++) {
    const plane = readPlane(count, width, 4, from, at + 4 * k * count);
    for (let i = 0; i < count; i++) bits[CYCLE_NUMBERS * i + k] = plane[i] as number;
  }
  return cycles;
}
