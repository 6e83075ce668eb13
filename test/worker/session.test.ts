import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BEAT_MS, PROTOCOL, type Scene, type ToWorker } from '../../src/cluster/messages.js';
import type { View } from '../../src/view/view.js';
import { assetOf } from '../../src/work/asset.js';
import type { FractalScene, FractalTask } from '../../src/work/fractal/scene.js';
import type { Pool } from '../../src/worker/pool.js';
import { type Session, serve, type Tally } from '../../src/worker/session.js';
import { type MemoryLink, memoryNetwork } from '../cluster/memory.js';
import { Scripted, type ScriptedLeader } from '../cluster/scripted.js';
import { FINGERPRINT, gatedPool } from './gated-pool.js';
import { paintOf, sceneOf, taskOf, view } from './views.js';

const ADDRESS = { host: 'w', port: 1 };
const hello = {
  kind: 'hello',
  protocol: PROTOCOL,
  version: '2.0',
  build: 'build',
  session: 'job',
  kernel: 'simd',
  slots: 0,
} as const;
const scene = sceneOf({ paint: paintOf() });

const assign = (shard: number, { scene = 0, ...work }: Partial<FractalTask> & { scene?: number } = {}): ToWorker => ({
  kind: 'assign',
  assignment: {
    shard,
    epoch: shard + 100,
    scene,
    frame: 0,
    work: { ...taskOf({ x: 0, y: 0, width: 4, height: 2 }), ...work },
  },
});

/** A worker that serves everybody who dials, and what its log says. */
function worker(pool: Pool) {
  const network = memoryNetwork();
  const sessions: Session[] = [];
  const log: string[] = [];
  const tallies: Tally[] = [];
  network.listen(ADDRESS, (link) => {
    const events = {
      started: (session: string, kernel: string) => void log.push(`${session} begins, ${kernel}`),
      finished(session: string, tally: Tally, wanted: boolean) {
        log.push(`${session} is done${wanted ? ', metrics' : ''}`);
        tallies.push({ ...tally });
        return [{ name: 'shards', value: tally.shards }];
      },
      ended: (session: string, reason: string | undefined) => void log.push(`${session} ended: ${reason ?? 'done'}`),
    };
    sessions.push(serve(link, pool, { version: '2.0', build: 'build' }, events));
  });
  const dial = (): ScriptedLeader & { link: MemoryLink<ToWorker, never> } =>
    new Scripted(network.dial(ADDRESS)) as never;
  /** Greeted, and the scene is there. */
  const join = async (changes: Partial<ToWorker & { kind: 'hello' }> = {}) => {
    const leader = dial();
    void leader.send({ ...hello, ...changes });
    await leader.next('ready');
    void leader.send({ kind: 'scene', id: 0, scene });
    await network.quiet();
    return leader;
  };
  return { network, sessions, log, tallies, dial, join };
}

test('a leader is told what it may use: not more slots than it wants, and not more than there are', async () => {
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
      kernel: 'simd',
      detail: 'by hand',
      speed: 1e9,
      fingerprint: FINGERPRINT,
      instance: 'gated',
    });
  }
});

test('another version of the protocol is refused, and both versions are named', async () => {
  const { dial, log } = worker(gatedPool());
  const leader = dial();
  void leader.send({ ...hello, protocol: 9 });
  const [refused, ...more] = await leader.rest();
  const reason = `the leader 2.0 speaks protocol 9, this worker 2.0 speaks ${PROTOCOL}: run the same version on both`;
  assert.deepEqual([refused, more], [{ kind: 'refused', reason }, []]);
  assert.equal(await leader.ended, undefined);
  assert.deepEqual(log, [` ended: ${reason}`]);
});

test('a greeting with a name that would spoil the log is refused', async () => {
  for (const session of ['two\nlines', '\x1b[2J', 'x'.repeat(101)]) {
    const { dial, log } = worker(gatedPool());
    const leader = dial();
    void leader.send({ ...hello, session });
    const reason = 'a greeting with an unreadable name';
    assert.deepEqual(await leader.rest(), [{ kind: 'refused', reason }]);
    assert.deepEqual(log, [` ended: ${reason}`]);
  }
});

