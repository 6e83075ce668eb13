/** What has to be computed for a request, and how frames are finished: colours, mirroring, the output. */

import { type Colours, type Paint, prepare } from '../render/colours.js';
import { openContactSheet } from '../render/contact-sheet.js';
import { mirroredSlope } from '../render/lights.js';
import { type LookNumbers, withLook } from '../render/look.js';
import { type Output, openOutputs } from '../render/output.js';
import { frameLight, paintFrame } from '../render/paint-frame.js';
import { paintedOf } from '../render/painted.js';
import { PLAIN } from '../render/quantise.js';
import { readTexture } from '../render/texture-file.js';
import { parametersOf } from '../request/metadata.js';
import { frameCount, lookAt, lookChanges, neededOf, type Request, viewAt } from '../request/request.js';
import type { Frame } from '../shard/frame.js';
import { type Channels, channelsOf } from '../view/channels.js';
import { samplesPerPixel, type View } from '../view/view.js';
import { logTo } from './events.js';
import { once } from './once.js';
import type { SheetOrder } from './preview.js';
import type { Context } from './stage.js';

/** The part of a request that decides what is computed. */
export interface Picture {
  /** Those that are rendered; their indices begin at 0. */
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  readonly perPixel: number;
  /** Of raw samples. */
  readonly channels: Channels;
  viewOf(frame: number): View;
  /** How workers colour; undefined: raw samples are wanted. */
  readonly paint: Paint | undefined;
  /** What of the paint is other in a frame; absent: nothing, in any frame. */
  lookOf?(frame: number): LookNumbers;
}

/** What has to be computed for a request, coloured by `paint`. `shown`: of these frames only, in this order. */
export function pictureOf(request: Request, paint: Paint | undefined, shown?: readonly number[]): Picture {
  const { width, height, sampling, film } = request;
  const frameAt = (index: number) => shown?.[index] ?? film.first + index;
  return {
    frames: shown?.length ?? frameCount(film),
    width,
    height,
    perPixel: samplesPerPixel(sampling),
    channels: channelsOf(neededOf(request)),
    viewOf: lastSeen((index) => viewAt(request, frameAt(index))),
    paint,
    ...(paint && lookChanges(request) ? { lookOf: (index) => lookNumbersAt(request, paint, frameAt(index)) } : {}),
  };
}

/** The paint of one frame of the whole film. `paint`: of the request. */
export function paintAt(request: Request, paint: Paint, frame: number): Paint {
  const { colours, flip } = request;
  const { angle, ...look } = lookAt(request, frame);
  const turned = angle === undefined ? {} : { angle: flip ? -angle : angle };
  if (!lookChanges(request)) return paint;
  return withLook(paint, flip ? litFromBelow(colours) : colours, { ...look, ...turned });
}

/** What of the paint is other in a frame of the whole film. */
export function lookNumbersAt(request: Request, paint: Paint, frame: number): LookNumbers {
  const { offset, density, lights } = paintAt(request, paint, frame);
  return { offset, density, lights };
}

/** To be called before `paintOf`. @throws FractalError TEXTURE_INVALID */
export async function readTextureOf({ colours }: Request): Promise<void> {
  if (colours.patterns?.texture) await readTexture(colours.patterns.texture.spec);
}

/** The colours of a request as an output needs them; undefined: it needs none. @throws FractalError PALETTE_* */
export function paintOf({ colours, flip, height }: Request, wants: Output['wants']): Paint | undefined {
  if (wants.kind === 'samples' && !wants.light) return undefined;
  return prepare(flip ? litFromBelow(colours) : colours, height, wants.kind === 'pixels' ? wants.levels : PLAIN);
}

/** The lights of a picture that is mirrored afterwards, so that they come from the directions that were given. */
function litFromBelow(colours: Colours): Colours {
  const { slope } = colours;
  return slope ? { ...colours, slope: mirroredSlope(slope) } : colours;
}

/**
 * Opens the outputs of a request, or of its contact sheet, before anything is computed. Release them with `abort`.
 * @throws FractalError OUTFILE_FORMAT, OUTFILE_UNWRITABLE, DISK, ENCODER_MISSING, ENCODER_UNFIT, AUDIO_INVALID
 */
export async function outputOf(
  request: Request,
  { emit, signal, background = false }: Context,
  sheet?: SheetOrder,
): Promise<Output> {
  const { outfile, outfiles, width, height, sampling, film, encoding } = request;
  const options = {
    width,
    height,
    perPixel: samplesPerPixel(sampling),
    channels: channelsOf(neededOf(request)),
    frames: sheet?.frames.length ?? frameCount(film),
    first: film.first,
    fps: film.fps,
    flip: request.flip,
    dither: request.dither,
    ...encoding,
    warn: logTo(emit, 'warn'),
    ...{ signal, background },
  };
  return sheet ? openContactSheet({ ...options, outfile }, sheet.captions) : openOutputs({ ...options, outfiles });
}

/** Writes a frame of a prepared request. `paint`: for raw samples, as `paintOf` gives it. */
export async function writeFrame(
  output: Output,
  frame: Frame,
  request: Request,
  paint: Paint | undefined,
): Promise<void> {
  const { index } = frame;
  const view = viewAt(request, index);
  const own = paint && paintAt(request, paint, index);
  const painted = own && output.wants.kind === 'pixels' ? await paintFrame(frame, own, paintedOf(view)) : frame;
  const light = own && once(() => frameLight(frame, own, paintedOf(view)));
  await output.write(
    painted,
    (of) => (of === 'film' ? parametersOf(request) : parametersOf(request, index)),
    light && { view, light },
  );
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
