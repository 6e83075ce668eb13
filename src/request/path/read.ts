/** Reads the file that --path names. */

import { messageOf } from '../../errors.js';
import { decodeText, readAtMost } from '../../text.js';
import { parsePathFile, pathFileError } from './path-file.js';

const MAX_BYTES = 4 << 20;

/** The path as one line of JSON. `name`: "-" is standard input. @throws FractalError PATH_FILE naming file, line and column */
export async function readPathFile(name: string, fps: number): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readAtMost(name, MAX_BYTES);
  } catch (error) {
    throw pathFileError(name, `it cannot be read: ${messageOf(error)}`, error);
  }
  if (bytes.length > MAX_BYTES)
    throw pathFileError(name, `it is longer than ${MAX_BYTES} bytes, which is all that is read`);
  return parsePathFile(decodeText(bytes), name, fps).text;
}
