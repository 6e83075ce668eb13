/**
 * Hostfiles in both dialects of MPI. Open MPI: `node01 slots=4 max_slots=8`; MPICH: `node01:4`. Ranges `node[01-16,20]`
 * stand for many hosts, `^node03` leaves one out, `user@` is accepted and ignored, `port=` is an extension, and so is
 * `dns:///name:port`: all addresses that the name resolves to. Lines that name the same host and port again add slots. A line
 * may be a list with commas, as Slurm prints in SLURM_JOB_NODELIST: `node[01-04],login1`.
 */

import { FractalError, messageOf } from '../errors.js';
import { decodeText, readAtMost } from '../text.js';
import { expand, type Fail, keyOf, limit, MAX_HOSTS, quote } from './hostrange.js';
import { DEFAULT_PORT } from './ports.js';

export interface Host {
  readonly host: string;
  readonly port: number;
  /** The `dns:///` name that was resolved to this address. */
  readonly name?: string;
  /** The host is a name with one worker at each of its addresses, which may change. */
  readonly dns?: true;
  /** Absent: as many as the worker states. */
  readonly slots?: number;
  readonly maxSlots?: number;
  /** From 1. */
  readonly line: number;
}

const MAX_BYTES = 1 << 20;
const MAX_SLOTS = 1_000_000;
const MAX_PORT = 65_535;
const DNS = 'dns:///';
/** Characters of a line: the patterns below may read each more than once. */
const MAX_LINE = 4096;

/**
 * `-` reads stdin. `way`: what to do when the file cannot be read.
 * @throws FractalError HOSTFILE_READ, HOSTFILE_LIMIT, HOSTFILE_SYNTAX
 */
export async function readHostfile(path: string, way = 'name one with --hostfile, or use --local'): Promise<Host[]> {
  let bytes: Uint8Array;
  try {
    bytes = await readAtMost(path, MAX_BYTES);
  } catch (error) {
    throw new FractalError('HOSTFILE_READ', `${path} cannot be read (${messageOf(error)}): ${way}`, { cause: error });
  }
  if (bytes.length > MAX_BYTES)
    throw limit(`${path} is longer than ${MAX_BYTES} bytes: use ranges such as node[01-16]`);
  return parseHostfile(decodeText(bytes), path === '-' ? 'stdin' : path);
}

/** `file` is how errors name it. @throws FractalError HOSTFILE_LIMIT, HOSTFILE_SYNTAX */
export function parseHostfile(text: string, file: string): Host[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const entries = lines.map((line, k) => {
    const comment = line.indexOf('#');
    return { text: comment < 0 ? line : line.slice(0, comment), place: `${file}:${k + 1}`, line: k + 1, column: 1 };
  });
  return hostsOf(entries, file);
}

/**
 * `--host a:2,b,[::1]:3`: entries of a hostfile, separated by commas. `flag` is how errors name it.
 * @throws FractalError HOSTFILE_LIMIT, HOSTFILE_SYNTAX
 */
export function parseHosts(text: string, flag = '--host'): Host[] {
  const entries = partsOf(text).map((part) => ({ text: part.text, place: flag, line: 1, column: part.at + 1 }));
  return hostsOf(entries, flag);
}

interface Part {
  readonly text: string;
  /** Where it begins. */
  readonly at: number;
}

/** The parts between commas, except commas within brackets. */
function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  let inRange = false;
  for (let at = 0; at <= text.length; at++) {
    const char = text[at];
    if (char === '[') inRange = true;
    else if (char === ']') inRange = false;
    else if (char === undefined || (char === ',' && !inRange)) {
      parts.push({ text: text.slice(from, at), at: from });
      from = at + 1;
    }
  }
  return parts;
}

interface Entry {
  readonly text: string;
  /** The text before the column, for errors. */
  readonly place: string;
  readonly line: number;
  /** Of the text's first character. */
  readonly column: number;
}

function hostsOf(entries: readonly Entry[], file: string): Host[] {
  const hosts = new Map<string, Host>();
  const excluded = new Set<string>();
  let named = 0;
  for (const entry of entries) {
    if (entry.text.length > MAX_LINE) {
      throw limit(`${entry.place} has ${entry.text.length} characters, at most ${MAX_LINE} are read`);
    }
    for (const { host, exclude } of parseEntry(entry)) {
      if (++named > MAX_HOSTS) throw limit(`${file} names more than ${MAX_HOSTS} hosts`);
      if (exclude) excluded.add(keyOf(host.host));
      else {
        const key = `${host.dns ? DNS : ''}${keyOf(host.host)} ${host.port}`;
        const before = hosts.get(key);
        hosts.set(key, before ? joined(before, host) : host);
      }
    }
  }
  const left = [...hosts.values()].filter(({ host }) => !excluded.has(keyOf(host)));
  if (left.length > 0) return left;
  const why = hosts.size > 0 ? 'leaves out with ^ every host it names' : 'names no host';
  throw new FractalError('HOSTFILE_SYNTAX', `${file} ${why}: write one a line, such as "node01 slots=4"`);
}

function joined(a: Host, b: Host): Host {
  const slots = add(a.slots, b.slots);
  const maxSlots = add(a.maxSlots, b.maxSlots);
  return { ...a, ...(slots === undefined ? {} : { slots }), ...(maxSlots === undefined ? {} : { maxSlots }) };
}

function add(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : a + b;
}

interface Parsed {
  readonly host: Host;
  readonly exclude: boolean;
}

