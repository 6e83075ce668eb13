/** What a store keeps and removes, with every backend. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Rect } from '../../src/shard/shard.js';
import { digestOf } from '../../src/store/digest.js';
import { keepOrbit, recallOrbit } from '../../src/store/orbits.js';
import type { Piece } from '../../src/store/record.js';
import { BACKENDS } from './backends.js';
import { keepIn, open, pieceOf, REST, recall, TOP, WHOLE } from './frames.js';

for (const { name, place } of BACKENDS) {
  test(`${name}: a frame that was kept is found by another run, and nothing of it is missing`, async (t) => {
    const at = place(t);
    await keepIn(at, 0, [TOP, REST]);
    assert.deepEqual(await recall(await open(at), 0), { found: [TOP, REST], missing: [] });
    assert.deepEqual(await recall(await open(at), 1), { found: [], missing: [WHOLE] });
  });

  test(`${name}: half a frame is found, and joined by the other half`, async (t) => {
    const at = place(t);
    await keepIn(at, 0, [TOP]);
    assert.deepEqual(await recall(await open(at), 0), { found: [TOP], missing: [REST] });
    await keepIn(at, 0, [REST]);
    assert.deepEqual(await recall(await open(at), 0), { found: [TOP, REST], missing: [] });
  });

  test(`${name}: the uncertain pixels of what is found add up to those of the frame, also where records of two runs overlap`, async (t) => {
    const at = place(t);
    const runs = await Promise.all([open(at), open(at)]);
    for (const run of runs) await recall(run, 0);
    const [one, two] = runs as [(typeof runs)[0], (typeof runs)[0]];
    // Both are cut short; each has the row between with its uncertain pixels.
    const overlapping: Rect = { ...WHOLE, y: 4, height: 4 };
    const bytes = new Uint8Array(overlapping.width * overlapping.height * 3).fill(9);
    one.archive.keep(0, pieceOf(0, TOP, 5));
    two.archive.keep(0, { rect: overlapping, bytes, uncertain: 2 });
    two.archive.keep(0, pieceOf(0, { ...WHOLE, y: 8, height: 8 }, 7));
    for (const run of runs) {
      run.archive.suspend();
      await run.written();
    }
    const after = await open(at);
    const found: Piece[] = [];
    const missing = await after.archive.recall(0, (piece) => void found.push(piece));
    const covered = found.reduce((sum, { rect }) => sum + rect.width * rect.height, 0);
    const left = missing.reduce((sum, { width, height }) => sum + width * height, 0);
    assert.equal(covered + left, WHOLE.width * WHOLE.height, 'nothing is found twice');
    // The order of the two overlapping records is not defined; the rest of the other one is computed again.
    const total = found.reduce((sum, { uncertain }) => sum + uncertain, 0);
    assert.ok(total === 5 + 7 || total === 2 + 7, `${total}`);
  });

  test(`${name}: what a worker alone computed is forgotten when others contradict it, and nothing more of it is kept`, async (t) => {
    const at = place(t);
    const { archive, written } = await open(at);
    const put = (frame: number, rect: Rect, by?: string) => archive.keep(frame, pieceOf(frame, rect), by);
    for (let frame = 0; frame < 3; frame++) await recall({ archive }, frame);
    put(0, TOP, 'outvoted');
    put(0, REST, 'other');
    archive.complete(0);
    put(1, TOP, 'outvoted');
    put(2, TOP, 'other');
    archive.disown('outvoted');
    put(1, REST, 'other');
    put(2, REST, 'outvoted');
    archive.suspend();
    await written();
    const after = await open(at);
    assert.deepEqual(await recall(after, 0), { found: [], missing: [WHOLE] });
    assert.deepEqual(await recall(after, 1), { found: [REST], missing: [TOP] });
    assert.deepEqual(await recall(after, 2), { found: [TOP], missing: [REST] });
  });

  test(`${name}: a reference orbit is found again to the bit`, async (t) => {
    const at = place(t);
    const { store } = await open(at);
    const odd = Float64Array.of(0, -0, 5e-324, -1.7976931348623157e308, Number.NaN, Infinity, 1 / 3);
    const kept = { orbit: odd, underflow: odd.subarray(1, 5), start: 3, period: undefined };
    keepOrbit(store, digestOf('orbit'), kept);
    await store.written();
    const found = await recallOrbit(store, digestOf('orbit'));
    assert.ok(found);
    assert.deepEqual({ ...found, orbit: 0, underflow: 0 }, { ...kept, orbit: 0, underflow: 0 });
    for (const name of ['orbit', 'underflow'] as const) {
      assert.deepEqual(Buffer.from(found[name].slice().buffer), Buffer.from(kept[name].slice().buffer), name);
    }
    assert.equal(await recallOrbit(store, digestOf('another')), undefined);
  });

  test(`${name}: two runs that keep the same frames at once do not disturb one another`, async (t) => {
    const at = place(t);
    const runs = [await open(at), await open(at)];
    for (let frame = 0; frame < 20; frame++) {
      for (const { archive } of runs) {
        await recall({ archive }, frame);
        archive.keep(frame, pieceOf(frame, TOP));
        archive.keep(frame, pieceOf(frame, REST));
        archive.complete(frame);
      }
    }
    for (const { written, warnings } of runs) {
      await written();
      assert.deepEqual(warnings, []);
    }
    for (let frame = 0; frame < 20; frame++) assert.deepEqual((await recall(await open(at), frame)).missing, []);
  });

  test(`${name}: entries of one run are read in the same run once they are finished or suspended`, async (t) => {
    const { archive, written, ...run } = await open(place(t));
    archive.keep(0, pieceOf(0, TOP));
    archive.keep(1, pieceOf(1, WHOLE));
    archive.complete(1);
    archive.suspend();
    await written();
    assert.deepEqual(await recall({ archive, ...run }, 0), { found: [TOP], missing: [REST] });
    assert.deepEqual(await recall({ archive, ...run }, 1), { found: [WHOLE], missing: [] });
  });

  test(`${name}: what is found counts as used, what is damaged does not`, async (t) => {
    const at = place(t);
    await keepIn(at, 0, [WHOLE]);
    const blobs = await at.open();
    // Under the key of another frame there is no good record.
    const stray = await blobs.put(digestOf({ frame: 1 }), 100);
    await stray?.write([new Uint8Array(100)]);
    await stray?.close(true);
    let used = 0;
    const counting = {
      open: async () =>
        Object.assign(Object.create(blobs), {
          async *read(key: string) {
            for await (const part of blobs.read(key)) yield { ...part, used: async () => void used++ };
          },
        }),
    };
    const run = await open(counting);
    assert.deepEqual((await recall(run, 1)).missing, [WHOLE]);
    assert.equal(used, 0);
    assert.deepEqual((await recall(run, 0)).missing, []);
    assert.equal(used, 1);
  });

  test(`${name}: a backend that fails is left out with one warning, and nothing fails`, async (t) => {
    const at = place(t);
    const blobs = await at.open();
    const broken = {
      open: async () =>
        Object.assign(Object.create(blobs), { put: () => Promise.reject(new Error('the disk is on fire')) }),
    };
    const { archive, store, warnings, written } = await open(broken);
    for (const frame of [0, 1]) archive.keep(frame, pieceOf(frame, WHOLE));
    await written();
    assert.deepEqual(warnings, ['the store "place" is not used any more: the disk is on fire']);
    assert.equal(store.keeps, 'none');
  });
}
