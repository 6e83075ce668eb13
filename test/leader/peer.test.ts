import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { PROTOCOL, type Ready, type ToLeader, type ToWorker } from '../../src/cluster/messages.js';
import { type LeaderLink, Refusal } from '../../src/cluster/transport.js';
import { Peer, type PeerOptions } from '../../src/leader/peer.js';
import { type MemoryLink, memoryNetwork } from '../cluster/memory.js';
import { Scripted, type ScriptedWorker } from '../cluster/scripted.js';
import { paintOf, sceneOf } from '../worker/views.js';

const ADDRESS = { host: 'w', port: 1 };
const ready: Ready = {
  kind: 'ready',
  protocol: PROTOCOL,
  version: '1.0',
  slots: 3,
  credits: 2,
  kernel: 'simd',
  detail: 'by hand',
  speed: 1e9,
  fingerprint: 'a'.repeat(64),
  instance: '',
};

/** A peer that dials, what it tells, and the workers that answer. Time passes when the test says so. */
function leader(t: TestContext, changes: Partial<PeerOptions> = {}, answered = true) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const network = memoryNetwork();
  const told: string[] = [];
  let time = 0;
  const workers: (ScriptedWorker & { link: MemoryLink<ToLeader, ToWorker> })[] = [];
  const listen = () => network.listen(ADDRESS, (link) => void workers.push(new Scripted(link) as never));
  if (answered) listen();
  const options: PeerOptions = {
    dialer: network.dialer,
    version: '1.0',
    session: 'job',
    kernel: 'simd',
    fingerprint: () => ready.fingerprint,
    retries: 2,
    random: () => 1,
    now: () => time,
    ...changes,
  };
  const peer = new Peer(ADDRESS, 2, options, {
    joined: (_, { slots }) => void told.push(`joined with ${slots}`),
    message: (_, message) => void told.push(message.kind),
    left: (_, reason, fault) => void told.push(`left: ${reason}${fault ? ', its fault' : ''}`),
    gone: (_, reason) => void told.push(`gone: ${reason}`),
    doubted: (_, reason) => void told.push(`doubted: ${reason}`),
  });
  peer.dial();
  const pass = async (ms: number) => {
    // In steps, as a clock and its timers go on together.
    for (let left = ms; left > 0; left -= 250) {
      time += Math.min(left, 250);
      t.mock.timers.tick(Math.min(left, 250));
    }
    await network.quiet();
  };
  /** The clock goes on, and nothing else does. */
  const sleep = (ms: number) => {
    time += ms;
  };
  return { network, peer, told, workers, pass, listen, sleep };
}

test('a worker is greeted with what the job needs, and what it then says is passed on', async (t) => {
  const { network, peer, told, workers } = leader(t);
  await network.quiet();
  const [worker] = workers;
  assert.deepEqual(await worker?.next('hello'), {
    kind: 'hello',
    protocol: PROTOCOL,
    version: '1.0',
    session: 'job',
    kernel: 'simd',
    slots: 2,
  });
  void worker?.send(ready);
  void worker?.send({ kind: 'draining' });
  void worker?.send({ kind: 'failed', shard: 1, epoch: 1, reason: 'none' });
  await network.quiet();
  assert.deepEqual(told, ['joined with 3', 'draining', 'failed']);
  assert.deepEqual(peer.ready, ready);
});

const OBJECTIONS: readonly [what: string, answer: ToLeader, reason: string][] = [
  [
    'another protocol',
    { ...ready, protocol: 9 },
    `it speaks protocol 9 (version 1.0), this leader ${PROTOCOL} (version 1.0)`,
  ],
  ['another version', { ...ready, version: '2.0' }, 'it is version 2.0, this leader 1.0'],
  ['another kernel', { ...ready, kernel: 'cpu' }, 'it offers the cpu kernel, the job needs simd'],
  [
    'other bits',
    { ...ready, fingerprint: 'b'.repeat(64) },
    'its simd kernel computes other bits (fingerprint bbbbbbbbbbbb, not aaaaaaaaaaaa)',
  ],
  ['its refusal', { kind: 'refused', reason: 'run the same version on both' }, 'run the same version on both'],
];

