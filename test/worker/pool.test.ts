/** The pool with its real threads; shards queued in one turn of the event loop are all queued before a thread can answer. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Assignment, PRIORITY, PROTOCOL, type Scene, type ToWorker } from '../../src/cluster/messages.js';
import { openSimd } from '../../src/kernel/simd.js';
import type { FractalTask } from '../../src/work/fractal/scene.js';
import { type JobHandle, openPool, type Pool } from '../../src/worker/pool.js';
import type { Outcome } from '../../src/worker/queues.js';
import { serve } from '../../src/worker/session.js';
import { memoryNetwork } from '../cluster/memory.js';
import { Scripted } from '../cluster/scripted.js';
import { paintOf, RANK, sceneOf, taskOf, view } from './views.js';

const scene = sceneOf();
const rectOf = (row: number) => ({ x: 0, y: row % view.height, width: view.width, height: 1 });

const assignmentOf = (
  shard: number,
  { scene = 0, ...work }: Partial<FractalTask> & { scene?: number } = {},
): Assignment => ({ shard, epoch: shard, scene, render: 0, work: { ...taskOf(rectOf(shard)), ...work } });

function open(t: TestContext, ...options: Parameters<typeof openPool>) {
  const pool = openPool(...options);
  t.after(() => pool.close());
  return pool;
}

/** The only job of a session. */
function jobOf(pool: Pool, evict?: (why: string) => void): JobHandle {
  return pool.session(evict).open('simd', RANK);
}

/** Queues a shard; the result, once it is there. */
function queue(
  job: JobHandle,
  assignment: Assignment,
  answered: (outcome: Outcome) => void = () => {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    job.queue(assignment, (result) => {
      answered(result);
      resolve(result);
    });
  });
}

async function rowOf(row: number): Promise<Float64Array> {
  return Float64Array.from((await openSimd().compute(view, rectOf(row))).nu);
}

async function samplesOf(bytes: Uint8Array): Promise<Float64Array> {
  return new Float64Array(Uint8Array.from(bytes).buffer);
}

test('sessions take turns, however much each has queued', async (t) => {
  const pool = open(t, 1);
  const order: string[] = [];
  const results: Promise<Outcome>[] = [];
  for (const [name, shards] of Object.entries({ a: 6, b: 3, c: 3 })) {
    const job = jobOf(pool);
    job.scene(0, scene);
    for (let shard = 0; shard < shards; shard++) {
      results.push(queue(job, assignmentOf(shard), () => order.push(`${name}${shard}`)));
    }
  }
  await Promise.all(results);
  // The first began before other sessions had shards.
  assert.equal(order.join(' '), 'a0 a1 b0 c0 a2 b1 c1 a3 b2 c2 a4 a5');
});

test('of the jobs of one session the highest priority is served first, of equal ones the one opened first', async (t) => {
  const pool = open(t, 1);
  const session = pool.session();
  const order: string[] = [];
  const jobs: Record<string, JobHandle> = {};
  const results: Promise<Outcome>[] = [];
  const [first] = [session.open('simd', { ...RANK, priority: 0 })];
  first.scene(0, scene);
  // The only thread is busy while the others queue their shards.
  results.push(queue(first, assignmentOf(0), () => order.push('first')));
  for (const [name, priority] of Object.entries({ low: 20, high: 90, even: 90, raised: 10 })) {
    const job = session.open('simd', { ...RANK, priority });
    jobs[name] = job;
    job.scene(0, scene);
    for (const shard of [0, 1]) results.push(queue(job, assignmentOf(shard), () => order.push(name)));
  }
  jobs.raised?.setRank({ ...RANK, priority: 100 });
  await Promise.all(results);
  assert.equal(order.join(' '), 'first raised raised high high even even low low');
});

test('a priority ranks the jobs of its own session, not those of others', async (t) => {
  const pool = open(t, 1);
  const order: string[] = [];
  const results: Promise<Outcome>[] = [];
  for (const [name, priority] of Object.entries({ modest: 0, greedy: 100 })) {
    const job = pool.session().open('simd', { ...RANK, priority });
    job.scene(0, scene);
    for (const shard of [0, 1, 2]) results.push(queue(job, assignmentOf(shard), () => order.push(name)));
  }
  await Promise.all(results);
  assert.equal(order.join(' '), 'modest modest greedy modest greedy greedy');
});

test('a scene is dropped only when no shard of it is under way', async (t) => {
  const pool = open(t, 1);
  const job = jobOf(pool);
  job.scene(0, scene);
  const result = queue(job, assignmentOf(0));
  assert.throws(() => job.dropScene(0), { code: 'PROTOCOL', message: /dropped while its shards are under way/ });
  assert.equal((await result).kind, 'done');
  job.dropScene(0);
  assert.throws(() => job.queue(assignmentOf(1), () => {}), { message: 'shard 1 names scene 0, never sent' });
});

