/** What a reader of one format found: flags as text, and what the file itself calls them, for its error messages. */

import { FractalError } from '../errors.js';
import type { FlagName } from '../request.js';
import type { RawFlags } from '../request-file.js';

export interface Found {
  readonly raw: RawFlags;
  /** The file's own word for a flag; absent: the flag's name. */
  readonly words: Partial<Record<FlagName, string>>;
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
