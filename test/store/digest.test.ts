/** Digests of plain data. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { digestOf } from '../../src/store/digest.js';

test('equal data have equal digests, other data others', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      assert.equal(digestOf(a), digestOf(structuredClone(a)));
      assert.equal(digestOf(a) === digestOf(b), JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)));
    }),
    { seed: 1, numRuns: 1000 },
  );
  assert.notEqual(digestOf(new Uint8Array(8)), digestOf(new Float64Array(1)));
});

/** -0 is 0 in JSON, and the order of fields is no matter. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return { fields: fields.map(([name, field]) => [name, sorted(field)]) };
}
