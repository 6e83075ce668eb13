import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { asResourceError, CODES, type ErrorCode, FractalError, oneLine } from '../src/errors.js';

test('docs/errors.md lists every code with its exit code, and no other', () => {
  const text = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| ([A-Z_]+) \| (\d+) \|/gm)].map(([, code, exit]) => `${code} ${exit}`);
  const codes = (Object.keys(CODES) as ErrorCode[]).map((code) => `${code} ${new FractalError(code, '').exitCode}`);
  assert.deepEqual(rows.sort(), codes.sort());
});

test('a message of another machine becomes one line of limited length without control characters', () => {
  assert.equal(oneLine('a\u001b[2J\r\nb\u0085c'), 'a [2J  b c');
  assert.equal(oneLine('x'.repeat(1 << 20)).length, 1_003);
  assert.equal(oneLine('an ordinary line, with ö and 😀'), 'an ordinary line, with ö and 😀');
});

test('a path in the message of a system error is not taken for used-up memory', () => {
  const system = (code: string) =>
    Object.assign(new Error(`${code}: it failed, open '/tmp/allocated/x.png'`), { code, syscall: 'open' });
  assert.equal(asResourceError(system('EACCES')), undefined);
  assert.match(`${asResourceError(system('EMFILE'))}`, /^RESOURCES: no more files/);
  assert.match(
    `${asResourceError(new RangeError('Array buffer allocation failed'))}`,
    /^RESOURCES: there is not enough memory/,
  );
});
