import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digitsMissing } from '../../src/request/digits.js';
import { parseRequest, type RawRequest } from '../../src/request/parse.js';

const missing = (raw: RawRequest) => digitsMissing(parseRequest(raw));

test('coordinates with as many digits as the zoom are enough, zero is exact, trailing zeros count', () => {
  for (const raw of [
    {},
    { xpos: '-1.75', ypos: '1', zoom: '99999' },
    { xpos: `-1.${'7'.repeat(50)}`, ypos: `0.${'0'.repeat(49)}1`, zoom: '9.9e50' },
    { xpos: '-1.750000', ypos: '0', zoom: '1e6' },
    { xpos: '0', ypos: '0.00', zoom: '1e10000' },
    { xpos: '-3', ypos: '2', zoom: '1e-20' },
    { xpos: '1.5e-400', ypos: '0', zoom: '1e400' },
    { xpos: '-0.5', ypos: '0', zoom: '1', frames: '9', 'zoom-end': '1e9', 'xpos-end': '-0.743643887' },
  ])
    assert.equal(missing(raw), undefined, JSON.stringify(raw));
});

test('fewer digits than the zoom: a warning states how many are needed, and how many each coordinate has', () => {
  assert.match(
    missing({ xpos: '-1.75', ypos: '0.001', zoom: '1e50' }) ?? '',
    /^this zoom needs 50 digits behind the point, --xpos has 2 and --ypos has 3: /,
  );
  assert.match(missing({ xpos: '-2', ypos: '0', zoom: '1234567' }) ?? '', /needs 6 digits .*, --xpos has 0: /);
  assert.match(
    missing({ xpos: '-1.5', ypos: '0', zoom: '1', frames: '9', 'zoom-end': '1e9' }) ?? '',
    /9 .*--xpos has 1:/,
  );
  const moving = { xpos: '-0.5', ypos: '0', zoom: '1', frames: '9', 'zoom-end': '1e9', 'ypos-end': '0.3' };
  assert.match(missing(moving) ?? '', /--xpos has 1 and --ypos-end has 1:/);
});