test('several threads compute the samples that one alone computes', async (t) => {
  const pool = open(t, 3);
  const job = jobOf(pool);
  job.scene(0, scene);
  const results = await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((shard) => queue(job, assignmentOf(shard))));
  for (const [row, result] of results.entries()) {
    assert.ok(result.kind === 'done');
    assert.deepEqual(await samplesOf(result.bytes), await rowOf(row));
    assert.equal(result.samples, view.width);
  }
  assert.deepEqual(job.underWay, []);
});

test('a cancelled shard is not answered, begun or not, and the thread goes on', async (t) => {
  const pool = open(t, 1);
  const job = jobOf(pool);
  job.scene(0, scene);
  const answered: number[] = [];
  const results = [0, 1, 2].map((shard) => queue(job, assignmentOf(shard), () => answered.push(shard)));
  for (const epoch of [0, 1, 1, 7]) job.cancel(epoch);
  assert.deepEqual(job.underWay, [2]);
  await results[2];
  assert.deepEqual(answered, [2]);
});

test('a shard of minutes that is cancelled is left unfinished between its parts', {
  timeout: 60_000,
}, async (t) => {
  const pool = open(t, 1);
  const job = jobOf(pool);
  job.scene(0, scene);
  // Between cardioid and disc, at -0.75, a point escapes after π / |im| iterations: minutes if it were not cancelled.
  const endless = { ...view, re: '-0.75', im: '0.0001', zoom: '1e10' };
  const sampling = { kind: 'grid', side: 4 } as const;
  const large = { ...endless, width: 1024, height: 512, iterations: 2_000_000, sampling };
  void queue(job, assignmentOf(1, { view: large, rect: { x: 0, y: 0, width: 1024, height: 512 } }));
  const next = queue(job, assignmentOf(2));
  job.cancel(1);
  assert.equal((await next).kind, 'done');
});

/** Between cardioid and disc, at -0.75, a point escapes after pi / |im| iterations: minutes. */
const ENDLESS = { ...view, re: '-0.75', im: '0', zoom: '1e8', width: 1, height: 64, iterations: 2 ** 48 };
const endless = (shard: number) => assignmentOf(shard, { view: ENDLESS, rect: { x: 0, y: 0, width: 1, height: 64 } });
const LIMITED = { timeout: 60_000 };

test('a session that computes nothing yet is served beside the endless shards of another', LIMITED, async (t) => {
  const pool = open(t, 1, { spare: 2 });
  const [endlessly, other] = [jobOf(pool), jobOf(pool)];
  for (const job of [endlessly, other]) job.scene(0, scene);
  for (const shard of [1, 2]) void queue(endlessly, endless(shard), () => assert.fail('it does not end'));
  for (const row of [0, 1, 2]) {
    const result = await queue(other, assignmentOf(row));
    assert.ok(result.kind === 'done');
    assert.deepEqual(await samplesOf(result.bytes), await rowOf(row));
  }
  assert.deepEqual(endlessly.underWay, [1, 2], 'nothing was interrupted, and there is no second spare thread');
});

test('a job of a higher priority is served beside the endless shards of its own session', LIMITED, async (t) => {
  const pool = open(t, 1, { spare: 2 });
  const session = pool.session();
  const [film, tiles] = [
    session.open('simd', { ...RANK, priority: 20 }),
    session.open('simd', { ...RANK, priority: 90 }),
  ];
  for (const job of [film, tiles]) job.scene(0, scene);
  for (const shard of [1, 2]) void queue(film, endless(shard), () => assert.fail('it does not end'));
  for (const row of [0, 1, 2]) assert.equal((await queue(tiles, assignmentOf(row))).kind, 'done');
  assert.deepEqual(film.underWay, [1, 2], 'nothing was interrupted');
});

test('shards that a viewer waits for are computed at once beside others, on a thread each', LIMITED, async (t) => {
  const pool = open(t, 2, { spare: 4 });
  const session = pool.session();
  const [film, tiles] = [session.open('simd', RANK), session.open('simd', { ...RANK, priority: PRIORITY.interactive })];
  for (const job of [film, tiles]) job.scene(0, scene);
  for (const shard of [1, 2, 3]) void queue(film, endless(shard), () => assert.fail('it does not end'));
  assert.equal(film.running, 2);
  const results = [0, 1, 2].map((row) => queue(tiles, assignmentOf(row)));
  assert.equal(tiles.running, 2, 'both began at once, without a wait for long shards');
  for (const [row, result] of (await Promise.all(results)).entries()) {
    assert.ok(result.kind === 'done');
    assert.deepEqual(await samplesOf(result.bytes), await rowOf(row));
  }
  assert.deepEqual(film.underWay, [1, 2, 3], 'nothing was interrupted, and no slot was won');
});

