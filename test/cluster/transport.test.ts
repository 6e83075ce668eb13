/** What every transport must do: over gRPC, over the one in memory that other tests use, and in one process. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { grpcDialer } from '../../src/cluster/grpc.js';
import { linkInProcess } from '../../src/cluster/in-process.js';
import { grpcListen } from '../../src/cluster/listen.js';
import type { ToLeader, ToWorker } from '../../src/cluster/messages.js';
import { type Address, addressText, type Dialer, type Listener, type WorkerLink } from '../../src/cluster/transport.js';
import { assetOf } from '../../src/work/asset.js';
import type { FractalScene } from '../../src/work/fractal/scene.js';
import { paintOf, sceneOf, taskOf, view } from '../worker/views.js';
import { memoryNetwork } from './memory.js';
import { Scripted, type ScriptedLeader, type ScriptedWorker } from './scripted.js';

interface Transport {
  readonly dialer: Dialer;
  listen(session: (link: WorkerLink) => void): Promise<Listener>;
}

const LOCAL = { host: '127.0.0.1', port: 0 };
const hello: ToWorker = { kind: 'hello', protocol: 1, version: '1', build: 'build', session: 's', slots: 0 };
const JOB = 1;
const open: ToWorker = {
  kind: 'open',
  job: JOB,
  name: 'j',
  kernel: 'simd',
  assets: [],
  priority: 50,
  owner: 0,
  weight: 1,
};
const result = (shard: number, bytes: Uint8Array): ToLeader => ({
  kind: 'result',
  job: JOB,
  shard,
  epoch: shard,
  bytes,
  seconds: 0.5,
  iterations: 7,
  uncertain: 3,
});
const failed = (shard: number): ToLeader => ({ kind: 'failed', job: JOB, shard, epoch: shard, reason: 'none' });

/** Bytes that differ everywhere. */
function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let k = 0; k < length; k++) bytes[k] = (k * 40_503) >>> 8;
  return bytes;
}

type Named = readonly [name: string, transport: () => Transport];

/** Messages become bytes on their way, of which only so many are under way. */
const WIRED: readonly Named[] = [
  ['in memory', memory],
  ['over gRPC', () => ({ dialer: grpcDialer(), listen: (session) => grpcListen(LOCAL, session) })],
];

function memory(): Transport {
  const { dialer, listen } = memoryNetwork();
  return { dialer, listen: async (session: (link: WorkerLink) => void) => listen(LOCAL, session) };
}

/** Its listener is there for the tests only. */
function inProcess(): Transport {
  let serve = (_link: WorkerLink) => {};
  const dial = () => {
    const { leader, worker } = linkInProcess('w');
    serve(worker);
    return leader;
  };
  return {
    dialer: { dial },
    async listen(session) {
      serve = session;
      return { address: LOCAL, drain: async () => undefined, close: async () => undefined };
    },
  };
}

interface Session {
  readonly leader: ScriptedLeader;
  readonly worker: ScriptedWorker;
  readonly listener: Listener;
}

/** Assigns shards whose pixels take so many bytes, and numbers them from 0: other answers are none. */
async function assign({ leader, worker }: Session, ...lengths: number[]): Promise<void> {
  for (const [shard, length] of lengths.entries()) {
    const rect = { x: 0, y: 0, width: length / 3, height: 1 };
    const work = taskOf(rect);
    const assignment = { shard, epoch: shard, scene: 0, render: 0, work };
    void leader.send({ kind: 'assign', job: JOB, assignment, answerBytes: length });
    await worker.next('assign');
  }
}

/** Both ends of one session; the handshake is done, and a job is open. */
async function session(t: TestContext, { dialer, listen }: Transport): Promise<Session> {
  let accept = (_link: WorkerLink) => {};
  const accepted = new Promise<WorkerLink>((resolve) => {
    accept = resolve;
  });
  const listener = await listen((link) => accept(link));
  const leader = new Scripted(dialer.dial(listener.address));
  t.after(async () => {
    leader.link.close();
    await listener.close();
  });
  void leader.send(hello);
  void leader.send(open);
  const worker = new Scripted(await accepted);
  await worker.next('hello');
  await worker.next('open');
  return { leader, worker, listener };
}

