/** The files of an older farm's folder are lines `key:value`. */

import { FractalError } from '../../../errors.js';
import { nearest } from '../../../nearest.js';
import { shorten } from '../../values.js';

/** A text with its name, for messages. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

/** `at`: where in the text, from 0. */
export function mistakeIn({ name, text }: Source, at: number, why: string): FractalError {
  const before = text.slice(0, at).split('\n');
  const place = `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
  return new FractalError('REQUEST_FILE', `${name}:${place}: ${why}`.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?'));
}

/** A file without a place in it, as where something is missing. */
export function mistakeOf({ name }: Source, why: string): FractalError {
  return new FractalError('REQUEST_FILE', `${name}: ${why}`.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?'));
}

export interface Line {
  readonly key: string;
  readonly value: string;
  /** Where its value begins. */
  readonly at: number;
  /** Where its key begins. */
  readonly start: number;
}

/**
 * The lines `key:value`, split at their first colon, without blanks around both. Empty lines and comments (# and // at the
 * beginning, # behind a blank) are left out. A value goes on in the next line while a bracket of it is open.
 */
export function linesOf(source: Source): readonly Line[] {
  const lines: Line[] = [];
  let open = 0;
  for (const { 0: line, index: start } of source.text.matchAll(/[^\n]+/g)) {
    const text = line.replace(/(^|\s)#.*$/, '').trimEnd();
    if (/^\s*(\/\/|$)/.test(text)) continue;
    const last = lines.at(-1);
    if (open > 0 && last) {
      lines[lines.length - 1] = { ...last, value: source.text.slice(last.at, start) + text };
      open += openIn(text);
      continue;
    }
    const colon = text.indexOf(':');
    if (colon < 0) throw mistakeIn(source, start, 'this line has no colon: write key:value');
    const [key, value] = [text.slice(0, colon), text.slice(colon + 1)];
    const blanks = value.length - value.trimStart().length;
    open = Math.max(0, openIn(value));
    lines.push({
      ...{ key: key.trim(), value: value.trim(), at: start + colon + 1 + blanks },
      start: start + key.length - key.trimStart().length,
    });
  }
  return lines;
}

function openIn(text: string): number {
  return (text.match(/[([]/g)?.length ?? 0) - (text.match(/[)\]]/g)?.length ?? 0);
}

/** What a line is about, once only. @throws FractalError for an unknown key, or one that stands twice */
export function requireKnown(source: Source, lines: readonly Line[], known: readonly string[], repeatable = ''): void {
  const seen = new Set<string>();
  for (const { key, start } of lines) {
    if (!known.includes(key)) {
      const way = nearest(key, new Set(known)) || `: there are ${known.join(', ')}`;
      throw mistakeIn(source, start, `"${shorten(key)}" is no key of this file${way}`);
    }
    if (seen.has(key) && key !== repeatable) throw mistakeIn(source, start, `"${key}" stands twice`);
    seen.add(key);
  }
}
