/**
 * Hostfiles in both dialects of MPI. Open MPI: `node01 slots=4 max_slots=8`; MPICH: `node01:4`. Ranges `node[01-16,20]`
 * stand for many hosts, `^node03` leaves one out, `user@` is accepted and ignored, `port=` is ours. Lines that name the
 * same host and port again add slots.
 */

import { createReadStream } from 'node:fs';
import { FractalError, messageOf } from '../errors.js';
import { DEFAULT_PORT } from './ports.js';

export interface Host {
  readonly host: string;
  readonly port: number;
  /** Absent: as many as the worker says it has. */
  readonly slots?: number;
  readonly maxSlots?: number;
  /** From 1. */
  readonly line: number;
}

const MAX_BYTES = 1 << 20;
const MAX_HOSTS = 65_536;
const MAX_SLOTS = 1_000_000;

/** `-` reads stdin. @throws FractalError HOSTFILE_READ, HOSTFILE_LIMIT, HOSTFILE_SYNTAX */
export async function readHostfile(path: string): Promise<Host[]> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of path === '-' ? process.stdin : createReadStream(path)) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes > MAX_BYTES) break;
    }
  } catch (error) {
    const way = 'name one with --hostfile, or use --local';
    throw new FractalError('HOSTFILE_READ', `${path} cannot be read (${messageOf(error)}): ${way}`, { cause: error });
  }
  if (bytes > MAX_BYTES) throw limit(`${path} is longer than ${MAX_BYTES} bytes: use ranges such as node[01-16]`);
  return parseHostfile(Buffer.concat(chunks).toString('utf8'), path === '-' ? 'stdin' : path);
}

