/**
 * TOML as far as location files need it: comments, bare, quoted and dotted keys, tables, arrays of tables, strings of
 * all four kinds, arrays and inline tables. Numbers, booleans and dates stay the text that they are, since a coordinate
 * must never become a double.
 */

export type Toml = string | Toml[] | Table;
export type Table = Map<string, Toml>;

/** What is wrong, and on which line, counted from 1. */
export class TomlError extends Error {
  readonly line: number;

  constructor(line: number, why: string) {
    super(why);
    this.line = line;
  }
}

/** Nested arrays and tables deeper than this are an error. */
const MAX_DEPTH = 32;
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r' };

/** @throws TomlError */
export function parseToml(text: string): Table {
  const root: Table = new Map();
  let table = root;
  const scan = scanner(text);
  for (scan.blank(); !scan.ended(); scan.blank()) {
    if (scan.take('[[')) {
      const path = scan.key();
      scan.expect(']]');
      table = appended(root, path, scan.fail);
    } else if (scan.take('[')) {
      const path = scan.key();
      scan.expect(']');
      table = opened(root, path, scan.fail);
    } else {
      const path = scan.key();
      scan.expect('=');
      const value = scan.value(0);
      put(opened(table, path.slice(0, -1), scan.fail), path, value, scan.fail);
    }
    scan.endOfLine();
  }
  return root;
}

/** The table at a path, made where it is missing; in an array of tables the last one is meant. */
function opened(root: Table, path: readonly string[], fail: Fail): Table {
  let table = root;
  for (const key of path) {
    const found = table.get(key) ?? new Map<string, Toml>();
    const inner = Array.isArray(found) ? found.at(-1) : found;
    if (!(inner instanceof Map)) throw fail(`"${key}" is a value and a table`);
    if (!table.has(key)) table.set(key, found);
    table = inner;
  }
  return table;
}

function put(table: Table, path: readonly string[], value: Toml, fail: Fail): void {
  const key = path.at(-1) as string;
  if (table.has(key)) throw fail(`"${path.join('.').slice(0, 60)}" stands twice`);
  table.set(key, value);
}

function appended(root: Table, path: readonly string[], fail: Fail): Table {
  const parent = opened(root, path.slice(0, -1), fail);
  const key = path.at(-1) as string;
  const list = parent.get(key) ?? [];
  if (!Array.isArray(list)) throw fail(`"${key}" is a value and a list of tables`);
  const table: Table = new Map();
  list.push(table);
  parent.set(key, list);
  return table;
}

type Fail = (why: string) => TomlError;

interface Scanner {
  ended(): boolean;
  readonly fail: Fail;
  /** Skips blanks, line ends and comments. */
  blank(): void;
  take(mark: string): boolean;
  expect(mark: string): void;
  key(): string[];
  value(depth: number): Toml;
  endOfLine(): void;
}

function scanner(text: string): Scanner {
  let at = 0;
  const fail = (why: string, position = at) => new TomlError(text.slice(0, position).split('\n').length, why);
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const spaces = () => match(/[ \t]*/y);
  const blank = () => {
    while (match(/[ \t\r\n]+|#[^\n]*/y) !== undefined);
  };
  const take = (mark: string) => {
    if (!text.startsWith(mark, at)) return false;
    at += mark.length;
    return true;
  };
  const expect = (mark: string) => {
    spaces();
    if (!take(mark)) throw fail(at >= text.length ? `it ends where a "${mark}" should come` : `"${mark}" is missing`);
  };

  const quoted = (mark: string): string => {
    const from = at;
    at += mark.length;
    if (mark.length === 3) match(/\r?\n/y);
    const basic = mark.startsWith('"');
    let out = '';
    while (!text.startsWith(mark, at)) {
      const plain = match(basic ? /[^"\\\n]+/y : /[^'\n]+/y);
      if (plain !== undefined) out += plain;
      else if (at >= text.length) throw fail('the string that begins here has no end', from);
      else if (text[at] === '\n' && mark.length === 1)
        throw fail('the string that begins here has no end on its line', from);
      else if (text[at] === '\\') out += escaped();
      else out += text[at++];
    }
    at += mark.length;
    return out;
  };
  const escaped = (): string => {
    if (match(/\\[ \t]*\r?\n[ \t\r\n]*/y) !== undefined) return '';
    const hex = match(/\\(?:u[0-9a-fA-F]{4}|U00[01][0-9a-fA-F]{5})/y);
    const code = hex === undefined ? 0 : Number.parseInt(hex.slice(2), 16);
    if (hex !== undefined) return code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code);
    const letter = text[at + 1] ?? '';
    at += 2;
    return ESCAPES[letter] ?? letter;
  };
  const string = (): string | undefined => {
    const mark = ['"""', "'''", '"', "'"].find((one) => text.startsWith(one, at));
    return mark === undefined ? undefined : quoted(mark);
  };

  const key = (): string[] => {
    const path: string[] = [];
    do {
      spaces();
      const part = string() ?? match(/[\w-]+/y);
      if (part === undefined) throw fail(at >= text.length ? 'it ends where a key should come' : 'this is no key');
      path.push(part);
      spaces();
    } while (take('.'));
    return path;
  };
  const value = (depth: number): Toml => {
    spaces();
    if (depth > MAX_DEPTH) throw fail(`values lie more than ${MAX_DEPTH} deep in one another`);
    const text = string();
    if (text !== undefined) return text;
    if (take('[')) return list(depth);
    if (take('{')) return inline(depth);
    const bare = match(/[^\s,#\]}]+/y);
    if (bare === undefined) throw fail('a value is missing');
    // Whole numbers in other bases than ten.
    return /^0(x[\da-fA-F_]+|o[0-7_]+|b[01_]+)$/.test(bare) ? String(BigInt(bare.replaceAll('_', ''))) : bare;
  };
  const list = (depth: number): Toml[] => {
    const from = at - 1;
    const values: Toml[] = [];
    for (blank(); !take(']'); blank()) {
      if (at >= text.length) throw fail('the list that begins here has no end', from);
      values.push(value(depth + 1));
      blank();
      if (!take(',') && !text.startsWith(']', at) && at < text.length) throw fail('"," or "]" is missing');
    }
    return values;
  };
  const inline = (depth: number): Table => {
    const from = at - 1;
    const table: Table = new Map();
    for (blank(); !take('}'); blank()) {
      if (at >= text.length) throw fail('the table that begins here has no end', from);
      const path = key();
      expect('=');
      put(opened(table, path.slice(0, -1), fail), path, value(depth + 1), fail);
      blank();
      if (!take(',') && !text.startsWith('}', at) && at < text.length) throw fail('"," or "}" is missing');
    }
    return table;
  };
  return {
    ended: () => at >= text.length,
    fail,
    blank,
    take,
    expect,
    key,
    value,
    endOfLine: () => {
      spaces();
      match(/#[^\n]*/y);
      if (at < text.length && match(/\r?\n/y) === undefined) throw fail('this line should have ended before');
    },
  };
}
