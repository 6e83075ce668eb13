/** From flags as text, and the .ini of a scene, to a `SceneRequest`. The command line has precedence. */

import { FractalError } from '../../errors.js';
import { partOf } from '../film.js';
import { FILM_FLAGS, MAX_FRAMES } from '../flags/film.js';
import { OUTPUT_FLAGS } from '../flags/output.js';
import { DECIMAL, SCENE_FLAGS } from '../flags/scene.js';
import { encodingOf, outfilesOf } from '../output.js';
import { declaresByFrame, framesOfPath } from '../path/declares.js';
import { parsePathFile } from '../path/path-file.js';
import type { PathFile } from '../request.js';
import { invalid, type RawFlags, type Values, valuesOf } from '../values.js';
import { type Ini, isOn } from './ini.js';
import type { Declare, SceneFilm, SceneRequest } from './scene-request.js';

const TABLE = { ...SCENE_FLAGS, ...FILM_FLAGS, ...OUTPUT_FLAGS };
type SceneValues = Values<typeof TABLE>;

/** Pixels of a picture. */
const MAX_PIXELS = 2 ** 27;
/** Inside the scene. */
const MAX_NUMBER = 10_000_000;

/** What is known of a scene beside its flags. */
export interface SceneSource {
  /** Path of the file that is rendered, in the scene's folder. */
  readonly main: string;
  /** Its .ini, and the name of that in messages. */
  readonly ini?: { readonly name: string; readonly content: Ini } | undefined;
}

