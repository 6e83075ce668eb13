/** Clients that violate the protocol: each is ended in bounded time, and a leader that connects meanwhile is served. */

import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { gzipSync } from 'node:zlib';
import type { Access } from '../../src/cluster/access.js';
import { grpcDialer } from '../../src/cluster/grpc.js';
import { grpcListen, LIMITS, type ListenOptions } from '../../src/cluster/listen.js';
import type { ToWorker } from '../../src/cluster/messages.js';
import type { Listener, WorkerLink } from '../../src/cluster/transport.js';
import { wireToWorker } from '../../src/cluster/wire.js';
import { testAuthority } from './credentials.js';
import { call, FLAG, frame, message, PREFACE, TYPE } from './frames.js';
import { scenes, toWorker } from './memory.js';
import { Scripted } from './scripted.js';

const LOCAL = { host: '127.0.0.1', port: 0 };
const SESSION = '/fractal.v1.Peer/Session';
const CHECK = '/grpc.health.v1.Health/Check';
const hello: ToWorker = { kind: 'hello', protocol: 1, version: '1', build: 'build', session: 's', slots: 0 };
const limits = { ...LIMITS, leaders: 3, pending: 4, handshakeMs: 400, idleMs: 400 };
/** More than all limits of time together, and short enough for a test. */
const BOUND_MS = 8_000;

const ours = await testAuthority();
const tls = await ours.holder(['127.0.0.1']);
const token = 'sixteen-characters';

/** Answers each Hello, and keeps the session. */
function listen(options: ListenOptions = {}): Promise<Listener> {
  const answer = (link: WorkerLink) => {
    const worker = new Scripted(link);
    void worker.any().then((message) => message && worker.send({ kind: 'refused', reason: 'answered' }));
  };
  return grpcListen(LOCAL, answer, { limits, ...options });
}

async function open(t: TestContext, port: number): Promise<Socket> {
  const socket = connect(port, LOCAL.host);
  socket.on('error', () => undefined);
  t.after(() => socket.destroy());
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return socket;
}

/** The bytes received until the other side closed. */
function ended(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const late = setTimeout(() => reject(new Error(`still open after ${BOUND_MS} ms`)), BOUND_MS);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.once('close', () => {
      clearTimeout(late);
      resolve(Buffer.concat(chunks));
    });
  });
}

/** A leader connects, is answered, and ends. */
async function served({ address }: Listener, access: Access = {}): Promise<void> {
  const leader = new Scripted(grpcDialer(access).dial(address));
  void leader.send(hello);
  assert.deepEqual(await leader.any(), { kind: 'refused', reason: 'answered' });
  leader.link.close();
  await leader.ended;
}

/** Sends the same bytes again and again, until the connection ends. */
function repeat(socket: Socket, bytes: Uint8Array, everyMs = 0): void {
  const timer = setInterval(() => {
    if (socket.writable && socket.writableLength < 1 << 20) socket.write(bytes);
  }, everyMs);
  socket.once('close', () => clearInterval(timer));
}

const start = Buffer.concat([PREFACE, frame(TYPE.settings, 0, 0), frame(TYPE.settings, FLAG.ack, 0)]);
const opened = (path: string, more: Record<string, string> = {}) =>
  Buffer.concat([start, frame(TYPE.headers, FLAG.endHeaders, 1, call(path, more))]);

