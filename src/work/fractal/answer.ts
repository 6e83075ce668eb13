/** Checks an answer of a worker before it becomes a part of a picture. */

import type { Paint } from '../../render/paint.js';
import { bytesOfPixel, type Size } from '../../shard/assemble.js';
import type { Answer, Rect } from '../../shard/shard.js';
import { wrongPiece } from '../../tiles/packing.js';
import { numbersOf } from '../../view/channels.js';

/** What shards give that are coloured by a paint; undefined: raw samples. */
export function answerKind(paint: Paint | undefined): Exclude<Answer['kind'], 'packed'> {
  return paint ? (paint.levels.bits === 16 ? 'deep-pixels' : 'pixels') : 'samples';
}

export interface GivenAnswer {
  readonly bytes: Uint8Array;
  /** Pixels with a sample that no error bound confirms. */
  readonly uncertain: number;
}

/** Why the answer for a rectangle is not valid, if so: its length, impossible samples, or its counts. Of packed ones their header alone is checked. */
export function validateAnswer(
  { bytes, uncertain }: GivenAnswer,
  { width, height }: Rect,
  kind: Answer['kind'],
  size: Pick<Size, 'perPixel' | 'channels'>,
): string | undefined {
  if (uncertain > width * height) return `${uncertain} of its pixels are stated as uncertain, more than it has`;
  if (kind === 'packed') return wrongPiece(bytes, { width, height }, size.channels);
  const expected = width * height * bytesOfPixel(kind, size);
  if (bytes.length !== expected) {
    return `${bytes.length} bytes came for ${width}x${height} pixels, not ${expected}`;
  }
  if (kind !== 'samples') return undefined;
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : Uint8Array.from(bytes);
  const nu = new Float64Array(aligned.buffer, aligned.byteOffset, expected / 8);
  const numbers = numbersOf(size.channels);
  // Counts are finite, or +Infinity where a point never escapes.
  for (let at = 0; at < nu.length; at += numbers) {
    if (!((nu[at] as number) > -Infinity)) {
      return `sample ${at / numbers} of ${width}x${height} pixels is ${nu[at]}, which no sample can be`;
    }
  }
  return undefined;
}
