/** What each word of a command line becomes, for every flag of every command. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readWords, takerOf } from '../../bin/command-line.js';
import { COMMANDS } from '../../bin/commands.js';
import { FractalError } from '../../src/errors.js';

const leader = (...words: string[]) => readWords(words, 'fractal leader', COMMANDS.leader?.flags ?? {});

/** Refused in one line with the code of a user's mistake. */
function refused(act: () => unknown, line: RegExp): void {
  assert.throws(act, (error) => {
    assert.ok(error instanceof FractalError, String(error));
    assert.equal(error.code, 'REQUEST_INVALID');
    assert.match(error.message, line);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
}

/** Every flag of every command, under every spelling. */
const ALL = Object.entries(COMMANDS).flatMap(([command, { flags }]) =>
  Object.entries(flags).flatMap(([name, flag]) =>
    [name, ...[flag.alias ?? []].flat()].map((spelling) => ({
      name,
      flag,
      word: spelling.length === 1 ? `-${spelling}` : `--${spelling}`,
      /** Takes words that belong to no flag. */
      takes: takerOf(flags) !== undefined,
      read: (...words: string[]) => readWords(words, `fractal ${command}`, flags),
    })),
  ),
);

test('a flag with a value takes the next word or what stands behind =, and is an error without one', () => {
  for (const { name, flag, word, read } of ALL.filter(({ flag }) => flag.value !== undefined)) {
    assert.deepEqual(read(word, 'x'), { [name]: 'x' }, word);
    assert.deepEqual(read(`${word}=x=y`), { [name]: 'x=y' }, word);
    assert.deepEqual(read(word, '-1.5e-30'), { [name]: '-1.5e-30' }, word);
    refused(() => read(`${word}=`), new RegExp(`^--${name} "" is empty: write --${name} `));
    refused(() => read(word, ''), new RegExp(`^--${name} "" is empty: write --${name} `));
    if (flag.repeatable) assert.deepEqual(read(word, 'x', word, 'y'), { [name]: 'x\ny' });
    else refused(() => read(word, 'x', word, 'y'), new RegExp(`^--${name} was given 2 times: give it once$`));
    if (flag.optional) {
      assert.deepEqual(read(word), { [name]: 'true' }, word);
      assert.deepEqual(read(word, '--help'), { [name]: 'true', help: 'true' }, word);
    } else {
      const value = flag.value?.replace(/[[\]]/g, '\\$&');
      refused(() => read(word), new RegExp(`^--${name} has no value: write --${name} ${value}`));
      refused(() => read(word, '--help'), new RegExp(`^--${name} has no value: write --${name} .*--${name}=--help`));
    }
    if (flag.negatable) assert.deepEqual(read(`--no-${name}`), { [name]: 'false' });
    else refused(() => read(`--no-${name}`), new RegExp(`^--no-${name} is not a flag: --${name} takes a value`));
  }
});

test('a boolean flag is true, false or absent, and nothing else', () => {
  for (const { name, word, read, takes } of ALL.filter(({ flag }) => flag.value === undefined)) {
    for (const words of [[word], [`${word}=true`], [word, 'true']])
      assert.deepEqual(read(...words), { [name]: 'true' });
    for (const words of [[`--no-${name}`], [`${word}=false`]]) assert.deepEqual(read(...words), { [name]: 'false' });
    for (const wrong of ['maybe', '5', '', 'TRUE']) {
      refused(() => read(`${word}=${wrong}`), new RegExp(`^--${name} "${wrong}" is not true or false`));
    }
    if (!takes) refused(() => read(word, 'maybe'), /^"maybe" belongs to no flag/);
    refused(() => read(`--no-${name}=1`), new RegExp(`^--no-${name} takes no value, but "1" is there$`));
    refused(() => read(word, word), new RegExp(`^--${name} was given 2 times`));
    refused(() => read(word, `--no-${name}`), new RegExp(`^--${name} and --no-${name} contradict each other`));
  }
});

test('an unknown flag is refused on every command, with what may have been meant', () => {
  for (const [command, { flags }] of Object.entries(COMMANDS)) {
    const read = (...words: string[]) => readWords(words, `fractal ${command}`, flags);
    refused(() => read('--no-such-flag-here'), /^--no-such-flag-here is not a flag of this command: see fractal /);
    if (!takerOf(flags)) refused(() => read('stray'), /^"stray" belongs to no flag: see fractal \w+ --help$/);
    refused(() => read('--'), /^-- is not a flag/);
    refused(() => read('--__proto__=1'), /^--__proto__ is not a flag/);
    refused(() => read('--version'), /write fractal --version$/);
    assert.deepEqual(read('--help'), { help: 'true' });
    assert.deepEqual(read('-h'), { help: 'true' });
    refused(() => read('--help=5'), /^--help takes no value, but "5" is there/);
    refused(() => read('-h', 'x'), /^"x" belongs to no flag/);
  }
  refused(() => leader('--zom', '5'), /^--zom is not a flag of this command: did you mean "zoom"\?$/);
  refused(() => leader('--minWorkers', '5'), /did you mean "min-workers"/);
  refused(() => leader('-xpos', '5'), /^"-xpos" has one dash: write --xpos$/);
  refused(() => leader('-z', '5'), /^-z is not a flag/);
});

test('words that belong to no flag are ids, where a command takes them', () => {
  const read = (command: string, ...words: string[]) =>
    readWords(words, `fractal ${command}`, COMMANDS[command]?.flags ?? {});
  assert.deepEqual(read('wait', 'a1', '--json', 'b2'), { id: 'a1\nb2', json: 'true' });
  assert.deepEqual(read('logs', '-f', 'a1'), { id: 'a1', follow: 'true' });
  refused(() => read('logs', 'a1', 'b2'), /^--id was given 2 times/);
  refused(() => read('wait', ''), /^"" belongs to no flag/);
});

test('a token on the command line is refused and not repeated', () => {
  for (const words of [['--token=SECRET'], ['--token', 'SECRET']]) {
    refused(() => leader(...words), /^(?!.*SECRET)--token would show in the list of processes/);
  }
});

test('-h with a number points to --height', () => {
  for (const words of [['-h', '64'], ['-h64'], ['-h=64'], ['--help=64'], ['--width', '5', '-h', '64']]) {
    refused(() => leader(...words), /-h is --help, for the height of the picture write --height 64$/);
  }
  const worker = COMMANDS.worker?.flags ?? {};
  refused(() => readWords(['-h', '64'], 'fractal worker', worker), /^"64" belongs to no flag: see/);
});

test('short flags take their value attached, and boolean ones come in groups', () => {
  assert.deepEqual(leader('-x-0.5', '-y=.25', '-n4'), { xpos: '-0.5', ypos: '.25', np: '4' });
  assert.deepEqual(leader('-qo', 'x.png'), { quiet: 'true', outfile: 'x.png' });
  assert.deepEqual(leader('-qox.png'), { quiet: 'true', outfile: 'x.png' });
  refused(() => leader('-qo'), /^--outfile has no value/);
  refused(() => leader('-q5'), /^--quiet "5" is not true or false/);
});

test('a flag with an optional value takes the next word unless that is a flag', () => {
  assert.deepEqual(leader('--local', '4', '--quiet'), { local: '4', quiet: 'true' });
  assert.deepEqual(leader('--local', '--metrics=json', '--slope'), { local: 'true', metrics: 'json', slope: 'true' });
  assert.deepEqual(leader('--hostfile', '-', '--no-store'), { hostfile: '-', store: 'false' });
});
