/** The fields of a form that submits a job, from the table of flags. */

import type { Flag } from './flags/flag.js';
import { flagsOf, REQUEST_FLAGS } from './flags/index.js';
import { JOB_FLAGS } from './flags/job.js';
import { mayOrder } from './submission.js';

export interface Field {
  /** Of the flag, as a job's JSON has it. */
  readonly name: string;
  readonly group: string;
  /** One line without a full stop. */
  readonly describe: string;
  /** `choice`: one of `choices`; `text` may have them as suggestions. */
  readonly kind: 'boolean' | 'choice' | 'text';
  /** What the value is, such as N or HEX. */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** The value without the field, or how it follows from others. */
  readonly usual?: string;
}

/** In the order of the help text; those of the job itself come last. */
export function submissionFields(): Promise<readonly Field[]> {
  const help = flagsOf('leader');
  const flags = Object.entries<Flag>(REQUEST_FLAGS).filter(
    ([name, { hidden, notInFile }]) => mayOrder(name) && !hidden && notInFile === undefined,
  );
  const entries = [...flags, ...Object.entries<Flag>(JOB_FLAGS)];
  return Promise.all(entries.map(([name, flag]) => fieldOf(name, { ...flag, ...help[name] })));
}

async function fieldOf(name: string, flag: Flag): Promise<Field> {
  const { group, describe, value, default: fixed, defaultText } = flag;
  const choices = typeof flag.choices === 'function' ? await flag.choices() : flag.choices;
  const usual = fixed ?? defaultText;
  // A function lists names that are not all there is.
  const kind = value === undefined ? 'boolean' : Array.isArray(flag.choices) ? 'choice' : 'text';
  return {
    ...{ name, group, describe, kind },
    ...(value === undefined ? {} : { value }),
    ...(choices === undefined ? {} : { choices }),
    ...(usual === undefined ? {} : { usual }),
  };
}
