/** FRACTAL_TRACE=protocol: every message of both ends, one line of JSON each, over gRPC and in one process. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { grpcDialer } from '../../src/cluster/grpc.js';
import { linkInProcess } from '../../src/cluster/in-process.js';
import { grpcListen } from '../../src/cluster/listen.js';
import type { ToWorker } from '../../src/cluster/messages.js';
import { addressText, type LeaderLink, type WorkerLink } from '../../src/cluster/transport.js';
import { folder } from '../e2e/processes.js';
import { paintOf, sceneOf, taskOf } from '../worker/views.js';
import { Scripted } from './scripted.js';

const LOCAL = { host: '127.0.0.1', port: 0 };
const rect = { x: 0, y: 0, width: 500_000, height: 1 };
const BYTES = 3 * rect.width;
const SMALL = 30;

const MESSAGES: readonly ToWorker[] = [
  { kind: 'hello', protocol: 1, version: '1', build: 'b', session: 's', slots: 0 },
  { kind: 'open', job: 1, name: 'j', kernel: 'simd', assets: [], priority: 90, owner: 3, weight: 2 },
  { kind: 'scene', job: 1, id: 2, scene: sceneOf({ paint: paintOf(9) }) },
  {
    ...{ kind: 'assign', job: 1, answerBytes: BYTES },
    assignment: { shard: 3, epoch: 4, scene: 2, render: 5, work: taskOf(rect) },
  },
];

/** A second assignment, whose answer is short. */
const SHORT: ToWorker = {
  ...{ kind: 'assign', job: 1, answerBytes: SMALL },
  assignment: { shard: 3, epoch: 5, scene: 2, render: 5, work: taskOf({ x: 0, y: 0, width: 10, height: 1 }) },
};

interface Line {
  readonly time: number;
  readonly direction: string;
  readonly peer: string;
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** A file for the trace, for links that are made during the test; what is read from it. */
function traced(t: TestContext): () => Line[] {
  const path = join(folder(t), 'trace');
  Object.assign(process.env, { FRACTAL_TRACE: 'protocol', FRACTAL_TRACE_FILE: path });
  t.after(() => {
    delete process.env.FRACTAL_TRACE;
    delete process.env.FRACTAL_TRACE_FILE;
  });
  return () =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
}

/** Sends all messages, and a result of several chunks back. */
async function exchange(leader: LeaderLink, workerLink: Promise<WorkerLink>): Promise<void> {
  const near = new Scripted(leader);
  for (const message of MESSAGES) void near.send(message);
  const far = new Scripted(await workerLink);
  for (const { kind } of MESSAGES) await far.next(kind);
  const answer = { job: 1, shard: 3, epoch: 4, seconds: 1, iterations: 2, uncertain: 0 };
  void far.send({ kind: 'result', ...answer, bytes: new Uint8Array(BYTES) });
  await near.next('result');
  void near.send(SHORT);
  await far.next('assign');
  // Over gRPC an answer in one chunk is a Buffer, which has a JSON form of its own.
  void far.send({ kind: 'result', ...answer, epoch: 5, bytes: Buffer.alloc(SMALL) });
  await near.next('result');
}

function check(lines: readonly Line[], worker: string): void {
  const kinds = [...MESSAGES.map(({ kind }) => kind), 'result'];
  const at = (direction: string, kind: string) =>
    lines.filter((one) => one.direction === direction && one.kind === kind);
  for (const kind of kinds) {
    const times = kind === 'result' || kind === 'assign' ? 2 : 1;
    for (const direction of ['sent', 'received'])
      assert.equal(at(direction, kind).length, times, `${direction} ${kind}`);
  }
  assert.equal(lines.length, 2 * (kinds.length + 2));
  const [sent, received] = [at('sent', 'assign')[0], at('received', 'result')[0]] as [Line, Line];
  for (const direction of ['sent', 'received']) assert.equal(at(direction, 'result')[1]?.bytes, `${SMALL} bytes`);
  assert.equal(sent.peer, worker);
  assert.equal(received.peer, worker);
  assert.deepEqual([received.job, received.epoch, received.bytes], [1, 4, `${BYTES} bytes`]);
  const { shard, work } = sent.assignment as { shard: number; work: { rect: object } };
  assert.deepEqual([shard, work.rect], [3, rect]);
  const { scene } = at('received', 'scene')[0] as unknown as { scene: { work: { paint: object } } };
  assert.deepEqual(scene.work.paint, { ...paintOf(9), linear: '120 bytes' });
  for (const { time } of lines) assert.ok(Math.abs(time - Date.now()) < 60_000);
}

test('over gRPC both ends write every message, whole, with lengths in place of bytes', async (t) => {
  const lines = traced(t);
  let accept = (_: WorkerLink) => {};
  const accepted = new Promise<WorkerLink>((resolve) => {
    accept = resolve;
  });
  const listener = await grpcListen(LOCAL, (link) => accept(link));
  t.after(() => listener.close());
  const leader = grpcDialer().dial(listener.address);
  t.after(() => leader.close());
  await exchange(leader, accepted);
  check(lines(), addressText(listener.address));
});

test('in one process both ends write every message', async (t) => {
  const lines = traced(t);
  const { leader, worker } = linkInProcess('local:1');
  await exchange(leader, Promise.resolve(worker));
  check(lines(), 'local:1');
});

test('nothing is traced unless it is asked for', async (t) => {
  const lines = traced(t);
  process.env.FRACTAL_TRACE = 'other';
  const { leader, worker } = linkInProcess('local:1');
  await exchange(leader, Promise.resolve(worker));
  assert.throws(lines, { code: 'ENOENT' });
});
