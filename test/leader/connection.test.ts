import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { PROTOCOL, type Ready, type ToLeader, type ToWorker } from '../../src/cluster/messages.js';
import { Traffic } from '../../src/cluster/traffic.js';
import { type LeaderLink, Refusal } from '../../src/cluster/transport.js';
import { Connection, type ConnectionOptions } from '../../src/leader/fleet/connection.js';
import { type MemoryLink, memoryNetwork } from '../cluster/memory.js';
import { Scripted, type ScriptedWorker } from '../cluster/scripted.js';
import { paintOf, sceneOf } from '../worker/views.js';

const ADDRESS = { host: 'w', port: 1 };
const JOB = 7;
const ready: Ready = {
  kind: 'ready',
  protocol: PROTOCOL,
  version: '1.0',
  build: 'build',
  slots: 3,
  credits: 2,
  instance: '',
};

/** A connection that dials, its events, and the workers that answer. The test advances the clock. */
function leader(t: TestContext, changes: Partial<ConnectionOptions> = {}, answered = true) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const network = memoryNetwork();
  const seen: string[] = [];
  let time = 0;
  const workers: (ScriptedWorker & { link: MemoryLink<ToLeader, ToWorker> })[] = [];
  const listen = () => network.listen(ADDRESS, (link) => void workers.push(new Scripted(link) as never));
  if (answered) listen();
  const options: ConnectionOptions = {
    dialer: network.dialer,
    version: '1.0',
    build: 'build',
    session: 'session',
    retries: 2,
    random: () => 1,
    now: () => time,
    ...changes,
  };
  const events = {
    joined: (_: unknown, { slots }: Ready) => void seen.push(`joined with ${slots}`),
    message: (_: unknown, { kind }: ToLeader) => void seen.push(kind),
    disconnected: (_: unknown, reason: string, fault: boolean) =>
      void seen.push(`disconnected: ${reason}${fault ? ', its fault' : ''}`),
    givenUp: (_: unknown, reason: string) => void seen.push(`given up: ${reason}`),
    warned: (_: unknown, reason: string) => void seen.push(`warned: ${reason}`),
  };
  const connection = new Connection(ADDRESS, 2, options, events, () => [JOB]);
  connection.dial();
  const pass = async (ms: number) => {
    // In steps, as a clock and its timers go on together.
    for (let left = ms; left > 0; left -= 250) {
      time += Math.min(left, 250);
      t.mock.timers.tick(Math.min(left, 250));
    }
    await network.quiet();
  };
  /** Advances the clock without running timers. */
  const sleep = (ms: number) => {
    time += ms;
  };
  return { network, connection, seen, workers, pass, listen, sleep };
}

test('a worker gets Hello, and its messages after Ready are passed on', async (t) => {
  const { network, connection, seen, workers } = leader(t);
  await network.quiet();
  const [worker] = workers;
  assert.deepEqual(await worker?.next('hello'), {
    kind: 'hello',
    protocol: PROTOCOL,
    version: '1.0',
    build: 'build',
    session: 'session',
    slots: 2,
  });
  void worker?.send(ready);
  void worker?.send({ kind: 'draining' });
  void worker?.send({ kind: 'failed', job: JOB, shard: 1, epoch: 1, reason: 'none' });
  await network.quiet();
  assert.deepEqual(seen, ['joined with 3', 'draining', 'failed']);
  assert.deepEqual(connection.ready, ready);
});

const MISMATCHES: readonly [what: string, answer: ToLeader, reason: string][] = [
  [
    'another protocol',
    { ...ready, protocol: PROTOCOL + 1 },
    `it speaks protocol ${PROTOCOL + 1} (version 1.0), this leader ${PROTOCOL} (version 1.0)`,
  ],
  ['another version', { ...ready, version: '2.0' }, 'it is version 2.0, this leader 1.0'],
  [
    'another build',
    { ...ready, build: 'c'.repeat(64) },
    'it is build cccccccccccc, this leader build build: build the same sources on both ("make build")',
  ],
  ['its refusal', { kind: 'refused', reason: 'run the same version on both' }, 'run the same version on both'],
];

