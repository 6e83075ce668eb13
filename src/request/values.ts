/** Flags as text become typed values, by the schemas of a table. */

import type * as z from 'zod';
import { FractalError } from '../errors.js';
import type { Flag, FlagSyntax, FlagTable } from './flags/flag.js';

/** Flag names to values as text. */
export type RawFlags = Record<string, string>;

/**
 * The values of a table's flags. A flag that is absent has its default; without one a boolean flag is false and another
 * one undefined, as is any flag whose default depends on others.
 */
export type Values<T extends FlagTable> = {
  readonly [K in keyof T]:
    | z.output<T[K]['schema']>
    | (T[K] extends { default: string }
        ? never
        : T[K] extends { value: string } | { defaultText: string }
          ? undefined
          : never);
};

/** Flags that are not in the table are ignored. @throws FractalError REQUEST_INVALID, naming flag and value */
export function valuesOf<T extends FlagTable>(table: T, raw: Readonly<Partial<Record<string, string>>>): Values<T> {
  const values: Record<string, unknown> = {};
  // What was given comes first, so that an error names what the user wrote first.
  const names = new Set([...Object.keys(raw).filter((name) => Object.hasOwn(table, name)), ...Object.keys(table)]);
  for (const name of names) {
    const flag = table[name] as Flag;
    const text = raw[name] ?? flag.default ?? (isOff(flag) ? 'false' : undefined);
    if (text !== undefined) values[name] = checkedValue(name, flag, text);
  }
  return values as Values<T>;
}

/** Without being given: a boolean flag, unless its default depends on others. */
function isOff({ value, defaultText }: FlagSyntax): boolean {
  return value === undefined && defaultText === undefined;
}

function checkedValue(name: string, { schema }: Flag, text: string): unknown {
  const result = schema.safeParse(text);
  if (result.success) return result.data;
  if (text === '') throw invalid(`--${name} "" is empty: give it a value, or leave it out`);
  throw invalid(`--${name} "${shorten(text)}" is not ${result.error.issues[0]?.message}`);
}

/** What a flag's value should be, such as 'a number above 0', when it is not; undefined for a value that it takes. */
export function expected(flag: Flag, text: string): string | undefined {
  const result = flag.schema.safeParse(text);
  return result.success ? undefined : result.error.issues[0]?.message;
}

export function invalid(sentence: string): FractalError {
  return new FractalError('REQUEST_INVALID', sentence);
}

/** For error messages: at most 60 characters. */
export function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
