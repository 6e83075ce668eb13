/** The program's entry: what is done before the command line is parsed, and how errors are reported. */

import { asResourceError, FractalError, messageOf, oneLine } from '../src/errors.js';
import { type EarlyWorkers, startEarly } from './local.js';

/** Sets the process's exit code. */
export async function start(words: string[]): Promise<void> {
  handleOutputErrors();
  let early: EarlyWorkers | undefined;
  try {
    requireFolder();
    refuseInvalidText(words);
    early = startEarly(words);
    const { main } = await import('./fractal.js');
    process.exitCode = await main(words, early);
  } catch (error) {
    // One line, and the stack if FRACTAL_DEBUG asks for it.
    const known = error instanceof FractalError ? error : asResourceError(error);
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

/** Node turns bytes that are not UTF-8 into U+FFFD, so that a path with such bytes would name another file. */
function refuseInvalidText(words: readonly string[]): void {
  const at = words.findIndex((word) => word.includes('\uFFFD'));
  if (at < 0) return;
  const why = `"${words[at]}" on the command line is not UTF-8 text: rename the file, or name it by a link`;
  throw new FractalError('REQUEST_INVALID', why);
}

/**
 * Output that cannot be written, to a closed pipe or a full disk, does not stop the command. A full disk is an error when
 * the command ends.
 */
function handleOutputErrors(): void {
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
