import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEARTBEAT_MS, PROTOCOL, type Scene, type ToWorker } from '../../src/cluster/messages.js';
import type { View } from '../../src/view/view.js';
import { assetOf } from '../../src/work/asset.js';
import type { FractalScene, FractalTask } from '../../src/work/fractal/scene.js';
import type { Tally } from '../../src/worker/job.js';
import type { Pool } from '../../src/worker/pool.js';
import { type Session, serve } from '../../src/worker/session.js';
import { type MemoryLink, memoryNetwork } from '../cluster/memory.js';
import { Scripted, type ScriptedLeader } from '../cluster/scripted.js';
import { FINGERPRINT, gatedPool } from './gated-pool.js';
import { paintOf, RANK, sceneOf, taskOf, view } from './views.js';

const ADDRESS = { host: 'w', port: 1 };
const hello = {
  kind: 'hello',
  protocol: PROTOCOL,
  version: '2.0',
  build: 'build',
  session: 'leader',
  slots: 0,
} as const;
const JOB = 1;
const open = { kind: 'open', job: JOB, name: 'job', kernel: 'simd', assets: [], ...RANK } as const;
const close = (metrics: boolean, job = JOB): ToWorker => ({ kind: 'close', job, metrics });
const cancel = (...epochs: number[]): ToWorker => ({ kind: 'cancel', job: JOB, epochs });
const scene = sceneOf({ paint: paintOf() });

interface Changes extends Partial<FractalTask> {
  readonly scene?: number;
  readonly epoch?: number;
}

const assign = (shard: number, { scene = 0, epoch = shard + 100, ...work }: Changes = {}, job = JOB): ToWorker => ({
  kind: 'assign',
  job,
  assignment: {
    shard,
    epoch,
    scene,
    render: 0,
    work: { ...taskOf({ x: 0, y: 0, width: 4, height: 2 }), ...work },
  },
});

/** A worker that serves all that dial, and its log. */
function worker(pool: Pool) {
  const network = memoryNetwork();
  const sessions: Session[] = [];
  const log: string[] = [];
  const tallies: Tally[] = [];
  network.listen(ADDRESS, (link) => {
    const events = {
      began: (job: string, kernel: string) => void log.push(`${job} begins, ${kernel}`),
      finished(job: string, tally: Tally, wanted: boolean) {
        log.push(`${job} is done${wanted ? ', metrics' : ''}`);
        tallies.push({ ...tally });
        return [{ name: 'shards', value: tally.shards }];
      },
      aborted: (job: string, reason: string) => void log.push(`${job} ended: ${reason}`),
      ended: (session: string, reason?: string) => void log.push(`session ${session} ended: ${reason ?? 'done'}`),
    };
    sessions.push(serve(link, pool, { version: '2.0', build: 'build' }, events));
  });
  const dial = (): ScriptedLeader & { link: MemoryLink<ToWorker, never> } =>
    new Scripted(network.dial(ADDRESS)) as never;
  const connect = async (changes: Partial<typeof hello & { slots: number }> = {}) => {
    const leader = dial();
    void leader.send({ ...hello, ...changes });
    await leader.next('ready');
    return leader;
  };
  /** Greeted, a job is open, and its scene is there. */
  const join = async (name = 'job', slots = 0) => {
    const leader = await connect({ slots } as object);
    void leader.send({ ...open, name });
    await leader.next('opened');
    void leader.send({ kind: 'scene', job: JOB, id: 0, scene });
    await network.quiet();
    return leader;
  };
  return { network, sessions, log, tallies, dial, connect, join };
}

