/** The contract of src/store/blobs.ts, which every backend fulfils. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Blobs } from '../../src/store/blobs.js';
import { BACKENDS } from './backends.js';

const KEY = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);

/** The parts under a key, each read to its end, so many bytes at a time. */
async function partsOf(blobs: Blobs, key: string, step = 3): Promise<string[]> {
  const parts: string[] = [];
  for await (const part of blobs.read(key)) {
    const chunks: Uint8Array[] = [];
    for (let taken = await part.take(step); taken.length > 0; taken = await part.take(step)) {
      chunks.push(Uint8Array.from(taken));
      assert.ok(taken.length === step || (await part.take(step)).length === 0, 'fewer bytes only at the end');
    }
    const bytes = Buffer.concat(chunks);
    assert.equal(bytes.length, part.size);
    parts.push(bytes.toString('latin1'));
  }
  return parts;
}

const textOf = async (blobs: Blobs, key = KEY) => (await partsOf(blobs, key)).join('');

async function put(blobs: Blobs, key: string, batches: readonly string[], complete = true): Promise<void> {
  const writer = await blobs.put(key, 1000);
  assert.ok(writer);
  for (const batch of batches) await writer.write([Buffer.from(batch, 'latin1')]);
  await writer.close(complete);
}

async function listed(blobs: Blobs): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {};
  for await (const { key, bytes } of blobs.list()) sizes[key] = (sizes[key] ?? 0) + bytes;
  return sizes;
}

