/** A whole job over the transport in memory, with workers that the test drives. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  type Assignment,
  type Opened,
  PROTOCOL,
  type Rank,
  type Ready,
  type Result,
  type ToLeader,
  type ToWorker,
} from '../../src/cluster/messages.js';
import { type FleetOptions, openFleet } from '../../src/leader/fleet/fleet.js';
import { type RenderJob, uniformRenders } from '../../src/leader/job/gathering.js';
import { type JobOptions, startJob } from '../../src/leader/job/job.js';
import type { Report } from '../../src/leader/job/ledger.js';
import type { Frame } from '../../src/shard/frame.js';
import type { Rect } from '../../src/shard/shard.js';
import { Archive } from '../../src/store/archive.js';
import { digestOf } from '../../src/store/digest.js';
import { openOnDisk } from '../../src/store/disk.js';
import { COUNTS } from '../../src/view/channels.js';
import type { View } from '../../src/view/view.js';
import { fractalJob } from '../../src/work/fractal/job.js';
import { serve } from '../../src/worker/session.js';
import { memoryNetwork } from '../cluster/memory.js';
import { Scripted, type ScriptedWorker } from '../cluster/scripted.js';
import { folder } from '../e2e/processes.js';
import { gatedPool } from '../worker/gated-pool.js';
import { fractalOf, paintOf, view } from '../worker/views.js';

const viewOf = (frame: number): View => ({ ...view, height: 12, re: String(frame) });
const size = { width: 8, height: 12, perPixel: 1, channels: COUNTS };
const { scene, answer: pixelsWanted, ...work } = fractalJob({ ...size, viewOf, paint: paintOf(20) });
const shape = { ...size, answer: pixelsWanted };
/** 6 shards of 2 rows in each of 3 frames. */
const job: RenderJob = {
  ...work,
  renders: uniformRenders(3, shape),
  scenes: [scene],
  shape: 'row',
  blockSize: 2,
  window: 2,
};

const ready: Ready = {
  kind: 'ready',
  protocol: PROTOCOL,
  version: '1',
  build: 'build',
  slots: 1,
  credits: 2,
  instance: '',
};

const opened: Opened = {
  kind: 'opened',
  job: 1,
  kernel: 'simd',
  detail: 'by hand',
  speed: 1e9,
  fingerprint: 'a'.repeat(64),
  slots: 1,
  held: [],
};

/** Pixels of the shard at the top of each frame that are uncertain. */
const UNCERTAIN = 2;

/** The expected pixels of this job: different at every place. */
function pixels({ frame, x, y, width, height }: { frame: number } & Rect): Uint8Array {
  const bytes: number[] = [];
  for (let row = y; row < y + height; row++)
    for (let column = x; column < x + width; column++) bytes.push(frame, row, column);
  return Uint8Array.from(bytes);
}

function answer(assignment: Assignment, of = 1): Result {
  const { shard, epoch, render } = assignment;
  const { rect } = fractalOf(assignment);
  const uncertain = rect.y === 0 ? UNCERTAIN : 0;
  const bytes = pixels({ frame: render, ...rect });
  return { kind: 'result', job: of, shard, epoch, bytes, seconds: 0.01, iterations: 10, uncertain };
}

type Script = (worker: ScriptedWorker, assigned: Assignment[]) => Promise<unknown> | unknown;

/** Works like a worker, until its link ends. */
async function computes(worker: ScriptedWorker, assigned: Assignment[]): Promise<void> {
  for (let message = await worker.any(); message; message = await worker.any()) handle(worker, message, assigned);
}

function handle(worker: ScriptedWorker, message: ToWorker, assigned: Assignment[]): void {
  if (message.kind === 'hello') void worker.send(ready);
  else if (message.kind === 'open') void worker.send({ ...opened, job: message.job });
  else if (message.kind === 'assign') {
    assigned.push(message.assignment);
    void worker.send(answer(message.assignment, message.job));
  } else if (message.kind === 'close') {
    const metrics = [{ name: 'shards', value: assigned.length }];
    void worker.send({ kind: 'report', job: message.job, metrics });
  }
}

/** A worker that ends permanently: when it is dialled again it does not answer. */
function once(script: Script): Script {
  let came = false;
  return (worker, assigned) => {
    if (came) return;
    came = true;
    return script(worker, assigned);
  };
}

/** Answers Hello, and opens the job. */
async function sendReady(worker: ScriptedWorker, changes: Partial<Opened> = {}): Promise<void> {
  await worker.next('hello');
  void worker.send(ready);
  await worker.next('open');
  void worker.send({ ...opened, ...changes });
}