for (const [what, answer, reason] of MISMATCHES) {
  test(`a worker with ${what} is left out with a reason, and not dialled again`, async (t) => {
    const { network, seen, workers, pass } = leader(t);
    await network.quiet();
    void workers[0]?.send(answer);
    void workers[0]?.send({ kind: 'draining' });
    await workers[0]?.ended;
    await pass(60_000);
    assert.deepEqual(seen, [`given up: ${reason}`]);
    assert.equal(workers.length, 1);
  });
}

test('no answer: dialled again after growing waits, then given up with the reason', async (t) => {
  const { network, seen, pass } = leader(t, {}, false);
  await network.quiet();
  await pass(100);
  await pass(159);
  assert.deepEqual(seen, []);
  await pass(1);
  assert.deepEqual(seen, ['given up: dialled 3 times, last: ECONNREFUSED']);
  await pass(60_000);
  assert.equal(seen.length, 1);
});

test('the wait is jittered down to its half, and a worker that comes up meanwhile joins', async (t) => {
  const { network, seen, workers, pass, listen } = leader(t, { random: () => 0 }, false);
  await network.quiet();
  listen();
  await pass(49);
  assert.equal(workers.length, 0);
  await pass(1);
  void workers[0]?.send(ready);
  await network.quiet();
  assert.deepEqual(seen, ['joined with 3']);
});

test('a worker that is silent after Hello is lost, and dialled again', async (t) => {
  const { network, seen, workers, pass } = leader(t, { retries: 1 });
  await network.quiet();
  await pass(29_999);
  assert.equal(workers.length, 1);
  await pass(1);
  await workers[0]?.ended;
  await pass(100);
  assert.equal(workers.length, 2);
  await pass(30_000);
  assert.deepEqual(seen, ['given up: dialled 2 times, last: no answer to Hello']);
});

test('a worker that is lost is dialled again; messages of the earlier link are ignored', async (t) => {
  const { network, connection, seen, workers, pass } = leader(t);
  await network.quiet();
  void workers[0]?.send(ready);
  await network.quiet();
  workers[0]?.link.close();
  await network.quiet();
  assert.equal(connection.ready, undefined);
  await pass(100);
  void workers[0]?.send({ kind: 'draining' });
  void workers[1]?.send({ ...ready, slots: 1 });
  await network.quiet();
  assert.deepEqual(seen, ['joined with 3', 'disconnected: the worker closed the connection', 'joined with 1']);
});

/** A dialler of workers that refuse this leader, with a count of its dials. */
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
      traffic: new Traffic(),
    };
    return link;
  };
  return { dialled, dialer: { dial } };
}

test('a worker that refuses its leader is given up at once, with the reason', async (t) => {
  const { dialled, dialer } = refusing(new Refusal('it requires a token', true));
  const { network, seen, pass } = leader(t, { dialer }, false);
  await network.quiet();
  await pass(60_000);
  assert.deepEqual([seen, dialled.times], [['given up: it requires a token'], 1]);
});

test('a worker that refuses its leader, perhaps not finally, is dialled again; one warning at the third attempt', async (t) => {
  const { dialled, dialer } = refusing(new Refusal('it may require TLS', false));
  const { network, seen, pass } = leader(t, { dialer, retries: 4 }, false);
  for (let k = 0; k < 2; k++) {
    assert.deepEqual(seen, []);
    await network.quiet();
    await pass(1_000);
  }
  assert.deepEqual(seen, ['warned: it may require TLS']);
  for (let k = 0; k < 2; k++) {
    await network.quiet();
    await pass(1_000);
  }
  assert.deepEqual(seen, ['warned: it may require TLS', 'given up: dialled 5 times, last: it may require TLS']);
  assert.equal(dialled.times, 5);
});

test('losses in a row count, an answered shard resets the count', async (t) => {
  for (const backoffReset of [false, true]) {
    const { network, connection, seen, workers, pass } = leader(t, { retries: 1 });
    for (let loss = 0; loss < 3; loss++) {
      await network.quiet();
      void workers[loss]?.send(ready);
      await network.quiet();
      if (backoffReset) connection.resetBackoff();
      workers[loss]?.link.close();
      await network.quiet();
      await pass(100);
    }
    const givenUp = seen.filter((one) => one.startsWith('given up'));
    assert.deepEqual(
      givenUp,
      backoffReset ? [] : ['given up: dialled 2 times, last: the worker closed the connection'],
    );
    connection.stop();
    t.mock.timers.reset();
  }
});

