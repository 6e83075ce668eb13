/**
 * A second kind of work goes through scheduler, gRPC, worker threads, verification and store, without any change to them:
 * only the tables of kinds that pools and threads get are different.
 */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { grpcDialer } from '../../src/cluster/grpc.js';
import { grpcListen } from '../../src/cluster/listen.js';
import type { Scene } from '../../src/cluster/messages.js';
import type { Listener } from '../../src/cluster/transport.js';
import { openSimd } from '../../src/kernel/simd.js';
import { openFleet } from '../../src/leader/fleet/fleet.js';
import { type RenderJob, uniformRenders } from '../../src/leader/job/gathering.js';
import { type Progress, startJob } from '../../src/leader/job/job.js';
import type { Report } from '../../src/leader/job/ledger.js';
import type { Frame } from '../../src/shard/frame.js';
import { Archive } from '../../src/store/archive.js';
import { digestOf } from '../../src/store/digest.js';
import { openOnDisk } from '../../src/store/disk.js';
import { COUNTS } from '../../src/view/channels.js';
import { type Asset, assetOf } from '../../src/work/asset.js';
import { fractalJob } from '../../src/work/fractal/job.js';
import type { Kind, Kinds } from '../../src/work/kind.js';
import { BUILT_IN } from '../../src/work/kinds.js';
import { NoRoom } from '../../src/worker/memory.js';
import { openPool, type Pool, type PoolOptions } from '../../src/worker/pool.js';
import { serve } from '../../src/worker/session.js';
import { folder } from '../e2e/processes.js';
import { RANK, view } from '../worker/views.js';
import {
  CHECKSUM,
  type ChecksumJob,
  checksumAssignment,
  checksumJob,
  checksumKind,
  KERNEL,
  pixelsOf,
} from './checksum-kind.js';

const BOUNDED = { timeout: 60_000 };
const SCRIPT = new URL('./checksum-thread.js', import.meta.url);
const LOCAL = { host: '127.0.0.1', port: 0 };
const SALT = Uint8Array.of(1, 2, 3);
/** Of several chunks. */
const ASSET = assetOf(new Uint8Array(randomBytes(3_000_001)));
const FRAMES = 4;
/** Of 64 x 48 pixels in tiles of 16. */
const SHARDS = 12 * FRAMES;
const job = checksumJob(SALT, ASSET, FRAMES);
const sceneOf = (asset: Asset) => checksumJob(SALT, asset, 1).scenes[0] as Scene;
const SCENE = sceneOf(ASSET);

const kindsWith = (kind: Kind): Kinds => ({ ...BUILT_IN, [CHECKSUM]: kind });

function poolOf(t: TestContext, slots: number, wrong = false): Pool {
  const pool = openPool(slots, { kinds: kindsWith(checksumKind(wrong)), script: SCRIPT });
  t.after(() => pool.close());
  return pool;
}

function poolWith(t: TestContext, options: PoolOptions): Pool {
  const pool = openPool(1, { ...options, kinds: kindsWith(checksumKind()), script: SCRIPT });
  t.after(() => pool.close());
  return pool;
}

const LEADER = {
  ...{ version: 'test', build: 'build', name: 'test', kernel: KERNEL, retries: 0, random: Math.random },
  ...{ dialer: grpcDialer(), minWorkers: 1, strict: false, metrics: false, now: () => performance.now() },
};
const QUIET = { signal: new AbortController().signal, note: () => undefined, progress: () => undefined };

/** A worker that listens with gRPC. */
async function worker(t: TestContext, pool = poolOf(t, 1)): Promise<Listener> {
  const log = { began() {}, finished: () => [], aborted() {}, ended() {} };
  const listener = await grpcListen(LOCAL, (link) => void serve(link, pool, { version: 'test', build: 'build' }, log));
  t.after(() => listener.close());
  return listener;
}

interface Outcome {
  readonly frames: Frame[];
  readonly report: Report;
  readonly notes: readonly string[];
}

