/** The program's entry: what has to come before the command line is parsed, and what becomes of an error. */

import { FractalError, messageOf, oneLine, usedUp } from '../src/errors.js';
import { type EarlyWorkers, startEarly } from './local.js';

/** Sets the process's exit code. */
export async function start(words: string[]): Promise<void> {
  tolerateUnreadOutput();
  let early: EarlyWorkers | undefined;
  try {
    requireFolder();
    refuseUnreadable(words);
    early = startEarly(words);
    const { main } = await import('./fractal.js');
    process.exitCode = await main(words, early);
  } catch (error) {
    // One line; the stack where it is asked for.
    const known = error instanceof FractalError ? error : usedUp(error);
    process.stderr.write(`error: ${oneLine(known ? known.toString() : messageOf(error))}\n`);
    if (process.env.FRACTAL_DEBUG) process.stderr.write(`${(error as Error).stack}\n`);
    process.exitCode = known ? known.exitCode : 1;
  } finally {
    await early?.close();
  }
}

/** Relative paths have no meaning without it. @throws FractalError FOLDER_MISSING */
function requireFolder(): void {
  try {
    process.cwd();
  } catch (error) {
    const way = 'change to a folder that exists';
    throw new FractalError('FOLDER_MISSING', `the working folder was deleted or cannot be read: ${way}`, {
      cause: error,
    });
  }
}

/** Bytes that are not UTF-8 reach the program as U+FFFD: a file of such a name would be another one. */
function refuseUnreadable(words: readonly string[]): void {
  const at = words.findIndex((word) => word.includes('\uFFFD'));
  if (at < 0) return;
  const why = `"${words[at]}" on the command line is not UTF-8 text: rename the file, or name it by a link`;
  throw new FractalError('REQUEST_INVALID', why);
}

/**
 * What cannot be printed, to a pipe that is closed or on a disk that is full, stops no work; only the latter is an error,
 * in the end.
 */
function tolerateUnreadOutput(): void {
  process.stderr.on('error', () => undefined);
  let lost = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || lost) return;
    lost = true;
    process.once('exit', () => {
      process.exitCode ||= 1;
      process.stderr.write(`error: DISK: what was to be printed could not be written: ${messageOf(error)}\n`);
    });
  });
}