test('another build is refused, though its version is the same, and both are named', async () => {
  const { dial, log } = worker(gatedPool());
  const leader = dial();
  void leader.send({ ...hello, build: 'c'.repeat(64) });
  const reason =
    'the leader is build cccccccccccc, this worker build build: build the same sources on both ("make build")';
  assert.deepEqual(await leader.rest(), [{ kind: 'refused', reason }]);
  assert.deepEqual(log, [` ended: ${reason}`]);
});

test('another version is refused, though it speaks the same protocol: its bits may be others', async () => {
  const { dial } = worker(gatedPool());
  const leader = dial();
  void leader.send({ ...hello, version: '1.9' });
  const reason = 'the leader is version 1.9, this worker 2.0: run the same version on both';
  assert.deepEqual(await leader.rest(), [{ kind: 'refused', reason }]);
});

test('a worker says every second that it is alive, and what is under way, however busy its slots are', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const pool = gatedPool(1);
  const { network, join } = worker(pool);
  const leader = await join();
  const second = async () => {
    t.mock.timers.tick(BEAT_MS);
    await network.quiet();
    return leader.beats.splice(0);
  };
  assert.deepEqual(await second(), [{ kind: 'beat', epochs: [] }]);
  for (const shard of [1, 2]) void leader.send(assign(shard));
  await network.quiet();
  for (let k = 0; k < 60; k++) assert.deepEqual(await second(), [{ kind: 'beat', epochs: [101, 102] }]);
  pool.finish(1);
  assert.deepEqual(await second(), [{ kind: 'beat', epochs: [102] }]);
  leader.link.close();
  await leader.ended;
  assert.deepEqual(await second(), []);
});

test('a kernel that is missing is refused with the reason, and the place stays free', async () => {
  const pool = gatedPool();
  const { dial } = worker(pool);
  const leader = dial();
  void leader.send({ ...hello, kernel: 'gpu' });
  assert.deepEqual(await leader.rest(), [{ kind: 'refused', reason: 'there is no gpu here' }]);
  assert.equal(pool.seats, 0);
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
  assert.deepEqual(await leader.next('failed'), { kind: 'failed', shard: 8, epoch: 108, reason: 'no memory' });
  const { bytes, ...result } = await leader.next('result');
  assert.deepEqual([...bytes], [4, 5, 6]);
  assert.deepEqual(result, { kind: 'result', shard: 7, epoch: 107, seconds: 0.25, iterations: 100, uncertain: 2 });
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
  assert.deepEqual(log, ['job begins, simd', `job ended: ${reason}`]);
  assert.deepEqual([pool.seats, pool.shards], [0, []]);
});

test('a leader that takes some of the slots has credits for those only', async () => {
  const pool = gatedPool(4);
  const { join } = worker(pool);
  const leader = await join({ slots: 1 });
  for (const shard of [1, 2, 3]) void leader.send(assign(shard));
  assert.deepEqual(await leader.rest(), [{ kind: 'refused', reason: 'more than 2 shards under way at once' }]);
});

test('a cancelled shard is not answered, begun or not; its credit is free again', async () => {
  const pool = gatedPool(1);
  const { network, join } = worker(pool);
  const leader = await join();
  for (const shard of [1, 2]) void leader.send(assign(shard));
  void leader.send({ kind: 'cancel', epochs: [101, 102, 99] });
  for (const shard of [3, 4]) void leader.send(assign(shard));
  await network.quiet();
  assert.deepEqual(pool.shards, [3, 4]);
  pool.finish(3);
  assert.equal((await leader.next('result')).shard, 3);
});

test('finish: what is under way is answered, the report follows, then the end', async () => {
  const pool = gatedPool(1);
  const { network, join, log, tallies } = worker(pool);
  const leader = await join();
  for (const shard of [1, 2]) void leader.send(assign(shard));
  void leader.send({ kind: 'finish', metrics: true });
  await network.quiet();
  pool.finish(1, new Uint8Array(24));
  await leader.next('result');
  await network.quiet();
  assert.deepEqual(leader.heard, []);
  pool.finish(2, new Uint8Array(24));
  await leader.next('result');
  assert.deepEqual(await leader.rest(), [{ kind: 'report', figures: [{ name: 'shards', value: 2 }] }]);
  assert.equal(await leader.ended, undefined);
  assert.deepEqual(log, ['job begins, simd', 'job is done, metrics', 'job ended: done']);
  const bytes = { bytesSent: 48, bytesReceived: leader.link.sent };
  assert.deepEqual(tallies, [{ shards: 2, samples: 16, iterations: 200, busySeconds: 0.5, ...bytes }]);
  assert.equal(pool.seats, 0);
});