/** Renders a job on these workers. */
async function rendered(
  what: RenderJob,
  workers: readonly Listener[],
  { progress = () => {}, kernel = KERNEL }: { progress?: (now: Progress) => void; kernel?: string } = {},
): Promise<Outcome> {
  const notes: string[] = [];
  let report: Report | undefined;
  const options = {
    dialer: grpcDialer(),
    ...{
      version: 'test',
      build: 'build',
      session: 'test',
      name: 'test',
      kernel,
      retries: 0,
      random: Math.random,
      maxSlots: 0,
    },
    ...{ minWorkers: workers.length, strict: false, metrics: false, signal: new AbortController().signal, progress },
    now: () => performance.now(),
    note: (text: string) => void notes.push(text),
    gathered: (one: Report) => {
      report = one;
    },
  };
  const fleet = openFleet(options);
  const running = startJob(fleet, what, options);
  for (const { address } of workers) fleet.add({ address, slots: 0 });
  fleet.sealed();
  const frames: Frame[] = [];
  try {
    for await (const frame of running.frames) frames.push(frame);
  } finally {
    fleet.close();
  }
  return { frames, report: report as Report, notes };
}

function assertRight(frames: readonly Frame[]): void {
  assert.equal(frames.length, FRAMES);
  for (const { index, answer, width, height } of frames) {
    assert.ok(answer.kind === 'pixels');
    const expected = pixelsOf(SALT, ASSET.bytes, { frame: index, x: 0, y: 0, width, height });
    assert.equal(Buffer.compare(answer.rgb, expected), 0, `frame ${index}`);
  }
}

test('frames come over gRPC from worker threads, and the asset was sent once to each worker', BOUNDED, async (t) => {
  const workers = [await worker(t, poolOf(t, 2)), await worker(t)];
  const { frames, report } = await rendered(job, workers);
  assertRight(frames);
  assert.equal(report.shards, SHARDS);
  assert.deepEqual(report.workers.map(({ slots, kernel }) => [slots, kernel]).sort(), [
    [1, 'SHA-256'],
    [2, 'SHA-256'],
  ]);
  for (const { sentBytes } of report.workers) {
    assert.ok(sentBytes > ASSET.bytes.length && sentBytes < ASSET.bytes.length + 10_000, `${sentBytes} bytes`);
  }
});

/** Several jobs, one after another, in one session with a worker; the bytes of assets that were sent for each. */
async function sentFor(one: Listener, jobs: readonly RenderJob[]): Promise<number[]> {
  const fleet = openFleet({ ...LEADER, session: 'test', maxSlots: 0 });
  fleet.add({ address: one.address, slots: 0 });
  fleet.sealed();
  const sent: number[] = [];
  try {
    for (const what of jobs) {
      const gathered = ({ workers }: Report) => void sent.push(workers[0]?.sentBytes ?? 0);
      const running = startJob(fleet, what, { ...LEADER, ...QUIET, gathered });
      for await (const { answer } of running.frames) assert.ok(answer.kind === 'pixels');
    }
  } finally {
    fleet.close();
  }
  // Scenes have some bytes.
  return sent.map((bytes) => Math.floor(bytes / 1_000));
}

/** One frame of the scene that names these assets. */
function naming(...assets: readonly Asset[]): RenderJob {
  const [first = ASSET] = assets;
  const whole = checksumJob(SALT, first, 1);
  const scenes = whole.scenes.map(({ work }) => ({ work, assets: assets.map(({ digest }) => digest) }));
  return { ...whole, scenes, assets };
}

/** Of so many thousand bytes. */
const assetOfKilobytes = (count: number) => assetOf(new Uint8Array(randomBytes(1_000 * count)));

test('later jobs of a session send only the assets that no job before them had', BOUNDED, async (t) => {
  const pool = poolWith(t, { sceneBytes: 64 << 20 });
  const one = await worker(t, pool);
  const [a, b, c] = [assetOfKilobytes(2_000), assetOfKilobytes(700), assetOfKilobytes(300)];
  const jobs = [naming(a, b), naming(b, a), naming(a, c), naming(c, b)];
  assert.deepEqual(await sentFor(one, jobs), [2_700, 0, 300, 0]);
  assert.deepEqual(await sentFor(one, [naming(a)]), [2_000], 'of another session, without credentials');
});

