/** The store by itself: what is kept is found, what is damaged is not, and it never grows beyond its bound. */

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
import { Archive } from '../../src/store/archive.js';
import { digestOf } from '../../src/store/digest.js';
import { keepOrbit, recallOrbit } from '../../src/store/orbits.js';
import type { Piece } from '../../src/store/record.js';
import { Store } from '../../src/store/store.js';
import { folder } from '../e2e/processes.js';

const SIZE = { width: 32, height: 16, bytesPerPixel: 3 };
const BYTES = SIZE.width * SIZE.height * SIZE.bytesPerPixel;
const WHOLE: Rect = { x: 0, y: 0, width: 32, height: 16 };
const TOP: Rect = { ...WHOLE, height: 6 };
const REST: Rect = { ...WHOLE, y: 6, height: 10 };
/** What an entry counts for: its bytes, and room for the heads of its records. */
const ENTRY = Math.ceil(BYTES * (1 + 1 / 32)) + 64;
const PLENTY = 100 * ENTRY;

/** Bytes that tell where they belong. */
function bytesOf(frame: number, rect: Rect): Uint8Array {
  return new Uint8Array(rect.width * rect.height * 3).fill(frame * 16 + rect.y + 1);
}

function pieceOf(frame: number, rect: Rect, uncertain = 0): Piece {
  return { rect, bytes: bytesOf(frame, rect), uncertain };
}

async function open(path: string, size = PLENTY) {
  const warnings: string[] = [];
  const store = await Store.open({ folder: path, size, warn: (line) => void warnings.push(line) });
  const archive = new Archive(store, { ...SIZE, keyOf: (frame) => digestOf({ frame }) });
  return { archive, warnings, settled: () => store.settled() };
}

/** What is there of a frame, and what is missing. */
async function recall({ archive }: { archive: Archive }, frame: number) {
  const found: Rect[] = [];
  const missing = await archive.recall(frame, ({ rect, bytes }) => {
    assert.deepEqual(Uint8Array.from(bytes), bytesOf(frame, rect), 'found bytes are those that were kept');
    found.push(rect);
  });
  return { found, missing };
}

/** Keeps rectangles of a frame in a run of its own. */
async function keep(path: string, frame: number, rects: readonly Rect[], size = PLENTY): Promise<string[]> {
  const { archive, warnings, settled } = await open(path, size);
  const { missing } = await recall({ archive }, frame);
  for (const rect of rects) archive.keep(frame, pieceOf(frame, rect));
  const area = rects.reduce((sum, { width, height }) => sum + width * height, 0);
  if (area === missing.reduce((sum, { width, height }) => sum + width * height, 0)) archive.complete(frame);
  archive.leave();
  await settled();
  return warnings;
}

const filesOf = (path: string) => readdirSync(path).sort();
const only = (path: string) => join(path, filesOf(path)[0] as string);

test('a frame that was kept is found by another run, and nothing of it is missing', async (t) => {
  const path = folder(t);
  await keep(path, 0, [TOP, REST]);
  assert.deepEqual(filesOf(path), [digestOf({ frame: 0 })]);
  assert.deepEqual(await recall(await open(path), 0), { found: [TOP, REST], missing: [] });
  assert.deepEqual(await recall(await open(path), 1), { found: [], missing: [WHOLE] });
});

test('half a frame is found, and joined by the other half into one entry', async (t) => {
  const path = folder(t);
  await keep(path, 0, [TOP]);
  assert.equal(filesOf(path).length, 1);
  assert.deepEqual(await recall(await open(path), 0), { found: [TOP], missing: [REST] });
  await keep(path, 0, [REST]);
  assert.deepEqual(filesOf(path), [digestOf({ frame: 0 })]);
  assert.deepEqual(await recall(await open(path), 0), { found: [TOP, REST], missing: [] });
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
      const { found, missing } = await recall(await open(path), 0);
      assert.ok(found.length < 2 && missing.length > 0);
    }),
    { numRuns: 300, seed: 1 },
  );
  await keep(path, 0, (await recall(await open(path), 0)).missing);
  assert.deepEqual((await recall(await open(path), 0)).missing, [], 'what was damaged was made good');
});

