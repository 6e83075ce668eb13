/** Several jobs at once on one fleet, and jobs of several scenes and sizes: each has the bytes that it has alone. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ToLeader, ToWorker } from '../../src/cluster/messages.js';
import { iterateReference, orderFor, type Reference } from '../../src/kernel/perturbation/reference.js';
import { type Fleet, openFleet } from '../../src/leader/fleet/fleet.js';
import type { RenderJob } from '../../src/leader/job/gathering.js';
import { type JobOptions, type RunningJob, startJob } from '../../src/leader/job/job.js';
import type { Report } from '../../src/leader/job/ledger.js';
import type { Frame } from '../../src/shard/frame.js';
import type { View } from '../../src/view/view.js';
import { type FractalPicture, fractalRenders } from '../../src/work/fractal/renders.js';
import { openPool, type Pool } from '../../src/worker/pool.js';
import { serve } from '../../src/worker/session.js';
import { memoryNetwork } from '../cluster/memory.js';
import { Scripted, type ScriptedWorker } from '../cluster/scripted.js';
import { gatedPool } from '../worker/gated-pool.js';
import { paintOf, view } from '../worker/views.js';

const BOUNDED = { timeout: 120_000 };
const PROGRAM = { version: '1', build: 'build' };
const nothing = () => {};

/** A fleet, and workers in memory. It ends with the test. */
function fleetOf(t: TestContext) {
  const network = memoryNetwork();
  const identity = { dialer: network.dialer, ...PROGRAM, session: 's' };
  const fleet = openFleet({ ...identity, retries: 0, random: () => 0, maxSlots: 0, now: () => performance.now() });
  t.after(() => fleet.close());
  let port = 0;
  const join = (session: (link: Parameters<typeof serve>[0]) => void) => {
    const address = { host: 'w', port: ++port };
    network.listen(address, session);
    fleet.add({ address, slots: 0 });
  };
  return {
    network,
    fleet,
    /** A worker with this pool. */
    work: (pool: Pool) =>
      join(
        (link) =>
          void serve(link, pool, PROGRAM, { began: nothing, finished: () => [], aborted: nothing, ended: nothing }),
      ),
    script: (script: (worker: ScriptedWorker) => unknown) => join((link) => void script(new Scripted(link))),
  };
}

function start(fleet: Fleet, job: RenderJob, some: Partial<JobOptions> = {}): RunningJob {
  return startJob(fleet, job, {
    ...{ name: 'job', kernel: 'simd', minWorkers: 1, strict: false, metrics: false },
    ...{ signal: new AbortController().signal, now: () => performance.now() },
    ...{ note: nothing, progress: nothing, gathered: nothing },
    ...some,
  });
}

async function all(frames: AsyncIterable<Frame>): Promise<Frame[]> {
  const list: Frame[] = [];
  for await (const frame of frames) list.push(frame);
  return list;
}

function jobOf(pictures: readonly FractalPicture[], some: Partial<RenderJob> = {}): RenderJob {
  return { ...fractalRenders(pictures), shape: 'auto', window: 3, ...some };
}

/** The frames of a job on its own fleet. */
async function alone(t: TestContext, job: RenderJob): Promise<Frame[]> {
  const { fleet, work } = fleetOf(t);
  const pool = openPool(1);
  t.after(() => pool.close());
  work(pool);
  return all(start(fleet, job).frames);
}

const large = { ...view, width: 64, height: 48 };
const film = [0, 1, 2, 3].map((k) => ({ view: { ...large, zoom: String(1 + k) } }));
const still = [{ view: { ...large, re: '-0.7', im: '0.3', zoom: '10' }, paint: paintOf(20) }];

