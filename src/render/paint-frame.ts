/** Paints a frame of raw samples, as a worker paints each of its shards: the same bytes. */

import { setImmediate } from 'node:timers/promises';
import type { Frame } from '../shard/frame.js';
import { apart } from '../shard/raw-samples.js';
import type { Answer } from '../shard/shard.js';
import { type Paint, paint, paintLight } from './paint.js';
import type { Painted } from './painted.js';

/** What painting takes of a view. */
type OfView = Pick<Painted, 'iterations' | 'escaping'>;

/** Samples that are painted before other tasks of this thread run. */
const AT_ONCE = 1 << 19;

/** Its colours in linear light, 3 numbers a pixel. `of`: what painting takes of the view. */
export async function frameLight(frame: Frame, colours: Paint, of: OfView): Promise<Float32Array> {
  const light = new Float32Array(3 * frame.width * frame.height);
  for await (const { samples, y } of rowsOf(frame, of)) {
    light.set(paintLight(samples, colours), 3 * frame.width * y);
  }
  return light;
}

/** A frame of pixels. `of`: what painting takes of the view. */
export async function paintFrame(frame: Frame, colours: Paint, of: OfView): Promise<Frame> {
  const { width, height, answer } = frame;
  if (answer.kind !== 'samples') return frame;
  const deep = colours.levels.bits === 16;
  const rgb = deep ? new Uint16Array(3 * width * height) : new Uint8Array(3 * width * height);
  for await (const { samples, y } of rowsOf(frame, of)) {
    rgb.set(paint(samples, colours, { x: 0, y, width }), 3 * width * y);
  }
  return { ...frame, answer: { kind: deep ? 'deep-pixels' : 'pixels', rgb } as Answer };
}

/** Some rows of raw samples after others, the first of which is row y. */
async function* rowsOf(
  { width, height, perPixel, answer }: Frame,
  of: OfView,
): AsyncGenerator<{ readonly samples: Painted; readonly y: number }> {
  if (answer.kind !== 'samples') throw new TypeError('only raw samples are painted');
  const perRow = answer.values.length / height;
  const rows = Math.max(1, Math.floor(AT_ONCE / (width * perPixel)));
  for (let y = 0; y < height; y += rows) {
    const values = answer.values.subarray(y * perRow, Math.min(height, y + rows) * perRow);
    yield { samples: { ...apart(values, answer.channels), perPixel, ...of }, y };
    await setImmediate();
  }
}
