/** What a reader of one format returns, and the sentences that the readers share. */

import { FractalError } from '../../errors.js';
import type { PictureFlag } from '../parse.js';
import type { RawFlags } from '../values.js';

export interface ReadResult {
  readonly raw: RawFlags;
  /** The file's own key for a flag, for error messages; absent: the flag's name. */
  readonly keys: Partial<Record<PictureFlag, string>>;
  /** Sentences: what of the file is not used, or may be missing from it. */
  readonly notes: readonly string[];
}

/** The error for a location file: one line, whatever bytes of the file the reason quotes. */
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

/** At most so many names are listed in a note, and so many characters of each. */
const [MAX_NAMES, MAX_NAME_LENGTH] = [80, 40];

/** A note on keys that are not used, none when there are no such keys. */
export function unusedNote(keys: readonly string[]): string[] {
  if (keys.length === 0) return [];
  const names = keys.slice(0, MAX_NAMES).map((key) => key.slice(0, MAX_NAME_LENGTH));
  const more = keys.length > MAX_NAMES ? ` and ${keys.length - MAX_NAMES} more` : '';
  return [`not used: ${names.join(', ')}${more}`];
}

/** The last line, when it has no end: the file may be cut short, though some editors leave it so. */
export function unterminatedLine(text: string): string | undefined {
  const last = text.slice(Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1).trim();
  return last === '' ? undefined : last;
}

/** A note on an open last line whose value may be incomplete. */
export function truncationNote(line: string): string {
  return `its last line, "${line.slice(0, 60)}", has no line end: if the file was cut short there, this is another picture`;
}

/** Whether a line is the rest of a number that began in the line before. */
export function continuesNumber(line: string): boolean {
  return /^[-+.\deE]+$/.test(line);
}