test('files that are none of the store are neither read nor removed', async (t) => {
  const path = folder(t);
  writeFileSync(join(path, 'notes.txt'), 'x'.repeat(3 * ENTRY));
  for (let frame = 0; frame < 5; frame++) await keep(path, frame, [WHOLE], 2 * ENTRY);
  assert.ok(filesOf(path).includes('notes.txt'));
});

test('the bound holds, and what was used longest ago goes first', async (t) => {
  const path = folder(t);
  const bound = 4 * ENTRY;
  for (let frame = 0; frame < 40; frame++) {
    await keep(path, frame, [WHOLE], bound);
    if (frame > 0) await recall(await open(path), 0);
    // The clock of the file system may be coarser than this test is fast.
    for (const [at, name] of [digestOf({ frame }), digestOf({ frame: 0 })].entries()) {
      utimesSync(join(path, name), frame, frame + at / 2);
    }
    const total = filesOf(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
    assert.ok(total <= bound, `${total} bytes of ${bound}`);
  }
  assert.deepEqual((await recall(await open(path), 0)).missing, [], 'frame 0 was used again and again');
  assert.deepEqual((await recall(await open(path), 1)).missing, [WHOLE], 'frame 1 was not');
});

test('a job larger than the store keeps its first frames, and says so once', async (t) => {
  const path = folder(t);
  const { archive, warnings, settled } = await open(path, 3 * ENTRY);
  for (let frame = 0; frame < 10; frame++) {
    await recall({ archive }, frame);
    archive.keep(frame, pieceOf(frame, WHOLE));
    archive.complete(frame);
  }
  await settled();
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] as string, /is full with this job alone \(0 MiB\).*--store-size/);
  assert.deepEqual((await recall(await open(path), 0)).missing, []);
  assert.deepEqual((await recall(await open(path), 9)).missing, [WHOLE]);
});

test('the uncertain pixels of what is found add up to those of the frame, also where records of two runs overlap', async (t) => {
  const path = folder(t);
  const runs = await Promise.all([open(path), open(path)]);
  for (const run of runs) await recall(run, 0);
  const [one, two] = runs as [(typeof runs)[0], (typeof runs)[0]];
  // Both are cut short; each has the row between with its uncertain pixels.
  const overlapping: Rect = { ...WHOLE, y: 4, height: 4 };
  const bytes = new Uint8Array(overlapping.width * overlapping.height * 3).fill(9);
  one.archive.keep(0, pieceOf(0, TOP, 5));
  two.archive.keep(0, { rect: overlapping, bytes, uncertain: 2 });
  two.archive.keep(0, pieceOf(0, { ...WHOLE, y: 8, height: 8 }, 7));
  for (const run of runs) {
    run.archive.leave();
    await run.settled();
  }
  const after = await open(path);
  const found: Piece[] = [];
  const missing = await after.archive.recall(0, (piece) => void found.push(piece));
  const covered = found.reduce((sum, { rect }) => sum + rect.width * rect.height, 0);
  const left = missing.reduce((sum, { width, height }) => sum + width * height, 0);
  assert.equal(covered + left, WHOLE.width * WHOLE.height, 'nothing is found twice');
  // Which of the two overlapping records comes first is not said; the other one's rest is computed anew.
  const total = found.reduce((sum, { uncertain }) => sum + uncertain, 0);
  assert.ok(total === 5 + 7 || total === 2 + 7, `${total}`);
});

test('what rests on the word of one who is disowned is forgotten, and nothing more of it is kept', async (t) => {
  const path = folder(t);
  const { archive, settled } = await open(path);
  const put = (frame: number, rect: Rect, by?: string) => archive.keep(frame, pieceOf(frame, rect), by);
  for (let frame = 0; frame < 3; frame++) await recall({ archive }, frame);
  put(0, TOP, 'liar');
  put(0, REST, 'other');
  archive.complete(0);
  put(1, TOP, 'liar');
  put(2, TOP, 'other');
  archive.disown('liar');
  put(1, REST, 'other');
  put(2, REST, 'liar');
  archive.leave();
  await settled();
  const after = await open(path);
  assert.deepEqual(await recall(after, 0), { found: [], missing: [WHOLE] });
  assert.deepEqual(await recall(after, 1), { found: [REST], missing: [TOP] });
  assert.deepEqual(await recall(after, 2), { found: [TOP], missing: [REST] });
});

