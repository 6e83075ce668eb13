/**
 * What a path gives the frames of a POV-Ray scene: the variables that its keyframes declare, and its camera, so that one file
 * drives a fractal and a scene. Values of a camera have names of their own, since `rotate` and others are words of POV-Ray.
 */

import { plainDecimal } from '../../view/decimal.js';
import type { Keyframe } from '../../view/path/keyframe.js';
import { pathOf, withStart } from '../../view/path/path.js';
import { trackOf } from '../../view/path/track.js';
import type { PathFile } from '../request.js';
import { invalid } from '../values.js';

/** A variable of a frame. */
export interface Declared {
  readonly name: string;
  /** A decimal string of at most 15 digits, as POV-Ray reads numbers: into doubles. */
  readonly value: string;
}

/** Of numbers that POV-Ray reads: exponents have two digits. */
const LARGEST_LOG10 = 99;

/** Names of what the camera of a path gives, and the keyframes that give it. */
const CAMERA: Readonly<Record<string, (one: Keyframe) => boolean>> = {
  path_xpos: ({ centre }) => centre !== undefined,
  path_ypos: ({ centre }) => centre !== undefined,
  path_zoom: ({ zoom }) => zoom !== undefined,
  path_rotate: ({ rotation }) => rotation !== undefined,
  path_julia_re: ({ julia }) => julia !== undefined,
  path_julia_im: ({ julia }) => julia !== undefined,
  path_bailout: ({ bailout }) => bailout !== undefined,
  path_offset: ({ offset }) => offset !== undefined,
  path_density: ({ density }) => density !== undefined,
  path_slope_angle: ({ angle }) => angle !== undefined,
};

/** Frames up to the last keyframe. */
export function framesOfPath({ keyframes }: Pick<PathFile, 'keyframes'>): number {
  return Math.floor(keyframes.at(-1)?.at ?? 0) + 1;
}

/**
 * The variables at a time in frames, in the order of their first keyframes, those of the camera behind them.
 * @throws FractalError REQUEST_INVALID for a zoom beyond 1e99
 */
export function declaresOf(path: PathFile): (time: number) => readonly Declared[] {
  const tracks = [...(path.declares ?? [])].map(([name, knots]) => [name, trackOf(knots)] as const);
  const camera = cameraOf(path.keyframes);
  return (time) => [...tracks.map(([name, track]) => ({ name, value: decimalOf(track(time)) })), ...camera(time)];
}

function cameraOf(keyframes: readonly Keyframe[]): (time: number) => readonly Declared[] {
  const names = Object.entries(CAMERA).flatMap(([name, gives]) => (keyframes.some(gives) ? [name] : []));
  if (names.length === 0) return () => [];
  const base = { re: '0', im: '0', zoom: '1', rotation: 0, bailout: 256, offset: 0, density: 1 };
  const start = { ...base, angle: 0, julia: { re: '0', im: '0' } };
  const path = pathOf(withStart(keyframes, start), start);
  if (keyframes.some(({ at }) => Math.abs(path.depthAt(at)) > LARGEST_LOG10))
    throw invalid(`--path goes beyond a zoom of 1e${LARGEST_LOG10}, which POV-Ray has no number for`);
  return (time) => {
    const { re, im, zoom } = path.at(time);
    const { rotation, bailout, offset, density, angle = 0, julia } = path.othersAt(time);
    const values: Readonly<Record<string, number>> = {
      ...{ path_xpos: Number(re), path_ypos: Number(im), path_zoom: Number(zoom), path_rotate: rotation },
      ...{ path_julia_re: Number(julia?.re), path_julia_im: Number(julia?.im), path_bailout: bailout },
      ...{ path_offset: offset, path_density: density, path_slope_angle: angle },
    };
    return names.map((name) => ({ name, value: decimalOf(values[name] as number) }));
  };
}

/** 15 digits: what the last bit of a double has is no part of it, and an easing may have on one machine only. */
function decimalOf(value: number): string {
  return Math.abs(value) < 10 ** -LARGEST_LOG10 ? '0' : plainDecimal(value.toPrecision(15));
}

/** The same for each frame of a film: one value where a variable does not change, else one a frame. */
export function declaresByFrame(
  path: PathFile,
  frames: number,
): readonly { readonly name: string; readonly values: readonly string[] }[] {
  const at = declaresOf(path);
  const values = new Map<string, string[]>();
  for (let frame = 0; frame < frames; frame++) {
    for (const { name, value } of at(frame)) {
      const own = values.get(name);
      if (own) own.push(value);
      else values.set(name, [value]);
    }
  }
  return [...values].map(([name, all]) => ({
    name,
    values: all.every((one) => one === all[0]) ? all.slice(0, 1) : all,
  }));
}
