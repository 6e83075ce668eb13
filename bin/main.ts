/** The program's entry: what has to come before the command line is parsed, and what becomes of an error. */

import { FractalError, messageOf, oneLine } from '../src/errors.js';
import { prestart } from './local.js';

const words = process.argv.slice(2);

// A reader that has seen enough, such as `head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  prestart(words);
  const { main } = await import('./fractal.js');
  process.exitCode = await main(words);
} catch (error) {
  // One line for a person; the whole story for whoever asks for it.
  const line = error instanceof FractalError ? error.toString() : messageOf(error);
  process.stderr.write(`error: ${oneLine(line)}\n`);
  if (process.env.FRACTAL_DEBUG) process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = error instanceof FractalError ? error.exitCode : 1;
}
