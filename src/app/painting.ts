/** How the frames of a request colour the samples of keyframes. */

import type { Look, Painting } from '../film/samples.js';
import { needsDistance } from '../render/colours.js';
import type { Paint } from '../render/paint.js';
import { paintedOf } from '../render/painted.js';
import { lookAt, lookChanges, type Request } from '../request/request.js';
import type { Channels } from '../view/channels.js';
import { paintAt } from './picture.js';

interface Options {
  /** Of samples, some of which may not be needed. */
  readonly channels: Channels;
  /** The frame of the whole film that is frame 0 here. */
  readonly from: number;
}

export function paintingOf(request: Request, paint: Paint, { channels, from }: Options): Painting {
  const { colours } = request;
  const changes = lookChanges(request);
  const common = { ...paintedOf(request), filter: colours.filter, channels };
  const same: Look = { paint, ...common };
  return {
    nameOf: (frame) => (changes ? JSON.stringify(lookAt(request, from + frame)) : ''),
    scaled: needsDistance(colours) || colours.patterns?.lines !== undefined,
    lookOf: (frame) => (changes ? { paint: paintAt(request, paint, from + frame), ...common } : same),
  };
}
