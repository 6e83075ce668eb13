/** The fields of a form that submits a job, from the table of flags. */

import type { Field } from './field.js';
import type { Flag } from './flags/flag.js';
import { flagsOf, REQUEST_FLAGS } from './flags/index.js';
import { JOB_FLAGS } from './flags/job.js';
import { mayOrder } from './submission.js';

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
