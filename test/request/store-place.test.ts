/** What `--store` may name. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storePlace } from '../../src/request/store-place.js';

const folder = (path: string) => ({ kind: 'folder', folder: path });
const s3 = (bucket: string, prefix = '') => ({ kind: 's3', bucket, prefix });

test('a folder, file:, s3:, or neither', () => {
  const places: Record<string, object> = {
    '/scratch/fractal': folder('/scratch/fractal'),
    'kept parts': folder('kept parts'),
    'a:b': folder('a:b'),
    'C:\\kept': folder('C:\\kept'),
    './s3:': folder('./s3:'),
    'file:/scratch/fractal': folder('/scratch/fractal'),
    'file:///scratch/a%20b': folder('/scratch/a b'),
    's3://frames': s3('frames'),
    's3://frames/': s3('frames'),
    'S3://frames/a/b.c_d-e/': s3('frames', 'a/b.c_d-e'),
    true: { kind: 'usual' },
    false: { kind: 'none' },
  };
  for (const [text, place] of Object.entries(places)) assert.deepEqual(storePlace.parse(text), place, text);
});

test('what is no place is named', () => {
  const cases: [string, RegExp][] = [
    ['', /a folder or s3/],
    ['https://frames.example.org', /a folder or s3/],
    ['gs://frames', /a folder or s3/],
    ['s3:frames', /with the name of a bucket/],
    ['s3://', /with the name of a bucket/],
    ['s3://Frames/x', /with the name of a bucket/],
    ['s3://a..b\n/x', /with the name of a bucket/],
    ['s3://frames/a b', /a prefix of letters/],
    ['s3://frames/a//b', /a prefix of letters/],
    ['s3://frames/../b', /a prefix of letters/],
    [`s3://frames/${'x'.repeat(501)}`, /a prefix of letters/],
    ['file:x', /file:\/path/],
    ['file://host/x', /file:\/path/],
    ['file:///a%2Fb', /file:\/path/],
  ];
  for (const [text, why] of cases) {
    const { error } = storePlace.safeParse(text);
    assert.match(error?.issues[0]?.message ?? 'none', why, text);
  }
});

test('keys in an address are refused, and not repeated', () => {
  for (const text of ['s3://KEY:SECRET@frames/a', 's3://frames/SECRET@a']) {
    assert.throws(
      () => storePlace.safeParse(text),
      (error: Error) => /takes no keys/.test(error.message) && !/KEY:|SECRET@/.test(error.message),
    );
  }
});
