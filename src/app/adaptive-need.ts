/** How much work adaptive sampling will be: a few spots of a picture, computed as workers compute it. Counts decide, not times. */

import type { Mask } from '../kernel/chunks.js';
import type { Computed } from '../kernel/kernel.js';
import type { Paint } from '../render/colours.js';
import type { Rect } from '../shard/shard.js';
import type { View } from '../view/view.js';
import { adaptivePixels } from '../work/fractal/adaptive.js';

/** Of a pixel, in the mean. */
export interface Need {
  readonly samples: number;
  readonly iterations: number;
  /** Of its first sample. */
  readonly firstIterations: number;
}

type Compute = (view: View, rect: Rect, mask?: Mask) => Promise<Computed>;

/** Pixels of the side of a spot; spots in a row, and in a column. */
const SIDE = 16;
const COLUMNS = 6;
const ROWS = 4;

/** undefined: the view's sampling is not adaptive. Throws the signal's reason. */
export async function adaptiveNeed(
  view: View,
  paint: Paint,
  compute: Compute,
  signal: AbortSignal,
): Promise<Need | undefined> {
  const { sampling } = view;
  if (sampling.kind !== 'adaptive') return undefined;
  let [pixels, samples, iterations, firstIterations] = [0, 0, 0, 0];
  for (const rect of spotsOf(view)) {
    signal.throwIfAborted();
    let [boxIterations, boxArea] = [0, 0];
    const computed = await adaptivePixels({
      ...{ view, rect, paint, seed: sampling.seed, error: sampling.error, undivided: true, some: compute },
      async whole(of, box) {
        const first = await compute(of, box);
        [boxIterations, boxArea] = [first.iterations, box.width * box.height];
        return first;
      },
    });
    const area = rect.width * rect.height;
    const own = (boxIterations * area) / boxArea;
    pixels += area;
    samples += computed.samples - boxArea + area;
    iterations += computed.iterations - boxIterations + own;
    firstIterations += own;
  }
  return { samples: samples / pixels, iterations: iterations / pixels, firstIterations: firstIterations / pixels };
}

/** Evenly spread. */
function spotsOf({ width, height }: View): Rect[] {
  const [columns, rows] = [Math.min(COLUMNS, Math.ceil(width / SIDE)), Math.min(ROWS, Math.ceil(height / SIDE))];
  const [spotWidth, spotHeight] = [
    Math.min(SIDE, Math.floor(width / columns)),
    Math.min(SIDE, Math.floor(height / rows)),
  ];
  return Array.from({ length: columns * rows }, (_, k) => ({
    x: Math.floor((((k % columns) + 0.5) * width) / columns - spotWidth / 2),
    y: Math.floor(((Math.floor(k / columns) + 0.5) * height) / rows - spotHeight / 2),
    ...{ width: spotWidth, height: spotHeight },
  }));
}
