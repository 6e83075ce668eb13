/** A server that sends an extension frame of HTTP/2 is disconnected before nghttp2 gets it; other bytes pass unchanged. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { scanner, withoutExtensions } from '../../src/cluster/extensions.js';
import { grpcDialer } from '../../src/cluster/grpc.js';
import { frame, TYPE } from './frames.js';
import { Scripted } from './scripted.js';

const frames = fc.array(
  fc.record({ type: fc.nat(11), stream: fc.nat(9), payload: fc.uint8Array({ maxLength: 300 }) }),
  { maxLength: 20 },
);

test('frames are recognized, wherever the network splits them', () => {
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (sent, cuts) => {
      const parts = sent.map(({ type, stream, payload }) => frame(type, 0, stream, payload));
      const bytes = Buffer.concat(parts);
      const first = sent.findIndex(({ type }) => type >= 10);
      const scan = scanner();
      let extension = false;
      let second: number | undefined;
      for (let at = 0, k = 0; at < bytes.length && !extension; k++) {
        const size = cuts[k % cuts.length] as number;
        const scanned = scan(bytes.subarray(at, at + size));
        if (scanned.second !== undefined) second = at + scanned.second;
        extension = scanned.extension;
        at += size;
      }
      assert.equal(extension, first >= 0);
      if (first < 0 && parts.length > 1) assert.equal(second, parts[0]?.length);
    }),
    { numRuns: 2000 },
  );
});

async function server(t: TestContext, act: (socket: Socket) => void): Promise<number> {
  const listening = createServer((socket) => act(socket.on('error', () => undefined)));
  t.after(() => listening.close());
  await once(listening.listen(0, '127.0.0.1'), 'listening');
  return (listening.address() as AddressInfo).port;
}

test('a guarded socket carries megabytes both ways, and ends as the socket ends', async (t) => {
  const sent = Buffer.concat(Array.from({ length: 400 }, (_, k) => frame(k % 10, 0, 1, Buffer.alloc(16_384, k))));
  const guarded = withoutExtensions(connect(await server(t, (socket) => socket.pipe(socket)), '127.0.0.1'));
  guarded.end(sent);
  assert.ok((await buffer(guarded)).equals(sent));
});

test('an error of the socket is an error of the guarded stream', async (t) => {
  const port = await server(t, (socket) => socket.resetAndDestroy());
  const guarded = withoutExtensions(connect(port, '127.0.0.1')).resume();
  const [error] = await once(guarded, 'error');
  assert.equal(error.code, 'ECONNRESET');
});

/** Bytes that a server may send before any request. */
const OPENINGS: Readonly<Record<string, Buffer>> = {
  'an extension frame': Buffer.concat([frame(TYPE.settings, 0, 0), frame(10, 0, 0, Buffer.from([0, 200]))]),
  garbage: Buffer.alloc(60_000, 'garbage '),
  'an answer to nothing': Buffer.concat([frame(TYPE.settings, 0, 0), frame(TYPE.headers, 0, 1, Buffer.from([0x88]))]),
  'a frame that is too long': Buffer.concat([frame(TYPE.settings, 0, 0), frame(TYPE.data, 0, 1, Buffer.alloc(20_000))]),
};

for (const [what, bytes] of Object.entries(OPENINGS)) {
  test(`a session with a server that opens with ${what} ends, after few connections`, async (t) => {
    let connections = 0;
    const port = await server(t, (socket) => {
      connections++;
      socket.resume().write(bytes);
    });
    const leader = new Scripted(grpcDialer().dial({ host: '127.0.0.1', port }));
    void leader.send({ kind: 'hello', protocol: 1, version: '1', build: 'build', session: 'a', slots: 0 });
    assert.ok(await leader.ended);
    assert.ok(connections < 10, `${connections} connections`);
  });
}