test('two jobs at once on the same workers: each has the bytes that it has alone', BOUNDED, async (t) => {
  const jobs = [jobOf(film, { blockSize: 16 }), jobOf(still, { blockSize: 8 })];
  const expected = await Promise.all(jobs.map((job) => alone(t, job)));
  const { fleet, work } = fleetOf(t);
  for (const slots of [1, 2]) {
    const pool = openPool(slots);
    t.after(() => pool.close());
    work(pool);
  }
  const reports: Report[] = [];
  const gathered = (report: Report) => void reports.push(report);
  const running = jobs.map((job, k) => start(fleet, job, { priority: 20 + 70 * k, gathered, minWorkers: 2 }));
  const frames = await Promise.all(running.map((job) => all(job.frames)));
  assert.deepEqual(frames, expected);
  assert.deepEqual(reports.map(({ shards }) => shards).sort(), [12 * 4, 6 * 8]);
  // The payload of each job is its own: 8 bytes a sample, 3 a pixel, and copies of shards that were late.
  const received = reports.map(({ workers }) => workers.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0));
  const copies = (bytes: number, whole: number, shard: number) => (bytes - whole) / shard;
  const [pixels = 0, samples = 0] = received.sort((a, b) => a - b);
  for (const count of [copies(pixels, 64 * 48 * 3, 8 * 8 * 3), copies(samples, 64 * 48 * 8 * 4, 16 * 16 * 8)])
    assert.ok(Number.isInteger(count) && count >= 0 && count < 12, `${received}`);
});

/** Orbits around the centre of a view. */
function referenceOf(deep: View): Reference {
  const { formula, re, im } = deep;
  const { orbit, underflow, start: first } = iterateReference(orderFor(deep));
  return { formula, re, im, orbit, underflow, start: first, extended: false };
}

const deepAt = (re: string, im: string, width: number, height: number): View => ({
  ...{ ...view, re, im, zoom: '1e16', width, height, iterations: 2_000 },
  perturbed: true,
});

test('a job of different sizes, paints and two reference orbits: the bytes of separate jobs', BOUNDED, async (t) => {
  const [here, there] = [deepAt('-0.7436438870371587', '0.1318259042053119', 40, 24), deepAt('0', '1', 24, 40)];
  const [one, other] = [referenceOf(here), referenceOf(there)];
  const sampling = { kind: 'grid', side: 2 } as const;
  const pictures: FractalPicture[] = [
    { view: { ...view, width: 33, height: 17 } },
    { view: here, reference: one },
    { view: { ...here, zoom: '2e16', width: 8, height: 64, sampling }, reference: one, paint: paintOf(9) },
    { view: { ...there, distance: true }, reference: other },
    { view: { ...here, zoom: '3e16' }, reference: one },
    { view: { ...view, sampling }, paint: paintOf(5) },
  ];
  const expected: Frame[] = [];
  for (const [index, picture] of pictures.entries()) {
    const [frame] = await alone(t, jobOf([picture], { blockSize: 16 }));
    expected.push({ ...(frame as Frame), index });
  }
  const { fleet, work } = fleetOf(t);
  const pool = openPool(2);
  t.after(() => pool.close());
  work(pool);
  const job = jobOf(pictures, { blockSize: 8, window: 6 });
  assert.equal(job.scenes.length, 5);
  assert.deepEqual(await all(start(fleet, job).frames), expected);
});

test('of a render only the wanted parts are computed', BOUNDED, async (t) => {
  const [whole] = await alone(t, jobOf(still));
  const parts = [
    { x: 16, y: 0, width: 16, height: 16 },
    { x: 0, y: 32, width: 64, height: 16 },
  ];
  const { fleet, work } = fleetOf(t);
  const pool = openPool(1);
  t.after(() => pool.close());
  work(pool);
  const reports: Report[] = [];
  const job = jobOf(still.map((picture) => ({ ...picture, parts })));
  const [frame] = await all(start(fleet, job, { gathered: (report) => void reports.push(report) }).frames);
  assert.equal(reports[0]?.samples, 16 * 16 + 64 * 16);
  assert.ok(frame?.answer.kind === 'pixels' && whole?.answer.kind === 'pixels');
  for (let y = 0; y < 48; y++) {
    for (let x = 0; x < 64; x++) {
      const inside = parts.some(
        (part) => x >= part.x && x < part.x + part.width && y >= part.y && y < part.y + part.height,
      );
      const at = 3 * (y * 64 + x);
      const wanted: Uint8Array = inside ? whole.answer.rgb.subarray(at, at + 3) : new Uint8Array(3);
      assert.deepEqual(frame.answer.rgb.subarray(at, at + 3), wanted, `${x}, ${y}`);
    }
  }
});

