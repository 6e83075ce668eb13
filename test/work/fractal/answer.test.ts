/** Checks of answers, which come from workers that may be broken or hostile. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COUNTS, channelsOf } from '../../../src/view/channels.js';
import { validateAnswer } from '../../../src/work/fractal/answer.js';

const given = (bytes: Uint8Array, uncertain = 0) => ({ bytes, uncertain });
const one = { perPixel: 1, channels: COUNTS };
const two = { x: 0, y: 0, width: 2, height: 1 };

/** Bytes of samples that begin at a place where no double may begin. */
function samples(...values: number[]): Uint8Array {
  const bytes = Buffer.alloc(1 + 8 * values.length).subarray(1);
  bytes.set(new Uint8Array(Float64Array.from(values).buffer));
  return bytes;
}

test('an answer of the wrong length is refused with a reason', () => {
  const why = validateAnswer(given(new Uint8Array(63)), { ...two, height: 2 }, 'samples', {
    perPixel: 2,
    channels: COUNTS,
  });
  assert.equal(why, '63 bytes came for 2x2 pixels, not 64');
  assert.equal(validateAnswer(given(new Uint8Array(7)), two, 'pixels', one), '7 bytes came for 2x1 pixels, not 6');
});

test('more uncertain pixels than there are pixels are refused', () => {
  assert.equal(validateAnswer(given(new Uint8Array(6), 2), two, 'pixels', one), undefined);
  const why = validateAnswer(given(new Uint8Array(6), 3), two, 'pixels', one);
  assert.match(why ?? '', /^3 of its pixels are stated as uncertain/);
});

test('samples that no view has are refused: finite counts and +Infinity are all there is', () => {
  assert.equal(validateAnswer(given(samples(1.5, Infinity)), two, 'samples', one), undefined);
  assert.match(
    validateAnswer(given(samples(1.5, Number.NaN)), two, 'samples', one) ?? '',
    /sample 1 of 2x1 pixels is NaN/,
  );
  assert.match(
    validateAnswer(given(samples(-Infinity, 0)), two, 'samples', one) ?? '',
    /sample 0 of 2x1 pixels is -Infinity/,
  );
  const pairs = { perPixel: 1, channels: channelsOf({ footprint: true }) };
  assert.match(
    validateAnswer(given(samples(1, 0, Number.NaN, 0)), two, 'samples', pairs) ?? '',
    /sample 1 of 2x1 pixels is NaN/,
  );
});