/** Sends Ready and keeps what it is assigned, until it has `count` shards. */
async function collect(worker: ScriptedWorker, count: number): Promise<Assignment[]> {
  await sendReady(worker);
  await worker.next('scene');
  const kept: Assignment[] = [];
  while (kept.length < count) kept.push((await worker.next('assign')).assignment);
  return kept;
}

/** A job on a fleet with its network; its notes and reports are kept. The fleet ends with the job. */
function leader(t: TestContext, changes: Partial<FleetOptions & JobOptions> = {}, other: Partial<RenderJob> = {}) {
  const network = memoryNetwork();
  const notes: string[] = [];
  const reports: Report[] = [];
  const stop = new AbortController();
  let time = 0;
  const options = {
    dialer: network.dialer,
    version: '1',
    build: 'build',
    session: 'session',
    retries: 0,
    random: () => 0,
    maxSlots: 0,
    name: 'job',
    kernel: 'simd',
    fingerprint: opened.fingerprint,
    minWorkers: 1,
    strict: false,
    metrics: true,
    signal: stop.signal,
    now: () => time++,
    note: (text: string) => void notes.push(text),
    progress: () => {},
    gathered: (report: Report) => void reports.push(report),
    ...changes,
  };
  const fleet = openFleet(options);
  // The limit of slots is the fleet's, not that of the job.
  const started = startJob(fleet, { ...job, ...other }, { ...options, maxSlots: 0 });
  const running = { frames: started.frames, add: fleet.add, sealed: fleet.sealed };
  t.after(() => fleet.close());
  let port = 0;
  /** One more worker; the shards it is assigned, if its script keeps them. */
  function add(script: Script): Assignment[] {
    const address = { host: 'w', port: ++port };
    const assigned: Assignment[] = [];
    network.listen(address, (link) => void script(new Scripted(link), assigned));
    running.add({ address, slots: 0 });
    return assigned;
  }
  /** All of them; then the fleet is closed. */
  const frames = () => all(running.frames).finally(() => fleet.close());
  return { network, fleet, running, notes, reports, stop, add, frames };
}

async function all(frames: AsyncIterable<Frame>): Promise<Frame[]> {
  const list: Frame[] = [];
  for await (const frame of frames) list.push(frame);
  return list;
}

/** Every frame once, in order, every pixel where it belongs. */
function assertWhole(frames: readonly Frame[]): void {
  assert.deepEqual(
    frames.map(({ index }) => index),
    [0, 1, 2],
  );
  for (const { index, answer } of frames) {
    assert.deepEqual(answer, { kind: 'pixels', rgb: pixels({ frame: index, x: 0, y: 0, width: 8, height: 12 }) });
  }
}

const noWorker = () => {};
const ALL = { share: 1, seed: 0 };

/** A clock that advances at each reading. */
function fastClock(ms = 500): () => number {
  let time = 0;
  return () => {
    time += ms;
    return time;
  };
}

test('one worker renders the job; then the job is closed there, and what it reports is in the report', async (t) => {
  const { running, add, frames, reports, notes } = leader(t);
  let worker: ScriptedWorker | undefined;
  const assigned = add((link, kept) => {
    worker = link;
    return computes(link, kept);
  });
  running.sealed();
  assertWhole(await frames());
  assert.equal(assigned.length, 18);
  for (const assignment of assigned) {
    assert.equal(assignment.scene, 0);
    assert.deepEqual(fractalOf(assignment).view, viewOf(assignment.render));
  }
  assert.deepEqual(notes, ['w:1 joined: 1 slot, by hand']);
  assert.equal(reports.length, 1);
  const { frames: count, shards, samples, iterations, reissued, late, lost, workers } = reports[0] as Report;
  assert.deepEqual(
    { count, shards, samples, iterations, reissued, late, lost },
    { count: 3, shards: 18, samples: 288, iterations: 180, reissued: 0, late: 0, lost: 0 },
  );
  assert.equal(workers.length, 1);
  assert.deepEqual(workers[0]?.metrics, [{ name: 'shards', value: 18 }]);
  assert.equal(workers[0]?.receivedBytes, 864);
  assert.equal(workers[0]?.sentBytes, worker?.link.traffic.received);
  await worker?.ended;
});

test('the report comes before the last frame, so that metrics come before encoding', async (t) => {
  const { running, add, reports } = leader(t);
  add(computes);
  running.sealed();
  const gathered: number[] = [];
  for await (const { index } of running.frames) gathered.push(index, reports.length);
  assert.deepEqual(gathered, [0, 0, 1, 0, 2, 1]);
});