/** One host, or a list of them; the fields behind it are of each. */
function* parseEntry({ text, place, line, column }: Entry): Generator<Parsed> {
  const fail: Fail = (at, why) => new FractalError('HOSTFILE_SYNTAX', `${place}:${column + at}: ${why}`);
  const first = /\S+/.exec(text);
  if (!first) return;
  const [word] = first;
  const parts = partsOf(word);
  const empty = parts.find((part) => part.text === '');
  if (empty) throw fail(first.index + empty.at, `${quote(word)} lacks a host beside a comma: write a,b without blanks`);
  const left = parts.filter((part) => part.text.startsWith('^')).length;
  if (left > 0 && left < parts.length)
    throw fail(first.index, `${quote(word)} names hosts and leaves others out: write each ^host on a line of its own`);
  const fields = fieldsOf(text, first.index + word.length, fail);
  for (const part of parts) {
    const at = first.index + part.at;
    if (part.text.startsWith(DNS))
      yield parseName(part.text, { ...fields }, line, (offset, why) => fail(at + offset, why));
    else yield* parseHost(part.text, { ...fields }, line, (offset, why) => fail(at + offset, why));
  }
}

/** `fields`: those after the word. */
function* parseHost(word: string, fields: Fields, line: number, fail: Fail): Generator<Parsed> {
  const exclude = word.startsWith('^');
  const at = Math.max(exclude ? 1 : 0, word.indexOf('@') + 1);
  const [name, colon] = nameAndSlots(word.slice(at));
  if (colon !== undefined) {
    const why = `${quote(word)} gives ${quote(colon)} slots after its colon`;
    if (/^\d{4,5}$/.test(colon) && Number(colon) > 1024 && Number(colon) <= MAX_PORT) {
      throw fail(0, `${why}: did you mean "${name} port=${colon}"?`);
    }
    if (fields.slots !== undefined) throw fail(0, `${why}, and slots= again: keep one of them`);
    fields.slots = number(colon, MAX_SLOTS, word, (wrong) => fail(word.length - colon.length, wrong));
  }
  if (exclude && Object.keys(fields).length > 0) {
    throw fail(0, `${quote(word)} leaves a host out: nothing else belongs there`);
  }
  if (fields.slots !== undefined && fields.maxSlots !== undefined && fields.slots > fields.maxSlots) {
    throw fail(0, `${quote(name)} has ${fields.slots} slots of at most max_slots=${fields.maxSlots}: raise it`);
  }
  const { port = DEFAULT_PORT, ...slots } = fields;
  for (const host of expand(name, (offset, why) => fail(at + offset, why))) {
    yield { host: { host, port, ...slots, line }, exclude };
  }
}

/** `dns:///name:port`, as gRPC writes it; the fields are of each worker that is found there. */
function parseName(word: string, { port: field, ...slots }: Fields, line: number, fail: Fail): Parsed {
  const [, name, port] = /^dns:\/\/\/((?!-)[\w.-]{1,253})(?::(\d+))?$/.exec(word) ?? [];
  if (name === undefined) throw fail(0, `${quote(word)} is not a name to resolve: write dns:///name:50051`);
  if (port !== undefined && field !== undefined) throw fail(0, `${quote(word)} has its port twice: keep one of them`);
  const own = port === undefined ? field : number(port, MAX_PORT, word, (why) => fail(0, why));
  return { host: { host: name, port: own ?? DEFAULT_PORT, dns: true, ...slots, line }, exclude: false };
}

/** Splits MPICH's `host:4` at its colon; the last colon of a bare IPv6 address is part of the name. */
function nameAndSlots(word: string): [name: string, slots?: string] {
  const colon = word.lastIndexOf(':');
  const name = word.slice(0, Math.max(0, colon));
  const within = word.endsWith(']') || (name.includes(':') && !name.endsWith(']'));
  return colon < 0 || within ? [word] : [name, word.slice(colon + 1)];
}

interface Fields {
  slots?: number;
  maxSlots?: number;
  port?: number;
}

const KEYS = new Map<string, keyof Fields>([
  ['slots', 'slots'],
  ['max_slots', 'maxSlots'],
  ['max-slots', 'maxSlots'],
  ['port', 'port'],
]);

/** `key=value` pairs from a column on, blanks round the sign allowed. */
function fieldsOf(text: string, from: number, fail: Fail): Fields {
  const fields: Fields = {};
  for (const match of text.slice(from).matchAll(/([^\s=]*)(\s*=\s*)?([^\s=]*)/g)) {
    const [pair, key = '', sign, value = ''] = match;
    if (pair === '') continue;
    const start = from + match.index + pair.length - pair.trimStart().length;
    const known = KEYS.get(key.toLowerCase());
    if (!known) throw fail(start, `${quote(key || pair.trim())} is not known here: ${meant(key, sign !== undefined)}`);
    if (value === '') throw fail(start, `${quote(key)} has no value: write ${key}=4`);
    if (fields[known] !== undefined) throw fail(start, `${quote(key)} stands twice in this line`);
    const most = known === 'port' ? MAX_PORT : MAX_SLOTS;
    fields[known] = number(value, most, `${key}=${value}`, (why) => fail(start, why));
  }
  return fields;
}

function meant(key: string, hasValue: boolean): string {
  if (hasValue && /^(s|cpu|core|np$|count)/i.test(key)) return 'did you mean "slots"?';
  if (hasValue && /^max/i.test(key)) return 'did you mean "max_slots"?';
  if (hasValue && /^p/i.test(key)) return 'did you mean "port"?';
  return 'use slots=, max_slots= or port=, and one host a line';
}

/** `what` is how the error names it. */
function number(text: string, max: number, what: string, fail: (why: string) => FractalError): number {
  if (!/^\d+$/.test(text)) throw fail(`${quote(what)} is not a number`);
  const value = Number(text);
  if (value < 1 || value > max) throw fail(`${quote(what)} is not between 1 and ${max}`);
  return value;
}