for (const [what, answer, reason] of OBJECTIONS) {
  test(`a worker with ${what} is left out, told apart by its reason, and not dialled again`, async (t) => {
    const { network, told, workers, pass } = leader(t);
    await network.quiet();
    void workers[0]?.send(answer);
    void workers[0]?.send({ kind: 'draining' });
    await workers[0]?.ended;
    await pass(60_000);
    assert.deepEqual(told, [`gone: ${reason}`]);
    assert.equal(workers.length, 1);
  });
}

test('any fingerprint will do while none is known', async (t) => {
  const { network, told, workers } = leader(t, { fingerprint: () => undefined });
  await network.quiet();
  void workers[0]?.send({ ...ready, fingerprint: 'whatever' });
  await network.quiet();
  assert.deepEqual(told, ['joined with 3']);
});

test('nobody answers: dialled again after growing waits, then given up with the reason', async (t) => {
  const { network, told, pass } = leader(t, {}, false);
  await network.quiet();
  await pass(100);
  await pass(159);
  assert.deepEqual(told, []);
  await pass(1);
  assert.deepEqual(told, ['gone: dialled 3 times, last: ECONNREFUSED']);
  await pass(60_000);
  assert.equal(told.length, 1);
});

test('the wait is jittered down to its half, and a worker that comes up meanwhile joins', async (t) => {
  const { network, told, workers, pass, listen } = leader(t, { random: () => 0 }, false);
  await network.quiet();
  listen();
  await pass(49);
  assert.equal(workers.length, 0);
  await pass(1);
  void workers[0]?.send(ready);
  await network.quiet();
  assert.deepEqual(told, ['joined with 3']);
});

test('a worker that is silent after the greeting is taken for dead, and dialled again', async (t) => {
  const { network, told, workers, pass } = leader(t, { retries: 1 });
  await network.quiet();
  await pass(29_999);
  assert.equal(workers.length, 1);
  await pass(1);
  await workers[0]?.ended;
  await pass(100);
  assert.equal(workers.length, 2);
  await pass(30_000);
  assert.deepEqual(told, ['gone: dialled 2 times, last: no answer to the greeting']);
});

test('a worker that is lost is dialled again; its link of before is not heard any more', async (t) => {
  const { network, peer, told, workers, pass } = leader(t);
  await network.quiet();
  void workers[0]?.send(ready);
  await network.quiet();
  workers[0]?.link.close();
  await network.quiet();
  assert.equal(peer.ready, undefined);
  await pass(100);
  void workers[0]?.send({ kind: 'draining' });
  void workers[1]?.send({ ...ready, slots: 1 });
  await network.quiet();
  assert.deepEqual(told, ['joined with 3', 'left: the worker broke off', 'joined with 1']);
});

/** A dialler of workers that will not have this leader, and how often it dialled. */
function refusing(refusal: Refusal) {
  const dialled = { times: 0 };
  const dial = () => {
    dialled.times++;
    let handlers: Parameters<LeaderLink['listen']>[0] | undefined;
    const link: LeaderLink = {
      send: async () => undefined,
      end: () => undefined,
      close: () => undefined,
      listen: (given) => {
        handlers = given;
        setImmediate(() => handlers?.ended(refusal));
      },
      sent: 0,
      received: 0,
    };
    return link;
  };
  return { dialled, dialer: { dial } };
}

test('a worker that will not have its leader is given up at once, and the reason told', async (t) => {
  const { dialled, dialer } = refusing(new Refusal('it wants a token', true));
  const { network, told, pass } = leader(t, { dialer }, false);
  await network.quiet();
  await pass(60_000);
  assert.deepEqual([told, dialled.times], [['gone: it wants a token'], 1]);
});