test('scenes are sent with the first shard that needs them, dropped after the last, and never more than a worker takes', async (t) => {
  const pictures = Array.from({ length: 24 }, (_, k) => ({ view, paint: paintOf(1 + (k % 12)) }));
  const job = jobOf(pictures, { window: 24, blockSize: 8 });
  const { fleet, script } = fleetOf(t);
  const received: string[] = [];
  script(async (worker) => {
    for (let message = await worker.any(); message; message = await worker.any()) {
      if (message.kind === 'scene') received.push(`scene ${message.id}`);
      if (message.kind === 'dropScene') received.push(`drop ${message.id}`);
      if (message.kind === 'assign') received.push(`shard of ${message.assignment.scene}`);
      answer(worker, message);
    }
  });
  assert.equal((await all(start(fleet, job).frames)).length, 24);
  const there = new Set<string>();
  let most = 0;
  for (const line of received) {
    const [what, id = ''] = [line.slice(0, line.lastIndexOf(' ')), line.split(' ').at(-1)];
    if (what === 'scene') assert.ok(!there.has(id) && there.add(id), `${id} is sent while it is there`);
    else if (what === 'drop') assert.ok(there.delete(id), `${id} is dropped while it is not there`);
    else assert.ok(there.has(id), `a shard comes before its scene ${id}`);
    most = Math.max(most, there.size);
  }
  assert.ok(most <= 8, `${most} scenes at once`);
  assert.equal(there.size, 0, 'the last render needs no scene any more');
});

/** The answers of a valid worker. */
function answer(worker: ScriptedWorker, message: ToWorker, fingerprint = 'f'): void {
  const able = { kernel: 'simd', detail: 'by hand', speed: 1e9, fingerprint, slots: 2, held: [] };
  if (message.kind === 'hello') {
    void worker.send({ kind: 'ready', protocol: message.protocol, ...PROGRAM, slots: 2, credits: 2, instance: '' });
  } else if (message.kind === 'open') void worker.send({ kind: 'opened', job: message.job, ...able });
  else if (message.kind === 'close') void worker.send({ kind: 'report', job: message.job, metrics: [] });
  else if (message.kind === 'assign' && message.assignment.work.kind === 'fractal') {
    const { shard, epoch, work } = message.assignment;
    const bytes = new Uint8Array(3 * work.rect.width * work.rect.height);
    const counts = { seconds: 0.01, iterations: 1, uncertain: 0 };
    void worker.send({ kind: 'result', job: message.job, shard, epoch, bytes, ...counts } satisfies ToLeader);
  }
}

test('priorities reach the workers, also when they change; a worker that joins later joins the running jobs', async (t) => {
  const { network, fleet, work } = fleetOf(t);
  const [first, second] = [gatedPool(1), gatedPool(1)];
  work(first);
  const jobs = [start(fleet, jobOf(still), { priority: 20 }), start(fleet, jobOf(still))];
  await network.quiet();
  assert.deepEqual(first.priorities, [20, 50]);
  jobs[1]?.setPriority(90);
  await network.quiet();
  assert.deepEqual(first.priorities, [20, 90]);
  work(Object.create(second, { instance: { value: 'another worker' } }));
  await network.quiet();
  assert.deepEqual(second.priorities, [20, 90]);
});

test('an owner and its weight reach the workers, also when they change', async (t) => {
  const { network, fleet, work } = fleetOf(t);
  const pool = gatedPool(1);
  work(pool);
  fleet.setOwner('b', { weight: 3 });
  const jobs = [start(fleet, jobOf(still), { owner: 'a' }), start(fleet, jobOf(still), { owner: 'b', priority: 20 })];
  await network.quiet();
  const [a, b] = [
    { priority: 50, owner: 0, weight: 1 },
    { priority: 20, owner: 1, weight: 3 },
  ];
  assert.deepEqual(pool.ranks, [a, b]);
  fleet.setOwner('a', { weight: 2 });
  jobs[1]?.setOwner('a');
  await network.quiet();
  assert.deepEqual(pool.ranks, [
    { ...a, weight: 2 },
    { ...a, priority: 20, weight: 2 },
  ]);
});

