/** Frames of a job that are kept in a store and found again. */

import assert from 'node:assert/strict';
import type { Rect } from '../../src/shard/shard.js';
import { Archive } from '../../src/store/archive.js';
import { digestOf } from '../../src/store/digest.js';
import type { Piece } from '../../src/store/record.js';
import { Store } from '../../src/store/store.js';
import { dice } from '../faults/dice.js';
import type { Place } from './backends.js';

const SIZE = { width: 32, height: 16, bytesPerPixel: 3 };
const BYTES = SIZE.width * SIZE.height * SIZE.bytesPerPixel;
export const WHOLE: Rect = { x: 0, y: 0, width: 32, height: 16 };
export const TOP: Rect = { ...WHOLE, height: 6 };
export const REST: Rect = { ...WHOLE, y: 6, height: 10 };
/** The size of an entry in the quota: its bytes and the heads of its records. */
export const ENTRY = Math.ceil(BYTES * (1 + 1 / 32)) + 64;

/** Bytes that depend on frame and place: noise for a whole frame, so that its size on disk is known; a part is encoded. */
export function bytesOf(frame: number, rect: Rect): Uint8Array {
  const bytes = new Uint8Array(rect.width * rect.height * 3);
  if (rect.height < SIZE.height) return bytes.fill(frame * 16 + rect.y + 1);
  const roll = dice(frame);
  return bytes.map(() => 256 * roll());
}

export function pieceOf(frame: number, rect: Rect, uncertain = 0): Piece {
  return { rect, bytes: bytesOf(frame, rect), uncertain };
}

/** A run that uses a place. `renders`: how many frames its job has, if that is known. */
export async function open(place: Place, name = '"place"', renders?: number) {
  const [warnings, notes]: [string[], string[]] = [[], []];
  const lines = { warn: (line: string) => void warnings.push(line), note: (line: string) => void notes.push(line) };
  const store = await Store.open({ name, blobs: () => place.open(), ...lines });
  const archive = new Archive(store, {
    ...(renders === undefined ? {} : { renders }),
    sizeOf: () => SIZE,
    keyOf: (frame) => digestOf({ frame }),
  });
  return { store, archive, warnings, notes, written: () => store.written() };
}

/** The rectangles of a frame that are found, and those that are missing. */
export async function recall({ archive }: { archive: Archive }, frame: number) {
  const found: Rect[] = [];
  const missing = await archive.recall(frame, ({ rect, bytes }) => {
    assert.deepEqual(Uint8Array.from(bytes), bytesOf(frame, rect), 'found bytes are those that were kept');
    found.push(rect);
  });
  return { found, missing };
}

/** Keeps rectangles of a frame in a run of its own; its warnings. */
export async function keepIn(place: Place, frame: number, rects: readonly Rect[], name?: string): Promise<string[]> {
  const { archive, warnings, written } = await open(place, name);
  const { missing } = await recall({ archive }, frame);
  for (const rect of rects) archive.keep(frame, pieceOf(frame, rect));
  const area = rects.reduce((sum, { width, height }) => sum + width * height, 0);
  if (area === missing.reduce((sum, { width, height }) => sum + width * height, 0)) archive.complete(frame);
  archive.suspend();
  await written();
  return warnings;
}
