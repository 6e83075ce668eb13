/**
 * Request files: every flag as JSON ({"xpos": -0.75, "zoom-end": "1e30"}), and the JSON of two older systems. Numbers
 * keep all their digits: they are read as text, never as doubles.
 */

import { FractalError, messageOf } from './errors.js';
import { type Json, JsonError, type JsonObject, parseJson } from './request-json.js';
import { nearest, type RawFlags } from './request-names.js';
import { olderDialect } from './request-older.js';
import { decodeText, readAtMost } from './text.js';

export { nearest, type RawFlags };

const MAX_BYTES = 1 << 20;

/** What others call a flag. */
const ALIASES: Readonly<Record<string, string>> = { re: 'xpos', im: 'ypos', x: 'xpos', y: 'ypos', iterations: 'iters' };

/** `path`: "-" is standard input. @throws FractalError REQUEST_FILE naming file, line and column. */
export async function readRequestFile(path: string, flags: ReadonlySet<string>): Promise<RawFlags> {
  const name = path === '-' ? 'stdin' : path;
  let bytes: Uint8Array;
  try {
    bytes = await readAtMost(path, MAX_BYTES);
  } catch (error) {
    throw new FractalError('REQUEST_FILE', `${name} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  if (bytes.length > MAX_BYTES) throw wrong(name, `it is longer than ${MAX_BYTES} bytes, which is all that is read`);
  return parseRequestFile(decodeText(bytes), name, flags);
}

/** `flags`: the names that are understood. @throws FractalError REQUEST_FILE */
export function parseRequestFile(text: string, path: string, flags: ReadonlySet<string>): RawFlags {
  if (text.length > MAX_BYTES)
    throw wrong(path, `it is longer than ${MAX_BYTES} characters, which is all that is read`);
  if (text.trim() === '') throw wrong(path, 'it is empty');
  const fields = objectOf(text, path);
  const values = [...fields].map(([key, value]) => [key, scalar(value, key, path)] as const);
  const older = olderDialect([...fields.keys()]);
  if (older) return older(Object.fromEntries(values), (why) => wrong(path, why));
  const raw: RawFlags = {};
  const said = new Map<string, string>();
  for (const [key, value] of values) {
    const plain = key.replace(/_/g, '-').replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
    const name = Object.hasOwn(ALIASES, plain) ? (ALIASES[plain] as string) : plain;
    if (!flags.has(name)) throw wrong(path, `"${shown(key)}" is not a flag${nearest(name, flags)}`);
    if (name === 'request')
      throw wrong(path, `"${shown(key)}" names another request file: give its flags here instead`);
    const other = said.get(name);
    if (other !== undefined) throw wrong(path, `"${other}" and "${key}" mean the same: leave one out`);
    said.set(name, key);
    raw[name] = value;
  }
  return raw;
}

function objectOf(text: string, path: string): JsonObject {
  let json: Json;
  try {
    json = parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw wrong(`${path}:${error.line}:${error.column}`, error.message);
  }
  if (json instanceof Map) return json;
  throw wrong(path, 'it is not a JSON object such as {"xpos": "-0.75"}');
}

/** A list of strings or numbers is its items with commas between. */
function scalar(value: Json, key: string, path: string): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(',');
  throw wrong(path, `the value of "${shown(key)}" is not a string, a number, true or false`);
}

function shown(key: string): string {
  return key.length > 60 ? `${key.slice(0, 57)}...` : key;
}

function wrong(path: string, why: string): FractalError {
  return new FractalError('REQUEST_FILE', `${path}: ${why}`.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?'));
}
