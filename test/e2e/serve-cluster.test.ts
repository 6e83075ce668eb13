/** The cluster under `fractal serve`: hosts that are down, drained workers, owners; and TLS for clients. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { get as getSecurely } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { viewer } from '../service/explore/client.js';
import { folder, fractal, hostfileOf, start, worker } from './processes.js';
import { serving } from './serve.js';

const BOUNDED = { timeout: 120_000 };
const STILL = { width: 64, height: 36, iters: 200, outfile: 'x.png' };

test('while all hosts are down a job waits, and it is done when one is up', BOUNDED, async (t) => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  const hosts = join(folder(t), 'hosts');
  writeFileSync(hosts, `127.0.0.1 port=${port}\n`);
  const service = await serving(t, join(folder(t), 'data'), ['--hostfile', hosts, '--retries', '1']);
  const id = await service.submit(STILL);
  for (let state = ''; state !== 'given up'; ) [{ state }] = (await service.get('/v1/workers')).workers;
  assert.equal((await service.reaches(id, 'running')).attempt, 1);
  start(t, ['worker', '--port', String(port), '--slots', '1']);
  assert.equal((await service.reaches(id, 'succeeded')).attempt, 1);
});

test('a drained worker computes nothing more; others do', BOUNDED, async (t) => {
  const workers = [await worker(t), await worker(t)];
  const hosts = join(folder(t), 'hosts');
  writeFileSync(hosts, hostfileOf(workers));
  const service = await serving(t, join(folder(t), 'data'), ['--hostfile', hosts]);
  const states = async () => (await service.get('/v1/workers')).workers.map((one: { state: string }) => one.state);
  while ((await states()).join() !== 'ready,ready');
  const name = encodeURIComponent(workers[0]?.address ?? '');
  assert.equal(await service.post(`/v1/workers/${name}/drain`), 202);
  assert.equal(await service.post('/v1/workers/nothing/drain'), 404);
  assert.deepEqual((await states()).sort(), ['draining', 'ready']);
  await service.reaches(await service.submit(STILL), 'succeeded');
  const stops = workers.map(({ process }) => process.kill('SIGTERM'));
  assert.deepEqual(stops, [true, true]);
  const [drained, other] = await Promise.all(workers.map(({ ended }) => ended));
  const opened = /\bjob\b/;
  assert.doesNotMatch(drained?.stdout ?? '', opened);
  assert.match(other?.stdout ?? '', opened);
});

test('a drained worker that is used again computes', BOUNDED, async (t) => {
  const workers = [await worker(t), await worker(t)];
  const hosts = join(folder(t), 'hosts');
  writeFileSync(hosts, hostfileOf(workers));
  const service = await serving(t, join(folder(t), 'data'), ['--hostfile', hosts]);
  const drains = workers.map(({ address }) => `/v1/workers/${encodeURIComponent(address)}/drain`);
  const undrain = async (path: string) => (await fetch(service.url + path, { method: 'DELETE' })).status;
  const states = async () => (await service.get('/v1/workers')).workers.map((one: { state: string }) => one.state);
  while ((await states()).join() !== 'ready,ready');
  for (const path of drains) assert.equal(await service.post(path), 202);
  const id = await service.submit(STILL);
  await service.reaches(id, 'running');
  assert.deepEqual(await states(), ['draining', 'draining']);
  assert.equal((await service.get(`/v1/jobs/${id}`)).progress?.samplesDone ?? 0, 0);
  assert.deepEqual([await undrain(`${drains[0]}`), await undrain(`${drains[0]}`)], [204, 204], 'twice is once');
  assert.equal(await undrain('/v1/workers/nothing/drain'), 404);
  await service.reaches(id, 'succeeded');
  const { workers: parts } = await service.get(`/v1/jobs/${id}/activity`);
  assert.deepEqual(
    parts.flatMap((one: { name: string; shards: number }) => (one.shards > 0 ? [one.name] : [])),
    [workers[0]?.address],
  );
});

test('with a certificate the service speaks HTTPS, and nothing else', BOUNDED, async (t) => {
  const out = folder(t);
  const hosts = join(out, 'hosts');
  writeFileSync(hosts, '127.0.0.1\n');
  assert.equal((await fractal(t, ['certs', '--hostfile', hosts, '--out', join(out, 'certs')])).code, 0);
  const [cert, key, ca] = ['cert.pem', 'key.pem', 'ca.pem'].map((name) => join(out, 'certs', 'leader', name));
  const words = ['--local', '1', '--http', '127.0.0.1:0', '--data'];
  const running = start(t, ['serve', ...words, join(out, 'data'), '--http-cert', `${cert}`, '--http-key', `${key}`]);
  const [, url = ''] = await running.said(/serving at (https:\S+)/);
  const [answer] = await once(getSecurely(`${url}/healthz`, { ca: readFileSync(`${ca}`) }), 'response');
  assert.deepEqual(JSON.parse(await text(answer)), { status: 'ok' });
  await (await viewer(t, url, { ca: readFileSync(`${ca}`) })).next('hello');
  await assert.rejects(fetch(url.replace('https', 'http')));
  for (const [more, line] of [
    [['--http-cert', `${cert}`], /^error: REQUEST_INVALID: --http-cert needs --http-key/],
    [['--http-cert', `${cert}`, '--http-key', `${ca}`], /^error: CREDENTIALS: --http-cert and --http-key/],
    [['--owners', `${cert}`], /^error: REQUEST_FILE: .*:1: the weight/],
  ] as const) {
    const { code, stderr } = await fractal(t, ['serve', ...words, join(out, 'other'), ...more]);
    assert.notEqual(code, 0);
    assert.match(stderr, line);
  }
});