test('a leader gets the number of its slots: at most those it requested, and at most those that exist', async () => {
  const { dial } = worker(gatedPool(3));
  for (const [wanted, slots] of [
    [0, 3],
    [2, 2],
    [9, 3],
  ]) {
    const leader = dial();
    void leader.send({ ...hello, slots: wanted as number });
    const { kind: _, ...ready } = await leader.next('ready');
    assert.deepEqual(ready, {
      protocol: PROTOCOL,
      version: '2.0',
      build: 'build',
      slots,
      credits: 2,
      instance: 'gated',
    });
    void leader.send(open);
    assert.deepEqual(await leader.next('opened'), {
      kind: 'opened',
      job: JOB,
      kernel: 'simd',
      detail: 'by hand',
      speed: 1e9,
      fingerprint: FINGERPRINT,
      slots,
      held: [],
    });
  }
});

test('another version of the protocol is refused, and both versions are named', async () => {
  const { dial, log } = worker(gatedPool());
  const leader = dial();
  void leader.send({ ...hello, protocol: PROTOCOL + 1 });
  const [refused, ...more] = await leader.rest();
  const reason = `the leader 2.0 speaks protocol ${PROTOCOL + 1}, this worker 2.0 speaks ${PROTOCOL}: run the same version on both`;
  assert.deepEqual([refused, more], [{ kind: 'refused', reason }, []]);
  assert.equal(await leader.ended, undefined);
  assert.deepEqual(log, [`session  ended: ${reason}`]);
});

test('a Hello with a name of several lines is refused', async () => {
  for (const session of ['two\nlines', '\x1b[2J', 'x'.repeat(101)]) {
    const { dial, log } = worker(gatedPool());
    const leader = dial();
    void leader.send({ ...hello, session });
    const reason = 'a Hello with an unreadable name';
    assert.deepEqual(await leader.rest(), [{ kind: 'refused', reason }]);
    assert.deepEqual(log, [`session  ended: ${reason}`]);
  }
});

test('another build is refused, though its version is the same, and both are named', async () => {
  const { dial, log } = worker(gatedPool());
  const leader = dial();
  void leader.send({ ...hello, build: 'c'.repeat(64) });
  const reason =
    'the leader is build cccccccccccc, this worker build build: build the same sources on both ("make build")';
  assert.deepEqual(await leader.rest(), [{ kind: 'refused', reason }]);
  assert.deepEqual(log, [`session  ended: ${reason}`]);
});

test('another version is refused, though it speaks the same protocol: its bits may be others', async () => {
  const { dial } = worker(gatedPool());
  const leader = dial();
  void leader.send({ ...hello, version: '1.9' });
  const reason = 'the leader is version 1.9, this worker 2.0: run the same version on both';
  assert.deepEqual(await leader.rest(), [{ kind: 'refused', reason }]);
});

test('a worker sends a heartbeat every second, with what is under way, however busy its slots are', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const pool = gatedPool(1);
  const { network, join } = worker(pool);
  const leader = await join();
  const second = async () => {
    t.mock.timers.tick(HEARTBEAT_MS);
    await network.quiet();
    return leader.heartbeats.splice(0);
  };
  assert.deepEqual(await second(), [{ kind: 'heartbeat', jobs: [{ job: JOB, epochs: [], running: 0 }] }]);
  for (const shard of [1, 2]) void leader.send(assign(shard));
  await network.quiet();
  for (let k = 0; k < 60; k++)
    assert.deepEqual(await second(), [{ kind: 'heartbeat', jobs: [{ job: JOB, epochs: [101, 102], running: 1 }] }]);
  pool.finish(1);
  assert.deepEqual(await second(), [{ kind: 'heartbeat', jobs: [{ job: JOB, epochs: [102], running: 1 }] }]);
  leader.link.close();
  await leader.ended;
  assert.deepEqual(await second(), []);
});

test('a job whose kernel is missing is unavailable, with the reason; other jobs of the session go on', async () => {
  const pool = gatedPool();
  const { join } = worker(pool);
  const leader = await join();
  void leader.send({ ...open, job: 2, kernel: 'gpu' });
  // These were sent before the answer arrived.
  for (const kind of ['cancel', 'priority', 'close'] as const) {
    void leader.send({ kind, job: 2, epochs: [], ...RANK, metrics: false } as ToWorker);
  }
  assert.deepEqual(await leader.next('unavailable'), { kind: 'unavailable', job: 2, reason: 'there is no gpu here' });
  assert.equal(pool.jobs, 1);
  void leader.send(close(false));
  assert.equal((await leader.next('report')).job, JOB);
});

