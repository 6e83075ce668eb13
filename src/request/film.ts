/** From flags to the film of a request: how many frames, and their path. */

import type { Keyframe } from '../view/path/keyframe.js';
import { depthOf } from '../view/path/place.js';
import type { FILM_FLAGS } from './flags/film.js';
import { MAX_FRAMES } from './flags/film.js';
import { parsePathFile } from './path/path-file.js';
import type { Film, PathFile, Request } from './request.js';
import { type Size, zoomOfWidth } from './size.js';
import { invalid, type Values } from './values.js';

type FilmValues = Values<typeof FILM_FLAGS>;

/** What a film begins with. */
type Start = Pick<Request, 're' | 'im' | 'zoom' | 'formula' | 'colours'>;

/** Flags of a straight way, from the values of the first frame to those of the last. */
const STRAIGHT = [
  ...(['zoom-end', 'view-width-end', 'xpos-end', 'ypos-end', 'rotate-end'] as const),
  ...(['offset-end', 'julia-re-end', 'julia-im-end', 'ease-power', 'speed'] as const),
];

/** @throws FractalError REQUEST_INVALID, PATH_FILE */
export function filmOf(v: FilmValues, start: Start, size: Size): Film {
  const path = v.path === undefined ? undefined : pathOf(v, v.path, start);
  const end = path ? start : endOf(v, start, size);
  const frames = framesOf(v, start.zoom, end.zoom, path);
  const moves = STRAIGHT.find((flag) => v[flag] !== undefined);
  if (moves !== undefined && frames === 1)
    throw invalid(`--${moves} is for films: give --frames of at least 2, or --seconds`);
  const { re, im, zoom } = end;
  return {
    frames,
    ...partOf(v, frames),
    fps: v.fps,
    end: { re, im, zoom },
    ease: v.ease,
    ...(v['ease-power'] === undefined ? {} : { easePower: easePowerOf(v) }),
    ends: endsOf(v, start),
    ...(path ? { path } : {}),
    shutter: shutterOf(v),
    assembly: v.assembly,
    anyRotation: v['any-rotation'] ?? false,
  };
}

function endOf(v: FilmValues, start: Start, size: Size): Film['end'] {
  const width = v['view-width-end'];
  if (v['zoom-end'] && width) throw invalid('--zoom-end and --view-width-end: give one of them');
  const zoom = v['zoom-end'] ?? (width ? zoomOfWidth(width, size) : start.zoom);
  return { re: v['xpos-end'] ?? start.re, im: v['ypos-end'] ?? start.im, zoom };
}

function endsOf(v: FilmValues, { formula, colours }: Start): Film['ends'] {
  const { 'rotate-end': rotation, 'offset-end': offset, 'julia-re-end': re, 'julia-im-end': im } = v;
  if (offset !== undefined) requireOffset('--offset-end', colours);
  if ((re !== undefined || im !== undefined) && !formula.julia)
    throw invalid(
      `--${re === undefined ? 'julia-im-end' : 'julia-re-end'} changes a Julia set: give --formula julia, too`,
    );
  return {
    ...(rotation === undefined ? {} : { rotation }),
    ...(offset === undefined ? {} : { offset }),
    ...(formula.julia && (re ?? im) !== undefined
      ? { julia: { re: re ?? formula.julia.re, im: im ?? formula.julia.im } }
      : {}),
  };
}

function shutterOf({ shutter, assembly }: FilmValues): number {
  if (shutter > 0 && assembly === 'frames')
    throw invalid('--shutter is the mean of several pictures from keyframes: leave out --assembly frames');
  return shutter;
}

function easePowerOf(v: FilmValues): number {
  if (v.ease > 0) throw invalid('--ease and --ease-power both slow down the start and end of a film: give one of them');
  return v['ease-power'] as number;
}

/** Of the whole film. */
function framesOf(v: FilmValues, from: string, to: string, path: PathFile | undefined): number {
  const lengths = (['frames', 'seconds', 'speed'] as const).filter((name) => v[name] !== undefined);
  if (lengths.length > 1)
    throw invalid(`--${lengths[0]} and --${lengths[1]} both set the length of the film: give one of them`);
  if (v.frames !== undefined) return v.frames;
  const count = lengthOf(v, from, to, path);
  if (count > MAX_FRAMES) throw invalid(`the film would have ${count} frames, at most ${MAX_FRAMES} are possible`);
  return count;
}

