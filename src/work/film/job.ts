/** Frames of films as a leader's job: one render for each frame, one scene for each segment of them. */

import type { Size } from '../../film/footprint.js';
import type { Levels } from '../../render/quantise.js';
import { bytesOfPixel } from '../../shard/assemble.js';
import type { Answer, Rect } from '../../shard/shard.js';
import { type Channels, COUNTS } from '../../view/channels.js';

interface FilmRender {
  readonly width: number;
  readonly height: number;
  readonly perPixel: number;
  readonly channels: Channels;
  readonly answer: Answer['kind'];
  readonly scene: number;
}

export interface FilmRenders {
  readonly renders: readonly FilmRender[];
  validate(answer: { readonly bytes: Uint8Array; readonly uncertain: number }, rect: Rect): string | undefined;
}

/** `segments`: the number of the segment of each frame. */
export function filmRenders({ width, height }: Size, levels: Levels, segments: readonly number[]): FilmRenders {
  const answer = levels.bits === 16 ? 'deep-pixels' : 'pixels';
  const shape = { width, height, perPixel: 1, channels: COUNTS, answer } as const;
  return {
    renders: segments.map((scene) => ({ ...shape, scene })),
    validate({ bytes, uncertain }, rect) {
      const expected = rect.width * rect.height * bytesOfPixel(answer, shape);
      if (bytes.length !== expected)
        return `${bytes.length} bytes came for ${rect.width}x${rect.height} pixels, not ${expected}`;
      return uncertain > 0
        ? `${uncertain} of its pixels are stated as uncertain, which assembled ones never are`
        : undefined;
    },
  };
}
