/**
 * Path files: the keyframes of a film as JSON.
 *
 *   {"bpm": 120, "keyframes": [{"time": 0, "xpos": -0.75, "ypos": 0, "zoom": 1}, {"time": "9.1.1", "zoom": "1e30", "ease": "smooth"}]}
 *
 * Names are those of the flags. Numbers keep all their digits.
 */

import type * as z from 'zod';
import { FractalError } from '../../errors.js';
import { nearest } from '../../nearest.js';
import type { Keyframe } from '../../view/path/keyframe.js';
import type { Knot } from '../../view/path/track.js';
import { compactJson, type Json, JsonError, type JsonMarks, type JsonObject, parseJson, plainKey } from '../json.js';
import type { PathFile } from '../request.js';
import { shorten } from '../values.js';
import { type GivenKeyframe, KEYFRAME_KEYS, PATH_KEYS, pathSchema } from './schema.js';
import { framesAt } from './time.js';

/**
 * `name`: of the file, for messages. `fps`: frames a second.
 * @throws FractalError PATH_FILE naming file, line and column
 */
export function parsePathFile(text: string, name: string, fps: number): PathFile {
  const marks: JsonMarks = new Map();
  const fail = (at: number, why: string) => errorAt(name, new JsonError(text, at, why));
  let json: Json;
  try {
    json = withPlainKeys(parseJson(text, marks), marks);
  } catch (error) {
    throw error instanceof JsonError ? errorAt(name, error) : error;
  }
  const checked = pathSchema.safeParse(plainOf(json));
  if (!checked.success) {
    const { at, why } = complaint(checked.error.issues[0] as z.core.$ZodIssue, json, marks);
    throw fail(at, why);
  }
  const { bpm, beats = 4, keyframes } = checked.data;
  const of = (k: number, ...key: string[]) => placeOf(json, ['keyframes', k, ...key], marks);
  const times = keyframes.map(({ time }, k) => {
    const at = framesAt(time, fps, { bpm, beats });
    if (at !== undefined) return at;
    const lacks =
      bpm === undefined
        ? 'needs "bpm", the beats a minute, beside the keyframes'
        : `has a beat beyond the ${beats} of a bar`;
    throw fail(of(k, 'time'), `the time "${time.text}" ${lacks}`);
  });
  times.forEach((at, k) => {
    if (k === 0 || at > (times[k - 1] as number)) return;
    throw fail(
      of(k, 'time'),
      `the time "${keyframes[k]?.time.text}" is not later than the one before, "${keyframes[k - 1]?.time.text}"`,
    );
  });
  const declares = declaresOf(keyframes, times);
  return {
    text: compactJson(json),
    keyframes: keyframes.map((one, k) => keyframeOf(one, times[k] as number)),
    ...(declares.size > 0 ? { declares } : {}),
  };
}

/** The knots of each variable, in the order of their times. */
function declaresOf(keyframes: readonly GivenKeyframe[], times: readonly number[]): NonNullable<PathFile['declares']> {
  const declares = new Map<string, Knot[]>();
  for (const [k, { declare = {}, ease }] of keyframes.entries()) {
    for (const [name, one] of Object.entries(declare)) {
      const knot = { at: times[k] as number, value: one.value, easing: one.ease ?? ease };
      const knots = declares.get(name);
      if (knots) knots.push(knot);
      else declares.set(name, [knot]);
    }
  }
  return declares;
}

/** @throws FractalError PATH_FILE */
export function pathFileError(name: string, why: string, cause?: unknown): FractalError {
  return new FractalError('PATH_FILE', `${name}: ${why}`.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?'), { cause });
}

function errorAt(name: string, { line, column, message }: JsonError): FractalError {
  return pathFileError(`${name}:${line}:${column}`, message);
}

function keyframeOf(given: GivenKeyframe, at: number): Keyframe {
  const { xpos, ypos, zoom, rotate, bailout, offset, density, ease, journey } = given;
  const { 'julia-re': juliaRe, 'julia-im': juliaIm, 'slope-angle': angle } = given;
  const all = {
    centre: xpos === undefined || ypos === undefined ? undefined : { re: xpos, im: ypos },
    julia: juliaRe === undefined || juliaIm === undefined ? undefined : { re: juliaRe, im: juliaIm },
    ...{ zoom, rotation: rotate, bailout, offset, density, angle, easing: ease, journey },
  };
  return { at, ...Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) };
}