for (const { name, bounded, place } of BACKENDS) {
  test(`${name}: under a key that nothing was put under there is nothing`, async (t) => {
    const blobs = await place(t).open();
    assert.deepEqual(await partsOf(blobs, KEY), []);
    await blobs.delete(KEY);
    assert.deepEqual(await listed(blobs), {});
  });

  test(`${name}: what was put is read here and by another program, in its order, under its key alone`, async (t) => {
    const at = place(t);
    const blobs = await at.open();
    await put(blobs, KEY, ['one', 'two', 'three']);
    await put(blobs, OTHER, ['x']);
    for (const reader of [blobs, await at.open()]) {
      assert.equal(await textOf(reader), 'onetwothree');
      assert.equal(await textOf(reader, OTHER), 'x');
    }
  });

  test(`${name}: chunks of one batch are one after another, and an empty one is none`, async (t) => {
    const blobs = await place(t).open();
    const writer = await blobs.put(KEY, 10);
    await writer?.write([Buffer.from('a'), Buffer.from(''), Buffer.from('bc')]);
    await writer?.close(true);
    assert.equal(await textOf(blobs), 'abc');
  });

  test(`${name}: a part that was closed incomplete is there, here and for a program that opens later`, async (t) => {
    const at = place(t);
    const blobs = await at.open();
    await put(blobs, KEY, ['half'], false);
    assert.equal(await textOf(blobs), 'half');
    assert.equal(await textOf(await at.open()), 'half');
  });

  test(`${name}: what a killed writer has written is there for a program that opens later`, async (t) => {
    const at = place(t);
    const writer = await (await at.open()).put(KEY, 10);
    await writer?.write([Buffer.from('batch')]);
    assert.equal(await textOf(await at.open()), 'batch');
    await writer?.close(false);
  });

  test(`${name}: the part that is being written is not among those that its own program reads or deletes`, async (t) => {
    const at = place(t);
    const blobs = await at.open();
    await put(blobs, KEY, ['old'], false);
    const writer = await blobs.put(KEY, 10);
    await writer?.write([Buffer.from('new')]);
    assert.deepEqual(await partsOf(blobs, KEY), ['old']);
    await blobs.delete(KEY);
    await writer?.write([Buffer.from('er')]);
    await writer?.close(true);
    assert.equal(await textOf(blobs), 'newer');
    assert.equal(await textOf(await at.open()), 'newer');
  });

  test(`${name}: a part that is deleted is gone, other parts of the key are not`, async (t) => {
    const at = place(t);
    const blobs = await at.open();
    await put(blobs, KEY, ['one'], false);
    await put(blobs, KEY, ['two'], false);
    for await (const part of blobs.read(KEY)) {
      if (Buffer.from(await part.take(1)).toString() === 'o') await part.delete();
    }
    for (const reader of [blobs, await at.open()]) assert.deepEqual(await partsOf(reader, KEY), ['two']);
  });

  test(`${name}: delete removes all that is read under a key, and nothing else`, async (t) => {
    const at = place(t);
    const blobs = await at.open();
    await put(blobs, KEY, ['one'], true);
    await put(blobs, KEY, ['two'], false);
    await put(blobs, OTHER, ['x']);
    await blobs.delete(KEY);
    for (const reader of [blobs, await at.open()]) {
      assert.deepEqual(await partsOf(reader, KEY), []);
      assert.deepEqual(await listed(reader), { [OTHER]: 1 });
    }
  });

  test(`${name}: two programs that put under one key at once mix nothing`, async (t) => {
    const at = place(t);
    const programs = await Promise.all([at.open(), at.open()]);
    const writers = await Promise.all(programs.map((blobs) => blobs.put(KEY, 10)));
    for (const half of ['AB', 'CD']) {
      for (const [index, writer] of writers.entries()) await writer?.write([Buffer.from(`${half}${index}`)]);
    }
    for (const writer of writers) await writer?.close(true);
    const parts = await partsOf(await at.open(), KEY);
    for (const part of parts) assert.match(part, /^((AB|CD)[01])+$/);
    assert.ok(
      [0, 1].some((index) => new RegExp(`AB${index}.*CD${index}`).test(parts.join(''))),
      parts.join(),
    );
  });

  test(`${name}: list has every part with its bytes and the time of its last use`, async (t) => {
    const blobs = await place(t).open();
    const before = Date.now() - 2_000;
    await put(blobs, KEY, ['12', '345']);
    await put(blobs, OTHER, ['1'], false);
    assert.deepEqual(await listed(blobs), { [KEY]: 5, [OTHER]: 1 });
    for await (const part of blobs.read(KEY)) await part.used();
    for await (const { usedAt } of blobs.list()) assert.ok(usedAt > before && usedAt < Date.now() + 2_000, `${usedAt}`);
  });

  if (bounded)
    test(`${name}: a part that was used has a later time of last use, others have not`, async (t) => {
      const blobs = await place(t).open();
      for (const key of [KEY, OTHER]) await put(blobs, key, ['x']);
      const times = async () => {
        const found = new Map<string, number>();
        for await (const { key, usedAt } of blobs.list()) found.set(key, usedAt);
        return found;
      };
      const before = await times();
      // Clocks of file systems tick every few milliseconds.
      while (Date.now() < Math.max(...before.values()) + 20);
      for await (const part of blobs.read(KEY)) await part.used();
      const after = await times();
      assert.ok((after.get(KEY) as number) > (before.get(KEY) as number));
      assert.equal(after.get(OTHER), before.get(OTHER));
    });

  test(`${name}: reading may stop anywhere, and what is read may be deleted meanwhile`, async (t) => {
    const blobs = await place(t).open();
    await put(blobs, KEY, ['0123456789']);
    for await (const part of blobs.read(KEY)) {
      assert.equal(Buffer.from(await part.take(4)).toString(), '0123');
      break;
    }
    for await (const part of blobs.read(KEY)) {
      await part.take(4);
      await part.delete();
      assert.equal(Buffer.from(await part.take(100)).toString(), '456789');
    }
    assert.deepEqual(await partsOf(blobs, KEY), []);
  });

  if (bounded)
    test(`${name}: there is no room for more than the limit`, async (t) => {
      const blobs = await place(t, 100).open();
      assert.equal(blobs.limit, 100);
      assert.equal(await blobs.put(KEY, 101), undefined);
      const writer = await blobs.put(KEY, 100);
      await writer?.write([new Uint8Array(100)]);
      await writer?.close(true);
      assert.equal(await blobs.put(OTHER, 1), undefined, 'what this program put is not removed for it');
      assert.equal((await textOf(blobs)).length, 100);
    });

  test(`${name}: whatever writers do in turn, a key holds the whole batches of each, in their order`, async (t) => {
    const step = fc.record({ writer: fc.nat(2), batch: fc.stringMatching(/^[a-z]{1,9}$/) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const at = place(t);
        const blobs = await at.open();
        const writers = await Promise.all([0, 1, 2].map(() => blobs.put(KEY, 100)));
        for (const { writer, batch } of steps) await writers[writer]?.write([Buffer.from(`${batch}${writer}`)]);
        for (const writer of writers) await writer?.close(false);
        const batches = (await textOf(await at.open())).match(/[a-z]+\d/g) ?? [];
        for (const index of [0, 1, 2]) {
          const wrote = steps.filter(({ writer }) => writer === index).map(({ batch }) => `${batch}${index}`);
          assert.deepEqual(
            batches.filter((batch) => batch.endsWith(`${index}`)),
            wrote,
          );
        }
      }),
      { numRuns: 30, seed: 1 },
    );
  });
}
