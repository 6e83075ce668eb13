import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { turnsOf } from '../../src/render/turns.js';

test('the phase is the angle in turns, counter-clockwise from the real axis', () => {
  const size = fc.double({ min: 1e-300, max: 1e300, noNaN: true });
  fc.assert(
    fc.property(size, fc.double({ min: 0, max: 1, noNaN: true }), (radius, turn) => {
      const [re, im] = [radius * Math.cos(2 * Math.PI * turn), radius * Math.sin(2 * Math.PI * turn)];
      const turns = turnsOf(re, im);
      assert.ok(turns >= 0 && turns < 1, `${turns}`);
      const off = Math.abs(turns - Math.atan2(im, re) / (2 * Math.PI));
      assert.ok(Math.min(off, Math.abs(1 - off)) < 1e-14, `${re} + ${im}i: ${turns}`);
    }),
    { numRuns: 20_000 },
  );
});

test('eighths of a turn are exact, and what has no angle is 0', () => {
  const corners = [1, 0, 1, 1, 0, 1, -1, 1, -1, 0, -1, -1, 0, -1, 1, -1];
  for (let k = 0; k < 8; k++) {
    const [re, im] = [corners[2 * k] as number, corners[2 * k + 1] as number];
    assert.ok(Math.abs(turnsOf(300 * re, 300 * im) - k / 8) < 4e-15, `${re} + ${im}i`);
  }
  for (const [re, im] of [
    [0, 0],
    [Infinity, 1],
    [1, -Infinity],
    [Number.NaN, 1],
    [1, Number.NaN],
    [1, -1e-300],
  ] as const)
    assert.equal(turnsOf(re, im), 0);
});
