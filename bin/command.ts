/** One command, as the command line, the help and the completion see it. */

import type { RawFlags } from '../src/request/values.js';
import type { Flags } from './command-line.js';
import type { EarlyWorkers } from './local.js';

export interface Command {
  readonly summary: string;
  readonly flags: Flags;
  /** A command line, and what it does. */
  readonly examples?: readonly (readonly [string, string])[];
  /** Resolves to the exit code. `early`: workers in this process that may have been started. */
  run(flags: RawFlags, early: EarlyWorkers): Promise<number>;
}
