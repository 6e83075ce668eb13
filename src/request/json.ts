/**
 * JSON as request files need it (RFC 8259): numbers stay the text that they are, since a coordinate must never become a
 * double; a key that stands twice in an object is an error; keys may stand without quotes.
 */

/** Numbers, true and false are text. */
export type Json = string | null | readonly Json[] | JsonObject;
export type JsonObject = ReadonlyMap<string, Json>;

/** What is wrong, and where in the text. */
export class JsonError extends Error {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;

  constructor(text: string, at: number, why: string) {
    super(why);
    const before = text.slice(0, at).split('\n');
    this.line = before.length;
    this.column = (before.at(-1)?.length ?? 0) + 1;
  }
}

/** Nested values deeper than this are an error. */
const MAX_DEPTH = 32;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])/y;
const BARE = /[A-Za-z_][\w-]*/y;

/** Where the keys of objects stand in a text, from 0; under `''` the object itself. */
export type JsonMarks = Map<JsonObject, ReadonlyMap<string, number>>;

/** One JSON text. `marks`: filled with the places of keys. @throws JsonError */
export function parseJson(text: string, marks?: JsonMarks): Json {
  let at = 0;
  const fail = (why: string, where = at) => new JsonError(text, where, `this is not JSON: ${why}`);
  const blank = () => match(/[ \t\r\n]*/y);
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const take = (mark: string): boolean => {
    blank();
    if (text[at] !== mark) return false;
    at++;
    return true;
  };
  const missing = (what: string) =>
    fail(at >= text.length ? `it ends where ${what} should come` : `${what} is missing`);

  const value = (depth: number): Json => {
    if (depth > MAX_DEPTH) throw fail(`values lie more than ${MAX_DEPTH} deep in one another`);
    if (take('{')) return object(depth);
    if (take('[')) return array(depth);
    if (text[at] === '"') return string();
    const word = match(NUMBER) ?? match(/(?:true|false|null)(?![\w-])/y);
    if (word === undefined) throw missing('a value (a string in quotes, a number, true or false)');
    return word === 'null' ? null : word;
  };
  const string = (): string => {
    const from = at++;
    while (text[at] !== '"') {
      if (at >= text.length || text[at] === '\n')
        throw fail('the string that begins here has no end on its line', from);
      at += text[at] === '\\' ? 2 : 1;
    }
    at++;
    try {
      return JSON.parse(text.slice(from, at)) as string;
    } catch {
      throw fail('the string that begins here has a backslash or a control character that JSON does not have', from);
    }
  };
  const object = (depth: number): JsonObject => {
    const fields = new Map<string, Json>();
    const places = new Map([['', at - 1]]);
    marks?.set(fields, places);
    if (take('}')) return fields;
    do {
      blank();
      const from = at;
      const key = text[at] === '"' ? string() : match(BARE);
      if (key === undefined) throw missing('a key');
      if (fields.has(key)) throw new JsonError(text, from, `"${key.slice(0, 60)}" stands twice: leave one out`);
      places.set(key, from);
      if (!take(':')) throw missing('":"');
      fields.set(key, value(depth + 1));
    } while (take(','));
    if (!take('}')) throw missing('"," or "}"');
    return fields;
  };
  const array = (depth: number): Json[] => {
    const values: Json[] = [];
    if (take(']')) return values;
    do values.push(value(depth + 1));
    while (take(','));
    if (!take(']')) throw missing('"," or "]"');
    return values;
  };

  const whole = value(0);
  blank();
  if (at < text.length) throw fail('the text should have ended before');
  return whole;
}

/** The same as one line; keys and values as they are. */
export function compactJson(json: Json): string {
  if (json === null || typeof json === 'string') return JSON.stringify(json);
  if (json instanceof Map) {
    return `{${[...json].map(([key, value]) => `${JSON.stringify(key)}:${compactJson(value)}`).join(',')}}`;
  }
  return `[${(json as readonly Json[]).map(compactJson).join(',')}]`;
}

/** A key as flags are written: "juliaRe" and "julia_re" are "julia-re". */
export function plainKey(key: string): string {
  return key.replace(/_/g, '-').replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
}
