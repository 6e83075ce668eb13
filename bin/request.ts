/** `fractal request`: a request file to the JSON socket of a service, its film to a file. */

import { createInterface } from 'node:readline/promises';
import { requestFilm } from '../src/app/older-request.js';
import { FractalError, messageOf } from '../src/errors.js';
import type { OLDER_FLAGS } from '../src/request/flags/older.js';
import { POINT_FIELDS } from '../src/request/older.js';
import { invalid, type Values } from '../src/request/values.js';
import { readAtMost } from '../src/text.js';
import { interrupts } from './interrupts.js';

/** As the socket takes. */
const MOST_BYTES = 64 << 10;

/** Resolves to the exit code. @throws FractalError */
export async function request({ request: file, to, outfile, quiet }: Values<typeof OLDER_FLAGS>): Promise<number> {
  if (file === undefined && !process.stdin.isTTY)
    throw invalid('a request file is missing: write fractal request FILE, or - for stdin');
  const text = file === undefined ? await asked() : await contentOf(file);
  const stop = interrupts(0, () => false);
  try {
    const bytes = await requestFilm(text, to, outfile, stop.signal);
    if (!quiet) process.stdout.write(`${outfile}: ${bytes} bytes\n`);
    return 0;
  } finally {
    stop.release();
  }
}

/** Asks for each value; an empty answer is the default. Answers may be pasted at once. @throws FractalError INTERRUPTED */
async function asked(): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  lines.on('SIGINT', () => lines.close());
  const answers = lines[Symbol.asyncIterator]();
  const values: Record<string, string> = {};
  try {
    for (const [name, missing] of POINT_FIELDS) {
      lines.setPrompt(`${name} [${missing}]: `);
      lines.prompt();
      const { value, done } = await answers.next();
      if (done) {
        process.stderr.write('\n');
        throw new FractalError('INTERRUPTED', 'interrupted, nothing was sent');
      }
      values[name] = value.trim() || missing;
    }
  } finally {
    lines.close();
  }
  return JSON.stringify(values);
}

async function contentOf(file: string): Promise<string> {
  const name = file === '-' ? 'stdin' : file;
  let bytes: Uint8Array;
  try {
    bytes = await readAtMost(file, MOST_BYTES);
  } catch (error) {
    throw new FractalError('REQUEST_FILE', `${name} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  if (bytes.length > MOST_BYTES)
    throw new FractalError('REQUEST_FILE', `${name} is longer than ${MOST_BYTES} bytes, which is all that is sent`);
  return Buffer.from(bytes).toString();
}