test('two jobs of a session are separate: shards, scenes, heartbeats, reports; epochs may be the same', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const pool = gatedPool(3);
  const { network, join, log, tallies } = worker(pool);
  const leader = await join();
  void leader.send({ ...open, job: 2, name: 'other', priority: 90 });
  await leader.next('opened');
  assert.deepEqual(pool.priorities, [50, 90]);
  void leader.send({ kind: 'scene', job: 2, id: 0, scene });
  void leader.send(assign(1));
  void leader.send(assign(2, { epoch: 101 }, 2));
  void leader.send({ kind: 'priority', job: 2, ...RANK, priority: 7 });
  await network.quiet();
  t.mock.timers.tick(HEARTBEAT_MS);
  await network.quiet();
  const jobs = [1, 2].map((job) => ({ job, epochs: [101], running: 1 }));
  assert.deepEqual(leader.heartbeats, [{ kind: 'heartbeat', jobs }]);
  assert.deepEqual(pool.priorities, [50, 7]);
  void leader.send(close(true, 2));
  pool.finish(2, new Uint8Array(24));
  const { job, shard, epoch } = await leader.next('result');
  assert.deepEqual([job, shard, epoch], [2, 2, 101]);
  const report = { kind: 'report', job: 2, metrics: [{ name: 'shards', value: 1 }] };
  assert.deepEqual(await leader.next('report'), report);
  assert.equal(tallies[0]?.bytesSent, 24);
  assert.deepEqual(log, ['job begins, simd', 'other begins, simd', 'other is done, metrics']);
  void leader.send(cancel(101));
  void leader.send(close(false));
  assert.deepEqual((await leader.next('report')).metrics, [{ name: 'shards', value: 0 }]);
  assert.equal(pool.jobs, 0);
});

test('a shard before its job is open ends the session; a job that is closed before is closed once it is open', async () => {
  let resolve = () => {};
  const until = new Promise<void>((done) => {
    resolve = done;
  });
  const slowPool = gatedPool();
  const slow: Pool = { ...slowPool, offer: (kernel) => until.then(() => slowPool.offer(kernel)) };
  const { network, connect, log } = worker(slow);
  const [early, patient] = [await connect(), await connect()];
  for (const leader of [early, patient]) void leader.send(open);
  void early.send(assign(1));
  assert.match(((await early.rest())[0] as { reason: string }).reason, /assign for job 1 came before it was opened/);
  void patient.send(close(false));
  await network.quiet();
  assert.deepEqual(patient.received, []);
  resolve();
  await patient.next('opened');
  await patient.next('report');
  assert.deepEqual(log.slice(-2), ['job begins, simd', 'job is done']);
});

test('a scene that is dropped makes space for others, and shards cannot use it any more', async () => {
  const { network, join } = worker(gatedPool());
  const leader = await join();
  for (let id = 1; id <= 30; id++) {
    if (id >= 8) void leader.send({ kind: 'dropScene', job: JOB, id: id - 8 });
    void leader.send({ kind: 'scene', job: JOB, id, scene });
  }
  void leader.send(assign(1, { scene: 30 }));
  await network.quiet();
  assert.deepEqual(leader.received, []);
  void leader.send(assign(2, { scene: 3 }));
  assert.match(((await leader.rest())[0] as { reason: string }).reason, /a scene that was never sent/);
});

