/** Samples in the store may have been kept for other colours, which need more of them than those of a request, or less. */

import { DEFAULT_SLOPE } from '../render/colours.js';
import { hasDistance, hasIterate, neededOf, type Request } from '../request/request.js';
import type { Frame } from '../shard/frame.js';
import { apart, type ChannelArrays, joined } from '../shard/raw-samples.js';
import { channelsOf } from '../view/channels.js';

/** An outfile for which distances and iterates are kept. */
const WITH_ALL = ['x.exr'] as const;

/**
 * Requests with the same samples, of colours and outfiles that need at least as much of them, the request itself first; then
 * those without footprints, of which it can be painted without the palette filter, and without iterates.
 */
export function keptWith(request: Request): Request[] {
  const { slope, shade, ...colours } = request.colours;
  const distances = hasDistance(request) ? [true] : [false, true];
  const footprints = colours.legacy ? [false] : colours.filter ? [true, false] : [false, true];
  const iterates = hasIterate(request) ? [true, false] : [false, true];
  return iterates.flatMap((iterate) =>
    footprints.flatMap((filter) =>
      (iterate ? [true] : distances).map((distance) => {
        const others = { ...colours, mode: 'palette', filter, ...(distance ? { slope: DEFAULT_SLOPE } : {}) } as const;
        // Whatever is written now: an .npy needs no footprints, but finds samples that have them.
        return { ...request, colours: others, outfile: '', outfiles: iterate ? WITH_ALL : [] };
      }),
    ),
  );
}

/** A frame of samples as kept, with no more of them than a request needs. */
export function narrowed(frame: Frame, request: Request): Frame {
  const { answer } = frame;
  if (answer.kind !== 'samples') return frame;
  const needed = channelsOf(neededOf(request));
  const channels = answer.channels.filter((name) => needed.includes(name));
  const arrays = apart(answer.values, answer.channels);
  const narrow = Object.fromEntries(channels.map((name) => [name, arrays[name]])) as unknown as ChannelArrays;
  return { ...frame, answer: { kind: 'samples', values: joined(narrow), channels } };
}
