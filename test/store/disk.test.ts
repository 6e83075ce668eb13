/** The folder of a store: damage, the bound, other programs' files, and what cannot be used. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import type { Rect } from '../../src/shard/shard.js';
import { digestOf } from '../../src/store/digest.js';
import { diskBlobs, openOnDisk } from '../../src/store/disk.js';
import { keepOrbit, recallOrbit } from '../../src/store/orbits.js';
import { folder } from '../e2e/processes.js';
import { ENTRY, keepIn, open, pieceOf, REST, recall, TOP, WHOLE } from './frames.js';

const PLENTY = 100 * ENTRY;
const diskAt = (path: string, size = PLENTY) => ({ open: () => diskBlobs(path, size) });
/** Keeps rectangles of a frame in a run of its own. */
const keep = (path: string, frame: number, rects: readonly Rect[], size?: number) =>
  keepIn(diskAt(path, size), frame, rects, `"${path}"`);
const filesOf = (path: string) => readdirSync(path).sort();
const only = (path: string) => join(path, filesOf(path)[0] as string);

test('a complete entry is one file with the name of its key, from whichever halves it was made', async (t) => {
  const path = folder(t);
  await keep(path, 0, [TOP, REST]);
  assert.deepEqual(filesOf(path), [digestOf({ frame: 0 })]);
  rmSync(only(path));
  await keep(path, 0, [TOP]);
  assert.equal(filesOf(path).length, 1);
  await keep(path, 0, [REST]);
  assert.deepEqual(filesOf(path), [digestOf({ frame: 0 })]);
  assert.deepEqual(await recall(await open(diskAt(path)), 0), { found: [TOP, REST], missing: [] });
});

test('two runs that keep the same frames at once leave one file a frame', async (t) => {
  const path = folder(t);
  const runs = [await open(diskAt(path)), await open(diskAt(path))];
  for (let frame = 0; frame < 20; frame++) {
    for (const { archive } of runs) {
      await recall({ archive }, frame);
      for (const rect of [TOP, REST]) archive.keep(frame, pieceOf(frame, rect));
      archive.complete(frame);
    }
  }
  for (const { written } of runs) await written();
  assert.equal(filesOf(path).length, 20);
});

test('a reference orbit that was damaged is not found', async (t) => {
  const path = folder(t);
  const store = await openOnDisk({ folder: path, size: 1 << 20, warn: assert.fail });
  const orbit = { orbit: Float64Array.of(1, 2, 3, 4), underflow: new Float64Array(5), start: 1, period: undefined };
  keepOrbit(store, digestOf('orbit'), orbit);
  await store.written();
  assert.deepEqual(await recallOrbit(store, digestOf('orbit')), orbit);
  const bytes = readFileSync(only(path));
  bytes[60] = (bytes[60] as number) ^ 1;
  writeFileSync(only(path), bytes);
  assert.equal(await recallOrbit(store, digestOf('orbit')), undefined);
});

test('wherever an entry is cut short or a byte is changed, only good rectangles are found', async (t) => {
  const path = folder(t);
  await keep(path, 0, [TOP, REST]);
  const file = only(path);
  const good = readFileSync(file);
  await fc.assert(
    fc.asyncProperty(fc.nat(good.length - 1), fc.boolean(), fc.integer({ min: 1, max: 255 }), async (at, cut, flip) => {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] as number) ^ flip;
      writeFileSync(file, bad);
      if (cut) truncateSync(file, at);
      const { found, missing } = await recall(await open(diskAt(path)), 0);
      assert.ok(found.length < 2 && missing.length > 0);
    }),
    { numRuns: 300, seed: 1 },
  );
  await keep(path, 0, (await recall(await open(diskAt(path)), 0)).missing);
  assert.deepEqual((await recall(await open(diskAt(path)), 0)).missing, [], 'damaged records were replaced');
});

test('files that do not belong to the store are neither read nor removed', async (t) => {
  const path = folder(t);
  writeFileSync(join(path, 'notes.txt'), 'x'.repeat(3 * ENTRY));
  for (let frame = 0; frame < 5; frame++) await keep(path, frame, [WHOLE], 2 * ENTRY);
  assert.ok(filesOf(path).includes('notes.txt'));
});

test('the bound holds, and the entry used longest ago is removed first', async (t) => {
  const path = folder(t);
  const bound = 4 * ENTRY;
  for (let frame = 0; frame < 40; frame++) {
    await keep(path, frame, [WHOLE], bound);
    if (frame > 0) await recall(await open(diskAt(path)), 0);
    // The clock of the file system may be coarser than this test is fast.
    for (const [at, name] of [digestOf({ frame }), digestOf({ frame: 0 })].entries()) {
      utimesSync(join(path, name), frame, frame + at / 2);
    }
    const total = filesOf(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
    assert.ok(total <= bound, `${total} bytes of ${bound}`);
  }
  assert.deepEqual((await recall(await open(diskAt(path)), 0)).missing, [], 'frame 0 was used again and again');
  assert.deepEqual((await recall(await open(diskAt(path)), 1)).missing, [WHOLE], 'frame 1 was not');
});

test('a job larger than the store keeps its first frames, with one warning', async (t) => {
  const path = folder(t);
  const { archive, warnings, written } = await open(diskAt(path, 3 * ENTRY));
  for (let frame = 0; frame < 10; frame++) {
    await recall({ archive }, frame);
    archive.keep(frame, pieceOf(frame, WHOLE));
    archive.complete(frame);
  }
  await written();
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] as string, /is full with this job alone \(0 MiB\).*--store-size/);
  assert.deepEqual((await recall(await open(diskAt(path)), 0)).missing, []);
  assert.deepEqual((await recall(await open(diskAt(path)), 9)).missing, [WHOLE]);
});

test('a folder that cannot be made is named once, and nothing fails', async (t) => {
  const path = join(folder(t), 'file');
  writeFileSync(path, '');
  const warnings = await keep(join(path, 'store'), 0, [TOP, REST]);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] as string, /the store ".*" is not used any more: ENOTDIR/);
});

test('a folder that cannot be written to is named once, and nothing fails', async (t: TestContext) => {
  if (process.getuid?.() === 0) return t.skip('root may write anywhere');
  const path = folder(t);
  chmodSync(path, 0o500);
  assert.match((await keep(path, 0, [WHOLE])).join(), /not used any more: EACCES/);
});

test('an entry that is a pipe is not waited for', async (t) => {
  const path = folder(t);
  execFileSync('mkfifo', [join(path, 'a'.repeat(64))]);
  const store = await openOnDisk({ folder: path, size: 2 ** 20, warn: assert.fail });
  for await (const _ of store.read('a'.repeat(64), () => false)) assert.fail('nothing is there');
});

test('a store that fails on the way keeps no file open', async (t) => {
  if (!existsSync('/proc/self/fd')) return t.skip('which files are open is not known here');
  const path = folder(t);
  const warnings: string[] = [];
  const store = await openOnDisk({ folder: path, size: 2 ** 20, warn: (line) => warnings.push(line) });
  const open = () =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(path);
      } catch {
        return false;
      }
    }).length;
  store.begin('a'.repeat(64), 1000);
  await store.written();
  assert.equal(open(), 1);
  rmSync(path, { recursive: true });
  store.begin('b'.repeat(64), 1000);
  await store.written();
  assert.equal(warnings.length, 1);
  assert.equal(open(), 0);
});
