/**
 * The names that one name of a hostfile stands for: `node[01-16,20]` seventeen, `rack[1-2]-n[01-04]` eight, an IPv6
 * address itself, without its brackets. Every step is linear in the text and bounded by the number of names.
 */

import { isIPv6 } from 'node:net';
import { FractalError } from '../errors.js';

/** Makes the error for the character `at` of the name. */
export type Fail = (at: number, why: string) => FractalError;

/** Names that a whole hostfile may stand for. */
export const MAX_HOSTS = 65_536;
const MAX_NAME = 1024;

/** Numbers of a range as text with their padding, or the one text between two ranges. */
type Part = readonly string[];

/** Ranges from the left, the last one fastest. @throws what `fail` makes, and FractalError HOSTFILE_LIMIT */
export function* expand(name: string, fail: Fail): Generator<string> {
  if (name.length > MAX_NAME) throw fail(0, `${quote(name)} is a name of ${name.length} characters`);
  const address = name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name;
  if (isIPv6(address)) {
    yield address;
    return;
  }
  const parts = partsOf(name, fail);
  const total = parts.reduce((product, { length }) => product * length, 1);
  if (total > MAX_HOSTS) throw limit(`${quote(name)} stands for more than ${MAX_HOSTS} hosts`);
  for (let k = 0; k < total; k++) {
    let rest = k;
    let host = '';
    for (const values of parts.toReversed()) {
      host = values[rest % values.length] + host;
      rest = Math.floor(rest / values.length);
    }
    if (host.length > 253 || !/^\w(?:[\w.-]*[\w.])?$/.test(host)) throw fail(0, `${quote(host)} is not a host name`);
    yield host;
  }
}

function partsOf(name: string, fail: Fail): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < name.length; ) {
    const open = indexOf(name, '[', at);
    if (name.slice(at, open).includes(']')) throw fail(name.indexOf(']', at), `${quote(name)} has a "]" without a "["`);
    if (open > at) parts.push([name.slice(at, open)]);
    if (open === name.length) break;
    const close = name.indexOf(']', open);
    if (close < 0) throw fail(open, `${quote(name)} has a "[" without a "]"`);
    parts.push(rangeOf(name.slice(open + 1, close), (offset, why) => fail(open + 1 + offset, why)));
    at = close + 1;
  }
  return parts.length > 0 ? parts : [[name]];
}

function indexOf(text: string, part: string, from: number): number {
  const at = text.indexOf(part, from);
  return at < 0 ? text.length : at;
}

/** What stands between the brackets: `01-16,20`. */
function rangeOf(text: string, fail: Fail): Part {
  const values: string[] = [];
  let at = 0;
  for (const part of text.split(',')) {
    const [, from = '', to = from] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part) ?? [];
    if (from === '') throw fail(at, `${quote(part)} is not a range: write [01-16,20]`);
    const [first, last] = [Number(from), Number(to)];
    if (last < first) throw fail(at, `the range ${quote(part)} runs backwards: did you mean "${to}-${from}"?`);
    if (last - first + values.length >= MAX_HOSTS) throw limit(`"[${text}]" stands for more than ${MAX_HOSTS} hosts`);
    for (let n = first; n <= last; n++) values.push(String(n).padStart(from.length, '0'));
    at += part.length + 1;
  }
  return values;
}

/** The same for every spelling of a host: names compare without case (RFC 4343), IPv6 addresses by their value. */
export function keyOf(host: string): string {
  const address = isIPv6(host) && !host.includes('%') ? new URL(`http://[${host}]`).hostname : host;
  return address.toLowerCase().replace(/\.$/, '');
}

export function limit(sentence: string): FractalError {
  return new FractalError('HOSTFILE_LIMIT', sentence);
}

/** A text of the user in quotes, shortened to one line. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