for (const metrics of [true, false]) {
  test(`metrics ${metrics ? 'wanted' : 'not wanted'}: so it is stated when the job is closed`, async (t) => {
    const { running, add, frames } = leader(t, { metrics });
    const finished: boolean[] = [];
    add(async (worker, assigned) => {
      for (let message = await worker.any(); message; message = await worker.any()) {
        if (message.kind === 'close') finished.push(message.metrics);
        handle(worker, message, assigned);
      }
    });
    running.sealed();
    assertWhole(await frames());
    assert.deepEqual(finished, [metrics]);
  });
}

test('a worker that never reports is waited for two seconds, not longer', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { network, running, add, frames, reports } = leader(t);
  const finishing = new Promise<void>((resolve) => {
    add(async (worker, assigned) => {
      for (let message = await worker.any(); message; message = await worker.any()) {
        if (message.kind === 'close') resolve();
        else handle(worker, message, assigned);
      }
    });
  });
  running.sealed();
  const done = frames();
  await finishing;
  t.mock.timers.tick(1_999);
  await network.quiet();
  assert.equal(reports.length, 0);
  t.mock.timers.tick(1);
  assertWhole(await done);
  assert.deepEqual(reports[0]?.workers[0]?.metrics, []);
});

test('a real worker, which checks its credits, never gets more shards than it has', async (t) => {
  const { network, running, frames, notes } = leader(t);
  const pool = gatedPool(2);
  const assigned = new Map<number, Assignment>();
  const address = { host: 'real', port: 1 };
  network.listen(address, (link) => {
    const seen = {
      ...pool,
      session: () => ({
        ...pool.session(),
        open: (kernel: 'simd', rank: Rank) => {
          const handle = pool.session().open(kernel, rank);
          const queue: typeof handle.queue = (assignment, finish) => {
            assigned.set(assignment.shard, assignment);
            handle.queue(assignment, finish);
          };
          return Object.create(handle, { queue: { value: queue } }) as typeof handle;
        },
      }),
    };
    serve(
      link,
      seen as typeof pool,
      { version: '1', build: 'build' },
      { began: noWorker, finished: () => [], aborted: noWorker, ended: noWorker },
    );
  });
  running.add({ address, slots: 0 });
  running.sealed();
  const done = frames();
  let most = 0;
  for (let answered = 0; answered < 18; answered++) {
    await network.quiet();
    most = Math.max(most, pool.shards.length);
    const shard = pool.shards[answered % Math.min(2, pool.shards.length)] as number;
    const assignment = assigned.get(shard) as Assignment;
    pool.finish(shard, pixels({ frame: assignment.render, ...fractalOf(assignment).rect }));
  }
  assertWhole(await done);
  assert.equal(most, 4);
  assert.equal(notes.length, 1);
});

test('a worker whose kernel computes other bits gets no shards, and the leader reports why', async (t) => {
  const { network, running, add, frames, notes } = leader(t);
  const received: string[] = [];
  add(async (worker) => {
    await sendReady(worker, { fingerprint: 'b'.repeat(64) });
    for (const { kind } of await worker.rest()) received.push(kind);
  });
  await network.quiet();
  running.sealed();
  const why =
    'no worker is available (w:1: its simd kernel computes other bits (fingerprint bbbbbbbbbbbb, ' +
    'not aaaaaaaaaaaa)): start workers with "fractal worker", or render with --local';
  await assert.rejects(frames(), { code: 'NO_WORKER', message: why });
  const note = 'w:1 is left out: its simd kernel computes other bits (fingerprint bbbbbbbbbbbb, not aaaaaaaaaaaa)';
  await network.quiet();
  assert.deepEqual([received, notes], [['close'], [note]]);
});

test('where no fingerprint is known the first worker sets it, and the job is done without those that differ', async (t) => {
  const { network, running, add, frames, reports } = leader(t, { fingerprint: undefined as never });
  add(computes);
  await network.quiet();
  const other = add(async (worker, assigned) => {
    await sendReady(worker, { fingerprint: 'b'.repeat(64) });
    for (const message of await worker.rest()) handle(worker, message, assigned);
  });
  running.sealed();
  assertWhole(await frames());
  assert.deepEqual(other, []);
  assert.deepEqual(
    reports[0]?.workers.map(({ name }) => name),
    ['w:1'],
  );
});

test('a worker of another protocol is left out, with both versions', async (t) => {
  const { running, add, frames } = leader(t);
  add(async (worker) => {
    await worker.next('hello');
    void worker.send({ ...ready, protocol: PROTOCOL + 1, version: '9' });
  });
  running.sealed();
  await assert.rejects(
    frames(),
    new RegExp(`w:1: it speaks protocol ${PROTOCOL + 1} \\(version 9\\), this leader ${PROTOCOL} \\(version 1\\)`),
  );
});

