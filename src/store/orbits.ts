/** Reference orbits in the store: needed for the first pixel of a deep view. */

import { buildDigest } from '../build.js';
import { digestOf } from './digest.js';
import { FORMAT } from './key.js';
import { type Piece, pieceOf } from './record.js';
import type { Store } from './store.js';

export interface Orbit {
  readonly orbit: Float64Array;
  readonly underflow: Float64Array;
  readonly start: number;
  readonly period: number | undefined;
}

/** The key of an orbit: `order`, plain data, determines it. */
export function orbitKey(order: object): string {
  return digestOf({ orbit: order, format: FORMAT, build: buildDigest() });
}

/** undefined: it is not kept, or not complete. */
export async function recallOrbit(store: Store, key: string): Promise<Orbit | undefined> {
  const parts: Uint8Array[] = [];
  for await (const record of store.read(key, () => false)) {
    const piece = await pieceOf(record);
    if (piece) parts[record.rect.y] = piece.bytes;
  }
  const [orbit, underflow, plain] = parts;
  if (!orbit || !underflow || !plain) return undefined;
  const { start, period } = JSON.parse(Buffer.from(plain).toString());
  return { orbit: doubles(orbit), underflow: doubles(underflow), start, period };
}

/** The numbers must not change any more. */
export function keepOrbit(store: Store, key: string, { orbit, underflow, start, period }: Orbit): void {
  const parts = [bytesOf(orbit), bytesOf(underflow), Buffer.from(JSON.stringify({ start, period }))];
  const pieces = parts.map((bytes, y): Piece => ({ rect: { x: 0, y, width: 1, height: 1 }, bytes, uncertain: 0 }));
  const entry = store.begin(key, orbit.byteLength + underflow.byteLength + 1024);
  for (const piece of pieces) store.add(entry, piece);
  store.finish(entry);
}

function bytesOf(numbers: Float64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** A copy, since numbers have to begin at a multiple of eight. */
function doubles(bytes: Uint8Array): Float64Array {
  return new Float64Array(Uint8Array.from(bytes).buffer);
}