for (const [name, transport] of [...WIRED, ['in one process', inProcess] as const]) {
  test(`${name}: what a worker sent before it ended arrives, though the link was full, then the end`, async (t) => {
    const both = await session(t, transport());
    const { leader, worker } = both;
    await assign(both, 24 << 20, 3);
    void worker.send(result(0, noise(24 << 20)));
    void worker.send(failed(1));
    worker.link.end();
    assert.deepEqual(
      (await leader.rest()).map(({ kind }) => kind),
      ['result', 'failed'],
    );
    assert.equal(await leader.ended, undefined);
    await worker.ended;
  });

  test(`${name}: what a leader sent before it ended arrives, then the end`, async (t) => {
    const { leader, worker } = await session(t, transport());
    void leader.send({ kind: 'close', job: JOB, metrics: true });
    leader.link.end();
    await worker.next('close');
    assert.deepEqual(await worker.rest(), []);
    assert.equal(await worker.ended, undefined);
    worker.link.end();
    assert.equal(await leader.ended, undefined);
  });

  test(`${name}: when the leader closes the link both ends end, and sending to it is no error`, async (t) => {
    const { leader, worker } = await session(t, transport());
    leader.link.close();
    assert.ok((await leader.ended) instanceof Error);
    await worker.ended;
    await worker.send(failed(1));
    await leader.send(hello);
    assert.deepEqual(leader.received, []);
  });

  test(`${name}: when the worker closes the link both ends end, the leader's with a reason`, async (t) => {
    const { leader, worker } = await session(t, transport());
    worker.link.close();
    assert.match((await leader.ended)?.message ?? '', /the worker closed the connection/);
    await worker.ended;
    await leader.send({ kind: 'close', job: JOB, metrics: true });
    assert.deepEqual(worker.received, []);
  });
}

for (const [name, transport] of WIRED) {
  test(`${name}: messages arrive whole and in order, and nothing is shared`, async (t) => {
    const both = await session(t, transport());
    const { leader, worker } = both;
    await assign(both, 3, 2_499_999, 3, 0);
    const bytes = noise(2_499_999);
    const linear = Float32Array.from([1, -0.5, 1 / 3]);
    const scene = sceneOf({ paint: { ...paintOf(), linear } });
    void worker.send(result(1, bytes));
    void worker.send(failed(2));
    void worker.send(result(3, new Uint8Array(0)));
    void leader.send({ kind: 'scene', job: JOB, id: 4, scene });
    void leader.send({ kind: 'cancel', job: JOB, epochs: [5, 6] });
    const received = await leader.next('result');
    assert.equal(Buffer.compare(received.bytes, bytes), 0);
    assert.deepEqual({ ...received, bytes: [] }, { ...result(1, bytes), bytes: [] });
    received.bytes.fill(0);
    assert.deepEqual(bytes, noise(2_499_999));
    assert.deepEqual(await leader.next('failed'), failed(2));
    assert.equal((await leader.next('result')).bytes.length, 0);
    const sceneThere = await worker.next('scene');
    assert.deepEqual(sceneThere.scene, scene);
    assert.notEqual((sceneThere.scene.work as FractalScene).paint?.linear, linear);
    assert.deepEqual(await worker.next('cancel'), { kind: 'cancel', job: JOB, epochs: [5, 6] });
    assert.equal(worker.link.traffic.sent, bytes.length);
    assert.equal(leader.link.traffic.received, bytes.length);
    assert.equal(worker.link.traffic.received, leader.link.traffic.sent);
    assert.ok(leader.link.traffic.sent >= 24);
  });

  test(`${name}: a sender waits while the link is full, and what it sends meanwhile keeps its order`, async (t) => {
    const both = await session(t, transport());
    const { leader, worker } = both;
    await assign(both, 24 << 20, ...new Array(40).fill(3));
    let sent = 0;
    const large = worker.send(result(0, noise(24 << 20))).then(() => sent++);
    const small = Array.from({ length: 40 }, (_, k) => worker.send(failed(k + 1)).then(() => sent++));
    await Promise.resolve();
    assert.equal(sent, 0);
    assert.equal((await leader.next('result')).bytes.length, 24 << 20);
    for (let k = 1; k <= 40; k++) assert.equal((await leader.next('failed')).shard, k);
    await Promise.all([large, ...small]);
    assert.equal(sent, 41);
  });

  test(`${name}: what was sent last has arrived when a listener is drained`, async (t) => {
    const both = await session(t, transport());
    const { leader, worker, listener } = both;
    await assign(both, 24 << 20);
    void worker.send(result(0, noise(24 << 20)));
    worker.link.end();
    await listener.drain();
    await listener.close();
    assert.deepEqual(
      (await leader.rest()).map(({ kind }) => kind),
      ['result'],
    );
    assert.equal(await leader.ended, undefined);
  });

  test(`${name}: a sender that waits for a full link goes on when the link ends`, async (t) => {
    const { leader, worker } = await session(t, transport());
    const waiting = [1, 2, 3].map((shard) => worker.send(result(shard, noise(24 << 20))));
    leader.link.close();
    await Promise.all(waiting);
  });

  test(`${name}: a message of no known kind ends the session on both sides, with the reason`, async (t) => {
    const { leader, worker } = await session(t, transport());
    const unknown = { ...view, formula: { step: 'spiral' as 'tricorn', power: 2 } };
    const rect = { x: 0, y: 0, width: 1, height: 1 };
    const assignment = { shard: 0, epoch: 1, scene: 0, render: 0, work: taskOf(rect, unknown) };
    void leader.send({ kind: 'assign', job: JOB, assignment });
    void leader.send({ kind: 'close', job: JOB, metrics: true });
    assert.match((await worker.ended)?.message ?? '', /no known formula: spiral/);
    assert.match((await leader.ended)?.message ?? '', /no known formula: spiral/);
    assert.deepEqual(worker.received, []);
  });

  test(`${name}: a listener that closes ends its sessions, and none begins there any more`, async (t) => {
    const opened = transport();
    const { leader, worker, listener } = await session(t, opened);
    await listener.close();
    assert.ok((await leader.ended) instanceof Error);
    await worker.ended;
    const late = new Scripted(opened.dialer.dial(listener.address));
    assert.match((await late.ended)?.message ?? '', /ECONNREFUSED/);
  });
}

