/**
 * Raw samples as they travel and are kept: one after the other, of each its channels in this order: nu; where the view has
 * distances the vector (right, up); where it has footprints the width of nu across the sample's footprint; where it has
 * iterates the real and the imaginary part.
 */

/** In the order of their pixels. */
export interface Samples {
  readonly nu: Float64Array;
  /** Pairs. */
  readonly distance?: Float64Array;
  readonly footprint?: Float64Array;
  /** Pairs; only beside distances. */
  readonly iterate?: Float64Array;
}

/** In the order in which samples have them, and how many numbers each has. */
const PARTS = [
  ['nu', 1],
  ['distance', 2],
  ['footprint', 1],
  ['iterate', 2],
] as const satisfies readonly (readonly [keyof Samples, number])[];

/** What samples have, by their number of channels (channelsOf in view/view.ts). */
const HAS: Readonly<Record<keyof Samples, (channels: number) => boolean>> = {
  nu: () => true,
  distance: (channels) => channels > 2,
  footprint: (channels) => channels % 2 === 0,
  iterate: (channels) => channels > 4,
};

export function joined(samples: Samples): Float64Array {
  const { nu } = samples;
  const parts = PARTS.flatMap(([name, size]) => (samples[name] ? [{ part: samples[name], size }] : []));
  if (parts.length === 1) return nu;
  const channels = parts.reduce((sum, { size }) => sum + size, 0);
  const values = new Float64Array(channels * nu.length);
  let from = 0;
  for (const { part, size } of parts) {
    for (let c = 0; c < size; c++, from++)
      for (let i = c, k = from; k < values.length; i += size, k += channels) values[k] = part[i] as number;
  }
  return values;
}

/** The opposite. With one channel the counts are `values` themselves. `take`: gives the arrays. */
export function apart(
  values: Float64Array,
  channels: number,
  take: (numbers: number) => Float64Array = (numbers) => new Float64Array(numbers),
): Samples {
  if (channels === 1) return { nu: values };
  const samples: { -readonly [name in keyof Samples]: Float64Array } = { nu: values };
  let from = 0;
  for (const [name, size] of PARTS) {
    if (!HAS[name](channels)) continue;
    const part = take((size * values.length) / channels);
    for (let c = 0; c < size; c++, from++)
      for (let i = c, k = from; k < values.length; i += size, k += channels) part[i] = values[k] as number;
    samples[name] = part;
  }
  return samples;
}