const MISBEHAVING: readonly [what: string, act: (socket: Socket) => void][] = [
  ['sends nothing', () => undefined],
  ['sends one byte now and then', (socket) => repeat(socket, Buffer.from('P'), 90)],
  ['sends garbage', (socket) => socket.write(Buffer.alloc(5_000, 'garbage '))],
  ['sends HTTP/1', (socket) => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  ['sends TLS to a worker without TLS', (socket) => void connectTls({ socket }).on('error', () => undefined)],
  ['begins HTTP/2 and sends no more', (socket) => socket.write(start)],
  [
    'sends a frame byte by byte',
    (socket) => {
      socket.write(start);
      socket.write(frame(TYPE.headers, 0, 1, Buffer.alloc(1_000)).subarray(0, 9));
      repeat(socket, Buffer.from([0x80]), 90);
    },
  ],
  [
    'sends headers without end',
    (socket) => {
      socket.write(Buffer.concat([start, frame(TYPE.headers, 0, 1, call(SESSION))]));
      repeat(socket, frame(TYPE.continuation, 0, 1, call('/', { more: 'x'.repeat(100) })));
    },
  ],
  [
    'sends headers of a megabyte',
    (socket) => {
      const more = Buffer.concat(
        Array.from({ length: 8_000 }, (_, k) => call('/', { [`more-${k}`]: 'x'.repeat(100) })),
      );
      socket.write(Buffer.concat([start, frame(TYPE.headers, 0, 1, call(SESSION))]));
      for (let at = 0; at < more.length; at += 16_000) {
        socket.write(frame(TYPE.continuation, 0, 1, more.subarray(at, at + 16_000)));
      }
    },
  ],
  [
    'sends a frame longer than frames may be',
    (socket) => {
      socket.write(Buffer.concat([start, frame(TYPE.headers, FLAG.endHeaders, 1, Buffer.alloc(1 << 20))]));
    },
  ],
];

for (const [what, act] of MISBEHAVING) {
  test(`a client that ${what} is disconnected, and a leader served meanwhile`, async (t) => {
    const listener = await listen();
    t.after(() => listener.close());
    const socket = await open(t, listener.address.port);
    const end = ended(socket);
    act(socket);
    await served(listener);
    await end;
    await served(listener);
  });
}

const MISBEHAVING_TLS: readonly [what: string, act: (socket: Socket) => void, line: RegExp][] = [
  ['sends nothing', () => undefined, /it did not finish the TLS handshake in time/],
  ['sends one byte now and then', (s) => repeat(s, Buffer.from([22]), 90), /handshake in time|does not speak TLS/],
  ['sends garbage', (s) => s.write(Buffer.alloc(5_000, 'garbage ')), /it does not speak TLS 1\.3/],
  ['speaks HTTP/2 without TLS', (s) => s.write(start), /it does not speak TLS 1\.3/],
];

for (const [what, act, line] of MISBEHAVING_TLS) {
  test(`with TLS: a client that ${what} is disconnected with a line in the log, and a leader served`, async (t) => {
    const log: string[] = [];
    const listener = await listen({ tls, refused: (peer, reason) => void log.push(`${peer} ${reason}`) });
    t.after(() => listener.close());
    const socket = await open(t, listener.address.port);
    const { localPort } = socket;
    const end = ended(socket);
    act(socket);
    await served(listener, { tls });
    await end;
    await served(listener, { tls });
    assert.equal(log.length, 1);
    assert.match(log[0] ?? '', line);
    assert.ok(log[0]?.startsWith(`127.0.0.1:${localPort} `), log[0]);
  });
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`with TLS: a client without a certificate is disconnected (${version})`, async (t) => {
    const log: string[] = [];
    const listener = await listen({ tls, refused: (_, reason) => void log.push(reason) });
    t.after(() => listener.close());
    const socket = await open(t, listener.address.port);
    const end = ended(socket);
    const anyName = () => undefined;
    const secure = connectTls({ socket, ca: tls.ca, checkServerIdentity: anyName, maxVersion: version });
    secure.on('error', () => undefined);
    secure.once('secureConnect', () => secure.write(start));
    await end;
    assert.match(log.join('|'), version === 'TLSv1.3' ? /^it sent no certificate$/ : /^it does not speak TLS 1\.3/);
  });
}

const CALLS: readonly [what: string, act: (socket: Socket) => void, options: ListenOptions][] = [
  ['sends nothing', (socket) => socket.write(opened(SESSION)), {}],
  [
    'announces a message of 4 GiB',
    (socket) => {
      socket.write(opened(SESSION));
      socket.write(frame(TYPE.data, 0, 1, message(Buffer.alloc(10_000), false, 0xffff_ffff)));
    },
    {},
  ],
  [
    'sends a message that unpacks to 64 MiB',
    (socket) => {
      const bomb = message(gzipSync(Buffer.alloc(64 << 20)), true);
      socket.write(opened(SESSION, { 'grpc-encoding': 'gzip' }));
      for (let at = 0; at < bomb.length; at += 16_000) {
        socket.write(frame(TYPE.data, 0, 1, bomb.subarray(at, at + 16_000)));
      }
    },
    {},
  ],
  [
    'sends bytes that no message has',
    (socket) => {
      socket.write(opened(SESSION));
      socket.write(frame(TYPE.data, 0, 1, message(Buffer.alloc(1_000, 255))));
    },
    {},
  ],
  [
    'sends on and on without the token',
    (socket) => {
      socket.write(opened(SESSION));
      repeat(socket, frame(TYPE.data, 0, 1, Buffer.alloc(16_000)));
    },
    { token },
  ],
];

for (const [what, act, options] of CALLS) {
  test(`a session that ${what} is ended, its connection too, and a leader served meanwhile`, async (t) => {
    const listener = await listen(options);
    t.after(() => listener.close());
    const socket = await open(t, listener.address.port);
    const end = ended(socket);
    act(socket);
    await served(listener, options);
    await end;
    await served(listener, options);
  });
}

test('calls without end in one connection prevent no session, and end when others connect', async (t) => {
  const listener = await listen();
  t.after(() => listener.close());
  const socket = await open(t, listener.address.port);
  const end = ended(socket);
  // Settings are never acknowledged: limits hold nevertheless.
  socket.write(Buffer.concat([PREFACE, frame(TYPE.settings, 0, 0)]));
  for (let k = 0; k < 5_000; k++) socket.write(frame(TYPE.headers, FLAG.endHeaders, 2 * k + 1, call(CHECK)));
  await served(listener);
  // Probes without a call are still pending: they are closed when others connect.
  for (let k = 0; k <= limits.pending; k++) await open(t, listener.address.port);
  await end;
  await served(listener);
});