test('a worker that may not want its leader is dialled again; told once, at the third attempt', async (t) => {
  const { dialled, dialer } = refusing(new Refusal('perhaps it wants TLS', false));
  const { network, told, pass } = leader(t, { dialer, retries: 4 }, false);
  for (let k = 0; k < 2; k++) {
    assert.deepEqual(told, []);
    await network.quiet();
    await pass(1_000);
  }
  assert.deepEqual(told, ['doubted: perhaps it wants TLS']);
  for (let k = 0; k < 2; k++) {
    await network.quiet();
    await pass(1_000);
  }
  assert.deepEqual(told, ['doubted: perhaps it wants TLS', 'gone: dialled 5 times, last: perhaps it wants TLS']);
  assert.equal(dialled.times, 5);
});

test('losses in a row count, a shard that came back forgives them', async (t) => {
  for (const praised of [false, true]) {
    const { network, peer, told, workers, pass } = leader(t, { retries: 1 });
    for (let loss = 0; loss < 3; loss++) {
      await network.quiet();
      void workers[loss]?.send(ready);
      await network.quiet();
      if (praised) peer.praise();
      workers[loss]?.link.close();
      await network.quiet();
      await pass(100);
    }
    const gone = told.filter((one) => one.startsWith('gone'));
    assert.deepEqual(gone, praised ? [] : ['gone: dialled 2 times, last: the worker broke off']);
    peer.stop();
    t.mock.timers.reset();
  }
});

test('a worker that was given up is dialled on, more rarely, and may join after all', async (t) => {
  const { network, told, workers, pass, listen } = leader(t, { retries: 0 }, false);
  await network.quiet();
  assert.deepEqual(told, ['gone: dialled once, last: ECONNREFUSED']);
  await pass(60_000);
  listen();
  await pass(30_000);
  void workers[0]?.send(ready);
  await network.quiet();
  assert.deepEqual(told, ['gone: dialled once, last: ECONNREFUSED', 'joined with 3']);
});

test('a worker that says it is there is dialled at once', async (t) => {
  const { network, peer, told, workers, pass, listen } = leader(t, {}, false);
  await network.quiet();
  listen();
  peer.nudge();
  await network.quiet();
  void workers[0]?.send(ready);
  await network.quiet();
  peer.nudge();
  await pass(1_000);
  assert.deepEqual([told, workers.length], [['joined with 3'], 1]);
});

/** A worker that is ready, and beats for some seconds. */
async function beating(t: TestContext, seconds: number) {
  const all = leader(t);
  await all.network.quiet();
  void all.workers[0]?.send(ready);
  await all.network.quiet();
  for (let k = 0; k < seconds; k++) {
    void all.workers[0]?.send({ kind: 'beat', epochs: [1, 2] });
    await all.pass(1_000);
  }
  return all;
}

test('a worker that is busy for a minute with one shard is alive as long as it says so', async (t) => {
  const { told } = await beating(t, 60);
  assert.deepEqual([told[0], new Set(told.slice(1)), told.length], ['joined with 3', new Set(['beat']), 61]);
});

test('a worker that is silent for five seconds is lost, dialled again, and rejoins', async (t) => {
  const { network, told, workers, pass } = await beating(t, 1);
  await pass(4_750);
  assert.deepEqual(told, ['joined with 3', 'beat']);
  await pass(250);
  assert.deepEqual(told.slice(2), ['left: silent for 5 seconds']);
  await workers[0]?.ended;
  await pass(100);
  void workers[1]?.send(ready);
  await network.quiet();
  assert.equal(told.at(-1), 'joined with 3');
});

test('a scene on its way to the worker is a sign of life', async (t) => {
  const { network, peer, told, pass } = await beating(t, 1);
  const scene = sceneOf({ paint: paintOf() });
  for (let k = 0; k < 20; k++) {
    void peer.send({ kind: 'scene', id: 0, scene });
    await pass(1_000);
  }
  await network.quiet();
  assert.deepEqual(told, ['joined with 3', 'beat']);
});

test('a leader that was stopped itself does not take its own silence for that of others', async (t) => {
  const { network, told, workers, pass, sleep } = await beating(t, 1);
  sleep(60_000);
  await pass(250);
  assert.deepEqual(told, ['joined with 3', 'beat']);
  void workers[0]?.send({ kind: 'beat', epochs: [] });
  await network.quiet();
  assert.deepEqual(told, ['joined with 3', 'beat', 'beat']);
});