test('every shard is answered once, with what it took, or with why it failed', async () => {
  const pool = gatedPool(2);
  const { network, join } = worker(pool);
  const leader = await join();
  assert.deepEqual(pool.scenes, [scene]);
  for (const shard of [7, 8]) void leader.send(assign(shard));
  await network.quiet();
  pool.fail(8, 'no memory');
  pool.finish(7, Uint8Array.of(4, 5, 6));
  assert.deepEqual(await leader.next('failed'), {
    kind: 'failed',
    job: JOB,
    shard: 8,
    epoch: 108,
    reason: 'no memory',
  });
  const { bytes, ...result } = await leader.next('result');
  assert.deepEqual([...bytes], [4, 5, 6]);
  assert.deepEqual(result, {
    kind: 'result',
    job: JOB,
    shard: 7,
    epoch: 107,
    seconds: 0.25,
    iterations: 100,
    uncertain: 2,
    samples: 8,
  });
});

test('twice as many shards as slots may be under way; one more ends the session, with one error', async () => {
  const pool = gatedPool(2);
  const { network, join, log } = worker(pool);
  const leader = await join();
  for (const shard of [1, 2, 3, 4]) void leader.send(assign(shard));
  await network.quiet();
  assert.deepEqual(pool.shards, [1, 2, 3, 4]);
  pool.finish(1);
  void leader.send(assign(5));
  await network.quiet();
  assert.deepEqual(pool.shards, [2, 3, 4, 5]);
  for (const shard of [6, 7, 8]) void leader.send(assign(shard));
  await leader.next('result');
  const reason = 'more than 4 shards under way at once';
  assert.deepEqual(await leader.rest(), [{ kind: 'refused', reason }]);
  assert.deepEqual(log, ['job begins, simd', `job ended: ${reason}`, `session leader ended: ${reason}`]);
  assert.deepEqual([pool.sessions, pool.jobs, pool.shards], [0, 0, []]);
});

test('a leader that takes some of the slots has credits for those only', async () => {
  const pool = gatedPool(4);
  const { join } = worker(pool);
  const leader = await join('job', 1);
  for (const shard of [1, 2, 3]) void leader.send(assign(shard));
  assert.deepEqual(await leader.rest(), [{ kind: 'refused', reason: 'more than 2 shards under way at once' }]);
});

test('a cancelled shard is not answered, begun or not; its credit is free again', async () => {
  const pool = gatedPool(1);
  const { network, join } = worker(pool);
  const leader = await join();
  for (const shard of [1, 2]) void leader.send(assign(shard));
  void leader.send(cancel(101, 102, 99));
  for (const shard of [3, 4]) void leader.send(assign(shard));
  await network.quiet();
  assert.deepEqual(pool.shards, [3, 4]);
  pool.finish(3);
  assert.equal((await leader.next('result')).shard, 3);
});

test('close: what is under way is answered, the report follows; the session goes on until its leader ends it', async () => {
  const pool = gatedPool(1);
  const { network, join, log, tallies } = worker(pool);
  const leader = await join();
  for (const shard of [1, 2]) void leader.send(assign(shard));
  void leader.send(close(true));
  await network.quiet();
  pool.finish(1, new Uint8Array(24));
  await leader.next('result');
  await network.quiet();
  assert.deepEqual(leader.received, []);
  pool.finish(2, new Uint8Array(24));
  await leader.next('result');
  const report = { kind: 'report', job: JOB, metrics: [{ name: 'shards', value: 2 }] };
  assert.deepEqual(await leader.next('report'), report);
  assert.deepEqual([pool.sessions, pool.jobs], [1, 0]);
  leader.link.end();
  assert.deepEqual(await leader.rest(), []);
  assert.equal(await leader.ended, undefined);
  assert.deepEqual(log, ['job begins, simd', 'job is done, metrics', 'session leader ended: done']);
  const bytes = { bytesSent: 48, bytesReceived: leader.link.traffic.sent };
  assert.deepEqual(tallies, [{ shards: 2, samples: 16, iterations: 200, busySeconds: 0.5, ...bytes }]);
  assert.equal(pool.sessions, 0);
});

