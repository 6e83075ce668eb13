/** How much is printed: `--quiet`, `--verbose`, `--log-level`. */

import type { RawFlags } from '../src/request-file.js';
import { invalid } from './command-line.js';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** `quiet`: errors, and warnings that the result is hardly what was asked for. */
export type Verbosity = LogLevel | 'quiet';

/** Whether a line is printed. */
export function shows(
  verbosity: Verbosity,
  { level, grave }: { readonly level: LogLevel; readonly grave?: true | undefined },
): boolean {
  if (verbosity === 'quiet') return level === 'error' || grave === true;
  return LOG_LEVELS.indexOf(level) <= LOG_LEVELS.indexOf(verbosity);
}

/**
 * What the flags ask for. With --json only what --quiet prints, unless they say otherwise.
 * @throws FractalError REQUEST_INVALID
 */
export function verbosityOf(flags: RawFlags): Verbosity {
  const level = flags['log-level'];
  const given = [
    ...(flags.quiet === 'true' ? ['--quiet'] : []),
    ...(flags.verbose === 'true' ? ['--verbose'] : []),
    ...(level === undefined ? [] : ['--log-level']),
  ];
  if (given.length > 1) throw invalid(`${given.join(' and ')}: give one of them`);
  const known = LOG_LEVELS.find((name) => name === level);
  if (level !== undefined && !known) throw invalid(`--log-level "${level}" is not one of ${LOG_LEVELS.join(', ')}`);
  if (flags.verbose === 'true') return 'debug';
  return known ?? (flags.quiet === 'true' || flags.json === 'true' ? 'quiet' : 'info');
}
