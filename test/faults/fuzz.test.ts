/** 10,000 peers that send invalid bytes, the same every time: no process fails, and valid peers are served. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { grpcDialer } from '../../src/cluster/grpc.js';
import { grpcListen, LIMITS } from '../../src/cluster/listen.js';
import type { ToLeader, ToWorker } from '../../src/cluster/messages.js';
import type { WorkerLink } from '../../src/cluster/transport.js';
import { wireToLeader, wireToWorker } from '../../src/cluster/wire.js';
import { call, FLAG, frame, headerBlock, message, PREFACE, TYPE } from '../cluster/frames.js';
import { scenes, toLeader, toWorker } from '../cluster/memory.js';
import { Scripted, type ScriptedLeader } from '../cluster/scripted.js';

const LOCAL = { host: '127.0.0.1', port: 0 };
const AT_ONCE = 50;
/** A session whose connection is beyond repair ends when a ping is not answered: 10 s. */
const BOUNDED = { timeout: 120_000 };
const PING = frame(TYPE.ping, 0, 0, Buffer.alloc(8, 'p'));
const PONG = frame(TYPE.ping, FLAG.ack, 0, Buffer.alloc(8, 'p'));
const hello = { kind: 'hello', protocol: 1, version: '1', build: 'build', session: 'a-session', slots: 0 } as const;
const ready: ToLeader = {
  kind: 'ready',
  protocol: 1,
  version: '1',
  build: 'build',
  slots: 1,
  credits: 2,
  instance: '',
};
const bytes = new Uint8Array(300);
const MESSAGES: Readonly<Record<'client' | 'server', readonly Buffer[]>> = {
  client: [
    hello,
    { kind: 'cancel', job: 1, epochs: [1, 2] } as const,
    { kind: 'close', job: 1, metrics: true } as const,
  ]
    .flatMap((messages: ToWorker) => [...wireToWorker(messages, scenes)])
    .map((wire) => toWorker.encode(wire)),
  server: [
    ready,
    { kind: 'result', job: 1, shard: 0, epoch: 1, bytes, seconds: 1, iterations: 1, uncertain: 0 } as const,
  ]
    .flatMap((messages: ToLeader) => [...wireToLeader(messages)])
    .map((wire) => toLeader.encode(wire)),
};

/** mulberry32: whole numbers from 0 to below n. */
function dice(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

/** Nearly valid bytes: a real message, or its frame, or any frame, damaged. */
function nonsense(roll: (n: number) => number, side: 'client' | 'server'): Buffer {
  const real = MESSAGES[side][roll(MESSAGES[side].length)] as Buffer;
  const spoil = (sound: Buffer) => {
    const bytes = Buffer.from(sound);
    for (let k = roll(4); k >= 0 && bytes.length > 0; k--) bytes[roll(bytes.length)] = roll(256);
    return bytes.subarray(0, roll(4) === 0 ? roll(bytes.length) : bytes.length);
  };
  const noise = Buffer.from(Array.from({ length: roll(100) }, () => roll(256)));
  const kind = roll(10);
  if (kind < 5) return frame(TYPE.data, 0, 1, message(spoil(real)));
  if (kind < 6) return frame(TYPE.data, 0, 1, message(noise));
  if (kind < 7) return frame(TYPE.data, 0, 1, message(real, roll(2) === 0, roll(2 ** 32)));
  if (kind < 8) return spoil(frame(TYPE.data, 0, 1, message(real)));
  const headers = side === 'client' ? call('/fractal.v1.Peer/Session') : headerBlock({ ':status': '200' });
  return frame(roll(11), roll(256), [0, 1, 3, 2 ** 31 - 1][roll(4)] as number, [headers, noise][roll(2)]);
}

/** Sends all that, and stays until it is answered or the connection is closed, at most 100 ms. */
function sendNonsense(socket: Socket, side: 'client' | 'server', start: Buffer, seed: number): Promise<void> {
  const roll = dice(seed);
  const messages = Buffer.concat([start, nonsense(roll, side), nonsense(roll, side), PING]);
  return new Promise((resolve) => {
    const late = setTimeout(() => socket.resetAndDestroy(), 100);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      if (data.includes(PONG)) socket.resetAndDestroy();
    });
    socket.once('close', () => {
      clearTimeout(late);
      resolve();
    });
    socket.write(messages);
  });
}

test('a worker that gets invalid bytes from 8,000 leaders serves valid leaders', BOUNDED, async (t) => {
  const ends: Promise<Error | undefined>[] = [];
  const answer = (link: WorkerLink) => {
    const worker = new Scripted(link);
    ends.push(worker.ended);
    void worker.any().then((message) => message && worker.send({ kind: 'refused', reason: 'answered' }));
  };
  const listener = await grpcListen(LOCAL, answer, { limits: { ...LIMITS, leaders: 10_000 } });
  t.after(() => listener.close());
  const start = Buffer.concat([
    PREFACE,
    frame(TYPE.settings, 0, 0),
    frame(TYPE.headers, FLAG.endHeaders, 1, call('/fractal.v1.Peer/Session')),
    frame(TYPE.data, 0, 1, message(MESSAGES.client[0] as Buffer)),
  ]);
  for (let sent = 0; sent < 8_000; sent += AT_ONCE) {
    const sockets = Array.from({ length: AT_ONCE }, () => connect(listener.address.port, LOCAL.host));
    await Promise.all(sockets.map((socket, k) => sendNonsense(socket, 'client', start, sent + k)));
    if (sent % 1_000 !== 0) continue;
    const leader = new Scripted(grpcDialer().dial(listener.address));
    void leader.send(hello);
    const received = (await leader.any()) ?? (await leader.ended);
    assert.deepEqual(received, { kind: 'refused', reason: 'answered' });
    leader.link.close();
  }
  assert.ok(ends.length > 4_000, `only ${ends.length} sessions began`);
  await Promise.all(ends);
});

test('a leader that gets invalid bytes from 2,000 workers ends each session, once', BOUNDED, async (t) => {
  const head = headerBlock({ ':status': '200', 'content-type': 'application/grpc' });
  const start = Buffer.concat([
    frame(TYPE.headers, FLAG.endHeaders, 1, head),
    frame(TYPE.data, 0, 1, message(MESSAGES.server[0] as Buffer)),
  ]);
  let seed = 0;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(frame(TYPE.settings, 0, 0));
    // Not before the leader has opened its stream: its Hello names the session.
    const opened = (data: Buffer) => {
      if (!data.includes(hello.session)) return;
      socket.off('data', opened);
      void sendNonsense(socket, 'server', start, seed++).then(() => server.emit('parted'));
    };
    socket.on('data', opened);
  });
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, LOCAL.host, resolve));
  const address = { host: LOCAL.host, port: (server.address() as AddressInfo).port };
  const leaders: ScriptedLeader[] = [];
  let ended = 0;
  server.on('parted', () => ended++);
  while (leaders.length < 2_000) {
    for (let k = 0; k < AT_ONCE; k++) {
      const leader = new Scripted(grpcDialer().dial(address));
      leaders.push(leader);
      void leader.send(hello);
    }
    while (ended < leaders.length) await once(server, 'parted');
  }
  assert.ok((await Promise.all(leaders.map(({ ended }) => ended))).every((why) => why));
  const received = leaders.filter((leader) => leader.received.length > 0).length;
  assert.ok(received > 1_000, `only ${received} workers got as far as to send a message`);
});
