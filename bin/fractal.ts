/** The command line: which command, its help, its values. */

import yargs from 'yargs';
import { nearest } from '../src/nearest.js';
import { invalid, type RawFlags } from '../src/request/values.js';
import type { Command } from './command.js';
import { heightHint, isFlag, readWords } from './command-line.js';
import { COMMANDS } from './commands.js';
import type { EarlyWorkers } from './local.js';
import { withOperands } from './operands.js';

const HELP_WORDS = ['help', '--help', '-h'];
const VERSION_WORDS = ['--version', '-V'];
/** First word of the command line with which the shell looks for completions; see completion.ts. */
const COMPLETE = '--complete';

/** Runs a command line; resolves with its exit code. @throws FractalError */
export async function main(words: readonly string[], early: EarlyWorkers): Promise<number> {
  const [first, ...rest] = words;
  if (first === COMPLETE) return (await import('./completion.js')).complete(rest);
  if (first === undefined || HELP_WORDS.includes(first)) return help(rest);
  const name = VERSION_WORDS.includes(first) ? 'version' : first;
  const { flags } = commandOf(name);
  const values = readWords(withOperands(name, rest), `fractal ${name}`, flags);
  return values.help === 'true' ? help([name]) : dispatch(name, values, early);
}

/**
 * yargs parses and chooses; the command runs afterwards, so that its errors do not pass through yargs. It is lenient: it takes
 * `--quiet=maybe` for false, `-x -1e-5` for a flag without a value, and its help text cuts words. So it gets words that
 * readWords has checked, each flag as --name="value": it removes one pair of quotes around a value, which would otherwise be
 * those of a file name.
 */
async function dispatch(name: string, values: RawFlags, early: EarlyWorkers): Promise<number> {
  let chosen = async () => 0;
  const parser = yargs([name, ...Object.entries(values).map(([flag, value]) => `--${flag}="${value}"`)])
    .scriptName('fractal')
    .parserConfiguration({ 'parse-numbers': false, 'camel-case-expansion': false, 'boolean-negation': false })
    .help(false)
    .version(false)
    .exitProcess(false)
    .showHelpOnFail(false)
    .strict()
    .fail((message, error) => {
      throw error ?? invalid(message);
    });
  for (const [one, { summary, flags, run }] of Object.entries(COMMANDS)) {
    const options = Object.entries(flags).map(([flag, { describe }]) => [flag, { describe, type: 'string' }] as const);
    parser.command(one, summary, Object.fromEntries(options), (given) => {
      const own = Object.fromEntries(Object.entries(given).filter(([flag]) => flag in flags)) as RawFlags;
      chosen = () => run(own, early);
    });
  }
  await parser.parseAsync();
  return chosen();
}

function commandOf(name: string): Command {
  if (Object.hasOwn(COMMANDS, name)) return COMMANDS[name] as Command;
  const names = [...Object.keys(COMMANDS), 'help'];
  if (isFlag(name)) throw invalid(`"${name}" is not a command: the command comes first, as in fractal leader ${name}`);
  throw invalid(`"${name}" is not a command${nearest(name, new Set(names)) || `: use ${names.join(', ')}`}`);
}

async function help(words: readonly string[]): Promise<number> {
  const { commandHelp, helpWidth, overview } = await import('./help.js');
  const [name, more] = words;
  const hint = heightHint(name ?? '', COMMANDS.leader?.flags ?? {});
  if (hint) throw invalid(`"${name}" is not a command${hint}`);
  if (more !== undefined) throw invalid(`"${more}" is one word too many: write fractal help ${name}`);
  const width = helpWidth(process.env, process.stdout.columns);
  const text =
    name === undefined || HELP_WORDS.includes(name) ? overview(width) : commandHelp(name, commandOf(name), width);
  process.stdout.write(text);
  return 0;
}
