/** What a job needs, as it says beforehand: the store grows for it, or a warning says that it is too small. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { digestOf } from '../../src/store/digest.js';
import { diskBlobs, openOnDisk } from '../../src/store/disk.js';
import { type Growth, growthOf } from '../../src/store/growth.js';
import { folder } from '../e2e/processes.js';
import { BACKENDS } from './backends.js';
import { ENTRY, open, pieceOf, REST, recall, TOP, WHOLE } from './frames.js';

type Run = Awaited<ReturnType<typeof open>>;

const diskAt = (path: string, limit: number | Growth) => ({ open: () => diskBlobs(path, limit) });

/** Of a store that grows from 3 entries on a disk with room for so many more. */
const growing = (path: string, room = 1000): Growth => ({
  ...growthOf(path, 3 * ENTRY),
  room: async () => room * ENTRY,
});

/** Keeps frames as a job does that finds some of them; the ones that it found. */
async function keepAll({ archive, written, ...run }: Run, frames: Iterable<number>): Promise<number[]> {
  const found: number[] = [];
  for (const frame of frames) {
    const { missing } = await recall({ archive, ...run }, frame);
    if (missing.length === 0) found.push(frame);
    else archive.keep(frame, pieceOf(frame, WHOLE));
    archive.complete(frame);
    // Those that are encoded at the same time may be written in any order.
    await written();
  }
  return found;
}

/** Those of so many frames that are there, without their being used. */
function framesIn(path: string, frames: number): number[] {
  const names = new Set(readdirSync(path));
  return Array.from({ length: frames }, (_, frame) => frame).filter((frame) => names.has(digestOf({ frame })));
}

const bytesIn = (path: string) =>
  readdirSync(path)
    .filter((name) => name.length >= 64)
    .reduce((sum, name) => sum + statSync(join(path, name)).size, 0);

const upTo = (end: number, from = 0) => Array.from({ length: end - from }, (_, k) => from + k);

for (const { name, bounded, place } of BACKENDS) {
  test(`${name}: a job that fits is kept without a line`, async (t) => {
    const run = await open(place(t, 6 * ENTRY));
    assert.equal(await run.archive.expects(5), 'fits');
    await keepAll(run, upTo(5));
    assert.deepEqual([run.warnings, run.notes, run.store.keeps], [[], [], 'all']);
    assert.equal(await run.archive.expects(5), 'fits', 'they are there');
  });

  if (bounded)
    test(`${name}: a job that is too large is named once, beforehand, and what fits is kept`, async (t) => {
      const at = place(t, 3 * ENTRY);
      const run = await open(at);
      assert.equal(await run.archive.expects(10), 'too small');
      assert.match(run.warnings.join(), /^the store "place" holds 0 MiB, this job needs up to 1 MiB: .*--store-size/);
      assert.equal(run.store.keeps, 'all', 'so far');
      await keepAll(run, upTo(10));
      assert.equal(run.warnings.length, 1);
      assert.equal(run.store.keeps, 'some');
      const after = await open(at);
      for (const frame of upTo(3)) assert.deepEqual((await recall(after, frame)).missing, []);
      assert.deepEqual((await recall(after, 9)).missing, [WHOLE]);
    });
}

test('the store grows for a job, with one line, and later programs keep what it holds', async (t) => {
  const path = folder(t);
  const earlier = await open(diskAt(path, growing(path)));
  await keepAll(earlier, [100]);
  const run = await open(diskAt(path, growing(path)));
  assert.equal(await run.archive.expects(20), 'grows');
  assert.deepEqual(run.notes, ['the store "place" grows: this job needs up to 1 MiB']);
  await keepAll(run, upTo(20));
  assert.deepEqual([run.warnings, framesIn(path, 20)], [[], upTo(20)]);

  // One that was opened before it grew, and one that is opened later.
  for (const other of [earlier, await open(diskAt(path, growing(path)))]) {
    await keepAll(other, [earlier === other ? 101 : 102]);
    assert.deepEqual(other.warnings, []);
    assert.ok(framesIn(path, 20).length >= 18, 'at most the spare sixteenth is freed');
  }
  const again = await open(diskAt(path, growing(path)));
  assert.notEqual(await again.archive.expects(18), 'too small');
});

test('a size that the user gives is kept to, also where the store had grown, from then on', async (t) => {
  const path = folder(t);
  const run = await open(diskAt(path, growing(path)));
  await run.archive.expects(20);
  await keepAll(run, upTo(20));
  await keepAll(await open(diskAt(path, 4 * ENTRY)), [100]);
  assert.ok(bytesIn(path) <= 4 * ENTRY);
  await keepAll(await open(diskAt(path, growing(path))), upTo(110, 101));
  assert.ok(bytesIn(path) <= 3 * ENTRY, 'the usual size holds again');
});

