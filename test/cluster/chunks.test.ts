import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { CHUNK_BYTES, type Chunk, cut, Joiner } from '../../src/cluster/chunks.js';

const LIMIT = 4 * CHUNK_BYTES;

/** Bytes that differ everywhere; `seed` tells two of them apart. */
function noise(length: number, seed = 0): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let k = 0; k < length; k++) bytes[k] = ((k + seed) * 40_503) >>> 8;
  return bytes;
}

/** Chunks of any size, for tests of what the other side may send. */
function chunks(bytes: Uint8Array, size: number): Chunk[] {
  const all: Chunk[] = [];
  for (let offset = 0; offset < bytes.length; offset += size) {
    const data = bytes.slice(offset, offset + size);
    const last = offset + data.length === bytes.length;
    all.push({ offset, total: bytes.length, data, checksum: last ? crc32(bytes) : 0 });
  }
  return all;
}

const PROTOCOL = (why: RegExp) => (error: Error & { code?: string }) => {
  assert.equal(error.code, 'PROTOCOL');
  assert.match(error.message, why);
  return true;
};

for (const length of [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 3 * CHUNK_BYTES + 5]) {
  test(`${length} bytes are cut into chunks that a message can hold, and come back`, () => {
    const bytes = noise(length);
    const all = [...cut(bytes)];
    assert.equal(all.length, Math.max(1, Math.ceil(length / CHUNK_BYTES)));
    for (const chunk of all) {
      assert.ok(chunk.data.length <= CHUNK_BYTES);
      assert.equal(chunk.total, length);
    }
    const joiner = new Joiner('test', LIMIT);
    for (const chunk of all.slice(0, -1)) assert.equal(joiner.add('1', chunk), undefined);
    assert.deepEqual(joiner.add('1', all.at(-1) as Chunk), bytes);
  });
}

test('several strings come back whole though their chunks alternate, whatever the size of the chunks', () => {
  const strings = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(strings, fc.nat(11), fc.infiniteStream(fc.nat(999)), (all, most, random) => {
      const size = most + 1;
      const joiner = new Joiner('test', 200, size);
      const queues = all.map((bytes, key) => ({ key, bytes, left: chunks(bytes, size) }));
      let open = queues;
      while (open.length > 0) {
        const one = open[(random.next().value as number) % open.length] as (typeof queues)[number];
        const whole = joiner.add(String(one.key), one.left.shift() as Chunk);
        if (one.left.length > 0) assert.equal(whole, undefined);
        else assert.deepEqual(whole, Uint8Array.from(one.bytes));
        open = open.filter(({ left }) => left.length > 0);
      }
    }),
  );
});

test('one wrong bit anywhere, in the bytes or in the checksum, is detected', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 40 }), fc.nat(9999), (original, size, at) => {
      const all = chunks(original, size);
      const bit = at % (original.length * 8 + 32);
      const broken = bit >> 3;
      if (broken < original.length) {
        const { data } = all[Math.floor(broken / size)] as Chunk;
        data[broken % size]! ^= 1 << (bit & 7);
      } else {
        const last = all.at(-1) as Chunk;
        all[all.length - 1] = { ...last, checksum: (last.checksum ^ (1 << (bit & 31))) >>> 0 };
      }
      const joiner = new Joiner('result of shard', 40, size);
      for (const chunk of all.slice(0, -1)) joiner.add('7', chunk);
      assert.throws(
        () => joiner.add('7', all.at(-1) as Chunk),
        PROTOCOL(/^result of shard 7: the checksum does not match$/),
      );
    }),
  );
});

const four = chunks(noise(40), 10);
const [p0, p1, p2, p3] = four as [Chunk, Chunk, Chunk, Chunk];