test('a worker that sends its leader away in the middle of the job is lost, then given up', async (t) => {
  const { network, told, workers, pass } = leader(t);
  await network.quiet();
  void workers[0]?.send(ready);
  void workers[0]?.send({ kind: 'refused', reason: 'shard 7 is not one to compute' });
  await network.quiet();
  await pass(60_000);
  const reason = 'shard 7 is not one to compute';
  assert.deepEqual(told, ['joined with 3', `left: ${reason}`, `gone: ${reason}`]);
  assert.equal(workers.length, 1);
});

const result: ToLeader = {
  kind: 'result',
  shard: 0,
  epoch: 1,
  bytes: new Uint8Array(3),
  seconds: 1,
  iterations: 1,
  uncertain: 0,
};
const UNEXPECTED: readonly [what: string, messages: readonly ToLeader[], told: readonly string[]][] = [
  ['a result before its greeting', [result, ready], ['gone: dialled once, last: it sent result before it was ready']],
  [
    'a report before its greeting',
    [{ kind: 'report', figures: [] }],
    ['gone: dialled once, last: it sent report before it was ready'],
  ],
  [
    'two greetings',
    [ready, ready, result],
    ['joined with 3', 'left: it greeted twice, its fault', 'gone: dialled once, last: it greeted twice'],
  ],
];

for (const [what, messages, expected] of UNEXPECTED) {
  test(`a worker that sends ${what} is lost, with one error`, async (t) => {
    const { network, told, workers } = leader(t, { retries: 0 });
    await network.quiet();
    for (const message of messages) void workers[0]?.send(message);
    await workers[0]?.ended;
    await network.quiet();
    assert.deepEqual(told, expected);
  });
}

test('bytes that no message has end the session, and the worker counts as lost', async (t) => {
  for (const bytes of [Buffer.alloc(0), Buffer.from('HTTP/1.1 400 Bad Request\r\n'), Buffer.from([0x1a, 2, 8, 1])]) {
    const { network, told, workers } = leader(t, { retries: 0 });
    await network.quiet();
    void workers[0]?.send(ready);
    workers[0]?.link.sendBytes(bytes);
    void workers[0]?.send({ kind: 'draining' });
    await workers[0]?.ended;
    await network.quiet();
    assert.equal(told[0], 'joined with 3');
    assert.match(told[1] ?? '', /^left: .+/);
    assert.match(told[2] ?? '', /^gone: dialled once, last: .+/);
    assert.equal(told.length, 3);
    t.mock.timers.reset();
  }
});

test('after finish the report is heard, the end shows as a loss, and nobody dials again', async (t) => {
  const { network, peer, told, workers, pass } = leader(t);
  await network.quiet();
  void workers[0]?.send(ready);
  await network.quiet();
  void peer.send({ kind: 'scene', id: 0, scene: sceneOf({ paint: paintOf(50) }) });
  void peer.finish(true);
  await workers[0]?.next('hello');
  await workers[0]?.next('scene');
  assert.deepEqual(await workers[0]?.next('finish'), { kind: 'finish', metrics: true });
  void workers[0]?.send({ ...result, bytes: new Uint8Array(1000) } as ToLeader);
  void workers[0]?.send({ kind: 'report', figures: [] });
  workers[0]?.link.end();
  await network.quiet();
  await pass(60_000);
  assert.deepEqual(told, ['joined with 3', 'result', 'report', 'left: it left']);
  assert.equal(workers.length, 1);
  assert.equal(peer.received, 1000);
  assert.equal(peer.sent, workers[0]?.link.received);
  assert.ok(peer.sent > 500);
});

test('stop breaks off for good: the worker is told, and says nothing any more', async (t) => {
  const { network, peer, told, workers, pass } = leader(t);
  await network.quiet();
  void workers[0]?.send(ready);
  await network.quiet();
  void workers[0]?.send({ kind: 'draining' });
  peer.stop();
  await workers[0]?.ended;
  await pass(60_000);
  assert.deepEqual(told, ['joined with 3']);
  assert.equal(workers.length, 1);
});
