/** Samples in the store may have been kept for other colours, which need more of them than those of a request, or less. */

import { needsOf } from '../render/colours.js';
import { holdsSamples } from '../render/outfile.js';
import { neededOf, type Request } from '../request/request.js';
import type { Frame } from '../shard/frame.js';
import { apart, type ChannelArrays, joined } from '../shard/raw-samples.js';
import { channelsOf } from '../view/channels.js';

/**
 * Requests with the same samples and at least as many channels of them as are needed, the request itself first; then those
 * without what can be done without: footprints, of which it can be painted without the palette filter, and phases that
 * only a file would hold.
 */
export function keptWith(request: Request): Request[] {
  const needed = neededOf({ ...request, outfiles: request.outfiles.filter(holdsSamples) });
  const most = (has: boolean | undefined) => (has ? [true] : [false, true]);
  const phases = needed.phase && !needsOf(request.colours).phase ? [true, false] : most(needed.phase);
  const { legacy, patterns } = request.colours;
  const footprints = legacy ? [false] : patterns ? [true] : needed.footprint ? [true, false] : [false, true];
  return phases.flatMap((phase) =>
    footprints.flatMap((footprint) =>
      most(needed.distance).map((distance) => {
        const has = { ...(distance ? { distance } : {}), ...(footprint ? { footprint } : {}) } as const;
        return { ...request, channels: { ...has, ...(phase ? { phase } : {}) } };
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