/** Options are checked where POV-Ray is known. @throws FractalError REQUEST_INVALID, VIEW_TOO_LARGE, naming flag and value */
export function parseScene(flags: RawFlags, source: SceneSource): SceneRequest {
  const v = valuesOf(TABLE, flags);
  const size = sizeOf(v, source);
  const path = v.path === undefined ? undefined : parsePathFile(v.path, 'the path', v.fps);
  const film = filmOf(v, source, path);
  const named = outfilesOf(v);
  const stem = source.main.replace(/^.*\//, '').replace(/\.\w+$/, '');
  const [outfile = `${stem}${film.last > film.first ? '.mp4' : '.png'}`] = named;
  return {
    main: source.main,
    ...size,
    options: [...(source.ini?.content.options ?? []), ...optionsOf(v)],
    declares: declaresOf(v, source, path && declaresByFrame(path, film.frames)),
    film,
    split: v.split,
    ...(v['band-rows'] === undefined ? {} : { blockSize: v['band-rows'] }),
    limits: { seconds: v.limit, memory: v['memory-limit'] },
    outfile,
    outfiles: [outfile, ...named.slice(1)],
    encoding: encodingOf(v),
  };
}

function sizeOf({ width, height }: SceneValues, source: SceneSource): Pick<SceneRequest, 'width' | 'height'> {
  const [w, h] = [iniNumber(source, 'width', 1, 1 << 16), iniNumber(source, 'height', 1, 1 << 16)];
  const wide = width ?? w ?? 800;
  const high = height ?? (width === undefined || w === undefined || !h ? h : Math.round((wide * h) / w));
  const size = { width: wide, height: high ?? Math.max(1, Math.round(wide * 0.75)) };
  if (size.width * size.height > MAX_PIXELS) {
    const why = `${size.width}x${size.height} is ${size.width * size.height} pixels, at most ${MAX_PIXELS} make a picture`;
    throw new FractalError('VIEW_TOO_LARGE', why);
  }
  return size;
}

function filmOf(v: SceneValues, source: SceneSource, path: PathFile | undefined): SceneFilm {
  const { fps, clock, seconds } = v;
  const length = path && framesOfPath(path);
  const given = v.frames ?? (seconds === undefined ? length : Math.max(1, Math.round(seconds * fps)));
  if (v.frames !== undefined && seconds !== undefined)
    throw invalid('--frames and --seconds both set the length of the film: give one of them');
  const ini = (key: string) => iniNumber(source, key, 0, MAX_NUMBER);
  const [from = 1, to = 1] = [ini('initial_frame'), ini('final_frame')];
  if (to < from) throw inIni(source, 'final_frame', `lies before Initial_Frame=${from}`);
  const own = given === undefined;
  const frames = given ?? to - from + 1;
  if (frames > MAX_FRAMES) throw invalid(`the film would have ${frames} frames, at most ${MAX_FRAMES} are possible`);
  const still = frames === 1;
  const iniClock = still
    ? { initial: iniDecimal(source, 'clock') ?? '0', final: undefined }
    : { initial: iniDecimal(source, 'initial_clock') ?? '0', final: iniDecimal(source, 'final_clock') };
  const { initial, final } = clock ? { final: undefined, ...clock } : iniClock;
  if (still && clock?.final !== undefined)
    throw invalid(`--clock ${clock.initial}:${clock.final} is for a film: give --frames, too`);
  if (!still && clock && clock.final === undefined)
    throw invalid(`--clock ${clock.initial} is for one picture: write --clock ${clock.initial}:B for ${frames} frames`);
  return {
    frames,
    ...(own ? withSubset(v, source, from, frames) : partOf(v, frames)),
    fps,
    firstNumber: own ? from : 1,
    clock: { initial, final: final ?? (still ? initial : '1') },
    cyclic: v.cyclic ?? isOn(source.ini?.content.values.get('cyclic_animation')),
  };
}

/** The subset of frames that an .ini has, where the command line has none. */
function withSubset(
  v: SceneValues,
  source: SceneSource,
  from: number,
  frames: number,
): { first: number; last: number } {
  if ([v.frame, v['frames-from'], v['frames-to']].some((one) => one !== undefined)) return partOf(v, frames);
  const start = iniNumber(source, 'subset_start_frame', 0, MAX_NUMBER) ?? from;
  const end = iniNumber(source, 'subset_end_frame', 0, MAX_NUMBER) ?? from + frames - 1;
  const [first, last] = [start - from, end - from];
  if (first < 0 || last >= frames || first > last)
    throw inIni(source, 'subset_start_frame', 'is no part of its frames');
  return { first, last };
}

/** Those of the flags. */
function optionsOf(v: SceneValues): string[] {
  const { quality, antialias, 'povray-option': others = [] } = v;
  return [
    ...(quality === undefined ? [] : [`+Q${quality}`]),
    ...(antialias === undefined ? [] : [antialias === false ? '-A' : `+A${antialias}`]),
    ...others,
  ];
}

/** A variable of the command line or of the path replaces that of the .ini. */
function declaresOf({ declare = [] }: SceneValues, source: SceneSource, moved: readonly Declare[] = []): Declare[] {
  const found = new Map<string, readonly string[]>();
  for (const text of source.ini?.content.declares ?? []) {
    const [, name, value] = /^([A-Za-z_]\w{0,39})=(.+)$/.exec(text) ?? [];
    if (name === undefined || value === undefined || !DECIMAL.test(value))
      throw invalid(`${source.ini?.name}: Declare=${text} is not a variable and a number`);
    found.set(name, [value]);
  }
  const twice = declare.find(({ name }, k) => declare.findIndex((one) => one.name === name) < k);
  if (twice) throw invalid(`--declare ${twice.name} was given 2 times: give it once`);
  const both = moved.find(({ name }) => declare.some((one) => one.name === name));
  if (both) throw invalid(`--declare ${both.name} is a variable of --path, too: give it once`);
  for (const { name, value } of declare) found.set(name, [value]);
  for (const { name, values } of moved) found.set(name, values);
  return [...found].map(([name, values]) => ({ name, values }));
}

function iniNumber(source: SceneSource, key: string, min: number, max: number): number | undefined {
  const text = source.ini?.content.values.get(key);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw inIni(source, key, `is not a whole number from ${min} to ${max}`);
  return value;
}

function iniDecimal(source: SceneSource, key: string): string | undefined {
  const text = source.ini?.content.values.get(key);
  if (text !== undefined && !DECIMAL.test(text)) throw inIni(source, key, 'is not a number');
  return text;
}

function inIni({ ini }: SceneSource, key: string, why: string): FractalError {
  return invalid(`${ini?.name}: ${key}=${ini?.content.values.get(key)} ${why}`);
}
