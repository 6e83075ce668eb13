/** The file of owners, and what their weights do to the order of jobs. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Shares } from '../../src/service/fair.js';
import { parseOwners } from '../../src/service/owners.js';

test('a file of owners has a weight and perhaps slots in each line', () => {
  const owners = parseOwners('# who\n\nann 3\r\nbob\t1 8\n', 'owners');
  assert.deepEqual(
    [...owners],
    [
      ['ann', { weight: 3, maxSlots: 0 }],
      ['bob', { weight: 1, maxSlots: 8 }],
    ],
  );
});

test('a wrong line is named, with what to write', () => {
  for (const [text, why] of [
    ['ann', /^owners:1: the weight "" is not a whole number from 1 to 1000: write OWNER WEIGHT SLOTS$/],
    ['\nann 0', /^owners:2: the weight "0" is not/],
    ['ann 1001', /the weight "1001" is not/],
    ['ann 1 -1', /"-1" is not a number of slots/],
    ['ann 1 2 3', /"3" is one word too many/],
    ['ann 1\nann 2', /^owners:2: "ann" stands in a line before/],
  ] as const) {
    assert.throws(() => parseOwners(text, 'owners'), { code: 'REQUEST_FILE', message: why });
  }
});

test('one at a time, an owner of weight 3 gets three times the time of one of weight 1', () => {
  const shares = new Shares((owner) => (owner === 'ann' ? 3 : 1));
  const heads = ['ann', 'bob'].map((owner) => ({ id: owner, owner, priority: 50 }));
  const began: string[] = [];
  for (let k = 0; k < 400; k++) {
    const { owner = '' } = shares.next(heads, []) ?? {};
    began.push(owner);
    shares.charge(owner, 10);
  }
  assert.equal(began.filter((owner) => owner === 'ann').length, 300);
});
