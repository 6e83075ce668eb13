/** From a request to files: the whole way, readable from top to bottom. Who computes is handed in. */

import { type Colours, needsDistance, type Paint, prepare } from './render/colours.js';
import { type Output, openOutput, type Written } from './render/output.js';
import { paintFrame } from './render/paint-frame.js';
import { parametersOf } from './request/metadata.js';
import type { Request } from './request/request.js';
import { viewAt } from './request/request.js';
import { type Frame, flipped } from './shard/frame.js';
import { samplesPerPixel, type View } from './view/view.js';

/** Everything that computing needs to know of a request. */
export interface Picture {
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  readonly perPixel: number;
  /** Numbers a raw sample has: nu, or nu and the vector of the distance. */
  readonly channels: number;
  viewOf(frame: number): View;
  /** How to colour; undefined: raw samples are wanted. */
  readonly paint: Paint | undefined;
}

/** Computes a picture's frames, in order. */
export type Compute = (picture: Picture) => Promise<AsyncIterable<Frame>>;

/**
 * Renders a request to its outfile; the files that were written. On any error nothing incomplete is left behind.
 * `settle` decides what the request left open, once the outfile is known to be writable. `warn` is told, a line each,
 * what does not stop the rendering. `signal` ends what takes long. `samples`: raw samples are asked for, whatever the outfile; they are painted here.
 */
export async function render(
  request: Request,
  settle: () => Promise<Request>,
  compute: Compute,
  warn: (line: string) => void,
  signal: AbortSignal,
  samples = false,
): Promise<Written[]> {
  let settled = request;
  const parameters = (frame?: number) => parametersOf(settled, frame);
  const output = await openOutput({ ...outputOf(request), parameters, warn, signal });
  try {
    // What is wrong with the colours shows before anything is computed.
    const { paint } = pictureOf(request, output.wants);
    settled = await settle();
    const picture = { ...pictureOf(settled, 'samples'), paint: samples ? undefined : paint };
    const finished = async (frame: Frame) => {
      const painted = samples && paint ? await paintFrame(frame, paint, settled.iterations) : frame;
      return request.flip ? flipped(painted) : painted;
    };
    for await (const frame of await compute(picture)) await output.write(await finished(frame));
    return await output.close();
  } catch (error) {
    await output.abort();
    throw error;
  }
}

/** What a request asks to be computed. */
export function pictureOf(request: Request, wants: Output['wants']): Picture {
  const { width, height, sampling, colours, flip } = request;
  return {
    frames: request.film.frames,
    width,
    height,
    perPixel: samplesPerPixel(sampling),
    channels: channelsOf(request),
    viewOf: lastSeen((frame) => viewAt(request, frame)),
    paint: wants === 'pixels' ? prepare(flip ? litFromBelow(colours) : colours, height) : undefined,
  };
}

/** The light of a picture that is mirrored afterwards, so that it comes from where `--slope-angle` says. */
function litFromBelow(colours: Colours): Colours {
  const { slope } = colours;
  return slope ? { ...colours, slope: { ...slope, angle: -slope.angle } } : colours;
}

function outputOf(request: Request): Omit<Parameters<typeof openOutput>[0], 'parameters' | 'warn' | 'signal'> {
  const { outfile, width, height, sampling, film, codec, crf, stallTimeoutSeconds } = request;
  const perPixel = samplesPerPixel(sampling);
  return {
    outfile,
    width,
    height,
    perPixel,
    channels: channelsOf(request),
    frames: film.frames,
    fps: film.fps,
    ...(codec === undefined ? {} : { codec }),
    ...(crf === undefined ? {} : { crf }),
    patience: stallTimeoutSeconds,
  };
}

function channelsOf({ colours }: Request): number {
  return needsDistance(colours) ? 3 : 1;
}

/** Shards of a frame ask for its view one after another: the last few are kept. */
function lastSeen(make: (frame: number) => View): (frame: number) => View {
  const seen = new Map<number, View>();
  return (frame) => {
    let view = seen.get(frame);
    if (!view) {
      view = make(frame);
      seen.set(frame, view);
      for (const old of seen.keys()) {
        if (seen.size <= 64) break;
        seen.delete(old);
      }
    }
    return view;
  };
}