/** Keys whose values may be objects. */
const WITH_OBJECTS: ReadonlySet<string> = new Set(['ease', 'keyframes', 'declare']);

/** What is wrong, and where. */
function complaint(issue: z.core.$ZodIssue, json: Json, marks: JsonMarks): { at: number; why: string } {
  const { path, code, message } = issue;
  const inKeyframe = path[0] === 'keyframes' && typeof path[1] === 'number';
  const which = inKeyframe ? `keyframe ${(path[1] as number) + 1}` : 'the path';
  if (code === 'unrecognized_keys' && path.length <= 2) {
    const key = issue.keys[0] as string;
    const known = inKeyframe ? KEYFRAME_KEYS : PATH_KEYS;
    return {
      at: placeOf(json, [...path, key], marks),
      why: `"${shorten(key)}" is no value of ${which}${nearest(key, known)}`,
    };
  }
  const at = placeOf(json, path, marks);
  const value = valueAt(json, path);
  const name = String(path.at(-1) ?? '');
  if (path.length === 0) return { at, why: 'it is not a JSON object such as {"keyframes": [{"time": 0, "zoom": 1}]}' };
  if (code === 'custom' && issue.params?.whole) return { at, why: `${which} ${message}` };
  if (value === undefined) return { at, why: `${inKeyframe ? `${which} has no "${name}"` : `"${name}" is missing`}` };
  if (typeof path.at(-1) === 'number') return { at, why: `${which} is not an object` };
  if (code === 'invalid_key')
    return { at, why: `${which}: "${shorten(name)}" is not the name of a variable: letters, digits and _` };
  const shown = typeof value === 'string' ? ` "${shorten(value)}"` : '';
  return {
    at,
    why: `${inKeyframe ? `${which}: ` : ''}${name}${shown} is not ${typeof value === 'string' || WITH_OBJECTS.has(name) || path[2] === 'declare' ? message : 'a string or a number'}`,
  };
}

function valueAt(json: Json, path: readonly PropertyKey[]): Json | undefined {
  return path.reduce<Json | undefined>((value, key) => {
    if (value instanceof Map) return (value as JsonObject).get(String(key));
    return Array.isArray(value) ? (value[Number(key)] as Json) : undefined;
  }, json);
}

/** Of the innermost key or object of a path that stands in the text. */
function placeOf(json: Json, path: readonly PropertyKey[], marks: JsonMarks): number {
  for (let length = path.length; length >= 0; length--) {
    const value = valueAt(json, path.slice(0, length));
    const own = value instanceof Map ? marks.get(value)?.get('') : undefined;
    if (own !== undefined && length === path.length) return own;
    const holder = length > 0 ? valueAt(json, path.slice(0, length - 1)) : undefined;
    const key = holder instanceof Map ? marks.get(holder)?.get(String(path[length - 1])) : own;
    if (key !== undefined) return key;
  }
  return 0;
}

/** Keys as flags are written: "juliaRe" and "julia_re" are "julia-re". Their places move along. Names of variables stay. */
function withPlainKeys(json: Json, marks: JsonMarks, keyOf = plainKey): Json {
  if (Array.isArray(json)) return json.map((one) => withPlainKeys(one, marks));
  if (!(json instanceof Map)) return json;
  const inner = (key: string, value: Json) =>
    withPlainKeys(value, marks, keyOf === plainKey && key === 'declare' ? (name) => name : plainKey);
  const object = new Map([...(json as JsonObject)].map(([key, value]) => [keyOf(key), inner(key, value)]));
  marks.set(object, new Map([...(marks.get(json) ?? [])].map(([key, at]) => [keyOf(key), at])));
  return object;
}

function plainOf(json: Json): unknown {
  if (json instanceof Map)
    return Object.fromEntries([...(json as JsonObject)].map(([key, one]) => [key, plainOf(one)]));
  return Array.isArray(json) ? json.map(plainOf) : json;
}
