/**
 * Tuples of numbers and strings as the sequence file of the older farm has them, in the syntax of Python: parsed, never
 * evaluated. Lists in brackets and trailing commas are taken, too.
 */

import { mistakeIn, type Source } from './lines.js';

export type Item = Leaf | { readonly at: number; readonly items: readonly Item[] };

/** A number as it was written, or the text of a string. */
export interface Leaf {
  /** Where it begins in the source, from 0. */
  readonly at: number;
  readonly text: string;
  readonly isString: boolean;
}

const MAX_DEPTH = 8;
const NUMBER = /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])/y;
const STRING = /'([^'\\\n]*)'|"([^"\\\n]*)"/y;

/** What stands in a source from `start` to `end`; items with commas between are one tuple. @throws FractalError */
export function tupleIn(source: Source, start: number, end: number): Item {
  const text = source.text.slice(0, end);
  let at = start;
  const fail = (why: string, where = at) => mistakeIn(source, where, why);
  const blank = () => {
    const comment = /(?:\s|#[^\n]*)*/y;
    comment.lastIndex = at;
    comment.exec(text);
    at = comment.lastIndex;
  };
  const take = (marks: string): boolean => {
    blank();
    if (at >= text.length || !marks.includes(text[at] as string)) return false;
    at++;
    return true;
  };
  const leaf = (): Leaf => {
    for (const pattern of [NUMBER, STRING]) {
      pattern.lastIndex = at;
      const found = pattern.exec(text);
      if (!found) continue;
      const leaf = { at, text: found[1] ?? found[2] ?? found[0], isString: pattern === STRING };
      at = pattern.lastIndex;
      return leaf;
    }
    const found = text[at];
    throw fail(found === undefined ? 'it ends where a value should come' : `"${found}" is no number, string or "("`);
  };
  const items = (closing: string, depth: number): Item[] => {
    const found: Item[] = [];
    while (!take(closing)) {
      found.push(item(depth));
      if (take(',')) continue;
      if (take(closing)) break;
      throw fail(at >= text.length ? `a "${closing}" is missing at the end` : `"," or "${closing}" is missing`);
    }
    return found;
  };
  const item = (depth: number): Item => {
    blank();
    const begin = at;
    if (depth > MAX_DEPTH) throw fail(`brackets lie more than ${MAX_DEPTH} deep in one another`);
    if (take('(')) return { at: begin, items: items(')', depth + 1) };
    if (take('[')) return { at: begin, items: items(']', depth + 1) };
    return leaf();
  };
  const all: Item[] = [item(0)];
  while (take(',')) {
    blank();
    if (at < text.length) all.push(item(0));
  }
  blank();
  if (at < text.length) throw fail(`"${text[at]}" is too much here`);
  return all.length === 1 ? (all[0] as Item) : { at: start, items: all };
}
