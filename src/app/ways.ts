/** What either way to make the frames of a film takes: each computed by itself, or assembled from keyframes. */

import { PLAIN } from '../render/quantise.js';
import type { Request } from '../request/request.js';
import { bytesOfPixel } from '../shard/assemble.js';
import { areaOf } from '../shard/missing.js';
import { type Assembly, assemblyOf, partOf, type Stretch } from './assembly.js';
import { type AssembleOn, loadOf, worthSending } from './assembly-place.js';
import { assumedFrameSeconds } from './estimate.js';
import type { StoreOptions } from './kept-place.js';
import { keyframeRenders } from './keyframes.js';
import type { Picture } from './picture.js';
import { storeWarning } from './store-need.js';

/** One of the ways to make the frames of a film, or of the part of it that is rendered. */
export interface Way {
  readonly by: 'frames' | 'keyframes';
  /** Keyframes that are computed. */
  readonly keyframes: number;
  /** Samples that are computed. */
  readonly samples: number;
  /** That the leader takes to assemble the frames and encode them, on one thread. */
  readonly makingSeconds: number;
  /** In the store, about: they are compressed. */
  readonly bytes: number;
  /** Why the store does not suffice, if so. */
  readonly tooLarge: string | undefined;
}

export interface Ways {
  /** Why the chosen way is taken, as the rest of a sentence. */
  readonly why: string;
  readonly chosen: Way;
  /** Frame by frame, and from keyframes where that is possible. */
  readonly all: readonly Way[];
  /** Where frames are assembled, as far as is known before workers are dialled; absent: they are not assembled. */
  readonly on?: 'leader' | 'workers';
}

export interface WaysOptions {
  readonly store: StoreOptions;
  /** `slots`: of workers in other processes. */
  readonly place: { readonly assembleOn: AssembleOn; readonly slots: number };
  readonly signal: AbortSignal;
}

/** What compression leaves of raw samples and of painted pixels, about (docs/decisions/0067). */
const SAMPLES_LEFT = 0.7;
const PIXELS_LEFT = 0.53;

/** Of a film. */
export async function waysOf(request: Request, picture: Picture, { store, place, signal }: WaysOptions): Promise<Ways> {
  const { first, last } = request.film;
  const assembly = await assemblyOf(request, signal);
  const make = (by: Way['by'], stretches: readonly Stretch[]) =>
    wayOf(by, stretches, { request, picture, store, signal });
  const frames = await make('frames', [{ from: first, frames: picture.frames }]);
  const possible = assembly.samples.keyframes !== undefined;
  const stretches = assembly.stretches ?? (possible ? await stretchesOf(request, signal) : undefined);
  const keyframes = stretches && (await make('keyframes', partOf(stretches, first, last)));
  return {
    why: assembly.why,
    chosen: (assembly.stretches && keyframes) || frames,
    all: keyframes ? [frames, keyframes] : [frames],
    ...(assembly.stretches ? { on: placeOf(assembly.stretches, request, place) } : {}),
  };
}

function placeOf(
  stretches: readonly Stretch[],
  request: Request,
  { assembleOn, slots }: WaysOptions['place'],
): 'leader' | 'workers' {
  if (slots === 0) return 'leader';
  if (assembleOn !== 'auto') return assembleOn;
  const films = stretches.flatMap(({ film }) => film ?? []);
  return worthSending(loadOf(films, PLAIN, request), slots) ? 'workers' : 'leader';
}

/** From keyframes, though another way is chosen. */
async function stretchesOf(request: Request, signal: AbortSignal): Promise<Assembly['stretches']> {
  return (await assemblyOf({ ...request, film: { ...request.film, assembly: 'keyframes' } }, signal)).stretches;
}

interface Planned {
  readonly request: Request;
  readonly picture: Picture;
  readonly store: StoreOptions;
  readonly signal: AbortSignal;
}

async function wayOf(
  by: Way['by'],
  stretches: readonly Stretch[],
  { request, picture, store, signal }: Planned,
): Promise<Way> {
  const { width, height, frames, perPixel, channels } = picture;
  const { place, size, samples: raw } = store;
  let [keyframes, shared, single] = [0, 0, 0];
  for (const { film, frames: count } of stretches) {
    if (!film) single += count * width * height;
    else {
      const { order } = await keyframeRenders(request, film, signal);
      keyframes += order.keyframes.length;
      shared += order.keyframes.reduce((sum, { parts }) => sum + areaOf(parts), 0);
    }
  }
  const sampleBytes = SAMPLES_LEFT * bytesOfPixel('samples', { perPixel: 1, channels });
  const pixelBytes =
    raw && by === 'frames' ? perPixel * sampleBytes : PIXELS_LEFT * bytesOfPixel('pixels', { perPixel, channels });
  const bytes = Math.round(shared * sampleBytes + single * pixelBytes);
  return {
    by,
    keyframes,
    samples: shared + single * perPixel,
    makingSeconds: assumedFrameSeconds({ pixels: width * height }) * frames,
    bytes,
    // A store of the usual size grows.
    tooLarge: !place || size === undefined ? undefined : storeWarning(bytes, size),
  };
}