test('a reference orbit is found again to the bit, a damaged one is not', async (t) => {
  const path = folder(t);
  const store = await Store.open({ folder: path, size: 1 << 20, warn: assert.fail });
  const odd = Float64Array.of(0, -0, 5e-324, -1.7976931348623157e308, Number.NaN, Infinity, 1 / 3);
  const kept = { orbit: odd, underflow: odd.subarray(1, 5), start: 3, period: undefined };
  keepOrbit(store, digestOf('orbit'), kept);
  await store.settled();
  const found = await recallOrbit(store, digestOf('orbit'));
  assert.ok(found);
  assert.deepEqual({ ...found, orbit: 0, underflow: 0 }, { ...kept, orbit: 0, underflow: 0 });
  for (const name of ['orbit', 'underflow'] as const) {
    assert.deepEqual(Buffer.from(found[name].slice().buffer), Buffer.from(kept[name].slice().buffer), name);
  }
  const bytes = readFileSync(only(path));
  bytes[60] = (bytes[60] as number) ^ 1;
  writeFileSync(only(path), bytes);
  assert.equal(await recallOrbit(store, digestOf('orbit')), undefined);
});

test('two runs that keep the same frames at once disturb nobody', async (t) => {
  const path = folder(t);
  const runs = [await open(path), await open(path)];
  for (let frame = 0; frame < 20; frame++) {
    for (const { archive } of runs) {
      await recall({ archive }, frame);
      archive.keep(frame, pieceOf(frame, TOP));
      archive.keep(frame, pieceOf(frame, REST));
      archive.complete(frame);
    }
  }
  for (const { settled, warnings } of runs) {
    await settled();
    assert.deepEqual(warnings, []);
  }
  assert.equal(filesOf(path).length, 20);
  for (let frame = 0; frame < 20; frame++) assert.deepEqual((await recall(await open(path), frame)).missing, []);
});

test('a folder that cannot be made is told once, and nothing fails', async (t) => {
  const path = join(folder(t), 'file');
  writeFileSync(path, '');
  const warnings = await keep(join(path, 'store'), 0, [TOP, REST]);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] as string, /the store ".*" is left out from here on: ENOTDIR/);
});

test('a folder that cannot be written to is told once, and nothing fails', async (t: TestContext) => {
  if (process.getuid?.() === 0) return t.skip('root may write anywhere');
  const path = folder(t);
  chmodSync(path, 0o500);
  assert.match((await keep(path, 0, [WHOLE])).join(), /left out from here on: EACCES/);
});

test('an entry that is no file keeps nobody waiting', async (t) => {
  const path = folder(t);
  execFileSync('mkfifo', [join(path, 'a'.repeat(64))]);
  const store = await Store.open({ folder: path, size: 2 ** 20, warn: assert.fail });
  for await (const _ of store.read('a'.repeat(64), () => false)) assert.fail('nothing is there');
});

test('a store that fails on the way keeps no file open', async (t) => {
  if (!existsSync('/proc/self/fd')) return t.skip('which files are open is not known here');
  const path = folder(t);
  const warnings: string[] = [];
  const store = await Store.open({ folder: path, size: 2 ** 20, warn: (line) => warnings.push(line) });
  const open = () =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(path);
      } catch {
        return false;
      }
    }).length;
  store.begin('a'.repeat(64), 1000);
  await store.settled();
  assert.equal(open(), 1);
  rmSync(path, { recursive: true });
  store.begin('b'.repeat(64), 1000);
  await store.settled();
  assert.equal(warnings.length, 1);
  assert.equal(open(), 0);
});

test('equal data have equal digests, other data others', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      assert.equal(digestOf(a), digestOf(structuredClone(a)));
      assert.equal(digestOf(a) === digestOf(b), JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)));
    }),
    { seed: 1, numRuns: 1000 },
  );
  assert.notEqual(digestOf(new Uint8Array(8)), digestOf(new Float64Array(1)));
});

/** -0 is 0 in JSON, and the order of fields is no matter. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return { fields: fields.map(([name, field]) => [name, sorted(field)]) };
}
