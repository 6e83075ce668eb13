/** `fractal --complete WORDS...`: what the shell's function of completion-script.ts offers, one candidate a line. */

import type { FlagSyntax } from '../src/request/flags/flag.js';
import { type Flags, namesOf } from './command-line.js';
import { COMMANDS } from './commands.js';

/** Prints the candidates for the last of these words. */
export async function complete(words: readonly string[]): Promise<number> {
  const found = await candidates(words);
  if (found.length > 0) process.stdout.write(`${found.join('\n')}\n`);
  return 0;
}

/** `words`: those after the program's name; the last one is to be completed, and may be empty. */
export async function candidates(words: readonly string[]): Promise<string[]> {
  const current = words.at(-1) ?? '';
  const [name = ''] = words;
  if (words.length < 2) return beginning([...Object.keys(COMMANDS), 'help', '--help', '--version'], current);
  if (name === 'help') return words.length === 2 ? beginning(Object.keys(COMMANDS), current) : [];
  if (!Object.hasOwn(COMMANDS, name)) return [];
  const flags = COMMANDS[name]?.flags ?? {};
  const names = namesOf(flags);
  const { before, typed, prefix } = valueTyped(words.slice(1));
  const flag = flags[names.get(before) ?? ''];
  if (flag?.value !== undefined && !(flag.optional && typed === current && current.startsWith('-'))) {
    const found = beginning(await choicesOf(flag), typed).map((value) => prefix + value);
    if (found.length > 0 || !flag.optional) return found;
  }
  return current === '' || current.startsWith('-') ? beginning(flagsLeft(flags, words), current) : [];
}

/** The flag before the value that is being typed, the value so far, and what stands before it in the same word. */
function valueTyped(words: readonly string[]): { before: string; typed: string; prefix: string } {
  const [last = '', one = '', two = ''] = [...words].reverse();
  // --palette=Hip is one word in zsh, three words in bash.
  const equals = /^--[\w-]+=/.exec(last)?.[0];
  if (equals !== undefined) return { before: equals.slice(0, -1), typed: last.slice(equals.length), prefix: equals };
  if (last === '=') return { before: one, typed: '', prefix: '' };
  return { before: one === '=' ? two : one, typed: last, prefix: '' };
}

/** Long spellings of the flags that are not on the command line yet. */
function flagsLeft(flags: Flags, words: readonly string[]): string[] {
  const names = namesOf(flags);
  const given = new Set(words.map((word) => names.get(word.split('=', 1)[0] ?? '')));
  const left = [...names].filter(([word, name]) => {
    const { hidden, value } = flags[name] ?? {};
    const negated = word.startsWith('--no-') && value === undefined;
    return word.startsWith('--') && !hidden && !negated && !given.has(name);
  });
  return [...left.map(([word]) => word), '--help'];
}

async function choicesOf({ choices = [] }: FlagSyntax): Promise<readonly string[]> {
  return typeof choices === 'function' ? choices() : choices;
}

/** The values with this start: those of the same case, or if there are none, of any case. */
function beginning(values: readonly string[], start: string): string[] {
  const exact = values.filter((value) => value.startsWith(start));
  if (exact.length > 0) return exact;
  return values.filter((value) => value.toLowerCase().startsWith(start.toLowerCase()));
}
