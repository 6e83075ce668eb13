/** The picture of a job as far as it is: its latest frame, or what is computed of a picture that is not complete. */

import type { Incomplete } from '../leader/job/gathering.js';
import { paintFrame } from '../render/paint-frame.js';
import { paintedOf } from '../render/painted.js';
import { PLAIN } from '../render/quantise.js';
import { encodeSnapshot, type Thinned, thinned } from '../render/snapshot.js';
import { type Request, viewAt } from '../request/request.js';
import type { Frame } from '../shard/frame.js';
import type { Making } from './making.js';
import { paintAt, paintOf } from './picture.js';

export interface Growing {
  /** `partial`: what is computed of the first incomplete render. */
  begins(request: Request, partial: () => Incomplete | undefined, making: Shown): void;
  /** The same, of pictures that are pixels from the beginning. `last`: index of the last frame. */
  renders(last: number, partial: () => Incomplete | undefined): void;
  /** A render for an assembled film is complete: it is shown until there is a frame. */
  keyframe(render: Frame): void;
  /** A frame is complete. */
  frame(frame: Frame): void;
  /** WebP, at most 640 pixels wide and high; transparent where nothing is computed yet. undefined: nothing is. */
  picture(): Promise<Uint8Array | undefined>;
  /** The same, of this moment. */
  last(): Promise<Uint8Array | undefined>;
}

/** What of the making of frames decides what a render shows. */
type Shown = Pick<Making, 'nearOf'> & { readonly job: Pick<Making['job'], 'renders'> };

/** The same renders, which are shown as they pass. */
export async function* seenBy(growing: Growing | undefined, renders: AsyncIterable<Frame>): AsyncGenerator<Frame> {
  for await (const render of renders) {
    growing?.keyframe(render);
    yield render;
  }
}

/** A picture is made at most so often. */
const EVERY_MS = 1_000;

/** `now`: monotonic milliseconds. */
export function growing(now: () => number): Growing {
  let shown: { readonly last: number; readonly flip: boolean; painted(frame: Frame): Promise<Frame> } | undefined;
  let partial: (() => Incomplete | undefined) | undefined;
  let making: Shown | undefined;
  let latest: Thinned | undefined;
  let keyframe: Thinned | undefined;
  let [seenAt, madeAt] = [-Infinity, -Infinity];
  let made: Promise<Uint8Array | undefined> = Promise.resolve(undefined);

  /** With the index of a frame that it is painted as. */
  const near = (render: Frame): Frame => ({ ...render, index: making?.nearOf?.(render.index) ?? render.index });

  const make = async (): Promise<Uint8Array | undefined> => {
    const part = latest || keyframe ? undefined : partial?.();
    const small = latest ?? keyframe ?? (part && thinned(near(part.frame), part.placed));
    if (!small || !shown) return undefined;
    const frame = await shown.painted(small.frame);
    return encodeSnapshot({ ...small, frame }, shown.flip);
  };
  return {
    begins(request, part, of) {
      shown = { last: request.film.last, flip: request.flip, painted: (frame) => paintedBy(request, frame) };
      partial = part;
      making = of;
    },
    renders(last, part) {
      shown = { last, flip: false, painted: async (frame) => frame };
      partial = part;
    },
    keyframe(render) {
      if (latest || now() - seenAt < EVERY_MS) return;
      seenAt = now();
      keyframe = thinned(near(render), making?.job.renders[render.index]?.parts);
    },
    frame(frame) {
      // A still has one, and the last one of a film is kept with the job.
      const isLast = frame.index === shown?.last;
      if (latest && !isLast && now() - seenAt < EVERY_MS) return;
      seenAt = now();
      latest = thinned(frame);
    },
    picture() {
      if (now() - madeAt < EVERY_MS) return made;
      madeAt = now();
      made = make();
      return made;
    },
    last: make,
  };
}

async function paintedBy(request: Request, frame: Frame): Promise<Frame> {
  const { index } = frame;
  const paint = paintOf(request, { kind: 'pixels', levels: PLAIN });
  return paint ? paintFrame(frame, paintAt(request, paint, index), paintedOf(viewAt(request, index))) : frame;
}