test('the store does not grow beyond what the disk can spare: one warning', async (t) => {
  const path = folder(t);
  const run = await open(diskAt(path, growing(path, 8)));
  assert.equal(await run.archive.expects(20), 'too small');
  await keepAll(run, upTo(20));
  assert.deepEqual([run.warnings.length, run.notes.length], [1, 0]);
  assert.ok(bytesIn(path) <= 3 * ENTRY);
  const smaller = await open(diskAt(path, growing(path, 8)));
  assert.equal(await smaller.archive.expects(8), 'grows');
});

test('the usual size is 2 GiB, half of the free space may be added, a damaged note does not count', async (t) => {
  const path = folder(t);
  const growth = growthOf(path);
  assert.equal(await growth.size(), 2 ** 31);
  await growth.grown(3 * 2 ** 31);
  assert.equal(await growthOf(path).size(), 3 * 2 ** 31);
  for (const note of [Infinity, -1, Number.NaN, 5]) {
    await growth.grown(note);
    assert.equal(await growth.size(), 2 ** 31, `${note}`);
  }
  const { blocks, bsize } = await statfs(path);
  const room = await growth.room();
  assert.ok(room > 0 && room <= (blocks * bsize) / 2);
  const store = await openOnDisk({ folder: path, size: undefined, warn: assert.fail, note: assert.fail });
  assert.equal(await store.expects([{ key: 'a'.repeat(64), bytes: 2 ** 31 }]), 'fits');
});

test('entries that a job expects are not removed for its first ones, however long ago they were used', async (t) => {
  const path = folder(t);
  await keepAll(await open(diskAt(path, 20 * ENTRY)), upTo(20, 10));
  for (const frame of upTo(20, 10)) utimesSync(join(path, digestOf({ frame })), frame, frame);
  const run = await open(diskAt(path, 12 * ENTRY));
  // Frames 5 to 14: half of them are there, and older than those that it does not need.
  const job = upTo(15, 5);
  const entries = job.map((frame) => ({ key: digestOf({ frame }), bytes: ENTRY }));
  assert.equal(await run.store.expects(entries), 'fits');
  await keepAll(run, upTo(10, 5));
  assert.deepEqual(await keepAll(run, upTo(15, 10)), upTo(15, 10));
  assert.deepEqual(run.warnings, []);
  assert.deepEqual(framesIn(path, 15), job);
});

test('for any sizes nothing of a running job is removed for the rest of it, and the limit holds', async (t) => {
  const cases = fc.record({
    limit: fc.integer({ min: 1, max: 12 }),
    before: fc.integer({ min: 0, max: 12 }),
    from: fc.integer({ min: 0, max: 12 }),
    frames: fc.integer({ min: 1, max: 12 }),
    told: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ limit, before, from, frames, told }) => {
      const path = folder(t);
      await keepAll(await open(diskAt(path, limit * ENTRY)), upTo(before));
      const run = await open(diskAt(path, limit * ENTRY));
      const job = upTo(from + frames, from);
      const there = framesIn(path, before).filter((frame) => frame >= from && frame < from + frames);
      const entries = job.map((frame) => ({ key: digestOf({ frame }), bytes: ENTRY }));
      const room = told ? await run.store.expects(entries) : undefined;
      const kept = new Set<number>();
      for (const frame of job) {
        for (const found of await keepAll(run, [frame])) kept.add(found);
        const now = framesIn(path, 24);
        if (now.includes(frame)) kept.add(frame);
        for (const one of kept) assert.ok(now.includes(one), `frame ${one} is there after frame ${frame}`);
        if (told) for (const one of there) assert.ok(now.includes(one), `expected frame ${one} is there`);
      }
      assert.ok(bytesIn(path) <= limit * ENTRY);
      if (room === 'fits') assert.equal(kept.size, frames);
    }),
    { numRuns: 60, seed: 1 },
  );
});

test('a store that is smaller than what it has of a job is not too small for it', async (t) => {
  const path = folder(t);
  await keepAll(await open(diskAt(path, 9 * ENTRY)), upTo(5));
  const run = await open(diskAt(path, 3 * ENTRY));
  assert.equal(await run.archive.expects(5), 'fits');
  assert.deepEqual(await keepAll(run, upTo(5)), upTo(5));
  assert.deepEqual(run.warnings, []);
});

test('the quota counts the bytes that entries have, not those that were reserved for them', async (t) => {
  const path = folder(t);
  const run = await open(diskAt(path, 20 * ENTRY));
  for (const frame of upTo(60)) {
    for (const rect of [TOP, REST]) run.archive.keep(frame, pieceOf(frame, rect));
    run.archive.complete(frame);
  }
  await run.written();
  assert.deepEqual([run.warnings, framesIn(path, 60)], [[], upTo(60)]);
  assert.ok(readFileSync(join(path, digestOf({ frame: 0 }))).length < ENTRY / 5);
});