const LOST: readonly [how: string, part: (worker: ScriptedWorker, kept: Assignment[]) => void, why: string][] = [
  ['closes the connection', (worker) => worker.link.close(), 'the worker closed the connection'],
  ['ends', (worker) => worker.link.end(), 'it ended the session'],
  ['refuses its leader', (worker) => void worker.send({ kind: 'refused', reason: 'enough' }), 'enough'],
  ['sends Ready again', (worker) => void worker.send(ready), 'it sent Ready twice'],
  [
    'sends half a message',
    (worker) => (worker.link as never as { sendBytes(b: Uint8Array): void }).sendBytes(Buffer.from([0x1a, 2, 8, 1])),
    'the peer sent no chunk of a result',
  ],
];

for (const [how, part, why] of LOST) {
  test(`a worker ${how} in the middle of the job: its shards go to another, and the frames are whole`, async (t) => {
    const { network, running, add, frames, notes, reports } = leader(t);
    const lost: Assignment[] = [];
    let leave = noWorker;
    add(
      once(async (worker) => {
        const [first, second] = await collect(worker, 2);
        void worker.send(answer(first as Assignment));
        lost.push(second as Assignment, (await worker.next('assign')).assignment);
        leave = () => part(worker, lost);
      }),
    );
    const done = frames();
    await network.quiet();
    assert.equal(lost.length, 2);
    leave();
    await network.quiet();
    const assigned = add(computes);
    running.sealed();
    assertWhole(await done);
    assert.equal(assigned.length, 17);
    for (const { shard } of lost) assert.ok(assigned.some((one) => one.shard === shard));
    assert.equal(notes[1], `w:1 was lost (${why}): its shards go to others`);
    const { reissued, late, shards, lost: times } = reports[0] as Report;
    assert.deepEqual({ reissued, late, shards, times }, { reissued: 2, late: 0, shards: 18, times: 1 });
    assert.deepEqual(
      reports[0]?.workers.map((worker) => worker.shards),
      [1, 17],
    );
  });
}

test('the last worker is lost: the job fails, with the worker and the reason', async (t) => {
  const { running, add, frames } = leader(t);
  add(
    once(async (worker) => {
      await collect(worker, 2);
      worker.link.close();
    }),
  );
  running.sealed();
  await assert.rejects(frames(), {
    code: 'NO_WORKER',
    message: /^no worker is available \(w:1: dialled once, last: the worker closed the connection\)/,
  });
});

test('a worker that drains finishes what it has and gets nothing more', async (t) => {
  const { network, running, add, frames, notes, reports } = leader(t);
  let leave = async () => {};
  add(
    once(async (worker) => {
      const kept = await collect(worker, 2);
      leave = async () => {
        void worker.send({ kind: 'draining' });
        for (const one of kept) void worker.send(answer(one));
        await network.quiet();
        assert.deepEqual(worker.received, []);
        worker.link.end();
      };
    }),
  );
  const done = frames();
  await network.quiet();
  await leave();
  await network.quiet();
  const assigned = add(computes);
  running.sealed();
  assertWhole(await done);
  assert.equal(assigned.length, 16);
  assert.equal(reports[0]?.reissued, 0);
  assert.equal(notes[1], 'w:1 is draining');
});

test('a shard that fails is assigned again, one that fails three times fails the job', async (t) => {
  for (const failures of [2, 3]) {
    const { running, add, frames, reports } = leader(t);
    let failed = 0;
    add(async (worker, assigned) => {
      for (let message = await worker.any(); message; message = await worker.any()) {
        if (message.kind === 'assign' && message.assignment.shard === 4 && failed < failures) {
          failed++;
          const { epoch } = message.assignment;
          void worker.send({ kind: 'failed', job: 1, shard: 4, epoch, reason: 'out of memory' });
        } else handle(worker, message, assigned);
      }
    });
    running.sealed();
    if (failures === 2) {
      assertWhole(await frames());
      assert.equal(reports[0]?.reissued, 2);
    } else {
      await assert.rejects(frames(), {
        code: 'SHARD_FAILED',
        message: '8x2 pixels at (0, 8) of frame 0 cannot be computed: out of memory',
      });
    }
  }
});

