/** Messages that would be expensive to decode are refused before, all others are not. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BOUNDS } from '../../src/cluster/bounds.js';
import { checkFields, checkOneof } from '../../src/cluster/shape.js';
import { toLeader } from './memory.js';

const LARGE = { 3: { 2: {} } };
const refused = (bytes: Buffer) => {
  try {
    checkOneof(bytes, LARGE);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};
const result = (data: Buffer) =>
  toLeader.encode({ result: { shard: 1, epoch: 2, chunk: { data, total: data.length }, seconds: 1, iterations: 1 } });

test('every message that this program encodes has a valid shape', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(), { maxLength: 500 }), (data, epochs) => {
      assert.equal(refused(result(Buffer.from(data))), '');
      assert.equal(refused(toLeader.encode({ heartbeat: { jobs: [{ job: 1, epochs }] } })), '');
      assert.equal(refused(toLeader.encode({ draining: {} })), '');
    }),
  );
  assert.equal(refused(result(Buffer.alloc(1 << 20))), '');
  assert.equal(
    refused(toLeader.encode({ heartbeat: { jobs: [{ job: 1, epochs: new Array(BOUNDS.epochs).fill(2 ** 32 - 1) }] } })),
    '',
  );
});

const field = (number: number, bytes: Buffer) => {
  const length = [(bytes.length & 127) | 128, ((bytes.length >> 7) & 127) | 128, bytes.length >> 14];
  return Buffer.concat([Buffer.from([8 * number + 2, ...length]), bytes]);
};

for (const [what, bytes, why] of [
  [
    'a heartbeat of 380,000 epochs',
    toLeader.encode({ heartbeat: { jobs: [{ epochs: new Array(380_000).fill(1) }] } }),
    /3800\d\d|bound is 65536/,
  ],
  ['two messages in one', Buffer.concat([result(Buffer.alloc(1)), result(Buffer.alloc(1))]), /several messages in one/],
  ['a result of 100,000 chunks', field(3, Buffer.concat(new Array(100_000).fill(Buffer.from([0x12, 0])))), /64 fields/],
  [
    'a chunk of 100,000 fields',
    field(3, field(2, Buffer.concat(new Array(1e5).fill(Buffer.from([8, 0]))))),
    /64 fields/,
  ],
  ['groups within groups', field(3, Buffer.alloc(1000, 0x0b)), /a field of type 3/],
  ['a field that ends behind its message', Buffer.from([0x1a, 100, 0]), /ends behind its message/],
  ['a number that does not end', Buffer.alloc(20, 0xff), /a number that does not end/],
] as const) {
  test(`refused before it is decoded: ${what}`, () => assert.match(refused(bytes), why));
}

test('bytes of any kind are taken or refused with PROTOCOL, in a time that grows with their fields alone', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      for (const check of [() => checkOneof(bytes, LARGE), () => checkFields(bytes, { 1: { 1: {} }, 3: {}, 4: {} })]) {
        try {
          check();
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'PROTOCOL');
        }
      }
    }),
    { numRuns: 1_000 },
  );
});
