/** Help texts, for a terminal of any width, and docs/flags.md, both from the table of flags. */

import type { FlagSyntax } from '../src/request/flags/flag.js';
import type { Command } from './command.js';
import { HELP, spelling, takerOf } from './command-line.js';
import { COMMANDS } from './commands.js';

/** Longer lines are hard to read. */
const MAX_WIDTH = 110;
const MIN_WIDTH = 30;
const INDENT = 2;
/** With fewer columns than this for the meaning, it is printed below the flag. */
const MIN_MEANING = 36;
const NO_BREAK = '\u00a0';

/** Columns of the help text: COLUMNS, or else those of the terminal, or else 80. */
export function helpWidth(env: NodeJS.ProcessEnv, columns: number | undefined): number {
  const asked = Number(env.COLUMNS);
  const width = Number.isInteger(asked) && asked > 0 ? asked : columns || 80;
  return Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, width));
}

/** `fractal help`. */
export function overview(width: number): string {
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary] as const);
  return join([
    wrap('Usage: fractal COMMAND [flags]', width),
    wrap('Renders fractals at any depth on a cluster of peers, as stills and as zoom films.', width),
    ['Commands', ...table([...commands, ['help [COMMAND]', 'print this text, or the flags of a command']], width)],
    ['Examples', ...examples(COMMANDS.leader?.examples ?? [], width)],
    wrap('"fractal help COMMAND" explains the flags of a command.', width),
  ]);
}

/** `fractal help COMMAND`. */
export function commandHelp(name: string, command: Command, width: number): string {
  const flags = [...grouped(command)].map(([group, entries]) => [
    group,
    ...table(
      entries.map(([flag, spec]) => [term(flag, spec), meaning(spec)]),
      width,
    ),
  ]);
  const { summary, examples: lines = [] } = command;
  return join([
    wrap(`Usage: fractal ${name}${wordsOf(command)} [flags]`, width),
    wrap(sentence(summary), width),
    ...flags,
    lines.length > 0 ? ['Examples', ...examples(lines, width)] : [],
  ]);
}

/** ` ID...`: words that stand without a flag. */
function wordsOf({ flags }: Command): string {
  const { value, repeatable } = flags[takerOf(flags) ?? ''] ?? {};
  return value === undefined ? '' : ` ${value}${repeatable ? '...' : ''}`;
}

/** docs/flags.md: every flag of every command. */
export function markdown(): string {
  const cell = (text: string) => text.replace(/\|/g, '\\|');
  const sections = Object.entries(COMMANDS).flatMap(([name, command]) => {
    const groups = [...grouped(command)].filter(([group]) => group !== HELP.group);
    if (groups.length === 0) return [];
    const tables = groups.flatMap(([group, entries]) => [
      '',
      `### ${group}`,
      '',
      '| flag | default | meaning |',
      '|---|---|---|',
      ...entries.map(
        ([flag, spec]) => `| \`${cell(term(flag, spec))}\` | ${cell(defaultOf(spec) ?? '')} | ${cell(spec.describe)} |`,
      ),
    ]);
    return ['', `## fractal ${name}`, '', cell(sentence(command.summary)), ...tables];
  });
  const intro = [
    '# Flags',
    '',
    'Every flag of every command. `make docs` writes this file from the table that the program itself reads.',
    '',
    'A flag is `--name VALUE` or `--name=VALUE`; a value in brackets may be left out. Flags without a value are off unless',
    'they are given; `--no-name` turns one off again. A flag is given once; an unknown flag, a missing value and a wrong',
    'value are errors (exit code 2).',
    '',
    'For editors, [request.schema.json](request.schema.json) describes the files of `--request`; a file may name it as',
    '`"$schema"`.',
  ];
  return `${[...intro, ...sections].join('\n')}\n`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** The flags that are shown, by group. */
function grouped({ flags }: Command): Map<string, [string, FlagSyntax][]> {
  const groups = new Map<string, [string, FlagSyntax][]>();
  for (const [name, flag] of [...Object.entries(flags), ['help', HELP] as const]) {
    if (!flag.hidden) groups.set(flag.group, [...(groups.get(flag.group) ?? []), [name, flag]]);
  }
  return groups;
}

/** `-x, --xpos X`. */
function term(name: string, flag: FlagSyntax): string {
  const others = [flag.alias ?? []].flat().map((alias) => (alias.length === 1 ? `-${alias}, ` : `--${alias}, `));
  return `${others.join('')}${spelling(name, flag)}`;
}

function meaning(flag: FlagSyntax): string {
  const value = defaultOf(flag);
  return value === undefined ? flag.describe : `${flag.describe} ${unbroken(`(default: ${value})`)}`;
}

/** The default as the help text shows it; undefined: none. */
export function defaultOf({ default: value, defaultText }: FlagSyntax): string | undefined {
  return defaultText ?? value;
}

/** The text as one word for `wrap`, unless it is long. */
function unbroken(text: string): string {
  return text.length > MIN_WIDTH - 3 * INDENT ? text : text.replaceAll(' ', NO_BREAK);
}

/** Terms on the left, what they mean on the right; below them where that would be too narrow. */
function table(rows: readonly (readonly [string, string])[], width: number): string[] {
  const widest = Math.max(...rows.map(([left]) => left.length));
  const column = INDENT + widest + 2;
  if (width - column < MIN_MEANING) {
    return rows.flatMap(([left, right]) => [...wrap(left, width, INDENT), ...wrap(right, width, 3 * INDENT)]);
  }
  return rows.flatMap(([left, right]) => {
    const [first = '', ...more] = wrap(right, width, column);
    return [`${' '.repeat(INDENT)}${left.padEnd(widest + 2)}${first.slice(column)}`, ...more];
  });
}

function examples(lines: readonly (readonly [string, string])[], width: number): string[] {
  return lines.flatMap(([line, what]) => [
    ...wrap(what, width - 2, INDENT).map((part) => part.replace(/^ */, '$&# ')),
    // A command line that was split ends in a backslash, so that it can be copied.
    ...wrap(line, width - INDENT - 2, INDENT).map(
      (part, k, all) => `${k > 0 ? '  ' : ''}${part}${k < all.length - 1 ? ' \\' : ''}`,
    ),
  ]);
}

/** Lines of whole words; a word that is longer than the line has a line of its own. */
export function wrap(text: string, width: number, indent = 0): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => `${' '.repeat(indent)}${one.replaceAll(NO_BREAK, ' ')}`);
}

/** Paragraphs, with an empty line between them. */
function join(paragraphs: readonly (string | readonly string[])[]): string {
  const texts = paragraphs.map((one) => (typeof one === 'string' ? one : one.join('\n')));
  return `${texts.filter((one) => one !== '').join('\n\n')}\n`;
}
