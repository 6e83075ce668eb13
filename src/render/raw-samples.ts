/**
 * Raw samples as they travel and are kept: one after the other, of each its channels in this order: nu; where the view has
 * distances the vector (right, up); where it has footprints the width of nu across the sample's footprint.
 */

/** In the order of their pixels. */
export interface Samples {
  readonly nu: Float64Array;
  /** Pairs. */
  readonly distance?: Float64Array;
  readonly footprint?: Float64Array;
}

/** What samples have, by their number of channels (channelsOf in view/view.ts). */
const hasDistance = (channels: number) => channels > 2;
const hasFootprint = (channels: number) => channels % 2 === 0;

export function joined({ nu, distance, footprint }: Samples): Float64Array {
  if (!distance && !footprint) return nu;
  const channels = 1 + (distance ? 2 : 0) + (footprint ? 1 : 0);
  const values = new Float64Array(channels * nu.length);
  for (let i = 0, k = 0; i < nu.length; i++) {
    values[k++] = nu[i] as number;
    if (distance) {
      values[k++] = distance[2 * i] as number;
      values[k++] = distance[2 * i + 1] as number;
    }
    if (footprint) values[k++] = footprint[i] as number;
  }
  return values;
}

/** The opposite. With one channel the counts are `values` themselves. */
export function apart(values: Float64Array, channels: number): Samples {
  if (channels === 1) return { nu: values };
  const count = values.length / channels;
  const nu = new Float64Array(count);
  const distance = hasDistance(channels) ? new Float64Array(2 * count) : undefined;
  const footprint = hasFootprint(channels) ? new Float64Array(count) : undefined;
  for (let i = 0, k = 0; i < count; i++) {
    nu[i] = values[k++] as number;
    if (distance) {
      distance[2 * i] = values[k++] as number;
      distance[2 * i + 1] = values[k++] as number;
    }
    if (footprint) footprint[i] = values[k++] as number;
  }
  return { nu, ...(distance ? { distance } : {}), ...(footprint ? { footprint } : {}) };
}