test('a shard waits while a viewer is served, but not for ever, and that is not in its seconds', LIMITED, async (t) => {
  const pool = open(t, 1, { spare: 2 });
  const session = pool.session();
  const [film, tiles] = [session.open('simd', RANK), session.open('simd', { ...RANK, priority: PRIORITY.interactive })];
  for (const job of [film, tiles]) job.scene(0, scene);
  const from = performance.now();
  const long = { ...ENDLESS, im: '0.001', width: 256, height: 256, iterations: 20_000 };
  const still = queue(film, assignmentOf(1, { view: long, rect: { x: 0, y: 0, width: 256, height: 256 } }));
  void queue(tiles, endless(2), () => assert.fail('it does not end'));
  const made = await still;
  assert.ok(made.kind === 'done');
  const waited = performance.now() - from - 1000 * made.seconds;
  assert.ok(waited > 900, `it waited ${waited} ms`);
  assert.deepEqual(tiles.underWay, [2]);
});

test('shards wait while viewers are answered, and go on', LIMITED, async (t) => {
  const pool = open(t, 1);
  const job = jobOf(pool);
  job.scene(0, scene);
  assert.equal((await queue(job, assignmentOf(1))).kind, 'done');
  const from = performance.now();
  const long = { ...ENDLESS, im: '0.001', width: 256, height: 256, iterations: 20_000 };
  const still = queue(job, assignmentOf(2, { view: long, rect: { x: 0, y: 0, width: 256, height: 256 } }));
  pool.holdBackFor(400);
  const made = await still;
  assert.ok(made.kind === 'done');
  const waited = performance.now() - from - 1000 * made.seconds;
  assert.ok(waited > 300, `it waited ${waited} ms`);
});

test('an owner is served beside the endless shards of another owner of its session', LIMITED, async (t) => {
  const pool = open(t, 1, { spare: 2 });
  const session = pool.session();
  const [endlessly, other] = [session.open('simd', { ...RANK, owner: 1 }), session.open('simd', { ...RANK, owner: 2 })];
  for (const job of [endlessly, other]) job.scene(0, scene);
  for (const shard of [1, 2]) void queue(endlessly, endless(shard), () => assert.fail('it does not end'));
  for (const row of [0, 1, 2]) assert.equal((await queue(other, assignmentOf(row))).kind, 'done');
  assert.deepEqual([endlessly.underWay, endlessly.running], [[1, 2], 1], 'nothing was interrupted');
});

test('a cancelled shard that does not stop is ended, and its slot computes the next one', LIMITED, async (t) => {
  const pool = open(t, 1);
  const job = jobOf(pool);
  job.scene(0, scene);
  for (const way of [() => job.cancel(7), () => undefined]) {
    void queue(job, endless(7), () => assert.fail('it does not end'));
    await new Promise((resolve) => setImmediate(resolve));
    way();
    if (job.underWay.length > 0) job.close();
    const next = jobOf(pool);
    next.scene(0, scene);
    assert.equal((await queue(next, assignmentOf(3))).kind, 'done');
    next.close();
  }
});

test('a scene beyond the memory for scenes ends an idle session, else it is refused for the moment', async (t) => {
  const pool = open(t, 1, { sceneBytes: 40 << 20 });
  const sized = (mib: number): Scene => {
    return sceneOf({ paint: { ...paintOf(), linear: new Float32Array(mib << 18) } });
  };
  const evicted: string[] = [];
  const jobs = ['a', 'b', 'c', 'd'].map((name) => jobOf(pool, () => void evicted.push(name)));
  const [a, b, c, d] = jobs as [JobHandle, JobHandle, JobHandle, JobHandle];
  assert.throws(() => a.scene(0, sized(41)), { code: 'PROTOCOL', message: /takes 41 MiB, .* --scene-memory/ });
  a.scene(0, sized(24));
  b.scene(0, sized(20));
  assert.deepEqual(evicted, [], 'each session has 4 MiB that do not count');
  c.scene(0, sized(4));
  assert.deepEqual(evicted, []);
  d.scene(0, sized(10));
  assert.deepEqual(evicted, ['a'], 'the largest of those that compute nothing');
});

test('shards of a session that ended are not answered, the others go on', async (t) => {
  const pool = open(t, 1);
  const [ended, stays] = [jobOf(pool), jobOf(pool)];
  const answered: string[] = [];
  for (const job of [ended, stays]) job.scene(0, scene);
  for (const shard of [0, 1, 2]) void queue(ended, assignmentOf(shard), () => answered.push(`gone ${shard}`));
  const last = [0, 1].map((shard) => queue(stays, assignmentOf(shard), () => answered.push(`stays ${shard}`)));
  ended.close();
  await Promise.all(last);
  assert.deepEqual(answered, ['stays 0', 'stays 1']);
});

