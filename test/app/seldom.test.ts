import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seldom } from '../../src/app/seldom.js';

test('a text in a row is passed on once in the time, another one at once', () => {
  const passed: string[] = [];
  let time = 0;
  const pass = seldom(
    (text) => passed.push(`${time} ${text}`),
    10,
    () => time,
  );
  for (; time < 25; time++) pass('away');
  pass('other');
  pass('away');
  assert.deepEqual(passed, ['0 away', '10 away', '20 away', '25 other', '25 away']);
});
