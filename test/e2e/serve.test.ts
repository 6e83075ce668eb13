/** The service as its users have it: real processes. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, fractal, hostfileOf, worker } from './processes.js';
import { serving } from './serve.js';

const BOUNDED = { timeout: 120_000 };
const STILL = { width: 160, height: 90, xpos: '-0.7454286', ypos: '0.1130089', zoom: '1308000', iters: 2000 };
const FILM = { ...STILL, zoom: '1', 'zoom-end': '50', frames: 12, outfile: 'film.mp4' };

/** The same as words of the command line. */
function wordsOf(order: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(order).flatMap(([name, value]) => (name === 'outfile' ? [] : [`--${name}`, String(value)]));
}

test('stills and films of the service have the bytes of fractal leader', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'));
  const still = await service.submit({ ...STILL, outfile: 'still.png' });
  const film = await service.submit(FILM);
  const out = folder(t);
  for (const [order, name] of [
    [STILL, 'still.png'],
    [FILM, 'film.mp4'],
  ] as const) {
    const { code, stderr } = await fractal(t, [
      'leader',
      '--local',
      '1',
      '-q',
      '-o',
      join(out, name),
      ...wordsOf(order),
    ]);
    assert.equal(code, 0, stderr);
  }
  const { outputs } = await service.reaches(still, 'succeeded');
  assert.deepEqual(
    outputs.map(({ name }: { name: string }) => name),
    ['still.png'],
  );
  await service.reaches(film, 'succeeded');
  assert.ok((await service.file(still, 'still.png')).equals(readFileSync(join(out, 'still.png'))));
  assert.ok((await service.file(film, 'film.mp4')).equals(readFileSync(join(out, 'film.mp4'))));
});

test('several jobs run at once on the workers of a hostfile, and these are listed', BOUNDED, async (t) => {
  const workers = [await worker(t), await worker(t)];
  const hosts = join(folder(t), 'hosts');
  writeFileSync(hosts, hostfileOf(workers));
  const service = await serving(t, join(folder(t), 'data'), ['--hostfile', hosts, '--jobs', '3']);
  const jobs = await Promise.all(
    [1, 2, 3].map((k) => service.submit({ ...STILL, seed: k, samples: 2, outfile: 'x.png' })),
  );
  const files = new Set<string>();
  for (const id of jobs) {
    await service.reaches(id, 'succeeded');
    files.add((await service.file(id, 'x.png')).toString('base64'));
  }
  assert.equal(files.size, 3);
  const { workers: listed } = await service.get('/v1/workers');
  assert.deepEqual(
    listed.map(({ name, state, slots }: Record<string, unknown>) => [name, state, slots]).sort(),
    workers.map(({ address }) => [address, 'ready', 1]).sort(),
  );
  assert.equal((await fetch(`${service.url}/readyz`)).status, 200);
  assert.match(await (await fetch(`${service.url}/metrics`)).text(), /^fractal_jobs\{state="succeeded"\} 3$/m);
});

test('a drained worker is listed as such, and computes nothing for the next job', BOUNDED, async (t) => {
  const workers = [await worker(t), await worker(t)] as const;
  const hosts = join(folder(t), 'hosts');
  writeFileSync(hosts, hostfileOf(workers));
  const service = await serving(t, join(folder(t), 'data'), ['--hostfile', hosts]);
  const [drained, other] = workers.map(({ address }) => address) as [string, string];
  const state = async () => {
    const { workers: listed } = await service.get('/v1/workers');
    return listed.find(({ name }: { name: string }) => name === drained)?.state;
  };
  while ((await state()) !== 'ready');
  assert.equal(await service.post('/v1/workers/none:1/drain'), 404);
  for (let k = 0; k < 2; k++) assert.equal(await service.post(`/v1/workers/${drained}/drain`), 202);
  assert.equal(await state(), 'draining');
  const id = await service.submit({ ...STILL, samples: 1, outfile: 'x.png' });
  await service.reaches(id, 'succeeded');
  const activity = await service.get(`/v1/jobs/${id}/activity`);
  assert.deepEqual(
    activity.workers.map(({ name, samples }: Record<string, unknown>) => [name, samples]),
    [[other, STILL.width * STILL.height]],
  );
});

test('a running job is paused, and goes on from the store', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'));
  const id = await service.submit({ ...STILL, width: 400, height: 400, samples: 9, outfile: 'x.png' });
  for (;;) {
    const { progress } = await service.get(`/v1/jobs/${id}`);
    if (progress?.samplesDone > 0) break;
  }
  assert.equal(await service.post(`/v1/jobs/${id}/pause`), 200);
  const paused = await service.reaches(id, 'paused');
  assert.ok(paused.progress.samplesDone < paused.progress.samples, 'it was not complete');
  assert.equal(await service.post(`/v1/jobs/${id}/resume`), 200);
  assert.equal((await service.reaches(id, 'succeeded')).attempt, 2);
});

test('SIGTERM ends the service with code 0 while jobs run, and the next one completes them', BOUNDED, async (t) => {
  const data = join(folder(t), 'data');
  const first = await serving(t, data);
  const id = await first.submit({ ...STILL, width: 240, height: 240, samples: 9, outfile: 'x.png' });
  await first.reaches(id, 'running');
  first.process.kill('SIGTERM');
  const { code, stderr } = await first.ended;
  assert.deepEqual([code, stderr], [0, '']);
  const second = await serving(t, data);
  assert.equal((await second.reaches(id, 'succeeded')).attempt, 2);
});

test(
  'a second service on the same folder, port or network without tokens is refused with one line',
  BOUNDED,
  async (t) => {
    const data = join(folder(t), 'data');
    const service = await serving(t, data);
    const { host } = new URL(service.url);
    for (const [words, line] of [
      [['--data', data, '--http', '127.0.0.1:0'], /^error: DATA_IN_USE: .* another --data\n$/],
      [['--data', `${data}2`, '--http', host], /^error: PORT_IN_USE: .* another port with --http\n$/],
      [['--data', `${data}3`, '--http', '0.0.0.0:0'], /^error: EXPOSED: .*--http-tokens.*\n$/],
      [
        ['--data', `${data}4`, '--http-tokens', '/nothing'],
        /^error: CREDENTIALS: --http-tokens \/nothing cannot be read.*\n$/,
      ],
    ] as const) {
      const { code, stderr } = await fractal(t, ['serve', '--local', '1', ...words]);
      assert.notEqual(code, 0);
      assert.match(stderr, line);
    }
  },
);
