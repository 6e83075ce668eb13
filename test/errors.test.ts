import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CODES, type ErrorCode, FractalError } from '../src/errors.js';

test('docs/errors.md lists every code with its exit code, and no other', () => {
  const text = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| ([A-Z_]+) \| (\d+) \|/gm)].map(([, code, exit]) => `${code} ${exit}`);
  const codes = (Object.keys(CODES) as ErrorCode[]).map((code) => `${code} ${new FractalError(code, '').exitCode}`);
  assert.deepEqual(rows.sort(), codes.sort());
});
