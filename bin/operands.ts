/** Words that stand without a flag, as values of flags: `fractal request FILE`, `fractal mpi -- ARGS`. */

import { isFlag } from './command-line.js';

/** The words behind the command, with its operands as flags. */
export function withOperands(command: string, words: readonly string[]): string[] {
  if (command === 'request') {
    const [file, ...rest] = words;
    return file === undefined || isFlag(file) ? [...words] : [`--request=${file}`, ...rest];
  }
  const at = command === 'mpi' ? words.indexOf('--') : -1;
  // It may ask for help in its own way.
  if (at >= 0 && words.includes('--help', at)) return ['--help'];
  return at < 0 ? [...words] : [...words.slice(0, at), `--args=${words.slice(at + 1).join('\n')}`];
}
