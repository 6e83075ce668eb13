/** Samples to be painted. */

import type { ChannelArrays } from '../shard/raw-samples.js';
import { CHANNELS, type Channel } from '../view/channels.js';
import type { View } from '../view/view.js';
import { type Escape, escapeOf } from './escape.js';

/** In the order of their pixels. A footprint: the palette is filtered over it. */
export type Painted = ChannelArrays & {
  readonly perPixel: number;
  /** The view's iteration limit, which only a `ramp` uses. */
  readonly iterations: number;
  /** How points of the view escape, which only patterns use. */
  readonly escaping?: Escape;
  /** Samples along the side of a pixel; absent: the root of `perPixel`. */
  readonly scale?: number;
};

/** What painting takes of a view. */
export function paintedOf(
  view: Pick<View, 'iterations' | 'formula' | 'bailout'>,
): Pick<Painted, 'iterations' | 'escaping'> {
  return { iterations: view.iterations, escaping: escapeOf(view) };
}

/** The samples from one index up to another. */
export function partOf(samples: Painted, from: number, to: number): Painted {
  const part: Record<string, unknown> = { ...samples };
  for (const name of Object.keys(CHANNELS) as Channel[]) {
    const { numbers } = CHANNELS[name];
    const values = samples[name];
    if (values) part[name] = values.subarray(numbers * from, numbers * to);
  }
  return part as unknown as Painted;
}

/** A channel that samples must have, whole. @throws TypeError */
export function channelOf(samples: Painted, name: Channel): Float64Array {
  const { nu } = samples;
  const values = samples[name] ?? new Float64Array(0);
  const { numbers } = CHANNELS[name];
  if (values.length !== numbers * nu.length)
    throw new TypeError(`${nu.length} samples came with ${values.length / numbers} of the channel "${name}"`);
  return values;
}
