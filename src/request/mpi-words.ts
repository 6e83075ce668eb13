/** The command line of the older MPI renderer: `--width 1024 --iterations 500 --output fractal.png`. */

import { nearest } from '../nearest.js';
import { type MpiFields, type MpiOrder, mpiOrder } from './mpi.js';
import { invalid, shorten } from './values.js';

export interface MpiCommand extends MpiOrder {
  readonly output: MpiOutput;
  readonly quiet: boolean;
}

export type MpiOutput =
  | { readonly kind: 'disk'; readonly path: string }
  /** The picture is sent there; `uuid` names it, and may be empty. */
  | { readonly kind: 'network'; readonly host: string; readonly port: number; readonly uuid: string }
  | { readonly kind: 'none' };

/** Flags that have a value, each with its parameter and its short name. */
const VALUES: Readonly<Record<string, readonly [field: keyof MpiFields, ...names: string[]]>> = {
  '--width': ['width', '-w'],
  '--height': ['height', '-h'],
  '--iterations': ['iterations', '-i'],
  '--samples': ['samples', '-s'],
  '--block_size': ['block_size', '-b'],
  '--camera_x': ['camera_x', '-cx'],
  '--camera_y': ['camera_y', '-cy'],
  '--zoom': ['zoom', '-z'],
  '--type': ['type', '-t'],
  '--color_mode': ['color_mode'],
  '--julia-cx': ['julia_cx'],
  '--julia-cy': ['julia_cy'],
};
const FIELDS: ReadonlyMap<string, keyof MpiFields> = new Map(
  Object.entries(VALUES).flatMap(([name, [field, ...others]]) => [name, ...others].map((one) => [one, field] as const)),
);
const DISK = ['-od', '--output_disk', '--output'];
const NETWORK = ['-on', '--output_network'];
const NAMES = new Set(
  [...FIELDS.keys(), ...DISK, ...NETWORK, '--output_disabled', '--quiet'].filter((name) => name.startsWith('--')),
);

/** @throws FractalError REQUEST_INVALID for unknown flags and missing values */
export function readMpiWords(words: readonly string[]): MpiCommand {
  const fields: Partial<Record<keyof MpiFields, string>> = {};
  let quiet = false;
  let output: MpiOutput = { kind: 'disk', path: './output.png' };
  const rest = [...words];
  const value = (word: string): string => {
    const next = rest.shift();
    if (next === undefined || next === '' || isFlag(next)) throw invalid(`${word} has no value: write one behind it`);
    return next;
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const field = FIELDS.get(word);
    if (field) fields[field] = value(word);
    else if (DISK.includes(word)) output = { kind: 'disk', path: value(word) };
    else if (NETWORK.includes(word)) output = receiver(rest);
    else if (word === '--output_disabled') output = { kind: 'none' };
    else if (word === '--quiet') quiet = true;
    else throw invalid(`"${shorten(word)}" is not a flag of the older renderer${nearest(word, NAMES)}`);
  }
  return { ...mpiOrder(fields), output, quiet };
}

/** Up to three values: address, port, name of the picture. */
function receiver(rest: string[]): MpiOutput {
  const next = (missing: string) => (rest[0] === undefined || isFlag(rest[0]) ? missing : (rest.shift() as string));
  const [host, port, uuid] = [next('0.0.0.0'), next('5001'), next('')];
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
    throw invalid(`--output_network ${shorten(host)} "${shorten(port)}" is not a port from 1 to 65535`);
  return { kind: 'network', host, port: Number(port), uuid };
}

/** A number with a sign is a value. */
function isFlag(word: string): boolean {
  return /^-(-|[a-z])/i.test(word);
}