test('where leaders have credentials, a session finds the assets of earlier ones', BOUNDED, async (t) => {
  const one = await worker(t, poolWith(t, { sceneBytes: 64 << 20, commonAssets: true }));
  const [a, b] = [assetOfKilobytes(2_000), assetOfKilobytes(700)];
  assert.deepEqual(await sentFor(one, [naming(a)]), [2_000]);
  assert.deepEqual(await sentFor(one, [naming(a, b)]), [700]);
});

test('an asset that a worker dropped for others is sent again', BOUNDED, async (t) => {
  const one = await worker(t, poolWith(t, { sceneBytes: 12_000_000 }));
  const [a, b, c] = [assetOfKilobytes(5_000), assetOfKilobytes(6_000), assetOfKilobytes(4_000)];
  const jobs = [naming(a), naming(b), naming(a), naming(c), naming(a), naming(b)];
  assert.deepEqual(await sentFor(one, jobs), [5_000, 6_000, 0, 4_000, 0, 6_000]);
});

test('no shard is lost with a worker: the others compute its shards', BOUNDED, async (t) => {
  const [stays, goes] = [await worker(t), await worker(t)];
  let gone = false;
  const progress = ({ shardsDone }: Progress) => {
    if (shardsDone < 4 || gone) return;
    gone = true;
    void goes.close();
  };
  const { frames, report } = await rendered(job, [stays, goes], { progress });
  assertRight(frames);
  assert.equal(report.lost, 1);
  assert.equal(report.shards, SHARDS);
});

test('every shard verified: answers that are wrong are outvoted', BOUNDED, async (t) => {
  const workers = [await worker(t, poolOf(t, 1, true)), await worker(t), await worker(t)];
  const { frames, report, notes } = await rendered({ ...job, verify: { share: 1, seed: 1 } }, workers);
  assertRight(frames);
  assert.ok(report.verified > 0);
  assert.match(notes.join('\n'), /was wrong where two others agreed/);
});

test('finished shards are kept, and found again by the identity of their frame', BOUNDED, async (t) => {
  const path = folder(t);
  /** With a store of its own, as another run has one; until all of it is on disk. */
  const kept = async (which: ChecksumJob, workers: readonly Listener[]) => {
    const store = await openOnDisk({ folder: path, size: 1 << 30, warn: assert.fail });
    const keyOf = (frame: number) => digestOf(which.identity(frame));
    const archive = new Archive(store, { sizeOf: () => ({ width: 64, height: 48, bytesPerPixel: 3 }), keyOf });
    const outcome = await rendered({ ...which, archive }, workers);
    await store.written();
    return outcome;
  };
  const first = await kept(job, [await worker(t)]);
  assert.deepEqual([first.report.recalled, first.report.shards], [0, SHARDS]);
  const again = await kept(job, []);
  assertRight(again.frames);
  assert.deepEqual([again.report.recalled, again.report.shards], [FRAMES * 64 * 48, 0]);
  const other = checksumJob(SALT, assetOf(Uint8Array.of(9)), FRAMES);
  const fresh = await kept(other, [await worker(t)]);
  assert.deepEqual([fresh.report.recalled, fresh.report.shards], [0, SHARDS]);
});

test('jobs of two kinds share a worker', BOUNDED, async (t) => {
  const both = await worker(t, poolOf(t, 2));
  const size = { width: view.width, height: view.height, perPixel: 1, channels: COUNTS };
  const { scene, answer, ...work } = fractalJob({ viewOf: () => view, paint: undefined, ...size });
  const renders = uniformRenders(1, { ...size, answer });
  const fractal: RenderJob = { ...work, renders, scenes: [scene], window: 2, shape: 'row' };
  const [checksums, samples] = await Promise.all([
    rendered(job, [both]),
    rendered(fractal, [both], { kernel: 'simd' }),
  ]);
  assertRight(checksums.frames);
  const { nu } = await openSimd().compute(view, { x: 0, y: 0, width: view.width, height: view.height });
  assert.deepEqual(samples.frames[0]?.answer, { kind: 'samples', values: Float64Array.from(nu), channels: COUNTS });
});