test('finish with nothing under way, no metrics wanted', async () => {
  const { join, log } = worker(gatedPool());
  const leader = await join();
  void leader.send({ kind: 'finish', metrics: false });
  assert.deepEqual(await leader.rest(), [{ kind: 'report', figures: [{ name: 'shards', value: 0 }] }]);
  assert.deepEqual(log, ['job begins, simd', 'job is done', 'job ended: done']);
});

test('what waits for the last shard does not wait for one that was cancelled', async () => {
  const pool = gatedPool(1);
  const { network, join, sessions, log } = worker(pool);
  const busy = await join({ session: 'busy' });
  void busy.send(assign(0));
  await network.quiet();
  const finishing = await join({ session: 'finishing' });
  void finishing.send(assign(1));
  void finishing.send({ kind: 'finish', metrics: false });
  void finishing.send({ kind: 'cancel', epochs: [101] });
  assert.deepEqual(await finishing.rest(), [{ kind: 'report', figures: [{ name: 'shards', value: 0 }] }]);
  const drained = await join({ session: 'drained' });
  void drained.send(assign(2));
  await network.quiet();
  sessions[2]?.drain();
  void drained.send({ kind: 'cancel', epochs: [102] });
  assert.deepEqual(await drained.rest(), [{ kind: 'draining' }]);
  assert.equal(log.at(-1), 'drained ended: drained');
});

test('a worker that drains says so, answers what it has, and ends', async () => {
  const pool = gatedPool(1);
  const { network, join, sessions, log } = worker(pool);
  const leader = await join();
  for (const shard of [1, 2]) void leader.send(assign(shard));
  await network.quiet();
  sessions[0]?.drain();
  await leader.next('draining');
  for (const shard of [1, 2]) {
    await network.quiet();
    assert.deepEqual(leader.heard, []);
    pool.finish(shard, new Uint8Array(6));
    assert.equal((await leader.next('result')).shard, shard);
  }
  assert.deepEqual(await leader.rest(), []);
  assert.equal(await leader.ended, undefined);
  assert.deepEqual(log, ['job begins, simd', 'job ended: drained']);
});

test('an assignment that a draining worker meets on its way out is no error', async () => {
  const pool = gatedPool(1);
  const { join, sessions, log } = worker(pool);
  const leader = await join();
  sessions[0]?.drain();
  void leader.send(assign(1));
  assert.deepEqual(await leader.rest(), [{ kind: 'draining' }]);
  assert.equal(await leader.ended, undefined);
  assert.deepEqual(log, ['job begins, simd', 'job ended: drained']);
  assert.deepEqual(pool.shards, []);
});

test('a worker that drains before the leader is greeted just leaves', async () => {
  const pool = gatedPool();
  const { network, dial, sessions } = worker(pool);
  const leader = dial();
  sessions[0]?.drain();
  void leader.send(hello);
  assert.deepEqual(await leader.rest(), [{ kind: 'draining' }]);
  await network.quiet();
  assert.equal(pool.seats, 0);
});