function lengthOf({ seconds, speed, fps }: FilmValues, from: string, to: string, path: PathFile | undefined): number {
  if (seconds !== undefined) return Math.max(1, Math.round(seconds * fps));
  if (speed !== undefined) {
    const octaves = Math.abs(depthOf(to) - depthOf(from)) * Math.log2(10);
    if (octaves === 0) throw invalid('--speed is that of a zoom: give --zoom-end, too');
    return Math.max(2, Math.round((octaves / speed) * fps) + 1);
  }
  // Up to the last keyframe.
  return path ? Math.floor((path.keyframes.at(-1) as Keyframe).at) + 1 : 1;
}

/** The frames that are rendered, of so many. @throws FractalError REQUEST_INVALID */
export function partOf(
  v: Pick<FilmValues, 'frame' | 'frames-from' | 'frames-to'>,
  frames: number,
): Pick<Film, 'first' | 'last'> {
  const { frame } = v;
  if (frame !== undefined) {
    if (v['frames-from'] !== undefined || v['frames-to'] !== undefined)
      throw invalid('--frame is one frame, --frames-from and --frames-to are several: give one of them');
    if (frame >= frames) throw invalid(`--frame ${frame}: the last frame of ${frames} is ${frames - 1}`);
    return { first: frame, last: frame };
  }
  const { 'frames-from': first = 0, 'frames-to': last = frames - 1 } = v;
  const beyond = first >= frames ? 'from' : last >= frames ? 'to' : undefined;
  if (beyond)
    throw invalid(
      `--frames-${beyond} ${beyond === 'from' ? first : last}: the last frame of ${frames} is ${frames - 1}`,
    );
  if (first > last) throw invalid(`--frames-from ${first} lies behind --frames-to ${last}`);
  return { first, last };
}

/** The path of a file, or of a film's parameters. */
function pathOf(v: FilmValues, text: string, start: Start): PathFile {
  const other = STRAIGHT.find((flag) => v[flag] !== undefined) ?? (v.ease > 0 ? 'ease' : undefined);
  if (other) throw invalid(`--path has all of the way: leave out --${other}, or the path`);
  const path = parsePathFile(text, 'the path', v.fps);
  const { keyframes } = path;
  if (path.declares && keyframes.every((one) => Object.keys(one).every((key) => key === 'at' || key === 'easing')))
    throw invalid('--path changes variables of a POV-Ray scene only: give it to fractal scene');
  if (keyframes.some(({ julia }) => julia) && !start.formula.julia)
    throw invalid('--path changes the constant of a Julia set: give --formula julia, too');
  if (keyframes.some(({ angle }) => angle !== undefined) && !start.colours.slope)
    throw invalid('--path turns the light of slopes: give --slope, too');
  if (keyframes.some(({ offset }) => offset !== undefined)) requireOffset('the offset in --path', start.colours);
  const from: Keyframe = { at: 0, centre: { re: start.re, im: start.im }, zoom: start.zoom };
  const begins = keyframes[0]?.at === 0;
  requireWay(begins ? [{ ...from, ...keyframes[0] }, ...keyframes.slice(1)] : [from, ...keyframes], begins ? 1 : 0);
  return path;
}

/** Only a palette along the count can be moved while its table stays. */
function requireOffset(what: string, { mode }: Request['colours']): void {
  if (mode !== 'palette') throw invalid(`${what} moves the palette, which --color-mode ${mode} does not: leave it out`);
}

/** Refuses zooms between two centres through which no way leads that shows a place. `first`: the number of the first keyframe. */
function requireWay(keyframes: readonly Keyframe[], first: number): void {
  const centres = keyframes.flatMap(({ centre }, k) => (centre ? [k] : []));
  for (const [n, to] of centres.slice(1).entries()) {
    const from = centres[n] as number;
    const leg = keyframes.slice(from, to + 1);
    const within = leg.slice(1, -1).findIndex(({ zoom }) => zoom !== undefined);
    if (within < 0) continue;
    const number = from + within + 1 + first;
    if (leg[0]?.journey) {
      throw invalid(
        `--path: keyframe ${from + first} begins a journey, which sets the zoom, up to keyframe ${to + first}: keyframe ${number} has a zoom of its own`,
      );
    }
    const [a, b] = [leg[0], leg.at(-1)] as [Keyframe, Keyframe];
    const depths = leg.flatMap(({ zoom }) => (zoom === undefined ? [] : [depthOf(zoom)]));
    const [rises, falls] = [isRising(depths), isRising(depths.map((depth) => -depth))];
    const moves = a.centre?.re !== b.centre?.re || a.centre?.im !== b.centre?.im;
    if (moves && !rises && !falls) {
      throw invalid(
        `--path: between keyframes ${from + first} and ${to + first} the centre moves while the zoom rises and falls: give keyframe ${number} xpos and ypos`,
      );
    }
  }
}

function isRising(values: readonly number[]): boolean {
  return values.every((value, k) => k === 0 || value >= (values[k - 1] as number));
}
