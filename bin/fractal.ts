/** The command line: which command, its help, its values. */

import { nearest } from '../src/request-file.js';
import { heightHint, invalid, isFlag, readWords } from './command-line.js';
import { COMMANDS, type Command } from './commands.js';

const HELP_WORDS = ['help', '--help', '-h'];
const VERSION_WORDS = ['--version', '-V'];
/** First word of the command line with which the shell looks for completions; see completion.ts. */
const COMPLETE = '--complete';

/** Runs a command line; resolves with its exit code. @throws FractalError */
export async function main(words: readonly string[]): Promise<number> {
  const [first, ...rest] = words;
  if (first === COMPLETE) return (await import('./completion.js')).complete(rest);
  if (first === undefined || HELP_WORDS.includes(first)) return help(rest);
  const name = VERSION_WORDS.includes(first) ? 'version' : first;
  const command = commandOf(name);
  const flags = readWords(rest, `fractal ${name}`, command.flags);
  return flags.help === 'true' ? help([name]) : command.run(flags);
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
  const text = name === undefined ? overview(width) : commandHelp(name, commandOf(name), width);
  process.stdout.write(text);
  return 0;
}
