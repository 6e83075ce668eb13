/** Frames of films that workers assemble: real processes, and the bytes of those that the leader assembles. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type AssemblyLoad, segmentsFor, worthSending } from '../../src/app/assembly-place.js';
import type { AppEvent } from '../../src/app/events.js';
import { render } from '../../src/app/render.js';
import { workerSource } from '../../src/app/worker-source.js';
import type { RawRequest } from '../../src/request/parse.js';
import { folder, worker } from '../e2e/processes.js';
import { inProcess, localWorkers, never, orderOf, recorder } from './orders.js';

const BOUNDED = { timeout: 120_000 };
const AT = { xpos: '-0.7436438870371587', ypos: '0.13182590420531197' };
const END = { 'xpos-end': AT.xpos, 'ypos-end': AT.ypos };
const ZOOM = { ...AT, ...END, zoom: '100', 'zoom-end': '400', iters: '600', frames: '70', assembly: 'keyframes' };
/** Ends of stretches within a segment, 16 bits, colours that change. */
const OTHERS = {
  blurred: { ...ZOOM, frames: '9', shutter: '270', 'rotate-end': '20' },
  deep: { ...ZOOM, frames: '7', depth: '16', slope: '1' },
  changing: { ...ZOOM, frames: '6', 'offset-end': '0.4' },
};

type Worker = Awaited<ReturnType<typeof worker>>;

interface Options {
  readonly on?: 'auto' | 'leader' | 'workers';
  readonly store?: string;
  readonly verify?: number;
  /** Called with each event. */
  readonly act?: (event: AppEvent) => void;
  readonly signal?: AbortSignal;
}

async function framesOf(t: TestContext, raw: RawRequest, workers: readonly Worker[], options: Options = {}) {
  const { on = 'workers', store, verify = 0, act, signal = never } = options;
  const at = folder(t);
  const { emit, lines } = recorder(act);
  const order = orderOf({ ...raw, outfile: join(at, 'f-%03d.png') }, store);
  const count = workers.length;
  const cluster = { ...order.cluster, assembleOn: on, verify, retries: 2, minWorkers: Math.max(1, count) };
  const host = workers.map(({ address }) => address.replace(':', ' port=')).join(',');
  const source =
    count === 0
      ? inProcess(localWorkers(t, 1))
      : await workerSource({ host, np: 0, minWorkers: count, access: {} }, undefined);
  await render(
    { ...order, cluster },
    { ...source, local: count === 0 ? inProcess(localWorkers(t, 1)).local : undefined },
    { emit, signal },
  );
  const names = readdirSync(at).sort();
  return {
    bytes: names.map((name) => readFileSync(join(at, name))),
    lines: lines().filter((line) => /^assembly/.test(line)),
  };
}

async function workersOf(t: TestContext, count: number): Promise<Worker[]> {
  return Promise.all(Array.from({ length: count }, () => worker(t)));
}

test('a film has the same frames from one, two and three workers, also compared', BOUNDED, async (t) => {
  const workers = await workersOf(t, 3);
  const alone = await framesOf(t, ZOOM, []);
  assert.equal(alone.bytes.length, 70);
  assert.deepEqual(alone.lines, []);
  for (const [count, verify] of [
    [1, 0],
    [2, 0],
    [3, 1],
  ] as const) {
    const { bytes, lines } = await framesOf(t, ZOOM, workers.slice(0, count), { verify });
    assert.deepEqual(bytes, alone.bytes, `${count} workers`);
    assert.match(lines[0] ?? '', /assembly: on \d workers?, 32 frames at a time/);
    assert.ok(
      lines.some((line) => /joined: 1 slot, frames of films/.test(line)),
      lines.join(),
    );
  }
});

test('blurred, turned, deeper and changing frames are the same, too', BOUNDED, async (t) => {
  const workers = await workersOf(t, 2);
  for (const [name, film] of Object.entries(OTHERS)) {
    const [alone, apart] = [await framesOf(t, film, []), await framesOf(t, film, workers)];
    assert.deepEqual(apart.bytes, alone.bytes, name);
    assert.match(apart.lines.join(), /joined/);
  }
});

test('kill -9 of a worker that assembles changes nothing; of all: the leader goes on', BOUNDED, async (t) => {
  const alone = await framesOf(t, ZOOM, []);
  const store = folder(t);
  for (const [count, killed] of [
    [2, 1],
    [2, 2],
  ] as const) {
    const workers = await workersOf(t, count);
    let left = killed;
    const act = (event: AppEvent) => {
      const name = event.kind === 'log' && /^assembly: (.*) joined/.exec(event.text)?.[1];
      if (name && left-- > 0) workers.find(({ address }) => address === name)?.process.kill('SIGKILL');
    };
    const { bytes, lines } = await framesOf(t, ZOOM, workers, { act, store });
    assert.deepEqual(bytes, alone.bytes, `${killed} of ${count}`);
    assert.match(lines.join('\n'), killed === count ? /assembly: on the leader/ : /was lost/);
  }
});

test('a film that was stopped while workers assembled goes on with the same frames', BOUNDED, async (t) => {
  const workers = await workersOf(t, 1);
  const store = folder(t);
  const alone = await framesOf(t, ZOOM, []);
  const stop = new AbortController();
  const act = (event: AppEvent) => {
    if (event.kind === 'log' && /^assembly: .* joined/.test(event.text)) stop.abort(new Error('stopped'));
  };
  await assert.rejects(framesOf(t, ZOOM, workers, { act, store, signal: stop.signal }), /stopped/);
  assert.deepEqual((await framesOf(t, ZOOM, workers, { store })).bytes, alone.bytes);
});

test('auto: workers take what costs more to assemble than to move, where they have more slots', () => {
  const load: AssemblyLoad = {
    ...{ size: { width: 1920, height: 1080 }, levels: { bits: 8, dither: true }, stretches: [600] },
    ...{ pictures: 1, turned: false, shown: 2.8, fresh: 0.04 },
  };
  assert.equal(worthSending(load, 64, 2), false);
  assert.equal(worthSending({ ...load, turned: true }, 64, 2), false);
  const blurred = { ...load, pictures: 16 };
  assert.equal(worthSending(blurred, 64, 2), true);
  assert.equal(worthSending(blurred, 2, 2), false);
  assert.equal(worthSending(blurred, 64, 32), false);
});

test('segments and their frames fit into the memory that docs/reliability.md states', () => {
  for (const [width, height] of [
    [640, 360],
    [1920, 1080],
    [3840, 2160],
  ] as const) {
    for (const bits of [8, 16] as const) {
      for (const workers of [1, 2, 8, 100]) {
        const load = { size: { width, height }, levels: { bits, dither: false }, shown: 2.8, fresh: 0.05 };
        const { segment, ahead } = segmentsFor(load, workers);
        const texels = (ahead / segment) * load.shown * 8 + ahead * load.fresh * 8;
        const bytes = width * height * (texels + (ahead * 3 * bits) / 8);
        assert.ok(
          bytes <= 2 ** 30 && segment >= 1 && ahead >= 2 * segment,
          `${width}, ${workers}: ${segment}, ${ahead}`,
        );
      }
    }
  }
});
