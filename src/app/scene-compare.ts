/** Parts of divided pictures that are rendered a second time, with other borders, and compared. */

import type { Frame } from '../shard/frame.js';
import type { Rect } from '../shard/shard.js';
import { POVRAY_BLOCK } from '../work/povray/scene.js';
import { type ScenePart, wholeOf } from './scene-job.js';
import { differences } from './scene-trial.js';

/** Of a film: one frame in so many, the first and the last. */
const FRAMES_APART = 8;

export interface Compared {
  /** The renders of the job: frames, some of them behind a part of their own. */
  readonly parts: readonly ScenePart[];
  /** By frame of the job: so many renders are complete with it. */
  readonly needed: readonly number[];
  /**
   * The frames, numbered as in the whole film.
   * `differs`: called for a frame of which so many pixels differ.
   */
  frames(
    renders: AsyncIterable<Frame>,
    differs: (frame: number, pixels: number, of: number) => void,
  ): AsyncGenerator<Frame>;
}

/** `compare`: some parts are rendered twice. */
export function compared(
  first: number,
  last: number,
  size: { width: number; height: number },
  compare: boolean,
): Compared {
  const parts: ScenePart[] = [];
  const needed: number[] = [];
  for (let frame = first; frame <= last; frame++) {
    const isCompared = compare && ((frame - first) % FRAMES_APART === 0 || frame === last);
    const rect = isCompared ? sampleOf(frame, size) : undefined;
    if (rect) parts.push({ frame, rect });
    parts.push({ frame, rect: wholeOf(size) });
    needed.push(parts.length);
  }
  return {
    parts,
    needed,
    async *frames(renders, differs) {
      let sample: { readonly frame: Frame; readonly rect: Rect } | undefined;
      for await (const render of renders) {
        const { frame, rect } = parts[render.index] as ScenePart;
        const next = parts[render.index + 1];
        if (next?.frame === frame) sample = { frame: render, rect };
        else {
          if (sample) {
            const count = differences(rgbOf(render), rgbOf(sample.frame), sample.rect, size.width);
            if (count > 0) differs(frame, count, sample.rect.width * sample.rect.height);
          }
          sample = undefined;
          yield { ...render, index: frame };
        }
      }
    },
  };
}

/**
 * A part that bands do not begin with: the right half of a row of blocks, another row in each frame. undefined: the picture
 * is one block wide.
 */
function sampleOf(frame: number, { width, height }: { width: number; height: number }): Rect | undefined {
  const rows = Math.ceil(height / POVRAY_BLOCK);
  const x = POVRAY_BLOCK * Math.floor(width / POVRAY_BLOCK / 2);
  if (x === 0) return undefined;
  // Multiples of the golden ratio spread over the picture.
  const y = POVRAY_BLOCK * Math.floor(rows * ((0.5 + frame * 0.6180339887) % 1));
  return { x, y, width: width - x, height: Math.min(POVRAY_BLOCK, height - y) };
}

function rgbOf({ answer }: Frame): Uint8Array | Uint16Array {
  if (answer.kind !== 'pixels' && answer.kind !== 'deep-pixels') throw new TypeError('scenes are rendered to pixels');
  return answer.rgb;
}
