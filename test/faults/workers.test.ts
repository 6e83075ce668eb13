/** Workers that are killed, stopped, slowed down, ended and started, as real processes. */

import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { folder, start, worker } from '../e2e/processes.js';
import { BOUNDED, COARSE, endsOnSignal, LONG, leader, SHORT } from './job.js';

const LOST = '/cluster/workers/lost:workers';
const ALL_JOINED: Readonly<Record<number, RegExp>> = { 2: /(joined[\s\S]*){2}/, 3: /(joined[\s\S]*){3}/ };

async function workers(t: TestContext, count: number) {
  return Promise.all(Array.from({ length: count }, () => worker(t)));
}

test('kill -9 of a worker midway changes nothing but the time', BOUNDED, async (t) => {
  const [victim, other] = await workers(t, 2);
  assert.ok(victim && other);
  const job = await leader(t, SHORT, [victim, other], ['--min-workers', '2']);
  await job.said(ALL_JOINED[2] as RegExp);
  victim.process.kill('SIGKILL');
  const metrics = await job.whole();
  assert.equal(metrics[LOST], 1);
  await endsOnSignal(other);
});

test('kill -9 of all workers but one changes nothing but the time', BOUNDED, async (t) => {
  const [other, ...victims] = await workers(t, 3);
  assert.ok(other);
  const job = await leader(t, SHORT, [other, ...victims], ['--min-workers', '3']);
  await job.said(ALL_JOINED[3] as RegExp);
  for (const victim of victims) victim.process.kill('SIGKILL');
  const metrics = await job.whole();
  assert.equal(metrics[LOST], 2);
  await endsOnSignal(other);
});

test('kill -9 of all workers: new ones on the same ports go on where they stopped', BOUNDED, async (t) => {
  const victims = await workers(t, 2);
  const job = await leader(t, SHORT, victims, ['--min-workers', '2', '--retries', '100']);
  await job.said(ALL_JOINED[2] as RegExp);
  for (const victim of victims) victim.process.kill('SIGKILL');
  await job.said(/(was lost[\s\S]*){2}/);
  for (const victim of victims) await victim.ended;
  const ports = victims.map(({ address }) => address.split(':')[1] as string);
  const replacements = ports.map((port) => start(t, ['worker', '--port', port, '--slots', '1']));
  const metrics = await job.whole();
  assert.equal(metrics[LOST], 2);
  for (const replacement of replacements) {
    await replacement.said(/ready/);
    await endsOnSignal(replacement);
  }
});

test('kill -9 of the last worker, and no other joins: one error', BOUNDED, async (t) => {
  const [victim] = await workers(t, 1);
  assert.ok(victim);
  const job = await leader(t, SHORT, [victim], ['--retries', '2']);
  await job.said(/joined/);
  victim.process.kill('SIGKILL');
  const { code, stderr } = await job.ended;
  assert.equal(code, 1);
  assert.match(
    stderr,
    /error: NO_WORKER: no worker is available \(127\.0\.0\.1:\d+: dialled 3 times, last: ECONNREFUSED/,
  );
});

test(
  'SIGSTOP of a worker: it is lost after silence; SIGCONT: it rejoins, and nothing counts twice',
  BOUNDED,
  async (t) => {
    const [stopped, other] = await workers(t, 2);
    assert.ok(stopped && other);
    const job = await leader(t, LONG, [stopped, other], ['--min-workers', '2']);
    await job.said(ALL_JOINED[2] as RegExp);
    stopped.process.kill('SIGSTOP');
    await job.said(/was lost \(silent for 5 seconds\)/);
    stopped.process.kill('SIGCONT');
    await job.said(/was lost[\s\S]*joined/);
    const metrics = await job.whole();
    assert.equal(metrics[LOST], 1);
    for (const one of [stopped, other]) await endsOnSignal(one);
  },
);

test('a worker that runs a tenth of the time: the same picture', BOUNDED, async (t) => {
  const [slow, ...others] = await workers(t, 3);
  assert.ok(slow);
  const job = await leader(t, SHORT, [slow, ...others], ['--min-workers', '3']);
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const duty = () => {
    stopped = !stopped;
    slow.process.kill(stopped ? 'SIGSTOP' : 'SIGCONT');
    timer = setTimeout(duty, stopped ? 450 : 50);
  };
  t.after(() => clearTimeout(timer));
  await job.said(ALL_JOINED[3] as RegExp);
  duty();
  await job.whole();
  clearTimeout(timer);
  slow.process.kill('SIGCONT');
  for (const one of [slow, ...others]) await endsOnSignal(one);
});

for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
  test(`${signal}: a worker finishes what it has, takes no more, exits 0, and is not lost`, BOUNDED, async (t) => {
    const [leaving, other] = await workers(t, 2);
    assert.ok(leaving && other);
    const job = await leader(t, COARSE, [leaving, other], ['--min-workers', '2']);
    // Not while its first shards are on the way.
    await job.said(/\d %, .*2\/2 workers/);
    await endsOnSignal(leaving, signal);
    const metrics = await job.whole();
    assert.deepEqual([metrics[LOST], metrics['/cluster/shards/reissued:shards']], [0, 0], 'its last answer arrived');
    assert.match(metrics.printed, /is draining[\s\S]*left/);
    await endsOnSignal(other);
  });
}