const REFUSED: readonly [what: string, sent: readonly Chunk[], why: RegExp][] = [
  ['a chunk is missing', [p0, p2], /a chunk at byte 20 was not expected/],
  ['the first chunk is missing', [p1], /a chunk at byte 10 was not expected/],
  ['the last chunk comes before the third', [p0, p1, p3], /a chunk at byte 30 was not expected/],
  ['a chunk comes twice', [p0, p1, p1], /a chunk at byte 10 was not expected/],
  ['it begins again before it is complete', [p0, p1, p0], /a chunk at byte 0 was not expected/],
  ['a short string is complete before the one begun', [p0, ...cut(noise(5))], /a chunk at byte 0 was not expected/],
  ['chunks overlap', [p0, { ...p1, offset: 5 }], /a chunk at byte 5 was not expected/],
  ['the length changes on the way', [p0, { ...p1, total: 41 }], /a chunk at byte 10 was not expected/],
  ['a chunk is empty', [p0, { ...p1, data: new Uint8Array(0) }], /a chunk at byte 10 was not expected/],
  ['a chunk before the last is short', [p0, { ...p1, data: noise(9) }], /a chunk of 9 bytes, all but the last have 10/],
  ['a million tiny chunks come', [{ ...p0, total: 1000, data: noise(1) }], /a chunk of 1 bytes/],
  ['more comes than was announced', [p0, p1, p2, { ...p3, data: noise(11) }], /more than the 40 bytes announced/],
  ['the first chunk is already too long', [{ ...p0, total: 9 }], /more than the 9 bytes announced/],
  ['nothing is announced and something comes', [{ ...p0, total: 0 }], /chunk at byte 0|more than the 0 bytes/],
  ['more is announced than is taken', [{ ...p0, total: 1001 }], /1001 bytes announced, at most 1000 are taken/],
  ['it goes on after its end', [...four, { ...p3, offset: 40 }], /a chunk at byte 40 was not expected/],
];

for (const [what, sent, why] of REFUSED) {
  test(`refused: ${what}`, () => {
    const joiner = new Joiner('scene', 1000, 10);
    for (const chunk of sent.slice(0, -1)) joiner.add('3', chunk);
    assert.throws(() => joiner.add('3', sent.at(-1) as Chunk), PROTOCOL(new RegExp(`^scene 3: .*(${why.source})`)));
  });
}

test('the same name may be used again once its bytes are whole', () => {
  const joiner = new Joiner('test', LIMIT);
  for (const seed of [1, 2]) {
    const bytes = noise(CHUNK_BYTES + 9, seed);
    assert.deepEqual([...cut(bytes)].map((chunk) => joiner.add('1', chunk)).at(-1), bytes);
  }
});

test('an announced length reserves no memory: at most twice the received bytes are allocated', () => {
  const before = process.memoryUsage().arrayBuffers;
  const joiner = new Joiner('scene', 2 ** 30, 100);
  for (let key = 0; key < 64; key++)
    joiner.add(String(key), { offset: 0, total: 2 ** 30, data: noise(100), checksum: 0 });
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 20);
  const one = { offset: 0, total: 1000, data: noise(10), checksum: 0 };
  assert.throws(() => joiner.add('64', one), PROTOCOL(/^scene 64: 64 others are incomplete/));
});

test('incomplete strings stay within the limit together; complete strings do not count', () => {
  const joiner = new Joiner('result of shard', 100, 40);
  const half = (seed: number) => chunks(noise(80, seed), 40) as [Chunk, Chunk];
  const [[a, b], [c, d], [e]] = [half(1), half(2), half(3)];
  assert.equal(joiner.add('1', a), undefined);
  assert.equal(joiner.add('2', c), undefined);
  assert.throws(() => joiner.add('3', e), PROTOCOL(/more than 100 bytes lie incomplete/));
  const again = new Joiner('result of shard', 160, 40);
  again.add('1', a);
  again.add('2', c);
  assert.deepEqual(again.add('1', b), noise(80, 1));
  again.add('3', e);
  assert.deepEqual(again.add('2', d), noise(80, 2));
});
