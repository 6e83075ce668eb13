/** `fractal worker --metrics` and `--retries`, as a user starts them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { folder, fractal, start } from './processes.js';

const PICTURE = ['--width', '64', '--height', '36', '--iters', '100', '--no-store', '--quiet', '-o', 'x.png'];

test('worker --metrics prints its metrics after each session, though the leader has none', async (t) => {
  const path = folder(t);
  const worker = start(t, ['worker', '--port', '0', '--slots', '1', '--metrics'], path);
  const [, address = ''] = await worker.said(/^worker (127\.0\.0\.1:\d+): ready/m);
  for (const session of [1, 2]) {
    const { code } = await fractal(
      t,
      ['leader', '--host', address.replace(':', ' port='), ...PICTURE, '--samples', '1'],
      path,
    );
    assert.equal(code, 0);
    await worker.said(new RegExp(`(job \\w+ is done[\\s\\S]*){${session}}`));
  }
  worker.process.kill('SIGTERM');
  const { code, stdout } = await worker.ended;
  assert.equal(code, 0);
  const lines = stdout.split('\n').filter((line) => line.startsWith('METRICS '));
  for (const name of [
    'time',
    '/cluster/samples:samples',
    '/cpu/classes/total:cpu-seconds',
    '/sched/gomaxprocs:threads',
  ]) {
    const found = lines.filter((line) => line.startsWith(`METRICS WORKER ${address} ${name}: `));
    assert.equal(found.length, 2, `${name}: one line for each of two sessions`);
  }
  assert.ok(lines.includes(`METRICS WORKER ${address} /cluster/samples:samples: ${64 * 36}`));
});

test('worker --metrics=json prints one object, also without any leader', async (t) => {
  const worker = start(t, ['worker', '--port', '0', '--slots', '1', '--metrics=json'], folder(t));
  const [, address = ''] = await worker.said(/^worker (127\.0\.0\.1:\d+): ready/m);
  worker.process.kill('SIGINT');
  const { code, stdout } = await worker.ended;
  assert.equal(code, 0);
  const json = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, Record<string, number>>;
  assert.deepEqual(Object.keys(json), [address]);
  assert.equal(json[address]?.['/cluster/shards/done:shards'], 0);
  assert.equal(json[address]?.['/cluster/workers/slots:slots'], 1);
});

test('worker --retries ends a worker whose leader does not answer, with an error', async (t) => {
  const words = ['worker', '--port', '0', '--slots', '1', '--join', '127.0.0.1:1', '--retries', '0', '--quiet'];
  const { code, stdout, stderr } = await fractal(t, words);
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(
    stderr,
    /^error: NO_LEADER: 127\.0\.0\.1:1 did not accept this worker in 1 attempt: ECONNREFUSED; start the leader with --listen, or .*--retries\n$/,
  );
});