test('a result of the wrong length counts as a failure; no byte of it gets into the frame', async (t) => {
  const { running, add, frames, reports } = leader(t);
  let wrong = true;
  add(async (worker, assigned) => {
    for (let message = await worker.any(); message; message = await worker.any()) {
      if (message.kind === 'assign' && wrong) {
        wrong = false;
        const bytes = new Uint8Array(47).fill(255);
        const { shard, epoch } = message.assignment;
        void worker.send({ kind: 'result', job: 1, shard, epoch, bytes, seconds: 1, iterations: 1, uncertain: 0 });
      } else handle(worker, message, assigned);
    }
  });
  running.sealed();
  assertWhole(await frames());
  assert.equal(reports[0]?.reissued, 1);
});

test('results to no assignment of this worker change nothing', async (t) => {
  const { network, running, add, frames, reports } = leader(t);
  let finish = noWorker;
  add(async (worker, assigned) => {
    const kept = await collect(worker, 2);
    finish = () => {
      for (const one of kept) void worker.send(answer(one));
      void computes(worker, assigned);
    };
  });
  const done = frames();
  await network.quiet();
  // Shards 0 and 1 are with the first; this one answers them, too, and one that does not exist.
  add(async (worker, assigned) => {
    const kept = await collect(worker, 2);
    for (const shard of [0, 1, 1000]) {
      const bytes = new Uint8Array(48).fill(255);
      const late = { shard, epoch: shard + 1, bytes, seconds: 9, iterations: 9, uncertain: 0 };
      void worker.send({ kind: 'result', job: 1, ...late });
    }
    for (const one of kept) void worker.send(answer(one));
    await computes(worker, assigned);
  });
  await network.quiet();
  finish();
  running.sealed();
  assertWhole(await done);
  const { late, shards, iterations } = reports[0] as Report;
  assert.deepEqual({ late, shards, iterations }, { late: 3, shards: 18, iterations: 180 });
});

test('an answer that comes twice counts once', async (t) => {
  const { running, add, frames, reports } = leader(t);
  add(async (worker, assigned) => {
    for (let message = await worker.any(); message; message = await worker.any()) {
      handle(worker, message, assigned);
      if (message.kind === 'assign') void worker.send(answer(message.assignment));
    }
  });
  running.sealed();
  assertWhole(await frames());
  assert.equal(reports[0]?.shards, 18);
  assert.equal(reports[0]?.samples, 288);
});

test('three answers that cannot be right: the worker is left out, with the reason, and another computes it', async (t) => {
  const { scene: raw, answer: samples, ...rest } = fractalJob({ ...size, viewOf, paint: undefined });
  const other = { ...rest, scenes: [raw], renders: uniformRenders(3, { ...size, answer: samples }) };
  const { network, running, add, frames, notes, reports } = leader(t, {}, other);
  const nan = new Uint8Array(Float64Array.from({ length: 16 }, () => Number.NaN).buffer);
  const address = { host: 'w', port: 1 };
  let links = 0;
  add(async (worker) => {
    links++;
    for (let message = await worker.any(); message; message = await worker.any()) {
      if (message.kind !== 'assign') handle(worker, message, []);
      else void worker.send({ ...answer(message.assignment), bytes: nan } as ToLeader);
    }
  });
  await network.quiet();
  const done = frames();
  const why = 'it failed 3 times, last: sample 0 of 8x2 pixels is NaN, which no sample can be';
  while (!notes.includes(`w:1 is left out: ${why}`)) await network.quiet();
  assert.equal(running.add({ address, slots: 0 }), why);
  add(async (worker, assigned) => {
    for (let message = await worker.any(); message; message = await worker.any()) {
      if (message.kind !== 'assign') handle(worker, message, assigned);
      else {
        const nu = new Uint8Array(Float64Array.from({ length: 16 }, (_, k) => k).buffer);
        void worker.send({ ...answer(message.assignment), bytes: nu } as ToLeader);
      }
    }
  });
  running.sealed();
  assert.equal((await done).length, 3);
  assert.equal(links, 1);
  assert.deepEqual(
    reports[0]?.workers.map(({ name, expelled, shards }) => [name, expelled, shards]),
    [
      ['w:1', why, 0],
      ['w:2', undefined, 18],
    ],
  );
});

test('a worker that violates the protocol three times is left out', async (t) => {
  const { network, running, add, frames, notes } = leader(t, { retries: 10 });
  add(async (worker) => {
    await sendReady(worker);
    void worker.send(ready);
  });
  while (notes.length < 7) await network.quiet();
  const left = 'w:1 is left out: it failed 3 times, last: it sent Ready twice';
  assert.equal(notes[6], left);
  assert.equal(notes.filter((note) => note.includes('was lost')).length, 3);
  add(computes);
  running.sealed();
  assertWhole(await frames());
  assert.deepEqual(notes.slice(7), ['w:2 joined: 1 slot, by hand']);
});