test('a paused job finishes and commits what is under way, the others have its slots; then it goes on', async (t) => {
  const { network, fleet, work } = fleetOf(t);
  const pool = gatedPool(1);
  work(pool);
  const reports: Report[] = [];
  const gathered = (report: Report) => void reports.push(report);
  const [paused, other] = [
    start(fleet, jobOf(still, { blockSize: 16, shape: 'row' }), { gathered }),
    start(fleet, jobOf(still, { blockSize: 16, shape: 'row' })),
  ];
  const frames = [all(paused.frames), all(other.frames)];
  await network.quiet();
  assert.deepEqual(pool.shards, [0, 1, 0, 1]);
  paused.pause();
  paused.pause();
  const answer = async (shard: number, bytes: number) => {
    pool.finish(shard, new Uint8Array(bytes));
    await network.quiet();
  };
  const bytes = 3 * 64 * 16;
  for (const shard of [0, 1]) await answer(shard, bytes);
  assert.deepEqual(paused.usage.shardsDone, 2, 'what was under way is committed');
  assert.deepEqual([paused.usage.underWay, paused.usage.paused], [0, true]);
  assert.deepEqual(pool.shards, [0, 1], 'only those of the other job');
  for (const shard of [0, 1, 2]) await answer(shard, bytes);
  assert.equal((await frames[1])?.length, 1);
  assert.deepEqual(pool.shards, []);
  paused.resume();
  await network.quiet();
  assert.deepEqual(pool.shards, [2]);
  await answer(2, bytes);
  assert.equal((await frames[0])?.length, 1);
  const [{ reissued, copied, lost, shards }] = reports as [Report];
  assert.deepEqual({ reissued, copied, lost, shards }, { reissued: 0, copied: 0, lost: 0, shards: 3 });
});

test('limits of slots, of a job and of an owner, hold over all workers', async (t) => {
  const { network, fleet, work } = fleetOf(t);
  const pools = [gatedPool(2), gatedPool(2)];
  for (const [k, pool] of pools.entries()) work(Object.create(pool, { instance: { value: `worker ${k}` } }));
  fleet.setOwner('a', { maxSlots: 3 });
  const small = jobOf(still, { blockSize: 1, shape: 'row' });
  const started = [
    start(fleet, small, { owner: 'a', maxSlots: 2 }),
    start(fleet, small, { owner: 'a' }),
    start(fleet, small, { owner: 'b', maxSlots: 1 }),
  ];
  for (const { frames } of started) void all(frames).catch(nothing);
  const used = () => started.map(({ usage }) => usage.underWay);
  await network.quiet();
  assert.deepEqual(used(), [2, 1, 1]);
  for (let turn = 0; turn < 20; turn++) {
    for (const pool of pools) for (const shard of pool.shards.slice(0, 1)) pool.finish(shard, new Uint8Array(3 * 64));
    await network.quiet();
    assert.deepEqual(used(), [2, 1, 1]);
  }
  started[0]?.setMaxSlots(0);
  for (let turn = 0; turn < 4; turn++) {
    for (const pool of pools) for (const shard of pool.shards.slice(0, 1)) pool.finish(shard, new Uint8Array(3 * 64));
    await network.quiet();
  }
  assert.deepEqual(used(), [3, 0, 1], 'the first job of the owner takes what it may');
  started[0]?.pause();
  for (let turn = 0; turn < 4; turn++) {
    for (const pool of pools) for (const shard of pool.shards.slice(0, 1)) pool.finish(shard, new Uint8Array(3 * 64));
    await network.quiet();
  }
  assert.deepEqual(used(), [0, 3, 1], 'a paused job leaves its slots to the next');
  fleet.setOwner('a', { maxSlots: 0 });
  await network.quiet();
  assert.deepEqual(used(), [0, 8, 1]);
});

test('the usage of a job: slots that compute, shards, and the time that is left', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { network, fleet, work } = fleetOf(t);
  const pool = gatedPool(1);
  work(pool);
  const job = start(fleet, jobOf(still, { blockSize: 12, shape: 'row' }));
  const frames = all(job.frames);
  await network.quiet();
  const before = { paused: false, slots: 0, underWay: 2, shardsDone: 0, busySeconds: 0, secondsLeft: undefined };
  assert.deepEqual(job.usage, before);
  t.mock.timers.tick(1_000);
  await network.quiet();
  assert.equal(job.usage.slots, 1);
  for (const shard of [0, 1, 2, 3]) {
    pool.finish(shard, new Uint8Array(3 * 64 * 12));
    await network.quiet();
    if (shard === 0) assert.deepEqual([job.usage.busySeconds, job.usage.secondsLeft], [0.25, 0.75]);
  }
  assert.equal((await frames).length, 1);
  assert.deepEqual([job.usage.secondsLeft, job.usage.underWay], [0, 0]);
});