test('a worker without the kind is left out, with the reason', BOUNDED, async (t) => {
  const pool = openPool(1);
  t.after(() => pool.close());
  await assert.rejects(rendered(job, [await worker(t, pool)]), {
    code: 'KERNEL_MISSING',
    message: /this worker has no kernel sha256/,
  });
});

test('a scene that names an asset that was not sent is refused', (t) => {
  const handle = poolOf(t, 1).session().open(KERNEL, RANK);
  assert.throws(() => handle.scene(0, SCENE), { code: 'PROTOCOL', message: /names asset [\da-f]{64}, never sent/ });
  handle.asset(ASSET);
  handle.scene(0, SCENE);
});

function fits(keep: () => void): boolean {
  try {
    keep();
    return true;
  } catch (error) {
    assert.ok(error instanceof NoRoom);
    return false;
  }
}

test('assets count as memory of scenes, once for a session, and are freed when it ends', BOUNDED, async (t) => {
  const MIB = 1 << 20;
  const pool = openPool(1, { kinds: kindsWith(checksumKind()), script: SCRIPT, sceneBytes: 20 * MIB });
  t.after(() => pool.close());
  const asset = (mib: number, byte: number) => assetOf(new Uint8Array(mib * MIB).fill(byte));
  const evicted: string[] = [];
  const [one, other] = ['one', 'other'].map((name) => pool.session(() => void evicted.push(name)).open(KERNEL, RANK));
  assert.ok(one && other);
  assert.throws(() => one.asset(asset(21, 0)), {
    code: 'PROTOCOL',
    message: /the asset takes 21 MiB, .*--scene-memory/,
  });
  for (let k = 0; k < 5; k++) one.asset(asset(16, 1));
  other.asset(asset(6, 2));
  assert.deepEqual(evicted, [], '12 MiB and 2 MiB count');
  other.asset(asset(9, 3));
  assert.deepEqual(evicted, ['one'], 'it computes nothing, and holds more');
  one.close();
  other.close();
  const next = pool.session().open(KERNEL, RANK);
  assert.throws(() => next.asset(asset(18, 4)), { message: 'memory of earlier scenes is being freed' });
  while (!fits(() => next.asset(asset(18, 4)))) await setImmediate();
  next.close();
  const scene = sceneOf(ASSET);
  const last = pool.session().open(KERNEL, RANK);
  last.asset(ASSET);
  last.scene(0, scene);
  const rect = { x: 0, y: 0, width: 8, height: 8 };
  const result = await new Promise<{ kind: string; bytes?: Uint8Array }>((resolve) => {
    last.queue(checksumAssignment(1, rect), resolve);
  });
  assert.equal(result.kind, 'done');
  assert.deepEqual(result.bytes, pixelsOf(SALT, ASSET.bytes, { frame: 0, ...rect }));
});

test('assets of sessions that ended are no longer in memory, though threads had them', BOUNDED, async (t) => {
  const [pool, mib] = [poolOf(t, 2), 1 << 20];
  const rect = { x: 0, y: 0, width: 2, height: 2 };
  const used = () => process.memoryUsage().rss / mib;
  const before = used();
  for (let k = 0; k < 12; k++) {
    const handle = pool.session().open(KERNEL, RANK);
    const asset = assetOf(new Uint8Array(new SharedArrayBuffer(48 * mib)).fill(k));
    handle.asset(asset);
    handle.scene(0, sceneOf(asset));
    const shards = [1, 2].map(
      (epoch) => new Promise((resolve) => handle.queue(checksumAssignment(epoch, rect), resolve)),
    );
    await Promise.all(shards);
    handle.close();
  }
  const more = used() - before;
  assert.ok(more < 300, `${more} MiB of 576 MiB are still there`);
});
