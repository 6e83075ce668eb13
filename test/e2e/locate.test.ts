import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, fractal, start } from './processes.js';

test('fractal locate: one value a line, and the last line renders the place', async (t) => {
  const at = folder(t);
  const { code, stdout, stderr } = await fractal(t, ['locate', '--re', '-1.75', '--im=0', '--zoom', '30']);
  assert.deepEqual([code, stderr], [0, '']);
  const lines = stdout.trim().split('\n');
  const words = lines.slice(0, -1).map((line) => line.split(/ {2,}/)[0]);
  assert.deepEqual(words, ['formula', 'period', 're', 'im', 'size', 'zoom', 'iterations']);
  assert.match(stdout, /^period +3$/m);
  assert.match(stdout, /^re +-1\.75487766624/m);
  const [program, ...command] = (lines.at(-1) as string).split(' ');
  assert.equal(program, 'fractal');
  const small = ['--local', '1', '--width', '32', '--height', '18', '-q', '-o', 'x.png'];
  assert.equal((await fractal(t, [...command, ...small], at)).code, 0);
  assert.ok(existsSync(join(at, 'x.png')));
});

test('what locate --json prints is a location', async (t) => {
  const at = folder(t);
  const words = ['locate', '-x', '0', '-y', '1', '--zoom', '1', '--formula', 'multibrot', '--json', '--width', '720'];
  const { code, stdout } = await fractal(t, words);
  assert.equal(code, 0);
  const json = JSON.parse(stdout);
  assert.deepEqual([json.formula, json.power, json.period], ['multibrot', '3', 1]);
  writeFileSync(join(at, 'mini.json'), stdout);
  const again = await fractal(t, ['locate', '--location', 'mini.json', '--json'], at);
  assert.deepEqual([again.code, JSON.parse(again.stdout)], [0, json]);
});

test('locate where there is nothing, or nothing to look for: one line', async (t) => {
  for (const [words, code, line] of [
    [['-x', '1', '-y', '1', '--zoom', '50'], 1, /NUCLEUS_MISSING: .*escapes after 5 iterations/],
    [
      ['-x', '0.250000000', '-y', '0', '--zoom', '1e9', '--iters', '100'],
      1,
      /NUCLEUS_MISSING: .*up to 100 round its centre, .* or raise --iters/,
    ],
    [['--formula', 'julia'], 2, /REQUEST_INVALID: .*Julia/],
    [['--re', '1', '--xpos', '2'], 2, /REQUEST_INVALID: --xpos .*once/],
    [['--palette', 'Hippi'], 2, /REQUEST_INVALID: --palette/],
    [['--zoom', 'deep'], 2, /REQUEST_INVALID: --zoom "deep"/],
  ] as const) {
    const outcome = await fractal(t, ['locate', ...words]);
    assert.equal(outcome.code, code, outcome.stderr);
    assert.equal(outcome.stderr.trim().split('\n').length, 1, outcome.stderr);
    assert.match(outcome.stderr, line);
  }
});

test('a long search reports its progress, and ends on Ctrl-C', async (t) => {
  const running = start(t, ['locate', '-x', '0.25', '-y', '0', '--zoom', '1e3000']);
  await running.said(/looking for the period: iteration \d+ of at most \d+/);
  running.process.kill('SIGINT');
  const { code, stderr } = await running.ended;
  assert.equal(code, 130, stderr);
  assert.match(stderr, /error: INTERRUPTED/);
});