test('a job that ends leaves the workers to the others, with nothing of it under way', async (t) => {
  const { network, fleet, work } = fleetOf(t);
  const pool = gatedPool(2);
  work(pool);
  const stop = new AbortController();
  const [ended] = [start(fleet, jobOf(still, { blockSize: 16 }), { signal: stop.signal }), start(fleet, jobOf(still))];
  await network.quiet();
  assert.deepEqual([pool.jobs, pool.shards.length], [2, 8]);
  const reading = all(ended.frames);
  stop.abort(new Error('cancelled'));
  await assert.rejects(reading, { message: 'cancelled' });
  await network.quiet();
  assert.deepEqual([pool.jobs, pool.sessions, pool.shards.length], [1, 1, 4]);
});

test('a worker that one job leaves out takes part in others', async (t) => {
  const { network, fleet, script } = fleetOf(t);
  const assigned: number[] = [];
  script(async (worker) => {
    for (let message = await worker.any(); message; message = await worker.any()) {
      if (message.kind === 'assign') assigned.push(message.job);
      answer(worker, message, 'e');
    }
  });
  const notes: string[] = [];
  const strictNotes = start(fleet, jobOf(still), { fingerprint: 'f', note: (text) => void notes.push(text) });
  const other = start(fleet, jobOf(still), { fingerprint: 'e' });
  assert.equal((await all(other.frames)).length, 1);
  assert.deepEqual(new Set(assigned), new Set([2]));
  assert.deepEqual(notes, ['w:1 is left out: its simd kernel computes other bits (fingerprint e, not f)']);
  assert.deepEqual(
    fleet.workers.map(({ name, state }) => [name, state]),
    [['w:1', 'ready']],
  );
  fleet.sealed();
  await network.quiet();
  await assert.rejects(all(strictNotes.frames), { code: 'NO_WORKER' });
});

test('a fleet outlives its jobs, and lists its workers', async (t) => {
  const { network, fleet, script } = fleetOf(t);
  const events: string[] = [];
  fleet.subscribe(({ kind }) => void events.push(kind));
  const sessions: ScriptedWorker[] = [];
  script(async (worker) => {
    sessions.push(worker);
    if (sessions.length > 1) return;
    for (let message = await worker.any(); message; message = await worker.any()) answer(worker, message);
  });
  fleet.add({ address: { host: 'none', port: 1 }, slots: 0 });
  for (let k = 0; k < 2; k++) assert.equal((await all(start(fleet, jobOf(still)).frames)).length, 1);
  assert.equal(sessions.length, 1, 'one session for both');
  const [reason, slots] = ['dialled once, last: ECONNREFUSED', 0];
  assert.deepEqual(fleet.workers, [
    { name: 'w:1', state: 'ready', slots: 2, shards: 0, version: '1' },
    { name: 'none:1', state: 'given up', slots, shards: 0, reason },
  ]);
  const running = all(start(fleet, jobOf(still)).frames);
  running.catch(() => undefined);
  void sessions[0]?.send({ kind: 'draining' });
  await network.quiet();
  assert.equal(fleet.workers[0]?.state, 'draining');
  sessions[0]?.link.close();
  await network.quiet();
  assert.deepEqual(events.slice(0, 5).sort(), ['disconnected', 'draining', 'given up', 'given up', 'joined']);
  fleet.close();
  await Promise.allSettled([running]);
  assert.equal(events.at(-1), 'closed');
  assert.throws(() => start(fleet, jobOf(still)), { code: 'NO_WORKER' });
});

test('a running job fails when its fleet is closed; a fleet runs so many jobs at once', async (t) => {
  const { fleet } = fleetOf(t);
  const jobs = Array.from({ length: 16 }, () => all(start(fleet, jobOf(still)).frames));
  assert.throws(() => start(fleet, jobOf(still)), { code: 'RESOURCES', message: /^16 jobs run already/ });
  fleet.close();
  for (const job of jobs) await assert.rejects(job, { code: 'NO_WORKER', message: /the fleet was closed/ });
});

