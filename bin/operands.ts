/** Words that stand without a flag, as values of flags: `fractal request FILE`, `fractal mpi -- ARGS`. */

import { invalid } from '../src/request/values.js';
import { isFlag } from './command-line.js';

/** The commands whose words behind -- are those of another program, or command. */
const PASSING = ['mpi', 'install-service'];

/** The words behind the command, with its operands as flags. */
export function withOperands(command: string, words: readonly string[]): string[] {
  if (command === 'request') {
    const [file, ...rest] = words;
    return file === undefined || isFlag(file) ? [...words] : [`--request=${file}`, ...rest];
  }
  const at = PASSING.includes(command) ? words.indexOf('--') : -1;
  if (at < 0) return [...words];
  const passed = words.slice(at + 1);
  // It may ask for help in its own way.
  if (command === 'mpi' && passed.includes('--help')) return ['--help'];
  if (command !== 'mpi' && passed.length === 0) return words.slice(0, at);
  const broken = passed.find((word) => word.includes('\n'));
  if (broken !== undefined) throw invalid(`${JSON.stringify(broken)} has a line break: behind -- no word may`);
  return [...words.slice(0, at), `--args=${passed.join('\n')}`];
}
