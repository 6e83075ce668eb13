/**
 * Connections that break, stall or change bytes between a leader and a worker: the picture is the same, or the worker is left
 * out.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grpcListen } from '../../src/cluster/listen.js';
import { PROTOCOL, type Ready } from '../../src/cluster/messages.js';
import { addressText } from '../../src/cluster/transport.js';
import { Scripted } from '../cluster/scripted.js';
import { worker } from '../e2e/processes.js';
import { dice } from './dice.js';
import { BOUNDED, endsOnSignal, LONG, leader, SHORT } from './job.js';
import { type Change, pass, proxy } from './proxy.js';

/** Only after the session has begun. */
const later =
  (change: Change): Change =>
  (chunk, direction, index) =>
    index < 12 ? [chunk] : change(chunk, direction, index);

const random = dice(7);
const FAULTS: readonly [what: string, meddle: Change, delayMs?: number][] = [
  ['is cut again and again', later((chunk) => (random() < 0.05 ? 'cut' : [chunk]))],
  ['delays every chunk by 150 ms', pass, 150],
  ['sends chunks twice', later((chunk) => (random() < 0.1 ? [chunk, chunk] : [chunk]))],
  ['loses the end of chunks', later((chunk) => [random() < 0.1 ? chunk.subarray(0, chunk.length >> 1) : chunk])],
  ['loses whole chunks', later((chunk) => (random() < 0.1 ? undefined : [chunk]))],
  [
    'flips bits',
    later((chunk) => {
      if (random() > 0.1) return [chunk];
      const copy = Buffer.from(chunk);
      const at = Math.floor(random() * copy.length);
      copy[at] = (copy[at] as number) ^ (1 << Math.floor(random() * 8));
      return [copy];
    }),
  ],
  [
    'flips bits of what a worker answers',
    later((chunk, direction) => {
      if (direction === 'up' || chunk.length < 1_000) return [chunk];
      const copy = Buffer.from(chunk);
      copy[chunk.length >> 1] = (copy[chunk.length >> 1] as number) ^ 4;
      return [copy];
    }),
  ],
  ['goes one way: nothing comes back', later((chunk, direction) => (direction === 'down' ? undefined : [chunk]))],
  ['goes one way: nothing arrives', later((chunk, direction) => (direction === 'up' ? undefined : [chunk]))],
];

for (const [what, meddle, delayMs] of FAULTS) {
  test(`a connection that ${what}: the same picture`, BOUNDED, async (t) => {
    const [far, near] = await Promise.all([worker(t), worker(t)]);
    const between = await proxy(t, far.address, meddle, delayMs);
    const job = await leader(t, SHORT, [between, near], ['--min-workers', '2', '--retries', '1000']);
    await job.whole();
    await endsOnSignal(near);
    await endsOnSignal(far);
  });
}

test('a partition that heals: the worker is lost, rejoins, and nothing counts twice', BOUNDED, async (t) => {
  const [far, near] = await Promise.all([worker(t), worker(t)]);
  const between = await proxy(t, far.address);
  const job = await leader(t, LONG, [between, near], ['--min-workers', '2', '--retries', '1000']);
  await job.said(/(joined[\s\S]*){2}/);
  between.change = () => undefined;
  await job.said(/was lost \(silent for 5 seconds\)/);
  between.change = pass;
  await job.said(/was lost[\s\S]*joined/);
  assert.equal((await job.whole())['/cluster/workers/lost:workers'], 1);
  await endsOnSignal(near);
});

const ready: Ready = {
  kind: 'ready',
  protocol: PROTOCOL,
  version: '0.0.0',
  build: 'build',
  slots: 1,
  credits: 2,
  instance: '',
};

for (const [what, answer, reason] of [
  [
    'protocol',
    { ...ready, protocol: 1 },
    new RegExp(`it speaks protocol 1 \\(version 0\\.0\\.0\\), this leader ${PROTOCOL} \\(version 0\\.1\\.0\\)`),
  ],
  ['version', ready, /it is version 0\.0\.0, this leader 0\.1\.0/],
  [
    'build',
    { ...ready, version: '0.1.0' },
    /it is build build, this leader build [0-9a-f]{12}: build the same sources/,
  ],
] as const) {
  test(`a worker of another ${what} is left out, and both are named`, BOUNDED, async (t) => {
    const old = await grpcListen({ host: '127.0.0.1', port: 0 }, (link) => {
      const peer = new Scripted(link);
      void peer.next('hello').then(() => peer.send(answer));
    });
    t.after(() => old.close());
    const near = await worker(t);
    const job = await leader(t, SHORT, [{ address: addressText(old.address) }, near]);
    assert.match((await job.whole()).printed, reason);
  });
}