test('close with nothing under way, no metrics wanted', async () => {
  const { join, log } = worker(gatedPool());
  const leader = await join();
  void leader.send(close(false));
  assert.deepEqual((await leader.next('report')).metrics, [{ name: 'shards', value: 0 }]);
  assert.deepEqual(log, ['job begins, simd', 'job is done']);
});

test('what waits for the last shard does not wait for one that was cancelled', async () => {
  const pool = gatedPool(1);
  const { network, join, sessions, log } = worker(pool);
  const busy = await join('busy');
  void busy.send(assign(0));
  await network.quiet();
  const finishing = await join('finishing');
  void finishing.send(assign(1));
  void finishing.send(close(false));
  void finishing.send(cancel(101));
  assert.deepEqual((await finishing.next('report')).metrics, [{ name: 'shards', value: 0 }]);
  const drained = await join('drained');
  void drained.send(assign(2));
  await network.quiet();
  sessions[2]?.drain();
  void drained.send(cancel(102));
  assert.deepEqual(await drained.rest(), [{ kind: 'draining' }]);
  assert.deepEqual(log.slice(-2), ['drained ended: drained', 'session leader ended: drained']);
});

test('a worker that drains states it, answers what it has, and ends', async () => {
  const pool = gatedPool(1);
  const { network, join, sessions, log } = worker(pool);
  const leader = await join();
  for (const shard of [1, 2]) void leader.send(assign(shard));
  await network.quiet();
  sessions[0]?.drain();
  await leader.next('draining');
  for (const shard of [1, 2]) {
    await network.quiet();
    assert.deepEqual(leader.received, []);
    pool.finish(shard, new Uint8Array(6));
    assert.equal((await leader.next('result')).shard, shard);
  }
  assert.deepEqual(await leader.rest(), []);
  assert.equal(await leader.ended, undefined);
  assert.deepEqual(log, ['job begins, simd', 'job ended: drained', 'session leader ended: drained']);
});

test('an assignment sent before the leader received Draining is no error', async () => {
  const pool = gatedPool(1);
  const { join, sessions, log } = worker(pool);
  const leader = await join();
  sessions[0]?.drain();
  void leader.send(assign(1));
  assert.deepEqual(await leader.rest(), [{ kind: 'draining' }]);
  assert.equal(await leader.ended, undefined);
  assert.deepEqual(log, ['job begins, simd', 'job ended: drained', 'session leader ended: drained']);
  assert.deepEqual(pool.shards, []);
});

test('a worker that drains before Hello ends the session', async () => {
  const pool = gatedPool();
  const { network, dial, sessions } = worker(pool);
  const leader = dial();
  sessions[0]?.drain();
  void leader.send(hello);
  assert.deepEqual(await leader.rest(), [{ kind: 'draining' }]);
  await network.quiet();
  assert.equal(pool.sessions, 0);
});

for (const way of ['end', 'close'] as const) {
  test(`a leader that ends (${way}) releases its part of the pool, and late results are dropped`, async () => {
    const pool = gatedPool(1);
    const { network, join, log } = worker(pool);
    const leader = await join();
    for (const shard of [1, 2]) void leader.send(assign(shard));
    await network.quiet();
    leader.link[way]();
    await leader.ended;
    await network.quiet();
    assert.deepEqual([pool.sessions, pool.jobs, pool.shards], [0, 0, []]);
    const why = 'the leader ended the session';
    assert.deepEqual(log, ['job begins, simd', `job ended: ${why}`, `session leader ended: ${why}`]);
  });
}

