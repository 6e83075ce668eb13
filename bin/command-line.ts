/**
 * Reads the words of one command into the values of its flags. Words that have no meaning are errors: a flag that the
 * command does not have, a missing or empty value, a second value, and a word that belongs to no flag.
 */

import type { FractalError } from '../src/errors.js';
import { nearest } from '../src/nearest.js';
import type { FlagSyntax } from '../src/request/flags/flag.js';
import { invalid, type RawFlags, shorten } from '../src/request/values.js';

export type Flags = Readonly<Record<string, FlagSyntax>>;

/** Every command has it. */
export const HELP: FlagSyntax = { group: 'Help', describe: 'print this text', alias: 'h' };

/** A flag as it is written with a value: `--xpos X`, `--local [N]`, `--quiet`. */
export function spelling(name: string, { value, optional }: FlagSyntax): string {
  if (value === undefined) return `--${name}`;
  return optional ? `--${name} [${value}]` : `--${name} ${value}`;
}

/**
 * The values by the flags' own names; `true` for a boolean flag, and for a value that was left out; `false` after
 * `--no-NAME`. A value is the next word unless that is a flag: a dash before a letter or a second dash.
 * `command`: for messages, such as `fractal leader`.
 * @throws FractalError REQUEST_INVALID
 */
export function readWords(words: readonly string[], command: string, flags: Flags): RawFlags {
  const names = namesOf({ ...flags, help: HELP });
  const values: RawFlags = {};
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!isFlag(word)) {
      const taker = values.help === undefined && word !== '' ? takerOf(flags) : undefined;
      if (!taker) throw stray(word, command, values.help === undefined ? '' : heightHint(word, flags));
      add(taker, word);
      continue;
    }
    const { typed, inline, negated } = split(word, names);
    const name = names.get(typed);
    if (name === undefined) throw unknown(typed, command, names);
    const flag = flags[name] ?? HELP;
    // -qo FILE: what follows the letter of a boolean flag are letters of other flags.
    if (flag.value === undefined && /^-\p{L}{2}/u.test(word)) {
      rest.unshift(`-${word[1]}`, `-${word.slice(2)}`);
      continue;
    }
    if (negated) add(name, negatedValue(name, inline));
    else if (flag.value !== undefined) add(name, textValue(name, flag, inline, rest));
    else add(name, booleanValue(name, inline, rest, flags));
  }
  return values;

  function add(name: string, value: string): void {
    const before = values[name];
    if (before !== undefined && !flags[name]?.repeatable) throw repeated(name, before, value);
    values[name] = before === undefined ? value : `${before}\n${value}`;
  }
}

/** The flag whose values stand without its name. */
export function takerOf(flags: Flags): string | undefined {
  return Object.keys(flags).find((name) => flags[name]?.words);
}

/** Whether a word is a flag, and no value: `-1e-5` and `-` are values. */
export function isFlag(word: string): boolean {
  return /^-(-|\p{L})/u.test(word);
}

/** Every spelling of the flags, with its dashes, and the name that it stands for. */
export function namesOf(flags: Flags): Map<string, string> {
  const names = new Map<string, string>();
  for (const [name, { alias = [], value, negatable }] of Object.entries(flags)) {
    for (const one of [name, ...[alias].flat()]) {
      names.set(one.length === 1 ? `-${one}` : `--${one}`, name);
      if (negatable || (value === undefined && name !== 'help')) names.set(`--no-${one}`, name);
    }
  }
  return names;
}

interface Word {
  /** With its dashes. */
  readonly typed: string;
  readonly inline: string | undefined;
  readonly negated: boolean;
}

/** `--name`, `--name=value`, `--no-name`, `-n`, `-n=value`, `-nvalue`. */
function split(word: string, names: ReadonlyMap<string, string>): Word {
  const equals = word.indexOf('=');
  const long = equals < 0 ? word : word.slice(0, equals);
  const inline = equals < 0 ? undefined : word.slice(equals + 1);
  if (word.startsWith('--')) {
    const negated = long.startsWith('--no-') && names.has(long);
    return { typed: long, inline, negated };
  }
  if (long.length > 2 && names.has(`-${long}`)) throw invalid(`"${long}" has one dash: write -${long}`);
  const attached = word.length === 2 ? undefined : word.slice(word[2] === '=' ? 3 : 2);
  return { typed: word.slice(0, 2), inline: attached, negated: false };
}

function negatedValue(name: string, inline: string | undefined): string {
  if (inline !== undefined) throw invalid(`--no-${name} takes no value, but "${shorten(inline)}" is there`);
  return 'false';
}

function booleanValue(name: string, inline: string | undefined, rest: string[], flags: Flags): string {
  const next = inline ?? (rest[0] === 'true' || rest[0] === 'false' ? (rest.shift() as string) : 'true');
  if (next === 'true' || next === 'false') return next;
  if (name === 'help')
    throw invalid(`--help takes no value, but "${shorten(next)}" is there${heightHint(next, flags)}`);
  throw invalid(`--${name} "${shorten(next)}" is not true or false: write --${name}, or leave it out`);
}

function textValue(name: string, flag: FlagSyntax, inline: string | undefined, rest: string[]): string {
  const usage = spelling(name, flag);
  if (inline === '') throw invalid(`--${name} "" is empty: write ${usage}`);
  if (inline !== undefined) return inline;
  const [next] = rest;
  if (next === undefined || isFlag(next)) {
    if (flag.optional) return 'true';
    const way = next === undefined ? '' : `, or --${name}=${shorten(next)} if "${shorten(next)}" is its value`;
    throw invalid(`--${name} has no value: write ${usage}${way}`);
  }
  if (next === '') throw invalid(`--${name} "" is empty: write ${usage}`);
  return rest.shift() as string;
}

function unknown(typed: string, command: string, names: ReadonlyMap<string, string>): FractalError {
  if (typed === '--token') {
    return invalid('--token would show in the list of processes: use --token-file or FRACTAL_TOKEN');
  }
  if (typed === '--version') return invalid('--version belongs to no command: write fractal --version');
  const positive = names.get(typed.replace(/^--no-/, '--'));
  if (typed.startsWith('--no-') && positive !== undefined) {
    return invalid(`${typed} is not a flag: --${positive} takes a value, leave it out for its default`);
  }
  const near = nearest(typed.replace(/^-+/, ''), new Set([...names.keys()].map((name) => name.replace(/^-+/, ''))));
  return invalid(`${shorten(typed)} is not a flag of this command${near || `: see ${command} --help`}`);
}

function stray(word: string, command: string, hint: string): FractalError {
  return invalid(`"${shorten(word)}" belongs to no flag${hint || `: see ${command} --help`}`);
}

/** The rest of an error message after -h with a number: in other programs -h is the height of the picture. */
export function heightHint(value: string, flags: Flags): string {
  if (!/^\d+$/.test(value) || !('height' in flags)) return '';
  return `: -h is --help, for the height of the picture write --height ${value}`;
}

function repeated(name: string, first: string, second: string): FractalError {
  const contradiction = (first === 'false') !== (second === 'false');
  if (contradiction) return invalid(`--${name} and --no-${name} contradict each other: give one of them`);
  return invalid(`--${name} was given 2 times: give it once`);
}
