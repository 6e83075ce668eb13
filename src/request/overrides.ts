/**
 * The flags with which a client begins a leader that waits: a request file (file.ts) of the picture alone. It names no
 * workers, no files to be read, and outfiles in the leader's working folder only.
 */

import { parseRequestFile } from './file.js';
import { PICTURE_FLAGS } from './flags/index.js';
import { checkedName, requirePlainName } from './submission.js';
import { invalid, type RawFlags, shorten, valuesOf } from './values.js';

/** `text`: a JSON object; blank: no flags. @throws FractalError REQUEST_FILE, REQUEST_INVALID */
export function readOverrides(text: string): RawFlags {
  if (text.trim() === '') return {};
  const flags = parseRequestFile(text, 'the body');
  for (const name of Object.keys(flags)) checkedName(name);
  const { outfile = [], palette = '', texture } = valuesOf(PICTURE_FLAGS, flags);
  for (const name of outfile) requirePlainName(name);
  if (/\.json\s*$/i.test(palette))
    throw invalid(`--palette "${shorten(palette)}" is a file: give its stops as JSON instead`);
  if (texture) throw invalid(`--texture "${shorten(texture)}" is a file: leave it out`);
  return flags;
}