test('a worker whose samples are not numbers has failed', async (t) => {
  for (const broken of [{ seconds: -1 }, { seconds: Infinity }, { iterations: Number.NaN }]) {
    const { running, add, frames, reports, notes } = leader(t);
    const nonsense: Script = async (worker, assigned) => {
      for (let message = await worker.any(); message; message = await worker.any()) {
        if (message.kind === 'assign') void worker.send({ ...answer(message.assignment), ...broken } as ToLeader);
        else handle(worker, message, assigned);
      }
    };
    add(once(nonsense));
    add(async (worker, assigned) => {
      for (let message = await worker.any(); message; message = await worker.any()) handle(worker, message, assigned);
    });
    running.sealed();
    assertWhole(await frames());
    assert.deepEqual([reports[0]?.lost, reports[0]?.iterations], [1, 180]);
    assert.match(
      notes.join('\n'),
      /w:1 was lost \(the peer states (seconds|iterations) of a shard (-1|Infinity|NaN), /,
    );
  }
});

/** Answers wrong pixels. */
const wrongWorker: Script = async (worker, assigned) => {
  for (let message = await worker.any(); message; message = await worker.any()) {
    if (message.kind !== 'assign') handle(worker, message, assigned);
    else void worker.send({ ...answer(message.assignment), bytes: new Uint8Array(48), uncertain: 1 } as ToLeader);
  }
};

test('every shard verified: a worker whose pixels are right, and their number of uncertain ones not, is left out', async (t) => {
  const { network, running, add, frames, reports } = leader(t, { minWorkers: 3 }, { verify: ALL });
  const miscounting: Script = async (worker, assigned) => {
    for (let message = await worker.any(); message; message = await worker.any()) {
      if (message.kind !== 'assign') handle(worker, message, assigned);
      else void worker.send({ ...answer(message.assignment), uncertain: 1 } as ToLeader);
    }
  };
  for (const script of [miscounting, computes, computes]) {
    add(script);
    await network.quiet();
  }
  running.sealed();
  assertWhole(await frames());
  assert.ok(reports[0]?.workers[0]?.expelled);
  assert.equal(reports[0]?.uncertain, job.renders.length * UNCERTAIN);
});

test('every shard verified: of three workers one is wrong: it is left out, and no byte of it is in the frames', async (t) => {
  const { network, running, add, frames, reports, notes } = leader(t, { minWorkers: 3 }, { verify: ALL });
  for (const script of [wrongWorker, computes, computes]) {
    add(script);
    await network.quiet();
  }
  running.sealed();
  assertWhole(await frames());
  const { verified, unverified, shards, workers } = reports[0] as Report;
  assert.deepEqual({ verified, unverified, shards }, { verified: 18, unverified: 0, shards: 18 });
  assert.match(workers[0]?.expelled ?? '', /^it failed 3 times, last: its answer for 8x2 pixels at .* of two others$/);
  assert.ok(notes.some((note) => note.startsWith('w:1 is left out')));
});

/** Renders of one size, and of three sizes with the same number of rows. */
const SIZES: readonly [what: string, renders: RenderJob['renders']][] = [
  ['', job.renders],
  [', with renders of different sizes', [8, 20, 3].map((width) => ({ ...shape, width, scene: 0 }))],
];

for (const [what, renders] of SIZES)
  test(`half of the shards verified: what an outvoted worker alone computed is computed again, and not kept${what}`, async (t) => {
    const path = folder(t);
    const open = () => openOnDisk({ folder: path, size: 1 << 20, warn: assert.fail });
    const layout = {
      sizeOf: (render: number) => ({ ...(renders[render] as (typeof renders)[0]), bytesPerPixel: 3 }),
      keyOf: (render: number) => digestOf({ render }),
    };
    const store = await open();
    const archive = new Archive(store, layout);
    const half = { renders, verify: { share: 0.5, seed: 1 }, archive };
    const { network, running, add, frames, reports } = leader(t, { minWorkers: 3 }, half);
    for (const script of [wrongWorker, computes, computes]) {
      add(script);
      await network.quiet();
    }
    running.sealed();
    for (const { index, answer, width, height } of await frames()) {
      assert.deepEqual(answer, { kind: 'pixels', rgb: pixels({ frame: index, x: 0, y: 0, width, height }) });
    }
    archive.suspend();
    await store.written();
    const { revoked, samples, shards, workers, uncertain } = reports[0] as Report;
    assert.equal(uncertain, renders.length * UNCERTAIN, 'the counts of the outvoted worker are revoked');
    assert.ok(workers[0]?.expelled);
    assert.ok(revoked > 0, 'it alone had computed nothing');
    const all = renders.reduce((sum, { width, height }) => sum + width * height, 0);
    assert.deepEqual([shards, samples], [18, all], 'each counts once');
    const kept = new Archive(await open(), layout);
    const found = renders.map(() => 0);
    for (let frame = 0; frame < renders.length; frame++) {
      await kept.recall(frame, ({ rect, bytes }) => {
        found[frame] = (found[frame] ?? 0) + rect.width * rect.height;
        assert.deepEqual(Uint8Array.from(bytes), pixels({ frame, ...rect }));
      });
    }
    assert.ok(found.some((area) => area > 0));
  });

test('a film with frames handed on before their worker was outvoted fails, and names them', async (t) => {
  const some = { renders: uniformRenders(30, { ...shape, height: 2 }), verify: { share: 0.3, seed: 1 } };
  const { network, running, add, frames } = leader(t, { minWorkers: 3 }, some);
  for (const script of [wrongWorker, computes, computes]) {
    add(script);
    await network.quiet();
  }
  running.sealed();
  await assert.rejects(frames(), {
    code: 'FRAMES_DOUBTFUL',
    message: /^frames \d.* have pixels of a worker that two others contradicted later; run it again/,
  });
});

test('messages about a render have the name that its job gives it', async (t) => {
  const nameOf = (render: number) => `the keyframe of zoom ${render + 2}, for frames 1 to 5`;
  const { running, add, frames } = leader(t, { minWorkers: 2, now: fastClock() }, { verify: ALL, nameOf });
  add(wrongWorker);
  add(computes);
  running.sealed();
  await assert.rejects(frames(), {
    code: 'SHARD_FAILED',
    message: /^8x2 pixels at \(0, \d+\) of the keyframe of zoom 2, for frames 1 to 5 cannot be computed: /,
  });
});

test('two workers that disagree, and no third: the job fails, and names the shard', async (t) => {
  const { running, add, frames } = leader(t, { minWorkers: 2, now: fastClock() }, { verify: ALL });
  add(wrongWorker);
  add(computes);
  running.sealed();
  await assert.rejects(frames(), {
    code: 'SHARD_FAILED',
    message: /^8x2 pixels at \(0, \d+\) of frame 0 cannot be computed: w:. and w:. gave different answers, and there/,
  });
});

test('two answers without a third: what either worker alone computed is not kept', async (t) => {
  const disowned: string[] = [];
  const archive: RenderJob['archive'] = {
    recall: async () => [{ x: 0, y: 0, width: size.width, height: size.height }],
    keep() {},
    disown: (by) => void disowned.push(by),
    complete() {},
  };
  const some = { archive, verify: { share: 0.3, seed: 1 } };
  const { running, add, frames } = leader(t, { minWorkers: 2, now: fastClock() }, some);
  add(wrongWorker);
  add(computes);
  running.sealed();
  await assert.rejects(frames(), { code: 'SHARD_FAILED' });
  assert.deepEqual(disowned.sort(), ['w:1', 'w:2']);
});

test('a worker under two names is one worker', async (t) => {
  const { network, running, add, frames, reports, notes } = leader(t, { minWorkers: 1 }, { verify: ALL });
  const named: Script = async (worker, assigned) => {
    await worker.next('hello');
    void worker.send({ ...ready, instance: 'the same' });
    for (let message = await worker.any(); message; message = await worker.any()) handle(worker, message, assigned);
  };
  add(named);
  await network.quiet();
  add(named);
  await network.quiet();
  running.sealed();
  assertWhole(await frames());
  assert.ok(notes.includes('w:2 is left out: it is the same worker as w:1'), notes.join('\n'));
  assert.deepEqual([reports[0]?.verified, reports[0]?.unverified], [0, 18]);
});

test('one worker alone: what cannot be compared is taken, and counted', async (t) => {
  const { running, add, frames, reports } = leader(t, {}, { verify: ALL });
  add(computes);
  running.sealed();
  assertWhole(await frames());
  const { verified, unverified } = reports[0] as Report;
  assert.deepEqual([verified, unverified], [0, 18]);
});

test('a worker that stalls, though it sends heartbeats: another computes its shards, and its own are cancelled', async (t) => {
  const { network, running, add, frames, reports } = leader(t, { now: fastClock(50) });
  const received: ToWorker[] = [];
  add(async (worker) => {
    await sendReady(worker);
    for (let message = await worker.any(); message; message = await worker.any()) received.push(message);
  });
  await network.quiet();
  add(computes);
  running.sealed();
  assertWhole(await frames());
  const epochs = received.flatMap((message) => (message.kind === 'assign' ? [message.assignment.epoch] : []));
  const cancelled = received.flatMap((message) => (message.kind === 'cancel' ? message.epochs : []));
  assert.ok(epochs.length >= 2);
  assert.deepEqual(new Set(cancelled), new Set(epochs));
  assert.equal(reports[0]?.copied, epochs.length);
});

test('nothing is assigned before enough workers are ready', async (t) => {
  const { network, running, add, frames } = leader(t, { minWorkers: 2 });
  const first = add(computes);
  const done = frames();
  await network.quiet();
  assert.deepEqual(first, []);
  add(computes);
  running.sealed();
  assertWhole(await done);
});

test('too few workers to begin with: the job fails at once', async (t) => {
  const { running, add, frames } = leader(t, { minWorkers: 2 });
  add(computes);
  running.add({ address: { host: 'missing', port: 1 }, slots: 0 });
  running.sealed();
  await assert.rejects(frames(), {
    code: 'NO_WORKER',
    message: /^only 1 of 2 workers are available \(missing:1: dialled once, last: ECONNREFUSED\)/,
  });
});

test('--strict: one missing worker fails the job, though others could compute it', async (t) => {
  const { running, add, frames } = leader(t, { strict: true });
  add(noWorker);
  running.add({ address: { host: 'missing', port: 1 }, slots: 0 });
  running.sealed();
  await assert.rejects(frames(), {
    code: 'WORKER_MISSING',
    message: /^missing:1 is missing \(dialled once, last: ECONN/,
  });
});

test('not more slots are used than allowed, all workers together; a worker beyond them is disconnected', async (t) => {
  const { network, running, add, frames, notes } = leader(t, { maxSlots: 3 });
  const workers: ScriptedWorker[] = [];
  for (let k = 0; k < 3; k++) {
    add(async (worker) => {
      workers.push(worker);
      await worker.next('hello');
      void worker.send({ ...ready, slots: 2 });
      if ((await worker.any())?.kind === 'open') void worker.send({ ...opened, slots: 2 });
    });
    await network.quiet();
  }
  running.sealed();
  const assigned = workers.map(({ received }) => received.filter(({ kind }) => kind === 'assign').length);
  assert.deepEqual(assigned, [4, 2, 0]);
  await workers[2]?.ended;
  for (const worker of workers) void computes(worker, []);
  assertWhole(await frames());
  assert.equal(notes.length, 2);
  assert.match(notes[1] ?? '', /w:2 joined: 1 slot,/);
});

test('the reader of the frames gets the reason for which the job is ended from outside, and the job is closed on the workers', async (t) => {
  const { network, running, add, stop } = leader(t);
  let worker: ScriptedWorker | undefined;
  let kept: Assignment[] = [];
  add(async (link) => {
    worker = link;
    kept = await collect(link, 2);
  });
  running.sealed();
  const done = all(running.frames);
  await network.quiet();
  stop.abort(new Error('interrupted'));
  await assert.rejects(done, { message: 'interrupted' });
  for (const { epoch } of kept) {
    assert.deepEqual(await worker?.next('cancel'), { kind: 'cancel', job: 1, epochs: [epoch] });
  }
  assert.deepEqual(await worker?.next('close'), { kind: 'close', job: 1, metrics: false });
});

test('a job that is ended before it began does not begin', async (t) => {
  const { network, running, add, frames } = leader(t, { signal: AbortSignal.abort(new Error('interrupted')) });
  const assigned = add(computes);
  running.sealed();
  await assert.rejects(frames(), { message: 'interrupted' });
  await network.quiet();
  assert.deepEqual(assigned, []);
});

test('a reader that stops early closes the job on the workers', async (t) => {
  const { running, add } = leader(t);
  const closed = new Promise((resolve) => {
    add(async (worker, assigned) => {
      for (let message = await worker.any(); message; message = await worker.any()) {
        handle(worker, message, assigned);
        if (message.kind === 'close') resolve(message);
      }
    });
  });
  running.sealed();
  for await (const { index } of running.frames) {
    assert.equal(index, 0);
    break;
  }
  assert.deepEqual(await closed, { kind: 'close', job: 1, metrics: false });
});

test('with a slow reader not more frames are begun than the window allows', async (t) => {
  const { network, running, add } = leader(t);
  const assigned = add(computes);
  running.sealed();
  const list: Frame[] = [];
  for await (const frame of running.frames) {
    await network.quiet();
    const begun = new Set(assigned.map((one) => one.render)).size;
    assert.ok(begun <= frame.index + job.window, `${begun} frames begun while frame ${frame.index} is with its reader`);
    list.push(frame);
  }
  assertWhole(list);
});
