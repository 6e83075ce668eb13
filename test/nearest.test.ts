import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { editDistance, nearest } from '../src/nearest.js';

test('the edit distance is 0 for equal texts alone, symmetric, and at most that by way of a third text', () => {
  const word = fc.string({ unit: fc.constantFrom(...'abc'), maxLength: 7 });
  fc.assert(
    fc.property(word, word, word, (a, b, c) => {
      assert.equal(editDistance(a, b) === 0, a === b);
      assert.equal(editDistance(a, b), editDistance(b, a));
      assert.ok(editDistance(a, c) <= editDistance(a, b) + editDistance(b, c));
    }),
  );
  assert.deepEqual(
    [editDistance('kitten', 'sitting'), editDistance('', 'abc'), editDistance('zom', 'zoom')],
    [3, 3, 1],
  );
});

test('a name is suggested when it is near, and never for a name of two letters', () => {
  const known = new Set(['zoom', 'xpos', 'palette']);
  assert.equal(nearest('zom', known), ': did you mean "zoom"?');
  assert.equal(nearest('palete', known), ': did you mean "palette"?');
  for (const name of ['zp', 'unrelated', 'x'.repeat(1000)]) assert.equal(nearest(name, known), '');
});
