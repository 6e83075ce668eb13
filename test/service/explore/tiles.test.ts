/** Pieces in memory and in the store. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { keptTiles } from '../../../src/service/explore/kept-tiles.js';
import { tileCache } from '../../../src/service/explore/tile-cache.js';
import { openOnDisk } from '../../../src/store/disk.js';
import { folder } from '../../e2e/processes.js';

const OPEN = new AbortController().signal;
const pieceOf = (bytes: number) => ({ packed: new Uint8Array(bytes), iterations: 100 });

test('memory never holds more than its bytes, and drops what was used longest ago', () => {
  const cache = tileCache(10_000);
  for (let k = 0; k < 5; k++) cache.put(`${k}`, pieceOf(1_000));
  cache.get('0');
  for (let k = 5; k < 9; k++) cache.put(`${k}`, pieceOf(1_000));
  assert.deepEqual(
    Array.from({ length: 9 }, (_, k) => cache.get(`${k}`) !== undefined),
    [true, false, false, false, true, true, true, true, true],
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 4_000 }))), (puts) => {
      const one = tileCache(5_000);
      for (const [key, bytes] of puts) {
        one.put(String(key), pieceOf(bytes));
        assert.ok(one.bytes <= 5_000);
      }
      const sum = Array.from({ length: 10 }, (_, k) => one.get(String(k))?.packed.length).filter(
        (n) => n !== undefined,
      );
      assert.equal(sum.length, one.size);
    }),
  );
});

test('memory of no bytes keeps nothing, and a part of a buffer is kept alone', () => {
  const none = tileCache(0);
  none.put('a', pieceOf(0));
  assert.equal(none.get('a'), undefined);
  const cache = tileCache(10_000);
  cache.put('a', { packed: new Uint8Array(1 << 20).subarray(0, 100), iterations: 1 });
  assert.equal(cache.get('a')?.packed.buffer.byteLength, 100);
});

test('what is kept is found by the next service', async (t) => {
  const place = join(folder(t), 'store');
  const open = () => openOnDisk({ folder: place, size: 1 << 20, warn: (line) => assert.fail(line) });
  const first = keptTiles(open);
  first.keep('one', Uint8Array.of(1, 2, 3));
  await first.close?.();
  const second = keptTiles(open);
  assert.deepEqual([...((await second.find('one', OPEN)) ?? [])], [1, 2, 3]);
  assert.equal(await second.find('other', OPEN), undefined);
  assert.equal(await second.find('one', AbortSignal.abort()), undefined);
  await second.close?.();
});

test('a store that cannot be used finds nothing and fails nothing', async () => {
  const warnings: string[] = [];
  const kept = keptTiles(() =>
    openOnDisk({ folder: '/dev/null/store', size: 1 << 20, warn: (line) => warnings.push(line) }),
  );
  kept.keep('one', Uint8Array.of(1));
  assert.equal(await kept.find('one', OPEN), undefined);
  await kept.close?.();
  assert.equal(warnings.length, 1);
});
