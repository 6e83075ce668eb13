/** The explorer of a real service, with workers that compute. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { anchorNear, type Lattice, levelFor } from '../../../src/tiles/lattice.js';
import { unpackSync } from '../../../src/tiles/packing.js';
import { folder, PROGRAM, worker } from '../../e2e/processes.js';
import { until } from '../runs.js';
import { type TestViewer, vanish, viewer } from './client.js';
import { lookAt, tiles } from './looks.js';

const BOUNDED = { timeout: 180_000 };
const VALLEY = { re: '-0.7454286', im: '0.1130089' };

async function served(t: TestContext, data = join(folder(t), 'data'), workers: readonly string[] = ['--local', '2']) {
  const args = [PROGRAM, 'serve', '--http', '127.0.0.1:0', '--data', data, ...workers];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  let said = '';
  for await (const chunk of child.stdout) {
    said += chunk;
    if (/serving at \S+\n/.test(said)) break;
  }
  child.stdout.resume();
  const [, url = ''] = /serving at (\S+)/.exec(said) ?? [];
  return { child, url, ended };
}

function valley(id: number, zoom: string, count: number) {
  const level = levelFor(zoom, 1080);
  const lattice: Lattice = { anchor: anchorNear(VALLEY, level, false), level, rotation: 0 };
  return lookAt(id, tiles(0, count), { lattice, centre: lattice.anchor, scene: { iters: '5000' } });
}

async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')[1],
  );
}

function done({ messages }: TestViewer, id: number): boolean {
  return messages.some((one) => one.type === 'done' && one.id === id);
}

test('pieces are computed, kept beyond the end of the service, and counted', BOUNDED, async (t) => {
  const data = join(folder(t), 'data');
  const first = await served(t, data);
  const one = await viewer(t, first.url);
  await one.next('workers', ({ slots }) => slots === 2);
  one.send(valley(1, '1308000', 4));
  await one.next('done');
  assert.equal(one.pieces.length, 4);
  for (const { packed, iterations } of one.pieces) {
    const { width, height } = unpackSync(packed, (bytes, length) => inflateRawSync(bytes, { maxOutputLength: length }));
    assert.deepEqual([width, height, iterations], [256, 256, 5000]);
  }
  assert.equal(await metric(first.url, 'fractal_pieces_total{how="computed"}'), 4);
  const from = performance.now();
  first.child.kill('SIGTERM');
  assert.deepEqual(await first.ended, [0, null]);
  assert.ok(performance.now() - from < 10_000, 'open viewers do not hold it up');
  assert.equal(await one.closed, 1001);
  const second = await served(t, data);
  const next = await viewer(t, second.url);
  next.send(valley(1, '1308000', 4));
  const { computed, cached } = await next.next('done');
  assert.equal(computed + cached, 4);
  assert.ok(cached > 0, 'pieces that took long come from the store');
});

test('the work of viewers that look elsewhere or leave ends on the workers', BOUNDED, async (t) => {
  const { url } = await served(t);
  const one = await viewer(t, url);
  one.send(valley(1, '1308000', 200));
  await one.until(() => one.pieces.length > 0);
  one.send(valley(2, '3e6', 0));
  await one.next('stopped', ({ id }) => id === 2);
  await one.until(() => done(one, 2));
  one.send(valley(3, '1308000', 200));
  await one.until(() => one.pieces.length > 4);
  await vanish(one);
  const busy = async () => {
    const { workers } = (await (await fetch(`${url}/v1/workers`)).json()) as { workers: { shards: number }[] };
    return workers.some(({ shards }) => shards > 0);
  };
  await until(async () => !(await busy()) && (await metric(url, 'fractal_viewers')) === 0);
  assert.equal(await metric(url, 'fractal_pieces_waiting'), 0);
});

test(
  'a worker is killed midway: no piece is lost, all are right; without workers pieces wait for the next one',
  BOUNDED,
  async (t) => {
    const [one, other] = [await worker(t), await worker(t)];
    const hosts = join(folder(t), 'hosts');
    writeFileSync(hosts, [one, other].map(({ address }) => `${address.replace(':', ' port=')}\n`).join(''));
    const { url } = await served(t, undefined, ['--hostfile', hosts]);
    const watcher = await viewer(t, url);
    await watcher.next('workers', ({ ready }) => ready === 2);
    watcher.send(valley(1, '1308000', 60));
    await watcher.until(() => watcher.pieces.length >= 4);
    one.process.kill('SIGKILL');
    await watcher.until(() => done(watcher, 1));
    const samplesOf = ({ pieces }: TestViewer) =>
      new Map(
        pieces.map(({ piece, packed }) => [
          piece.left,
          unpackSync(packed, (bytes, length) => inflateRawSync(bytes, { maxOutputLength: length })),
        ]),
      );
    const found = samplesOf(watcher);
    assert.equal(watcher.pieces.length, 60);
    assert.equal(found.size, 60);

    other.process.kill('SIGKILL');
    await watcher.next('workers', ({ ready }) => ready === 0);
    watcher.send(valley(2, '3e6', 4));
    await watcher.next('found', ({ id }) => id === 2);
    await worker(t, ['--port', new URL(`http://${other.address}`).port]);
    await watcher.until(() => done(watcher, 2));
    assert.equal(watcher.pieces.length, 64);

    const undisturbed = await viewer(t, (await served(t)).url);
    undisturbed.send(valley(1, '1308000', 60));
    await undisturbed.until(() => done(undisturbed, 1));
    assert.deepEqual(found, samplesOf(undisturbed));
  },
);

test('of twenty viewers at once none is starved', BOUNDED, async (t) => {
  const { url } = await served(t);
  const viewers = await Promise.all(Array.from({ length: 20 }, () => viewer(t, url)));
  for (const [k, one] of viewers.entries()) one.send(valley(1, String(1e6 * (1 + k)), 400));
  await Promise.all(viewers.map((one) => one.until(() => one.pieces.length >= 1)));
  const counts = viewers.map(({ pieces }) => pieces.length);
  assert.ok(Math.max(...counts) < 60, `${counts}`);
});
