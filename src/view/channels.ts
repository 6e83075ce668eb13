/**
 * The channels of a raw sample: all that kernels give of it. Here is what each of them is; samples have them in this order where
 * they travel and are kept.
 */

/** What one channel is. */
export interface ChannelKind {
  /** Numbers of a sample. */
  readonly numbers: number;
  readonly unit: string;
  /** Each of its numbers where the point never escapes. */
  readonly interior: number;
  /** Those of its numbers whose sign changes when a picture is mirrored top to bottom. */
  readonly mirrored: readonly number[];
  /** The channels of an .exr that are made of it. */
  readonly exr: readonly string[];
  /** Its one number along the last axis of an .npy; absent: it has none there. */
  readonly npy?: string;
}

export const CHANNELS = {
  /** The smooth or the whole count. */
  nu: { numbers: 1, unit: 'iterations', interior: Infinity, mirrored: [], exr: ['N', 'NF'], npy: 'nu' },
  /** The vector (right, up) away from the set, as long as the distance to it. */
  distance: {
    ...{ numbers: 2, unit: 'pixels', interior: 0, mirrored: [1] },
    ...{ exr: ['DEX', 'DEY'], npy: 'the length of the vector' },
  },
  /** The width of the interval that nu takes across the sample's footprint. */
  footprint: { numbers: 1, unit: 'iterations', interior: 0, mirrored: [], exr: [] },
  /** That of the iterate of which nu is made, the first beyond the bailout: 0 to below 1, counter-clockwise from the real axis. */
  phase: { numbers: 1, unit: 'turns', interior: 0, mirrored: [], exr: ['T'], npy: 'phase' },
} as const satisfies Readonly<Record<string, ChannelKind>>;

export type Channel = keyof typeof CHANNELS;

/** Some of them, in their order. */
export type Channels = readonly Channel[];

/** What samples may have beside nu, as a view wants it. */
export type Extras = { readonly [name in Exclude<Channel, 'nu'>]?: true };

/** All that there may be. */
export const ALL_EXTRAS: Extras = Object.fromEntries(
  Object.keys(CHANNELS).flatMap((name) => (name === 'nu' ? [] : [[name, true as const]])),
);

/** Samples that are counts and nothing else. */
export const COUNTS: Channels = ['nu'];

const ALL = Object.keys(CHANNELS) as Channel[];

/** Those that samples of a view have. */
export function channelsOf(extras: Extras): Channels {
  return ALL.filter((name) => name === 'nu' || extras[name] === true);
}

/** How many numbers a sample has. */
export function numbersOf(channels: Channels): number {
  return channels.reduce((sum, name) => sum + CHANNELS[name].numbers, 0);
}

/** The same of a view's samples. */
export function numbersPerSample(extras: Extras): number {
  return numbersOf(channelsOf(extras));
}