test('a drained worker finishes its shards and gets no more, until its process is another one', BOUNDED, async (t) => {
  const { network, fleet, script } = fleetOf(t);
  const sessions: ScriptedWorker[] = [];
  const got: string[] = [];
  let instance = 'old';
  for (const name of ['first', 'second']) {
    script(async (worker) => {
      if (name === 'first') sessions.push(worker);
      for (let message = await worker.any(); message; message = await worker.any()) {
        if (message.kind === 'assign' || message.kind === 'open') got.push(`${name} ${message.kind}`);
        if (message.kind !== 'hello') answer(worker, message);
        else {
          const slots = { slots: 2, credits: 2, instance: name === 'first' ? instance : 'other' };
          void worker.send({ kind: 'ready', protocol: message.protocol, ...PROGRAM, ...slots });
        }
      }
    });
  }
  await network.quiet();
  const running = start(fleet, jobOf([...still, ...still, ...still], { blockSize: 16 }));
  await network.quiet();
  assert.equal(fleet.drain('w:1'), true);
  assert.equal(fleet.drain('w:1'), true, 'again');
  assert.equal(fleet.drain('nothing:1'), false);
  got.length = 0;
  assert.equal((await all(running.frames)).length, 3);
  assert.equal((await all(start(fleet, jobOf(still)).frames)).length, 1);
  assert.deepEqual([...new Set(got)].sort(), ['second assign', 'second open']);
  // The same process again: a connection that was lost does not undo it.
  const again = async () => {
    const isLinked = () => ['ready', 'draining'].includes(fleet.workers[0]?.state ?? '');
    sessions.at(-1)?.link.close();
    while (isLinked()) await network.quiet();
    while (!isLinked()) {
      fleet.add({ address: { host: 'w', port: 1 }, slots: 0 });
      await network.quiet();
    }
  };
  await again();
  assert.equal(fleet.workers[0]?.state, 'draining');
  instance = 'new';
  await again();
  assert.equal(fleet.workers[0]?.state, 'ready');
});

test(
  'a worker that is drained no longer gets shards of running jobs and of those begun meanwhile',
  BOUNDED,
  async (t) => {
    const { network, fleet, script } = fleetOf(t);
    let sessions = 0;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const got: string[] = [];
    script(async (worker) => {
      sessions++;
      for (let message = await worker.any(); message; message = await worker.any()) {
        if (message.kind === 'assign' || message.kind === 'open') got.push(`${message.job} ${message.kind}`);
        if (message.kind === 'assign') await held;
        answer(worker, message);
      }
    });
    await network.quiet();
    assert.equal(fleet.undrain('w:1'), true, 'it is ready');
    assert.equal(fleet.undrain('nothing:1'), false);
    const first = start(fleet, jobOf([...still, ...still, ...still], { blockSize: 16 }));
    await network.quiet();
    assert.equal(fleet.drain('w:1'), true);
    await network.quiet();
    const second = start(fleet, jobOf(still));
    got.length = 0;
    release();
    const frames = Promise.all([all(first.frames), all(second.frames)]);
    await network.quiet();
    // It finishes what it has.
    assert.deepEqual([...new Set(got.splice(0))], ['1 assign']);
    assert.equal(fleet.undrain('w:1'), true);
    assert.equal(fleet.workers[0]?.state, 'ready');
    assert.deepEqual(
      (await frames).map((one) => one.length),
      [3, 1],
    );
    for (const one of ['1 assign', '2 open', '2 assign']) assert.ok(got.includes(one), `${one} in ${got}`);
    assert.equal(sessions, 1, 'without another connection');
  },
);

test('a job that waits goes on when a worker comes, and fails when none is dialled any more', BOUNDED, async (t) => {
  const { network, fleet, script } = fleetOf(t);
  const notes: string[] = [];
  fleet.add({ address: { host: 'w', port: 1 }, slots: 0 });
  fleet.sealed();
  while (fleet.workers[0]?.state !== 'given up') await network.quiet();
  await assert.rejects(all(start(fleet, jobOf(still)).frames), { code: 'NO_WORKER' });
  const frames = all(start(fleet, jobOf(still), { waits: true, note: (text) => void notes.push(text) }).frames);
  await network.quiet();
  assert.match(notes.join(), /^no worker is available \(w:1: dialled once, .*\): .*: the job waits$/);
  script(async (worker) => {
    for (let message = await worker.any(); message; message = await worker.any()) answer(worker, message);
  });
  assert.equal((await frames).length, 1);
  const other = fleetOf(t);
  other.script(async (worker) => void worker.send({ kind: 'refused', reason: 'another build' }));
  other.fleet.sealed();
  await assert.rejects(all(start(other.fleet, jobOf(still), { waits: true }).frames), { code: 'NO_WORKER' });
});