const rect = { x: 0, y: 0, width: 4, height: 2 };
const grid = (side: number) => ({ kind: 'grid', side }) as const;
const julia = (re: string) => ({ step: 'holomorphic', power: 2, julia: { re, im: '0' } }) as const;
const WRONG_VIEWS: readonly [what: string, changes: Partial<View>, why: RegExp][] = [
  ['a limit that is no number', { iterations: Number.NaN }, /iterations NaN/],
  ['no limit', { iterations: Infinity }, /iterations Infinity/],
  ['a limit of half an iteration', { iterations: 0.5 }, /iterations 0\.5/],
  ['a limit beyond 2^48', { iterations: 2 ** 48 + 1 }, /iterations 281474976710657/],
  ['a bailout that is no number', { bailout: Number.NaN }, /bailout NaN/],
  ['a bailout within the set', { bailout: 1 }, /bailout 1$/],
  ['a turn that is no number', { rotation: Number.NaN }, /rotation NaN/],
  ['a turn without end', { rotation: -Infinity }, /rotation -Infinity/],
  ['a power out of range', { formula: { step: 'tricorn', power: 4_000_000_000 } }, /power 4000000000/],
  ['no power', { formula: { step: 'holomorphic', power: 0 } }, /power 0/],
  ['more samples a pixel than any request has', { sampling: grid(65) }, /samples 4225/],
  ['an empty zoom', { zoom: '' }, /zoom $/],
  ['a zoom of zero', { zoom: '0' }, /zoom 0/],
  ['a negative zoom', { zoom: '-1' }, /zoom -1/],
  ['a zoom that is no number', { zoom: 'NaN' }, /zoom NaN/],
  ['a zoom without end', { zoom: '1e999999999' }, /zoom 1e999999999/],
  ['a centre that is no number', { re: 'Infinity' }, /coordinate Infinity/],
  ['an empty centre', { im: '' }, /coordinate $/],
  ['a constant that is no number', { formula: julia('nan') }, /coordinate nan/],
];
const lost: NonNullable<FractalScene['reference']> = {
  formula: { step: 'holomorphic', power: 2 },
  re: '0x5',
  im: '0',
  orbit: new Float64Array(4),
  underflow: new Float64Array(0),
  start: 0,
  extended: false,
};
const custom = { kind: 'custom', name: 'fractal', payload: new Uint8Array(3) } as const;
const many = (count: number) => Array.from({ length: count }, (_, k) => k);
const sent = (one: Scene): ToWorker => ({ kind: 'scene', job: JOB, id: 1, scene: one });
type Unexpected = [what: string, messages: readonly ToWorker[], why: RegExp];
const upTo = (count: number) => Array.from({ length: count }, (_, k) => k + 1);
const opens = (job: number): ToWorker => ({ ...open, job, name: `another ${job}` });
const UNEXPECTED: readonly Unexpected[] = [
  ['a second Hello', [hello], /^the leader sent Hello twice$/],
  ['a scene that was never sent', [assign(1, { scene: 5 })], /scene/],
  ['a rectangle far beyond the view', [assign(1, { rect: { ...rect, x: 2 ** 22 } })], /4x2 at \(4194304, 0\) of 8x8/],
  ['an empty rectangle', [assign(1, { rect: { ...rect, height: 0 } })], /4x0 at \(0, 0\)/],
  ['a view out of range', [assign(1, { view: { ...view, width: 2 ** 21 } })], /2097152x8/],
  ['no samples', [assign(1, { view: { ...view, sampling: { kind: 'grid', side: 0 } } })], /0 samples/],
  ['too many samples', [assign(1, { view: { ...view, sampling: { kind: 'grid', side: 2000 } } })], /32000000 samples/],
  ...WRONG_VIEWS.map(([what, changes, why]): Unexpected => [what, [assign(1, { view: { ...view, ...changes } })], why]),
  ['a scene for the second time', [{ kind: 'scene', job: JOB, id: 0, scene }], /scene 0 for the second time/],
  ['a shard after the end', [assign(2), close(false), assign(3)], /assign for job 1 came after the end/],
  ['a job with a number that was there', [opens(2), opens(2)], /job 2 was opened after job 2/],
  ['more jobs than a session may have', upTo(17).map((job) => opens(job + 1)), /more than 16 jobs at once/],
  ['a shard of a job that was never opened', [assign(1, {}, 9)], /assign came for job 9, which was never opened/],
  ['a job with an unreadable name', [{ ...open, job: 2, name: '\x1b[2J' }], /a job with an unreadable name/],
  ['more scenes than a job has', upTo(8).map((id) => ({ kind: 'scene', job: JOB, id, scene })), /more than 8 scenes/],
  [
    'an orbit whose point is not valid',
    [sent(sceneOf({ reference: lost }))],
    /reference orbit whose point is not valid/,
  ],
  ['a paint without colours', [sent(sceneOf({ paint: paintOf(0) }))], /a paint with numbers out of range/],
  [
    'a paint that is no number',
    [sent(sceneOf({ paint: { ...paintOf(), offset: Number.NaN } }))],
    /a paint with numbers out of range/,
  ],
  [
    'a paint with a table that ends early',
    [sent(sceneOf({ paint: { ...paintOf(), size: 1000 } }))],
    /a paint of 1000 colours with 6 numbers/,
  ],
  [
    'a scene of another kind',
    [sent({ work: custom, assets: [] })],
    /of the kind custom\/fractal in a job of the kind fr/,
  ],
  [
    'a task of another kind',
    [{ kind: 'assign', job: JOB, assignment: { shard: 1, epoch: 101, scene: 0, render: 0, work: custom } }],
    /of the kind custom\/fractal in a job of the kind fractal/,
  ],
  [
    'more assets than are kept',
    many(1_025).map((k) => ({ kind: 'asset', job: JOB, ...assetOf(Uint8Array.of(k >> 8, k)) })),
    /more than 1024 assets/,
  ],
];

