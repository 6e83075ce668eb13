/**
 * Request files: every flag as JSON ({"xpos": -0.75, "zoom-end": "1e30"}), and the JSON of two older systems. Numbers
 * keep all their digits: they are read as text, never as doubles.
 */

import { FractalError, messageOf } from '../errors.js';
import { nearest } from '../nearest.js';
import { decodeText, readAtMost } from '../text.js';
import type { Flag } from './flags/flag.js';
import { FILE_NAMES, REQUEST_FLAGS } from './flags/index.js';
import { compactJson, type Json, JsonError, type JsonObject, parseJson, plainKey } from './json.js';
import { olderService } from './older.js';
import type { RawFlags } from './values.js';

const MAX_BYTES = 1 << 20;

type FlagName = keyof typeof REQUEST_FLAGS;

/** Keys by name. What is left out is as in a flag. */
export type OtherKeys = Readonly<Record<string, Partial<Flag>>>;

/**
 * `path`: "-" is standard input. `others`: keys that are understood besides flags, and returned.
 * @throws FractalError REQUEST_FILE naming file, line and column.
 */
export async function readRequestFile(path: string, others: OtherKeys = {}): Promise<RawFlags> {
  const name = path === '-' ? 'stdin' : path;
  let bytes: Uint8Array;
  try {
    bytes = await readAtMost(path, MAX_BYTES);
  } catch (error) {
    throw new FractalError('REQUEST_FILE', `${name} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  if (bytes.length > MAX_BYTES)
    throw fileError(name, `it is longer than ${MAX_BYTES} bytes, which is all that is read`);
  const text = decodeText(bytes);
  if (text.includes('\uFFFD')) throw fileError(name, 'it is not UTF-8 text');
  return parseRequestFile(text, name, others);
}

/**
 * Flags by today's names. `path`: for messages. `others`: keys that are understood besides flags, and returned.
 * @throws FractalError REQUEST_FILE
 */
export function parseRequestFile(text: string, path: string, others: OtherKeys = {}): RawFlags {
  if (text.length > MAX_BYTES)
    throw fileError(path, `it is longer than ${MAX_BYTES} characters, which is all that is read`);
  if (text.trim() === '') throw fileError(path, 'it is empty');
  const fields = objectOf(text, path);
  const names = new Map([...FILE_NAMES, ...Object.keys(others).map((name) => [name, name] as const)]);
  const flags: OtherKeys = { ...REQUEST_FLAGS, ...others };
  const textOf = (value: Json, key: string) => scalar(value, key, path, flags[names.get(plainKey(key)) ?? '']);
  const values = [...fields].map(([key, value]) => [key, textOf(value, key)] as const);
  const older = olderService([...fields.keys()]);
  if (older) return older(Object.fromEntries(values), (why) => fileError(path, why));
  const raw: RawFlags = {};
  const keys = new Map<string, string>();
  for (const [key, value] of values) {
    // For editors.
    if (key === '$schema') continue;
    const name = names.get(plainKey(key));
    if (name === undefined) throw fileError(path, `"${shown(key)}" ${notUnderstood(plainKey(key), names)}`);
    const other = keys.get(name);
    if (other !== undefined) throw fileError(path, `"${other}" and "${key}" mean the same: leave one out`);
    keys.set(name, key);
    raw[name] = value;
  }
  return raw;
}

function notUnderstood(name: string, names: ReadonlyMap<string, string>): string {
  const { notInFile }: Partial<Flag> = Object.hasOwn(REQUEST_FLAGS, name) ? REQUEST_FLAGS[name as FlagName] : {};
  return notInFile ?? `is not a flag${nearest(name, new Set(names.keys()))}`;
}

function objectOf(text: string, path: string): JsonObject {
  let json: Json;
  try {
    json = parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw fileError(`${path}:${error.line}:${error.column}`, error.message);
  }
  if (json instanceof Map) return json;
  throw fileError(path, 'it is not a JSON object such as {"xpos": "-0.75"}');
}

/** A list of strings or numbers is its items with commas between. */
function scalar(value: Json, key: string, path: string, flag: OtherKeys[string] | undefined): string {
  if (typeof value === 'string') return value;
  if (flag?.object && value instanceof Map) return compactJson(value);
  if (Array.isArray(value) && value.every((one) => typeof one === 'string'))
    return value.join(flag?.repeatable ? '\n' : ',');
  throw fileError(path, `the value of "${shown(key)}" is not a string, a number, true or false`);
}

function shown(key: string): string {
  return key.length > 60 ? `${key.slice(0, 57)}...` : key;
}

function fileError(path: string, why: string): FractalError {
  return new FractalError('REQUEST_FILE', `${path}: ${why}`.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?'));
}