test('a worker that was given up is still dialled, more rarely, and may join later', async (t) => {
  const { network, seen, workers, pass, listen } = leader(t, { retries: 0 }, false);
  await network.quiet();
  assert.deepEqual(seen, ['given up: dialled once, last: ECONNREFUSED']);
  await pass(60_000);
  listen();
  await pass(30_000);
  void workers[0]?.send(ready);
  await network.quiet();
  assert.deepEqual(seen, ['given up: dialled once, last: ECONNREFUSED', 'joined with 3']);
});

test('a worker that registers is dialled at once', async (t) => {
  const { network, connection, seen, workers, pass, listen } = leader(t, {}, false);
  await network.quiet();
  listen();
  connection.redial();
  await network.quiet();
  void workers[0]?.send(ready);
  await network.quiet();
  connection.redial();
  await pass(1_000);
  assert.deepEqual([seen, workers.length], [['joined with 3'], 1]);
});

/** A worker that is ready, and sends heartbeats for some seconds. */
async function sendHeartbeats(t: TestContext, seconds: number) {
  const all = leader(t);
  await all.network.quiet();
  void all.workers[0]?.send(ready);
  await all.network.quiet();
  for (let k = 0; k < seconds; k++) {
    void all.workers[0]?.send({ kind: 'heartbeat', jobs: [{ job: JOB, epochs: [1, 2], running: 1 }] });
    await all.pass(1_000);
  }
  return all;
}

test('a worker that is busy for a minute with one shard is not lost while it sends heartbeats', async (t) => {
  const { seen } = await sendHeartbeats(t, 60);
  assert.deepEqual([seen[0], new Set(seen.slice(1)), seen.length], ['joined with 3', new Set(['heartbeat']), 61]);
});

test('a worker that is silent for five seconds is lost, dialled again, and rejoins', async (t) => {
  const { network, seen, workers, pass } = await sendHeartbeats(t, 1);
  await pass(4_750);
  assert.deepEqual(seen, ['joined with 3', 'heartbeat']);
  await pass(250);
  assert.deepEqual(seen.slice(2), ['disconnected: silent for 5 seconds']);
  await workers[0]?.ended;
  await pass(100);
  void workers[1]?.send(ready);
  await network.quiet();
  assert.equal(seen.at(-1), 'joined with 3');
});

test('a worker is not silent while a scene is sent to it', async (t) => {
  const { network, connection, seen, pass } = await sendHeartbeats(t, 1);
  const scene = sceneOf({ paint: paintOf() });
  for (let k = 0; k < 20; k++) {
    void connection.send({ kind: 'scene', job: JOB, id: 0, scene });
    await pass(1_000);
  }
  await network.quiet();
  assert.deepEqual(seen, ['joined with 3', 'heartbeat']);
});

test('a leader that was stopped does not count that time as silence of a worker', async (t) => {
  const { network, seen, workers, pass, sleep } = await sendHeartbeats(t, 1);
  sleep(60_000);
  await pass(250);
  assert.deepEqual(seen, ['joined with 3', 'heartbeat']);
  void workers[0]?.send({ kind: 'heartbeat', jobs: [] });
  await network.quiet();
  assert.deepEqual(seen, ['joined with 3', 'heartbeat', 'heartbeat']);
});

test('a worker that refuses its leader in the middle of the job is lost, then given up', async (t) => {
  const { network, seen, workers, pass } = leader(t);
  await network.quiet();
  void workers[0]?.send(ready);
  void workers[0]?.send({ kind: 'refused', reason: 'shard 7 is not one to compute' });
  await network.quiet();
  await pass(60_000);
  const reason = 'shard 7 is not one to compute';
  assert.deepEqual(seen, ['joined with 3', `disconnected: ${reason}`, `given up: ${reason}`]);
  assert.equal(workers.length, 1);
});