for (const way of ['end', 'close'] as const) {
  test(`a leader that leaves (${way}) gives its place free, and late results go nowhere`, async () => {
    const pool = gatedPool(1);
    const { network, join, log } = worker(pool);
    const leader = await join();
    for (const shard of [1, 2]) void leader.send(assign(shard));
    await network.quiet();
    leader.link[way]();
    await leader.ended;
    await network.quiet();
    assert.deepEqual([pool.seats, pool.shards], [0, []]);
    assert.deepEqual(log, ['job begins, simd', 'job ended: the leader left']);
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
  ['a power beyond all measure', { formula: { step: 'tricorn', power: 4_000_000_000 } }, /power 4000000000/],
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
const sent = (one: Scene): ToWorker => ({ kind: 'scene', id: 1, scene: one });
type Unexpected = [what: string, messages: readonly ToWorker[], why: RegExp];
const EIGHT = [1, 2, 3, 4, 5, 6, 7, 8];
const UNEXPECTED: readonly Unexpected[] = [
  ['a second greeting', [hello], /^the leader greeted twice$/],
  ['a scene that was never sent', [assign(1, { scene: 5 })], /scene/],
  ['a rectangle beyond the view', [assign(1, { rect: { ...rect, x: 5 } })], /4x2\+5\+0 of 8x8/],
  ['an empty rectangle', [assign(1, { rect: { ...rect, height: 0 } })], /4x0\+0\+0/],
  ['a view beyond all measure', [assign(1, { view: { ...view, width: 2 ** 21 } })], /2097152x8/],
  ['no samples', [assign(1, { view: { ...view, sampling: { kind: 'grid', side: 0 } } })], /0 samples/],
  ['too many samples', [assign(1, { view: { ...view, sampling: { kind: 'grid', side: 2000 } } })], /32000000 samples/],
  ...WRONG_VIEWS.map(([what, changes, why]): Unexpected => [what, [assign(1, { view: { ...view, ...changes } })], why]),
  ['a scene for the second time', [{ kind: 'scene', id: 0, scene }], /scene 0 for the second time/],
  ['a shard after the end', [assign(2), { kind: 'finish', metrics: false }, assign(3)], /assign came after the end/],
  ['more scenes than a job has', EIGHT.map((id) => ({ kind: 'scene', id, scene })), /more than 8 scenes/],
  ['an orbit of no point', [sent(sceneOf({ reference: lost }))], /reference orbit of no point/],
  ['a paint without colours', [sent(sceneOf({ paint: paintOf(0) }))], /a paint with numbers beyond all measure/],
  [
    'a paint that is no number',
    [sent(sceneOf({ paint: { ...paintOf(), offset: Number.NaN } }))],
    /a paint with numbers beyond all measure/,
  ],
  [
    'a paint with a table that ends early',
    [sent(sceneOf({ paint: { ...paintOf(), size: 1000 } }))],
    /a paint of 1000 colours with 6 numbers in srgb/,
  ],
  [
    'a scene of another kind',
    [sent({ work: custom, assets: [] })],
    /of the kind custom\/fractal in a job of the kind fr/,
  ],
  [
    'a task of another kind',
    [{ kind: 'assign', assignment: { shard: 1, epoch: 101, scene: 0, frame: 0, work: custom } }],
    /of the kind custom\/fractal in a job of the kind fractal/,
  ],
  ['more assets than are kept', many(33).map((k) => ({ kind: 'asset', ...assetOf(Uint8Array.of(k)) })), /32 assets/],
];

for (const [what, messages, why] of UNEXPECTED) {
  test(`a leader that sends ${what} is told once and sent away; the others notice nothing`, async () => {
    const pool = gatedPool(1);
    const { network, join, log } = worker(pool);
    const other = await join({ session: 'other' });
    void other.send(assign(1));
    await network.quiet();
    const leader = await join();
    for (const message of [...messages, ...messages, assign(2)]) void leader.send(message);
    const said = await leader.rest();
    assert.deepEqual(
      said.map(({ kind }) => kind),
      ['refused'],
    );
    assert.match((said[0] as { reason: string }).reason, why);
    assert.equal(log.filter((line) => line.startsWith('job ended: ')).length, 1);
    assert.equal(pool.seats, 1);
    pool.finish(1);
    assert.equal((await other.next('result')).shard, 1);
  });
}

for (const first of [assign(1), { kind: 'scene', id: 0, scene }, { kind: 'finish', metrics: true }] as ToWorker[]) {
  test(`${first.kind} before the greeting is refused, once`, async () => {
    const { dial, log } = worker(gatedPool());
    const leader = dial();
    for (let k = 0; k < 3; k++) void leader.send(first);
    const reason = `${first.kind} came before the greeting was answered`;
    assert.deepEqual(await leader.rest(), [{ kind: 'refused', reason }]);
    assert.deepEqual(log, [` ended: ${reason}`]);
  });
}

for (const [what, bytes] of [
  ['bytes that are no message', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['a message of a later version', Buffer.from([0xfa, 0x01, 0x00])],
] as const) {
  test(`${what} end the session, the others notice nothing`, async () => {
    const pool = gatedPool(1);
    const { join, log } = worker(pool);
    const other = await join({ session: 'other' });
    const leader = await join();
    leader.link.sendBytes(bytes);
    void leader.send(assign(1));
    assert.ok((await leader.ended) instanceof Error);
    assert.deepEqual(leader.heard, []);
    assert.match(log.at(-1) ?? '', /^job ended: .+/);
    assert.deepEqual([pool.seats, pool.shards], [1, []]);
    void other.send({ kind: 'finish', metrics: false });
    await other.next('report');
  });
}