for (const [what, spoil, why] of [
  ['to no assignment', { epoch: 7 }, /answers assignment 7 of job 1, which it does not have/],
  ['of another length', { bytes: new Uint8Array(30) }, /answer to assignment 0 has 30 bytes, not 3/],
  ['for the second time', {}, /answers assignment 0 of job 1, which it does not have/],
] as const) {
  test(`over gRPC: an answer ${what} ends the session of that worker`, async (t) => {
    const both = await session(t, { dialer: grpcDialer(), listen: (session) => grpcListen(LOCAL, session) });
    await assign(both, 3);
    const answer = result(0, new Uint8Array(3));
    void both.worker.send({ ...answer, ...spoil } as ToLeader);
    if (what.includes('second')) void both.worker.send(answer);
    const error = await both.leader.ended;
    assert.match(error?.message ?? '', why);
    assert.equal((error as { code?: string }).code, 'PROTOCOL');
  });
}

test('in one process: messages are passed as objects, and their bytes counted', async (t) => {
  const { leader, worker } = await session(t, inProcess());
  const [first, second] = [result(1, noise(1000)), failed(2)];
  const { paint, bytes } = { paint: paintOf(), bytes: Uint8Array.of(1, 2, 3) };
  const scene: ToWorker = { kind: 'scene', job: JOB, id: 4, scene: sceneOf({ paint }) };
  const asset: ToWorker = { kind: 'asset', job: JOB, ...assetOf(bytes) };
  void worker.send(first);
  void worker.send(second);
  void leader.send(asset);
  void leader.send(scene);
  assert.equal(leader.received.length, 0, 'not while it is sent');
  assert.equal(await leader.next('result'), first);
  assert.equal(await leader.next('failed'), second);
  assert.equal(await worker.next('asset'), asset);
  assert.equal(await worker.next('scene'), scene);
  assert.deepEqual([worker.link.traffic.sent, leader.link.traffic.received], [1000, 1000]);
  const words = 'fractal'.length + 'cycle'.length;
  const sent = words + paint.linear.byteLength + bytes.length;
  assert.deepEqual([leader.link.traffic.sent, worker.link.traffic.received], [sent, sent]);
});

test('an address is written with brackets round IPv6', () => {
  const text = (address: Address) => addressText(address);
  assert.equal(text({ host: 'node01', port: 7 }), 'node01:7');
  assert.equal(text({ host: '::1', port: 7 }), '[::1]:7');
});
