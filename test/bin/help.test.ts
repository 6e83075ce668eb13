import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { COMMANDS } from '../../bin/commands.js';
import { commandHelp, defaultOf, helpWidth, markdown, overview, wrap } from '../../bin/help.js';

const WIDTHS = [30, 40, 60, 80, 110];
const texts = (width: number) => [
  overview(width),
  ...Object.entries(COMMANDS).map(([name, command]) => commandHelp(name, command, width)),
];
/** Words that may be longer than a line: what is copied, or a flag with its value. */
const wordsOf = (text: string) => text.split(/\s+/).filter((word) => word !== '' && word !== '\\' && word !== '#');

test('help at any width has the same words, none of them cut, and no line is too long', () => {
  const wide = texts(110).map(wordsOf);
  for (const width of WIDTHS) {
    for (const [k, text] of texts(width).entries()) {
      assert.deepEqual(wordsOf(text), wide[k], `width ${width}`);
      for (const line of text.split('\n')) {
        const words = line.trim().split(' ');
        assert.ok(line.length <= width || words.length === 1, `${width} columns: ${line}`);
      }
    }
  }
});

test('every flag that is not hidden is in the help of its command, with its meaning', () => {
  for (const [name, command] of Object.entries(COMMANDS)) {
    const text = commandHelp(name, command, 110).replace(/\s+/g, ' ');
    for (const [flag, spec] of Object.entries(command.flags)) {
      const { describe, hidden } = spec;
      const value = defaultOf(spec);
      if (hidden) continue;
      assert.ok(text.includes(` --${flag}`) && text.includes(describe), `${name} --${flag}`);
      if (value !== undefined) assert.ok(text.includes(`(default: ${value})`), `${name} --${flag}`);
      assert.doesNotMatch(describe, /\n|\.$/, 'one line, no sentence');
    }
  }
});

test('the width is COLUMNS, or else that of the terminal, or else 80, within reason', () => {
  assert.equal(helpWidth({ COLUMNS: '40' }, 100), 40);
  assert.equal(helpWidth({}, 72), 72);
  assert.equal(helpWidth({}, undefined), 80);
  for (const COLUMNS of ['', '0', '-5', 'wide', '1.5']) assert.equal(helpWidth({ COLUMNS }, undefined), 80);
  assert.deepEqual([helpWidth({ COLUMNS: '3' }, 80), helpWidth({ COLUMNS: '1000' }, 80)], [30, 110]);
});

test('a word that is longer than a line has its own line', () => {
  assert.deepEqual(wrap('a bb cccccccccccc dd e', 8, 2), ['  a bb', '  cccccccccccc', '  dd e']);
});

test('docs/flags.md is what the program would write: after a change of flags run make docs', () => {
  const text = readFileSync(new URL('../../../docs/flags.md', import.meta.url), 'utf8');
  assert.equal(text, markdown());
});
