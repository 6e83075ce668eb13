/** Paints a frame of raw samples, as a worker paints each of its shards: the same bytes. */

import type { Frame } from '../shard/frame.js';
import { type Paint, paint } from './paint.js';
import { apart } from './raw-samples.js';

/** Samples that are painted before other tasks of this thread run. */
const AT_ONCE = 1 << 19;

/** A frame of pixels. `iterations` is the view's limit. */
export async function paintFrame(frame: Frame, colours: Paint, iterations: number): Promise<Frame> {
  const { width, height, perPixel, answer } = frame;
  if (answer.kind === 'pixels') return frame;
  const rgb = new Uint8Array(3 * width * height);
  const perRow = answer.values.length / height;
  const rows = Math.max(1, Math.floor(AT_ONCE / (width * perPixel)));
  for (let y = 0; y < height; y += rows) {
    const values = answer.values.subarray(y * perRow, Math.min(height, y + rows) * perRow);
    const { nu, distance, footprint } = apart(values, perRow / (width * perPixel));
    rgb.set(paint(nu, perPixel, colours, iterations, distance, footprint), 3 * width * y);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { ...frame, answer: { kind: 'pixels', rgb } };
}