for (const [what, messages, why] of UNEXPECTED) {
  test(`a leader that sends ${what} is refused once, with the reason; other sessions go on`, async () => {
    const pool = gatedPool(1);
    const { network, join, log } = worker(pool);
    const other = await join('other');
    void other.send(assign(1));
    await network.quiet();
    const leader = await join();
    for (const message of [...messages, ...messages, assign(2)]) void leader.send(message);
    const refusals = (await leader.rest()).filter(({ kind }) => kind !== 'opened');
    assert.deepEqual(
      refusals.map(({ kind }) => kind),
      ['refused'],
    );
    assert.match((refusals[0] as { reason: string }).reason, why);
    assert.equal(log.filter((line) => line.startsWith('job ended: ')).length, 1);
    assert.equal(pool.sessions, 1);
    pool.finish(1);
    assert.equal((await other.next('result')).shard, 1);
  });
}

for (const first of [assign(1), { kind: 'scene', job: JOB, id: 0, scene }, close(true), open] as ToWorker[]) {
  test(`${first.kind} before Hello is refused, once`, async () => {
    const { dial, log } = worker(gatedPool());
    const leader = dial();
    for (let k = 0; k < 3; k++) void leader.send(first);
    const reason = `${first.kind} came before Hello was answered`;
    assert.deepEqual(await leader.rest(), [{ kind: 'refused', reason }]);
    assert.deepEqual(log, [`session  ended: ${reason}`]);
  });
}

for (const [what, bytes] of [
  ['bytes that are no message', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['a message of a later version', Buffer.from([0xfa, 0x01, 0x00])],
] as const) {
  test(`${what} end the session, others go on`, async () => {
    const pool = gatedPool(1);
    const { join, log } = worker(pool);
    const other = await join('other');
    const leader = await join();
    leader.link.sendBytes(bytes);
    void leader.send(assign(1));
    assert.ok((await leader.ended) instanceof Error);
    assert.deepEqual(leader.received, []);
    assert.match(log.at(-1) ?? '', /^session leader ended: .+/);
    assert.deepEqual([pool.sessions, pool.shards], [1, []]);
    void other.send(close(false));
    await other.next('report');
  });
}