/** `file` is how errors name it. @throws FractalError HOSTFILE_LIMIT, HOSTFILE_SYNTAX */
export function parseHostfile(text: string, file: string): Host[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  return hostsOf(
    lines.map((line, index) => ({
      text: line.replace(/#.*/, ''),
      place: `${file}:${index + 1}`,
      line: index + 1,
      column: 1,
    })),
    file,
  );
}

/** `--host a:2,b,[::1]`: entries of a hostfile between commas. */
export function parseHosts(text: string): Host[] {
  const entries: Entry[] = [];
  let column = 1;
  // A comma inside of brackets belongs to a range.
  for (const part of text.split(/,(?![^[]*\])/)) {
    entries.push({ text: part, place: '--host', line: 1, column });
    column += part.length + 1;
  }
  return hostsOf(entries, '--host');
}

interface Entry {
  readonly text: string;
  /** In front of the column, for errors. */
  readonly place: string;
  readonly line: number;
  /** Of the text's first character. */
  readonly column: number;
}

function hostsOf(entries: readonly Entry[], file: string): Host[] {
  const hosts = new Map<string, Host>();
  const excluded = new Set<string>();
  for (const entry of entries) {
    for (const { host, exclude } of parseEntry(entry)) {
      if (exclude) excluded.add(host.host);
      else {
        const key = `${host.host} ${host.port}`;
        const before = hosts.get(key);
        hosts.set(key, before ? joined(before, host) : host);
      }
      if (hosts.size + excluded.size > MAX_HOSTS) throw limit(`${file} names more than ${MAX_HOSTS} hosts`);
    }
  }
  const left = [...hosts.values()].filter(({ host }) => !excluded.has(host));
  if (left.length > 0) return left;
  throw new FractalError('HOSTFILE_SYNTAX', `${file} names no host: write one a line, such as "node01 slots=4"`);
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

function* parseEntry(entry: Entry): Generator<Parsed> {
  const { text, line } = entry;
  const fail = (at: number, why: string) =>
    new FractalError('HOSTFILE_SYNTAX', `${entry.place}:${entry.column + at}: ${why}`);
  const first = /\S+/.exec(text);
  if (!first) return;
  const at = first.index;
  let name = first[0];
  const exclude = name.startsWith('^');
  name = name.slice(name.indexOf('@') + 1).replace(/^\^/, '');
  const colon = slotsBehindColon(name);
  if (colon) name = name.slice(0, -colon.length - 1);
  const fields = fieldsOf(text, at + first[0].length, fail);
  if (colon !== undefined) {
    const why = `"${first[0]}" gives ${colon} slots after its colon`;
    if (Number(colon) > 1024 && Number(colon) < 65_536) {
      throw fail(at, `${why}: did you mean "${name} port=${colon}"?`);
    }
    if (fields.slots !== undefined) throw fail(at, `${why}, and slots= again: keep one of them`);
    fields.slots = number(colon, 1, MAX_SLOTS, `the slots of "${first[0]}"`, (w) => fail(at, w));
  }
  if (exclude && Object.keys(fields).length > 0)
    throw fail(at, `"${first[0]}" leaves a host out: nothing else belongs there`);
  const { port = DEFAULT_PORT, ...slots } = fields;
  for (const host of expand(name, (why) => fail(at, why))) yield { host: { host, port, ...slots, line }, exclude };
}

/** The digits of MPICH's `host:4`; not the last group of an IPv6 address. */
function slotsBehindColon(name: string): string | undefined {
  if (/^\[[0-9a-f:.]+\]$/i.test(name)) return undefined;
  const match = /^(?:\[[0-9a-f:.]*:[0-9a-f:.]*\]|[^:]*):(\d+)$/i.exec(name);
  return match?.[1];
}

interface Fields {
  slots?: number;
  maxSlots?: number;
  port?: number;
}

const KEYS: Readonly<Record<string, keyof Fields>> = {
  slots: 'slots',
  max_slots: 'maxSlots',
  'max-slots': 'maxSlots',
  port: 'port',
};

/** `key=value` pairs from a column on, blanks round the sign allowed. */
function fieldsOf(text: string, from: number, fail: (at: number, why: string) => FractalError): Fields {
  const fields: Fields = {};
  const pair = /\s*([^\s=]+)(?:\s*=\s*([^\s=]+))?/y;
  pair.lastIndex = from;
  while (text.slice(pair.lastIndex).trim() !== '') {
    const start = pair.lastIndex + (/\S/.exec(text.slice(pair.lastIndex))?.index ?? 0);
    const match = pair.exec(text);
    if (!match) throw fail(start, `"${text.slice(start).trim()}" is not of the form slots=4`);
    const [, key = '', value] = match;
    const known = KEYS[key.toLowerCase()];
    if (!known) throw fail(start, `"${key}" is not known here: ${meant(key)}`);
    if (value === undefined) throw fail(start, `"${key}" has no value: write ${key}=4`);
    if (fields[known] !== undefined) throw fail(start, `"${key}" stands twice in this line`);
    const most = known === 'port' ? 65_535 : MAX_SLOTS;
    fields[known] = number(value, 1, most, `${key}=${value}`, (why) => fail(start, why));
  }
  return fields;
}

function meant(key: string): string {
  if (/^(slot|cpus?|np|cores?)$/i.test(key)) return 'did you mean slots=?';
  if (/^max/i.test(key)) return 'did you mean max_slots=?';
  return 'use slots=, max_slots= or port=, and one host a line';
}

function number(text: string, min: number, max: number, what: string, fail: (why: string) => FractalError): number {
  if (!/^\d+$/.test(text)) throw fail(`"${what}" is not a number`);
  const value = Number(text);
  if (value < min || value > max) throw fail(`"${what}" is not between ${min} and ${max}`);
  return value;
}

/** The hosts that a name with ranges stands for: `rack[1-2]-n[01-04]` are eight. IPv6 addresses lose their brackets. */
function* expand(name: string, fail: (why: string) => FractalError): Generator<string> {
  const address = /^\[?([0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*)\]?$/i.exec(name);
  if (address) {
    yield address[1] as string;
    return;
  }
  const parts: string[][] = [];
  let total = 1;
  for (const piece of name.split(/(\[[^[\]]*\])/)) {
    const values = piece.startsWith('[') && piece.endsWith(']') ? rangeOf(piece, fail) : [piece];
    if (values[0] !== undefined && /[[\]]/.test(values[0])) throw fail(`"${name}" has a bracket without its partner`);
    parts.push(values);
    total *= values.length;
    if (total > MAX_HOSTS) throw limit(`"${name}" stands for more than ${MAX_HOSTS} hosts`);
  }
  for (let k = 0; k < total; k++) {
    let rest = k;
    const host = parts.reduceRight((tail, values) => {
      const value = values[rest % values.length] as string;
      rest = Math.floor(rest / values.length);
      return value + tail;
    }, '');
    if (!/^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_.])?$/i.test(host) || host.length > 253)
      throw fail(`"${host}" is not a host name`);
    yield host;
  }
}

/** `[01-16,20]`: its numbers as text, padded as written. */
function rangeOf(piece: string, fail: (why: string) => FractalError): string[] {
  const values: string[] = [];
  for (const part of piece.slice(1, -1).split(',')) {
    const match = /^\s*(\d{1,9})(?:\s*-\s*(\d{1,9}))?\s*$/.exec(part);
    if (!match) throw fail(`"${piece}" is not a range such as [01-16,20]`);
    const [, from = '', to = from] = match;
    if (Number(to) < Number(from))
      throw fail(`the range "${part.trim()}" runs backwards: did you mean "${to}-${from}"?`);
    if (Number(to) - Number(from) + values.length >= MAX_HOSTS)
      throw limit(`"${piece}" stands for more than ${MAX_HOSTS} hosts`);
    for (let n = Number(from); n <= Number(to); n++) values.push(String(n).padStart(from.length, '0'));
  }
  return values;
}

function limit(sentence: string): FractalError {
  return new FractalError('HOSTFILE_LIMIT', sentence);
}