const result: ToLeader = {
  kind: 'result',
  job: JOB,
  shard: 0,
  epoch: 1,
  bytes: new Uint8Array(3),
  seconds: 1,
  iterations: 1,
  uncertain: 0,
};
const UNEXPECTED: readonly [what: string, messages: readonly ToLeader[], seen: readonly string[]][] = [
  ['a result before Ready', [result, ready], ['given up: dialled once, last: it sent result before it was ready']],
  [
    'a report before Ready',
    [{ kind: 'report', job: JOB, metrics: [] }],
    ['given up: dialled once, last: it sent report before it was ready'],
  ],
  [
    'Ready twice',
    [ready, ready, result],
    [
      'joined with 3',
      'disconnected: it sent Ready twice, its fault',
      'given up: dialled once, last: it sent Ready twice',
    ],
  ],
];

for (const [what, messages, expected] of UNEXPECTED) {
  test(`a worker that sends ${what} is lost, with one error`, async (t) => {
    const { network, seen, workers } = leader(t, { retries: 0 });
    await network.quiet();
    for (const message of messages) void workers[0]?.send(message);
    await workers[0]?.ended;
    await network.quiet();
    assert.deepEqual(seen, expected);
  });
}

test('bytes that no message has end the session, and the worker counts as lost', async (t) => {
  for (const bytes of [Buffer.alloc(0), Buffer.from('HTTP/1.1 400 Bad Request\r\n'), Buffer.from([0x1a, 2, 8, 1])]) {
    const { network, seen, workers } = leader(t, { retries: 0 });
    await network.quiet();
    void workers[0]?.send(ready);
    workers[0]?.link.sendBytes(bytes);
    void workers[0]?.send({ kind: 'draining' });
    await workers[0]?.ended;
    await network.quiet();
    assert.equal(seen[0], 'joined with 3');
    assert.match(seen[1] ?? '', /^disconnected: .+/);
    assert.match(seen[2] ?? '', /^given up: dialled once, last: .+/);
    assert.equal(seen.length, 3);
    t.mock.timers.reset();
  }
});

test('payload is counted by job, over all links to the worker', async (t) => {
  const { network, connection, workers, pass } = leader(t);
  for (let link = 0; link < 2; link++) {
    await network.quiet();
    void workers[link]?.send(ready);
    await network.quiet();
    const scene = sceneOf({ paint: paintOf(32) });
    void connection.send({ kind: 'scene', job: JOB, id: 0, scene });
    void connection.send({ kind: 'scene', job: 8, id: 0, scene });
    void workers[link]?.send({ ...result, bytes: new Uint8Array(1000) } as ToLeader);
    void workers[link]?.send({ ...result, job: 8, bytes: new Uint8Array(10) } as ToLeader);
    await network.quiet();
    workers[link]?.link.close();
    await network.quiet();
    await pass(100);
  }
  const { sent, received } = connection.traffic(JOB);
  assert.equal(received, 2000);
  assert.ok(sent > 700 && sent < 1300, `${sent} bytes`);
  connection.forget(JOB);
  assert.deepEqual(connection.traffic(JOB), { sent: 0, received: 0 });
});

test('a worker that breaks the protocol three times in a row is left out; an answer to a shard begins the count anew', async (t) => {
  const { network, connection, seen, workers, pass } = leader(t, { retries: 10 });
  const fault = async (session: number, answers: boolean) => {
    await network.quiet();
    void workers[session]?.send(ready);
    await network.quiet();
    if (answers) connection.resetBackoff();
    void workers[session]?.send(ready);
    await workers[session]?.ended;
    await network.quiet();
    await pass(1_000);
  };
  for (const [session, answers] of [false, false, true, false].entries()) await fault(session, answers);
  assert.ok(!seen.some((one) => one.startsWith('given up')), seen.join(', '));
  await fault(4, false);
  assert.equal(seen.at(-1), 'given up: it sent Ready twice');
  await pass(60_000);
  assert.equal(workers.length, 5);
});

test('stop ends the link permanently: the worker gets the end, and its messages are ignored', async (t) => {
  const { network, connection, seen, workers, pass } = leader(t);
  await network.quiet();
  void workers[0]?.send(ready);
  await network.quiet();
  void workers[0]?.send({ kind: 'draining' });
  connection.stop();
  await workers[0]?.ended;
  await pass(60_000);
  assert.deepEqual(seen, ['joined with 3']);
  assert.equal(workers.length, 1);
});
