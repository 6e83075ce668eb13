/** Threads of a pool that die: their shards fail with a reason, others replace them, or the pool fails. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Assignment } from '../../src/cluster/messages.js';
import { type JobHandle, openPool, type Pool } from '../../src/worker/pool.js';
import type { Outcome } from '../../src/worker/queues.js';
import { RANK, sceneOf, taskOf, view } from './views.js';

const BOUNDED = { timeout: 60_000 };

/** A thread that answers nothing by itself: `on` is what it does with a message m. */
const thread = (on: string, before = "say({ kind: 'started' });") =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    const say = (message) => parentPort.postMessage(message);
    const done = () => say({ kind: 'done', bytes: new Uint8Array(1), seconds: 1, iterations: 1, samples: 1 });
    let scene = '';
    parentPort.on('message', (m) => { ${on} });
    ${before}
  `)}`,
  );

function open(t: TestContext, slots: number, script: URL): Pool {
  const pool = openPool(slots, { script });
  t.after(() => pool.close());
  return pool;
}

const scene = sceneOf();
const assignment = (epoch: number): Assignment => ({
  ...{ shard: epoch, epoch, scene: 0, render: 0 },
  work: taskOf({ x: 0, y: epoch, width: 1, height: 1 }),
});

function queue(job: JobHandle, epoch: number): Promise<Outcome> {
  return new Promise((resolve) => job.queue(assignment(epoch), resolve));
}

const reasonOf = (result: Outcome) => (result.kind === 'failed' ? result.reason : result.kind);

for (const [what, act, reason] of [
  ['throws', "throw new Error('a fault')", 'a computing thread died: a fault'],
  ['exits', 'process.exit(3)', 'a computing thread died: it ended with exit code 3'],
  [
    'runs out of memory',
    "throw Object.assign(new Error('reached its limit'), { code: 'ERR_WORKER_OUT_OF_MEMORY' })",
    'a computing thread died: there is not enough memory (reached its limit): raise the limit (ulimit -v), ' +
      'use fewer slots, or render a smaller picture',
  ],
] as const) {
  test(`a thread that ${what} fails its shard, and another thread computes the next one`, BOUNDED, async (t) => {
    const pool = open(t, 1, thread(`if (m.kind === 'compute') { if (m.task.rect.y === 1) ${act}; else done(); }`));
    const job = pool.session().open('simd', RANK);
    job.scene(0, scene);
    const results = await Promise.all([0, 1, 2].map((epoch) => queue(job, epoch)));
    assert.deepEqual(results.map(reasonOf), ['done', reason, 'done']);
  });
}

test('a shard whose thread dies again and again does not break the pool', BOUNDED, async (t) => {
  const pool = open(t, 1, thread("if (m.kind === 'compute') { if (m.task.rect.y < 5) process.exit(1); else done(); }"));
  const job = pool.session().open('simd', RANK);
  job.scene(0, scene);
  const results = await Promise.all([0, 1, 2, 3, 4, 5].map((epoch) => queue(job, epoch)));
  assert.deepEqual(
    results.map(({ kind }) => kind),
    [...new Array(5).fill('failed'), 'done'],
  );
});

test(
  'a thread that dies while it opens a kernel fails the offer, and the kernel can be requested again',
  BOUNDED,
  async (t) => {
    const answer = "say({ kind: 'opened', kernel: m.kernel, detail: '', speed: 1, fingerprint: 'f' })";
    const pool = open(
      t,
      1,
      thread(`if (m.kind === 'open') { if (m.kernel === 'cpu') ${answer}; else process.exit(1); }`),
    );
    const missing = { code: 'KERNEL_MISSING', message: 'a computing thread died: it ended with exit code 1' };
    await assert.rejects(pool.offer('simd'), missing);
    await assert.rejects(pool.offer('simd'), missing);
    assert.equal((await pool.offer('cpu')).fingerprint, 'f');
  },
);

for (const [what, script] of [
  ['cannot start', thread('', "throw Object.assign(new Error('no room'), { code: 'ERR_WORKER_OUT_OF_MEMORY' })")],
  [
    'die without a shard',
    thread('', "say({ kind: 'started' }); setImmediate(() => { throw new Error('malloc: out of memory') })"),
  ],
] as const) {
  test(
    `a pool whose threads ${what} is broken: it reports that, and every shard and offer fails`,
    BOUNDED,
    async (t) => {
      const pool = open(t, 2, script);
      const job = pool.session().open('simd', RANK);
      job.scene(0, scene);
      const offer = pool.offer('simd');
      offer.catch(() => undefined);
      const error = await pool.broken;
      assert.equal(error.code, 'RESOURCES');
      assert.match(error.message, /there is not enough memory \(.*\): raise the limit/);
      await assert.rejects(offer);
      await assert.rejects(pool.offer('simd'), error);
      assert.deepEqual(reasonOf(await queue(job, 1)), error.message);
      assert.deepEqual(job.underWay, []);
    },
  );
}

test('after a death the table that threads were building is built anew', BOUNDED, async (t) => {
  const on = `
    if (m.kind === 'scene') scene = m.key + ' ' + new Int32Array(m.prepared.reference.memory.buffer, 2048, 3)[2];
    if (m.kind === 'compute') { if (m.task.rect.y === 0) process.exit(1); else say({ kind: 'failed', reason: scene }); }`;
  const pool = open(t, 1, thread(on));
  const job = pool.session().open('simd', RANK);
  const [orbit, underflow] = [new Float64Array(64), new Float64Array(0)];
  const reference = { formula: view.formula, re: '0', im: '0', orbit, underflow, start: 0, extended: false };
  job.scene(0, sceneOf({ reference }));
  const [, second] = await Promise.all([queue(job, 0), queue(job, 1)]);
  // Another scene for the threads, of which nothing is built (0) or broken (2).
  assert.equal(reasonOf(second), '1 0');
});