test('sessions with the same number for their scenes do not share them', async (t) => {
  const pool = open(t, 1);
  const [samples, broken] = [jobOf(pool), jobOf(pool)];
  samples.scene(0, scene);
  // Distances to the set, which these views do not have.
  broken.scene(0, sceneOf({ paint: { ...paintOf(), kind: 'distance' } }));
  const [first, second, third] = await Promise.all([
    queue(samples, assignmentOf(1)),
    queue(broken, assignmentOf(1)),
    queue(samples, assignmentOf(2)),
  ]);
  assert.deepEqual([first?.kind, second?.kind, third?.kind], ['done', 'failed', 'done']);
  assert.throws(() => samples.queue(assignmentOf(1, { scene: 1 }), () => {}), {
    code: 'PROTOCOL',
    message: 'shard 1 names scene 1, never sent',
  });
});

test('an invalid view fails its shard with a reason, and the thread goes on', async (t) => {
  const pool = open(t, 1);
  const job = jobOf(pool);
  job.scene(0, scene);
  for (const broken of [{ re: 'east' }, { im: '1e' }, { zoom: '\0' }]) {
    const result = await queue(job, assignmentOf(0, { view: { ...view, ...broken } }));
    assert.ok(result.kind === 'failed' && result.reason !== '', JSON.stringify(broken));
  }
  assert.equal((await queue(job, assignmentOf(0))).kind, 'done');
});

test('kernels that are not offered, or unknown, are missing', async (t) => {
  const pool = open(t, 1, { offered: 'simd' });
  await assert.rejects(pool.offer('gpu'), { code: 'KERNEL_MISSING', message: /offers the simd kernel only, not gpu/ });
  const unknown = open(t, 1).offer('abacus' as 'simd');
  await assert.rejects(unknown, { code: 'KERNEL_MISSING', message: /has no kernel abacus/ });
  const povray = open(t, 1).offer('povray');
  await assert.rejects(povray, {
    code: 'KERNEL_MISSING',
    message: /kernel povray: start it with "fractal worker --povray"/,
  });
  const offer = await pool.offer('simd');
  assert.equal(offer, await pool.offer('simd'));
  assert.ok(offer.speed > 0);
  assert.match(offer.fingerprint, /^[0-9a-f]{64}$/);
});

test('two leaders at once, each as fast as it can: both get all their results, in turn and to the bit', async (t) => {
  const pool = open(t, 1);
  const network = memoryNetwork();
  const address = { host: 'w', port: 1 };
  const events = { began: () => {}, finished: () => [], aborted: () => {}, ended: () => {} };
  network.listen(address, (link) => void serve(link, pool, { version: '1', build: 'build' }, events));
  const served: string[] = [];
  let ready = 0;
  let begin = () => {};
  const bothReady = new Promise<void>((resolve) => {
    begin = resolve;
  });

  /** Keeps two shards under way until it has had `count` answers. */
  async function leader(name: string, count: number): Promise<void> {
    const worker = new Scripted(network.dial(address));
    const send = (message: ToWorker) => void worker.send(message);
    send({ kind: 'hello', protocol: PROTOCOL, version: '1', build: 'build', session: name, slots: 0 });
    await worker.next('ready');
    send({ kind: 'open', job: 1, name, kernel: 'simd', assets: [], ...RANK });
    await worker.next('opened');
    send({ kind: 'scene', job: 1, id: 0, scene });
    if (++ready === 2) begin();
    await bothReady;
    let next = 0;
    for (; next < 2; next++) send({ kind: 'assign', job: 1, assignment: assignmentOf(next) });
    for (let answer = 0; answer < count; answer++) {
      const { shard, bytes } = await worker.next('result');
      served.push(name);
      assert.equal(shard, answer);
      assert.deepEqual(await samplesOf(bytes), await rowOf(shard));
      if (next < count) send({ kind: 'assign', job: 1, assignment: assignmentOf(next++) });
    }
    send({ kind: 'close', job: 1, metrics: false });
    await worker.next('report');
    worker.link.end();
    assert.equal(await worker.ended, undefined);
  }

  await Promise.all([leader('a', 40), leader('b', 40)]);
  for (const name of ['a', 'b']) assert.equal(served.filter((one) => one === name).length, 40);
  // While one is served, the other waits for a few shards, not for the end of the job.
  for (const name of ['a', 'b']) assert.ok(served.indexOf(name) < 8, served.join(''));
  assert.ok(served.slice(0, 40).filter((one) => one === 'a').length >= 10, served.join(''));
  assert.ok(served.slice(0, 40).filter((one) => one === 'b').length >= 10, served.join(''));
});
