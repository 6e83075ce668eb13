/** Raw samples: one after the other, of each its channels, as they travel and are kept; or an array for each channel. */

import { CHANNELS, type Channels, channelsOf, type Extras, numbersOf } from '../view/channels.js';

/** An array for each channel, with as many numbers a sample as view/channels.ts says; in the order of their pixels. */
export type ChannelArrays = { readonly nu: Float64Array } & { readonly [name in keyof Extras]?: Float64Array };

/** The channels that there are arrays of. */
export function channelsIn(arrays: ChannelArrays): Channels {
  const extras = Object.entries(arrays).flatMap(([name, array]) => (array && name in CHANNELS ? [[name, true]] : []));
  return channelsOf(Object.fromEntries(extras));
}

/** Arrays of zeros for so many samples. `take`: gives the arrays. */
export function arraysFor(
  channels: Channels,
  samples: number,
  take: (numbers: number) => Float64Array = (numbers) => new Float64Array(numbers),
): ChannelArrays {
  return Object.fromEntries(
    channels.map((name) => [name, take(CHANNELS[name].numbers * samples)] as const),
  ) as unknown as ChannelArrays;
}

/** Copies `count` samples of `part`, which has at least the channels of `whole`, from sample `from` on to those from `to` on. */
export function putSamples(
  whole: ChannelArrays,
  part: ChannelArrays,
  { from, count, to }: { readonly from: number; readonly count: number; readonly to: number },
): void {
  for (const name of channelsIn(whole)) {
    const { numbers } = CHANNELS[name];
    const some = part[name]?.subarray(numbers * from, numbers * (from + count));
    if (!some) throw new Error(`the kernel gave no channel "${name}"`);
    whole[name]?.set(some, numbers * to);
  }
}

export function joined(arrays: ChannelArrays): Float64Array {
  const channels = channelsIn(arrays);
  if (channels.length === 1) return arrays.nu;
  const all = numbersOf(channels);
  const values = new Float64Array(all * arrays.nu.length);
  let from = 0;
  for (const name of channels) {
    const { numbers } = CHANNELS[name];
    const part = arrays[name] as Float64Array;
    for (let c = 0; c < numbers; c++, from++)
      for (let i = c, k = from; k < values.length; i += numbers, k += all) values[k] = part[i] as number;
  }
  return values;
}

/** The opposite. With one channel the counts are `values` themselves. `take`: gives the arrays. */
export function apart(
  values: Float64Array,
  channels: Channels,
  take?: (numbers: number) => Float64Array,
): ChannelArrays {
  if (channels.length === 1) return { nu: values };
  const all = numbersOf(channels);
  const arrays = arraysFor(channels, values.length / all, take);
  let from = 0;
  for (const name of channels) {
    const { numbers } = CHANNELS[name];
    const part = arrays[name] as Float64Array;
    for (let c = 0; c < numbers; c++, from++)
      for (let i = c, k = from; k < values.length; i += numbers, k += all) part[i] = values[k] as number;
  }
  return arrays;
}

/** Changes the sign of the numbers of joined samples that change when their picture is mirrored top to bottom. */
export function mirrorSigns(values: Float64Array, channels: Channels): void {
  const all = numbersOf(channels);
  let from = 0;
  for (const name of channels) {
    for (const c of CHANNELS[name].mirrored)
      for (let k = from + c; k < values.length; k += all) values[k] = -(values[k] as number);
    from += CHANNELS[name].numbers;
  }
}
