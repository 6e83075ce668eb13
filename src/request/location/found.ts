/** What a reader of one format found: flags as text, what the file itself calls them, and what the user should know. */

import { FractalError } from '../../errors.js';
import type { PictureFlag } from '../parse.js';
import type { RawFlags } from '../values.js';

export interface Found {
  readonly raw: RawFlags;
  /** The file's own word for a flag; absent: the flag's name. */
  readonly words: Partial<Record<PictureFlag, string>>;
  /** Sentences: what of the file is not used, or may be missing from it. */
  readonly notes: readonly string[];
}

/** The one line that a location file is refused with, whatever bytes of it the reason shows. */
export function refuse(path: string, why: string, cause?: unknown): FractalError {
  return new FractalError('LOCATION_FILE', oneLine(`${path}: ${why}`), { cause });
}

export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?');
}

/** 'a, b and c'. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Zero, in any spelling; what is absent counts as zero. */
export function isZero(text: string | undefined): boolean {
  return text === undefined || text === '' || Number(text) === 0;
}

/** Names that a note lists, and characters of one. */
const [MOST_NAMES, MOST_CHARACTERS] = [80, 40];

/** A note on keys that are not used, none when there are no such keys. */
export function unused(keys: readonly string[]): string[] {
  if (keys.length === 0) return [];
  const names = keys.slice(0, MOST_NAMES).map((key) => key.slice(0, MOST_CHARACTERS));
  const more = keys.length > MOST_NAMES ? ` and ${keys.length - MOST_NAMES} more` : '';
  return [`not used: ${names.join(', ')}${more}`];
}

/** The last line, when it has no end: a file that is cut short looks like that, and some editors write it. */
export function openLine(text: string): string | undefined {
  const last = text.slice(Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1).trim();
  return last === '' ? undefined : last;
}

/** A note on an open last line whose value may have gone on. */
export function doubt(line: string): string {
  return `its last line, "${line.slice(0, 60)}", has no line end: if the file was cut short there, this is another picture`;
}

/** A number that goes on in the next line. */
export function isRestOfNumber(line: string): boolean {
  return /^[-+.\deE]+$/.test(line);
}
