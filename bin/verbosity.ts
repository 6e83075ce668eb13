/** How much is printed: `--quiet`, `--verbose`, `--log-level`. */

import { LOG_LEVELS } from '../src/request/flags/log.js';
import { invalid } from '../src/request/values.js';

export type LogLevel = (typeof LOG_LEVELS)[number];

/** `quiet`: errors, and warnings that the result probably differs from what was meant. */
export type Verbosity = LogLevel | 'quiet';

/** Whether a line is printed. */
export function shows(
  verbosity: Verbosity,
  { level, always }: { readonly level: LogLevel; readonly always?: true | undefined },
): boolean {
  if (verbosity === 'quiet') return level === 'error' || always === true;
  return LOG_LEVELS.indexOf(level) <= LOG_LEVELS.indexOf(verbosity);
}

/** Values of the flags. */
export interface VerbosityFlags {
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly 'log-level'?: LogLevel | undefined;
  readonly json?: boolean;
}

/**
 * What the flags ask for. With --json only what --quiet prints, unless they say otherwise.
 * @throws FractalError REQUEST_INVALID
 */
export function verbosityOf({ quiet, verbose, 'log-level': level, json }: VerbosityFlags): Verbosity {
  const given = [
    ...(quiet ? ['--quiet'] : []),
    ...(verbose ? ['--verbose'] : []),
    ...(level === undefined ? [] : ['--log-level']),
  ];
  if (given.length > 1) throw invalid(`${given.join(' and ')}: give one of them`);
  if (verbose) return 'debug';
  return level ?? (quiet || json ? 'quiet' : 'info');
}
