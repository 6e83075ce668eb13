/** Extension frames of HTTP/2 do not reach nghttp2; all others do, to the byte, however the network cuts them. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import fc from 'fast-check';
import { extensionFilter, withoutExtensions } from '../../src/cluster/extensions.js';
import { frame } from './frames.js';

const frames = fc.array(
  fc.record({ type: fc.nat(20), stream: fc.nat(9), payload: fc.uint8Array({ maxLength: 300 }) }),
  { maxLength: 20 },
);
const bytesOf = (some: readonly { type: number; stream: number; payload: Uint8Array }[]) =>
  Buffer.concat(some.map(({ type, stream, payload }) => frame(type, 0, stream, payload)));

test('whatever comes, in whatever pieces, the frames of HTTP/2 itself stay and no other', () => {
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (sent, cuts) => {
      const bytes = bytesOf(sent);
      const filter = extensionFilter();
      const kept: Buffer[] = [];
      for (let at = 0, k = 0; at < bytes.length; k++) {
        const size = cuts[k % cuts.length] as number;
        kept.push(...filter(bytes.subarray(at, at + size)));
        at += size;
      }
      assert.deepEqual(Buffer.concat(kept), bytesOf(sent.filter(({ type }) => type < 10)));
    }),
    { numRuns: 2000 },
  );
});

test('a frame arrives as far as it came, before it is whole', () => {
  const filter = extensionFilter();
  const whole = frame(0, 0, 1, Buffer.alloc(100, 7));
  assert.deepEqual(Buffer.concat(filter(whole.subarray(0, 50))), whole.subarray(0, 50));
});

test('a guarded socket carries megabytes both ways, and ends as the socket ends', async (t) => {
  const sent = Buffer.concat(Array.from({ length: 400 }, (_, k) => frame(k % 12, 0, 1, Buffer.alloc(16_384, k))));
  const server = createServer((socket) => socket.pipe(socket));
  t.after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const guarded = withoutExtensions(connect((server.address() as AddressInfo).port, '127.0.0.1'));
  guarded.end(sent);
  const expected = Buffer.concat(
    Array.from({ length: 400 }, (_, k) => k)
      .filter((k) => k % 12 < 10)
      .map((k) => frame(k % 12, 0, 1, Buffer.alloc(16_384, k))),
  );
  assert.ok((await buffer(guarded)).equals(expected));
});

test('a socket that breaks breaks what is guarded', async (t) => {
  const server = createServer((socket) => socket.resetAndDestroy());
  t.after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const guarded = withoutExtensions(connect((server.address() as AddressInfo).port, '127.0.0.1'));
  guarded.resume();
  const [error] = await once(guarded, 'error');
  assert.equal(error.code, 'ECONNRESET');
});
