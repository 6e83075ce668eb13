/** A task in the Redis lists of the older MPI renderer: `{"args": [...]}`, or its fields with a `uuid`. */

import { FractalError } from '../errors.js';
import { jsonFields, type MpiOrder, mpiFields, mpiOrder } from './mpi.js';
import { type MpiOutput, readMpiWords } from './mpi-words.js';

export interface MpiTask extends MpiOrder {
  /** As it was given. */
  readonly uuid?: string;
  readonly output: MpiOutput;
}

const OUTPUT: MpiOutput = { kind: 'none' };
const LONGEST_NAME = 200;

/** @throws FractalError REQUEST_FILE, REQUEST_INVALID */
export function readMpiTask(text: string): MpiTask {
  const fields = jsonFields(text, 'the task');
  const uuid = nameOf(fields.get('uuid'));
  const args = fields.get('args');
  if (args === undefined) return { ...mpiOrder(mpiFields(text, ['uuid'])), output: OUTPUT, ...uuid };
  const other = [...fields.keys()].find((key) => key !== 'args' && key !== 'uuid');
  if (other !== undefined) throw wrong(`"${other.slice(0, 60)}" is not known beside "args"`);
  if (!Array.isArray(args) || !args.every((word) => typeof word === 'string'))
    throw wrong('"args" is not a list of words such as ["--width", "1024"]');
  const { order, notes, output } = readMpiWords(args);
  return { order, notes, output, ...(output.kind === 'network' ? nameOf(output.uuid || undefined) : {}), ...uuid };
}

function nameOf(value: unknown): { readonly uuid?: string } {
  if (value === undefined) return {};
  if (typeof value === 'string' && value !== '' && value.length <= LONGEST_NAME) return { uuid: value };
  throw wrong(`"uuid" is not a text of 1 to ${LONGEST_NAME} characters`);
}

function wrong(why: string): FractalError {
  return new FractalError('REQUEST_FILE', `the task: ${why}`);
}
