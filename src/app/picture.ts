/** What has to be computed for a request, and how frames are finished: colours, mirroring, the output. */

import { type Colours, needsDistance, type Paint, prepare } from '../render/colours.js';
import { type Output, openOutput } from '../render/output.js';
import { paintFrame } from '../render/paint-frame.js';
import { parametersOf } from '../request/metadata.js';
import { type Request, viewAt } from '../request/request.js';
import { type Frame, flipped } from '../shard/frame.js';
import { samplesPerPixel, type View } from '../view/view.js';
import { logTo } from './events.js';
import type { Context } from './stage.js';

/** The part of a request that decides what is computed. */
export interface Picture {
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  readonly perPixel: number;
  /** Numbers a raw sample has: nu, or nu and the vector of the distance. */
  readonly channels: number;
  viewOf(frame: number): View;
  /** How workers colour; undefined: raw samples are wanted. */
  readonly paint: Paint | undefined;
}

/** What has to be computed for a request, coloured by `paint`. */
export function pictureOf(request: Request, paint: Paint | undefined): Picture {
  const { width, height, sampling, film } = request;
  return {
    frames: film.frames,
    width,
    height,
    perPixel: samplesPerPixel(sampling),
    channels: channelsOf(request),
    viewOf: lastSeen((frame) => viewAt(request, frame)),
    paint,
  };
}

/** The colours of a request as an output needs them; undefined: it needs raw samples. @throws FractalError PALETTE_* */
export function paintOf({ colours, flip, height }: Request, wants: Output['wants']): Paint | undefined {
  return wants.kind === 'pixels' ? prepare(flip ? litFromBelow(colours) : colours, height, wants.levels) : undefined;
}

/** The light of a picture that is mirrored afterwards, so that it comes from the direction of `--slope-angle`. */
function litFromBelow(colours: Colours): Colours {
  const { slope } = colours;
  return slope ? { ...colours, slope: { ...slope, angle: -slope.angle } } : colours;
}

/**
 * Opens the output of a request, before anything is computed. Release it with `abort`.
 * @throws FractalError OUTFILE_FORMAT, OUTFILE_UNWRITABLE, DISK, ENCODER_MISSING
 */
export async function outputOf(request: Request, { emit, signal }: Context): Promise<Output> {
  const { outfile, width, height, sampling, film, dither, codec, crf, stallTimeoutSeconds } = request;
  return openOutput({
    outfile,
    width,
    height,
    perPixel: samplesPerPixel(sampling),
    channels: channelsOf(request),
    frames: film.frames,
    fps: film.fps,
    dither,
    ...(codec === undefined ? {} : { codec }),
    ...(crf === undefined ? {} : { crf }),
    stallTimeoutSeconds,
    warn: logTo(emit, 'warn'),
    signal,
  });
}

/** Writes a frame of a prepared request. `paint`: for raw samples, unless the output needs raw samples. */
export async function writeFrame(
  output: Output,
  frame: Frame,
  request: Request,
  paint: Paint | undefined,
): Promise<void> {
  const painted = paint ? await paintFrame(frame, paint, request.iterations) : frame;
  await output.write(request.flip ? flipped(painted) : painted, (of) =>
    of === 'film' ? parametersOf(request) : parametersOf(request, frame.index),
  );
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
