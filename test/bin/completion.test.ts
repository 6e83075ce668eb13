/** Completion as the shells ask for it: what is offered, and what is displayed in a real bash and zsh. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { COMMANDS } from '../../bin/commands.js';
import { candidates } from '../../bin/completion.js';
import { folder, fractal } from '../e2e/processes.js';
import { NO_TERMINAL, terminal } from '../e2e/terminal.js';

test('commands, their flags, and the values of flags are offered', async () => {
  const cases: readonly [string[], readonly string[]][] = [
    [['le'], ['leader']],
    [
      ['help', 'w'],
      ['worker', 'wait'],
    ],
    [['--v'], ['--version']],
    [
      ['leader', '--pal'],
      ['--palette', '--palette-filter'],
    ],
    [['leader', '--palette', 'viv'], ['Vivid']],
    [['leader', '--palette=Hip'], ['--palette=Hippi']],
    [['leader', '--palette', '=', 'Hip'], ['Hippi']],
    [
      ['leader', '--metrics', '='],
      ['text', 'json'],
    ],
    [
      ['leader', '--kernel', ''],
      ['auto', 'simd', 'gpu', 'cpu'],
    ],
    [['worker', '--ker'], ['--kernel']],
    [['leader', '--outfile', ''], []],
    [['leader', '--xpos', '1', '--x'], ['--xpos-end']],
    [['leader', '--xpos=1', '--x'], ['--xpos-end']],
    [['leader', '--radiu'], []],
    [['leader', '--no-s'], ['--no-store']],
    [['locate', '--r'], ['--re']],
    [['nothing', '--'], []],
    [['doctor', ''], ['--help']],
  ];
  for (const [words, found] of cases) assert.deepEqual(await candidates(words), found, words.join(' '));
  assert.deepEqual(await candidates(['']), [...Object.keys(COMMANDS), 'help', '--help', '--version']);
  for (const [name, { flags }] of Object.entries(COMMANDS)) {
    const offered = await candidates([name, '--']);
    const shown = Object.keys(flags).filter((flag) => !flags[flag]?.hidden);
    for (const flag of shown) assert.ok(offered.includes(`--${flag}`), `${name} --${flag}`);
  }
});

test('for any words, completion prints nothing on stderr and exits with 0', async (t) => {
  for (const words of [[], [''], ['leader', '--xpos'], ['--', '='], ['leader', '=', '='], ['\u0000'.slice(1), 'x']]) {
    const { code, stderr } = await fractal(t, ['--complete', ...words], folder(t));
    assert.deepEqual([code, stderr], [0, ''], words.join(' '));
  }
});

const has = (command: string, ...words: string[]) => spawnSync(command, words).status === 0;

for (const [shell, words, needs] of [
  ['bash --norc --noprofile -i', ['bash', '--version'], 'bash'],
  ['zsh -f -i', ['zsh', '--version'], 'zsh'],
] as const) {
  const skip = NO_TERMINAL || (!has(words[0], words[1]) && `${needs} (Debian package ${needs}) is not installed`);
  test(`TAB in ${needs} completes, and nothing else appears in the prompt`, { skip, timeout: 60_000 }, async (t) => {
    const { types } = terminal(t, shell);
    await types('source <(fractal completion); echo re""ady\n', /ready/);
    // Each TAB is typed when the line before it is there.
    const seen = [
      await types('fractal lead\t', /fractal lead.*er /s),
      await types('--interp\t', /--interp.*olation /s),
      await types('lin\t', /lin.*ear /s),
      await types('--ker\tgp\t', /gp.*u /s),
      await types('--no-such\t --qui\t', /--qui.*et /s),
    ].join('');
    assert.doesNotMatch(seen, /error|REQUEST_INVALID|not a flag|command not found/i);
  });
}