test('a second SIGTERM drops at once: exit code 130, and the others do what it had', BOUNDED, async (t) => {
  const [leaving, other] = await workers(t, 2);
  assert.ok(leaving && other);
  const job = await leader(t, LONG, [leaving, other], ['--min-workers', '2']);
  // In the middle of the job it always has shards; stopped, it cannot be through with them between the signals.
  await job.said(/\d %, .*2\/2 workers/);
  for (const signal of ['SIGSTOP', 'SIGTERM', 'SIGINT', 'SIGCONT'] as const) leaving.process.kill(signal);
  assert.equal((await leaving.ended).code, 130);
  await job.whole();
  await endsOnSignal(other);
});

test('a worker on a line that the hostfile did not have takes part', BOUNDED, async (t) => {
  const [first, late] = await workers(t, 2);
  assert.ok(first && late);
  const job = await leader(t, LONG, [first]);
  await job.said(/joined/);
  appendFileSync(job.hosts, `${late.address.replace(':', ' port=')}\n`);
  await job.said(/(joined[\s\S]*){2}/);
  const metrics = await job.whole();
  assert.equal(metrics['/cluster/workers/used:workers'], 2);
});

test('a leader with workers of its own takes others in, with another token', BOUNDED, async (t) => {
  const token = join(folder(t), 'token');
  writeFileSync(token, 'a-token-for-those-who-join');
  const outside = ['--listen', '127.0.0.1:0', '--token-file', token];
  const job = await leader(t, SHORT, [], ['--local', '1', ...outside, '--min-workers', '2']);
  const [, registration] = await job.said(/workers may join at (\S+)/);
  const joiner = await worker(t, ['--join', registration as string, '--token-file', token]);
  const metrics = await job.whole();
  assert.equal(metrics['/cluster/workers/used:workers'], 2);
  await endsOnSignal(joiner);
});

test('workers that join a leader that listens do its job, and serve the next one', BOUNDED, async (t) => {
  const first = await leader(t, SHORT, [], ['--listen', '127.0.0.1:0']);
  const [, registration] = await first.said(/workers may join at (\S+)/);
  const joiners = await Promise.all([
    worker(t, ['--join', registration as string]),
    worker(t, ['--join', registration as string]),
  ]);
  const metrics = await first.whole();
  assert.ok((metrics['/cluster/workers/used:workers'] as number) > 0);
  const second = await leader(t, SHORT, [], ['--listen', registration as string, '--min-workers', '2']);
  assert.equal((await second.whole())['/cluster/workers/used:workers'], 2);
  for (const joiner of joiners) await endsOnSignal(joiner);
});

test(
  'further signals to a worker that has nothing to drop change nothing, to its very end: exit code 0',
  BOUNDED,
  async (t) => {
    const [idle] = await workers(t, 1);
    assert.ok(idle);
    idle.process.kill('SIGTERM');
    await idle.said(/finishing its shards/);
    const further = setInterval(() => idle.process.kill('SIGTERM'), 1);
    t.after(() => clearInterval(further));
    assert.equal((await idle.ended).code, 0);
  },
);