test('a connection with many refused calls is ended without a warning', async (t) => {
  const warnings: Error[] = [];
  const warned = (warning: Error) => void warnings.push(warning);
  process.on('warning', warned);
  t.after(() => process.off('warning', warned));
  const listener = await listen({ token });
  t.after(() => listener.close());
  const socket = await open(t, listener.address.port);
  const end = ended(socket);
  const calls = Array.from({ length: 15 }, (_, k) => frame(TYPE.headers, FLAG.endHeaders, 2 * k + 1, call(SESSION)));
  socket.write(Buffer.concat([PREFACE, frame(TYPE.settings, 0, 0), ...calls]));
  await end;
  assert.deepEqual(warnings, []);
});

test('the oldest pending connection is closed for a new one, sessions stay', async (t) => {
  const listener = await listen({ limits: { ...limits, handshakeMs: 60_000, idleMs: 60_000 } });
  t.after(() => listener.close());
  const leader = new Scripted(grpcDialer().dial(listener.address));
  void leader.send(hello);
  await leader.next('refused');
  const sockets = [];
  for (let k = 0; k < 3 * limits.pending; k++) sockets.push(await open(t, listener.address.port));
  const ends = sockets.slice(0, 2 * limits.pending).map(ended);
  await Promise.all(ends);
  assert.ok(sockets.slice(2 * limits.pending).every((socket) => !socket.destroyed));
  void leader.send({ kind: 'close', job: 1, metrics: false });
  await served(listener);
  leader.link.close();
});

test('leaders beyond the limit are refused, and accepted when another has ended', async (t) => {
  const log: string[] = [];
  const listener = await listen({ refused: (_, reason) => void log.push(reason) });
  t.after(() => listener.close());
  const leaders = Array.from({ length: limits.leaders }, () => new Scripted(grpcDialer().dial(listener.address)));
  for (const leader of leaders) {
    void leader.send(hello);
    await leader.next('refused');
  }
  const late = new Scripted(grpcDialer().dial(listener.address));
  void late.send(hello);
  assert.match((await late.ended)?.message ?? '', /^3 leaders are served already/);
  assert.deepEqual(log, ['3 leaders are served already']);
  leaders[0]?.link.close();
  await leaders[0]?.ended;
  for (let tries = 0; tries < 100; tries++) {
    const next = new Scripted(grpcDialer().dial(listener.address));
    void next.send(hello);
    if (await next.any()) return;
  }
  assert.fail('no session became free');
});

test('a session with nothing to compute is ended for the next leader, the longest silent first', async (t) => {
  const busy = new Set<WorkerLink>();
  const links: WorkerLink[] = [];
  const answer = (link: WorkerLink) => {
    links.push(link);
    const worker = new Scripted(link);
    const next = async () => {
      while (await worker.any()) void worker.send({ kind: 'refused', reason: 'answered' });
    };
    void next();
  };
  const listener = await grpcListen(LOCAL, answer, { limits, busy: (link) => busy.has(link) });
  t.after(() => listener.close());
  const come = async () => {
    const leader = new Scripted(grpcDialer().dial(listener.address));
    void leader.send(hello);
    await leader.next('refused');
    return leader;
  };
  const [first, second, third] = [await come(), await come(), await come()];
  busy.add(links[0] as WorkerLink);
  void second.send(hello);
  await second.next('refused');
  await come();
  assert.match((await third.ended)?.message ?? '', /nothing to compute, and another leader connected/);
  await come();
  assert.match((await second.ended)?.message ?? '', /nothing to compute/);
  for (const link of links) busy.add(link);
  const late = new Scripted(grpcDialer().dial(listener.address));
  void late.send(hello);
  assert.match((await late.ended)?.message ?? '', /^3 leaders are served already/);
  void first.send(hello);
  await first.next('refused');
});

test('a hundred sessions that violate HTTP/2 prevent no session', async (t) => {
  const listener = await listen({ busy: () => false });
  t.after(() => listener.close());
  const wire = [...wireToWorker(hello, scenes)].map((wire) => toWorker.encode(wire));
  for (let k = 0; k < 100; k++) {
    const socket = await open(t, listener.address.port);
    socket.resume();
    const bytesOfHello = Buffer.concat(wire.map((bytes) => frame(TYPE.data, 0, 1, message(bytes))));
    socket.write(Buffer.concat([opened(SESSION), bytesOfHello]));
    setImmediate(() => socket.write(frame(TYPE.continuation, 0, 1, Buffer.alloc(20, 'x'))));
    if (k % 10 === 9) await served(listener);
  }
});
