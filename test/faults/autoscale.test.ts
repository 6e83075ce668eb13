/**
 * `fractal autoscale` with a real service, real workers in the place of pods, and a fake of the Kubernetes API: a flood of jobs, a
 * lull, a queue that flaps.
 */

import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type FakeKubernetes, fakeKubernetes } from '../autoscale/fake-kubernetes.js';
import { folder, type Running, start } from '../e2e/processes.js';
import { type Serving, serving } from '../e2e/serve.js';

const BOUNDED = { timeout: 300_000 };
const PORT = '18590';
const CALM_SECONDS = 2;
const MOST = 3;
const PICTURE = { xpos: '-0.7454286', ypos: '0.1130089', zoom: '1308000', iters: 2000, samples: 4 };
const LARGE = { ...PICTURE, width: 240, height: 180, outfile: 'x.png' };
const SMALL = { ...PICTURE, width: 64, height: 48, outfile: 'x.png' };

interface Ended {
  readonly name: string;
  readonly shards: number;
  /** Workers of which it might have been another one. */
  readonly idle: number;
}

interface Farm {
  readonly service: Serving;
  readonly kubernetes: FakeKubernetes;
  readonly scaler: Running;
  readonly ended: Ended[];
  readonly codes: (number | null)[];
  /** Waits for a number of replicas. */
  reaches(replicas: number): Promise<void>;
}

async function farm(t: TestContext, { min = 1, targetSeconds = 0.5 } = {}): Promise<Farm> {
  const home = folder(t);
  const hosts = join(home, 'hosts');
  const listed = (addresses: readonly string[]) => {
    // Workers may become ready while the test ends.
    if (!existsSync(home)) return;
    writeFileSync(hosts, ['127.0.9.9 port=1', ...addresses.map((one) => `${one} port=${PORT}`)].join('\n'));
  };
  listed([]);
  const service = await serving(t, join(home, 'data'), ['--hostfile', hosts, '--no-store']);
  const ended: Ended[] = [];
  const codes: (number | null)[] = [];
  const kubernetes = await fakeKubernetes(t, {
    listed,
    start(number) {
      const address = `127.0.8.${number}`;
      const running = start(t, ['worker', '--host', address, '--port', PORT, '--slots', '1']);
      let isReady = false;
      // One that is deleted before never is.
      const ready = running.said(/: ready/).then(() => {
        isReady = true;
      });
      return {
        ...{ address, ready },
        async end() {
          running.process.kill('SIGTERM');
          const { code } = await running.ended;
          if (isReady) codes.push(code);
        },
      };
    },
    async deleting({ name, address }) {
      const { workers } = await service.get('/v1/workers');
      const shardsOf = (one: { name: string; shards: number }) => (one.name.startsWith(`${address}:`) ? one.shards : 0);
      const shards = workers.reduce((sum: number, one: { name: string; shards: number }) => sum + shardsOf(one), 0);
      const idle = workers.filter((one: { state: string; shards: number }) => one.shards === 0).length;
      ended.push({ name, shards, idle });
    },
  });
  const scaler = start(t, [
    ...['autoscale', '--url', service.url, '--kubernetes', kubernetes.url, '--namespace', 'farm'],
    ...['--min', String(min), '--max', String(MOST), '--slots-per-worker', '1', '--interval', '0.1'],
    ...['--target-seconds', String(targetSeconds), '--calm-seconds', String(CALM_SECONDS)],
  ]);
  return {
    ...{ service, kubernetes, scaler, ended, codes },
    async reaches(replicas) {
      while (kubernetes.scales.at(-1)?.replicas !== replicas) {
        assert.equal(scaler.process.exitCode, null);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await kubernetes.settled();
    },
  };
}

/** What holds whatever the load was. */
function check({ kubernetes: { scales }, ended, codes }: Farm, min: number): void {
  for (const { replicas } of scales) assert.ok(replicas >= min && replicas <= MOST, `${replicas} workers`);
  for (const [k, { at, replicas }] of scales.entries()) {
    const before = scales[k - 1];
    if (!before || replicas > before.replicas) continue;
    assert.ok(at - before.at >= 1000 * CALM_SECONDS, 'fewer only after a calm time');
  }
  assert.deepEqual(
    ended.filter(({ shards }) => shards > 0),
    [],
    'a worker was ended that had something to do',
  );
  assert.ok(codes.every((code) => code === 0));
}

async function end({ scaler }: Farm): Promise<string> {
  scaler.process.kill('SIGTERM');
  const { code, stdout, stderr } = await scaler.ended;
  assert.equal(code, 0, stderr);
  return stdout + stderr;
}

test(
  'a flood, a lull, and another flood: all jobs are done, with the same bytes, and no busy worker is ended',
  BOUNDED,
  async (t) => {
    const all = await farm(t);
    const { service } = all;
    await all.reaches(1);
    const [first = '', ...ids] = await Promise.all(Array.from({ length: 5 }, () => service.submit(LARGE)));
    await all.reaches(MOST);
    await service.reaches(first, 'succeeded');
    const bytes = await service.file(first, 'x.png');
    for (const id of ids) {
      await service.reaches(id, 'succeeded');
      assert.ok((await service.file(id, 'x.png')).equals(bytes));
    }
    await all.reaches(1);
    assert.equal(all.ended.length, MOST - 1);
    const again = await service.submit(LARGE);
    await service.reaches(again, 'succeeded');
    assert.ok((await service.file(again, 'x.png')).equals(bytes));
    check(all, 1);
    const text = await end(all);
    assert.match(text, /^farm\/fractal-worker: \d → \d workers \(\d+ jobs, \d+ core-seconds\)$/m);
    assert.doesNotMatch(text, /error|\n\s+at /);
  },
);

test('workers are taken away while others are busy: only idle ones go', BOUNDED, async (t) => {
  const all = await farm(t, { targetSeconds: 1e6 });
  const { service, kubernetes } = all;
  await all.reaches(1);
  // Somebody else asks for more than the load needs.
  kubernetes.scale(MOST);
  const ids = await Promise.all(Array.from({ length: 8 }, () => service.submit(LARGE)));
  await all.reaches(1);
  const states = await Promise.all(ids.map(async (id) => (await service.get(`/v1/jobs/${id}`)).state));
  for (const id of ids) await service.reaches(id, 'succeeded');
  assert.equal(all.ended.length, MOST - 1);
  assert.ok(states.length === 8);
  check(all, 1);
  await end(all);
});

test('a queue that flaps, from none: each job is done', BOUNDED, async (t) => {
  const all = await farm(t, { min: 0 });
  const { service, kubernetes } = all;
  const begun = performance.now();
  for (let round = 0; round < 6; round++) await service.reaches(await service.submit(SMALL), 'succeeded');
  const rounds = kubernetes.scales.length;
  await all.reaches(0);
  await service.reaches(await service.submit(SMALL), 'succeeded');
  check(all, 0);
  const calms = 1 + Math.floor((performance.now() - begun) / (1000 * CALM_SECONDS));
  assert.ok(rounds <= 2 * calms + MOST, `${rounds} changes in ${calms} calm times`);
  await end(all);
});
