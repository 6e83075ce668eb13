import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zoomText } from '../../src/view/zoom-text.js';

test('zooms are short at any depth', () => {
  for (const [zoom, text] of [
    ['1', '1'],
    ['0.0123456', '0.0123'],
    ['24.512345', '24.5'],
    ['1e0', '1'],
    ['123456.7', '123000'],
    ['1234567', '1.2e6'],
    ['9.99e29', '1.0e30'],
    ['1.26e400', '1.3e400'],
    ['5e-12', '5.0e-12'],
  ] as const)
    assert.equal(zoomText(zoom), text);
});
