/** A picture from a request to its file, through the function that the program and a server call. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Stage } from '../../src/app/events.js';
import { render } from '../../src/app/render.js';
import { parseHostfile } from '../../src/cluster/hostfile.js';
import { FractalError } from '../../src/errors.js';
import { readComment } from '../../src/render/ffmpeg.js';
import { parametersOf } from '../../src/request/metadata.js';
import { folder } from '../e2e/processes.js';
import { inProcess, localWorkers, never, orderOf, recorder } from './orders.js';

const SPIRALS = { xpos: '-0.7436', ypos: '0.1318', zoom: '300', iters: '600' };
const BOUNDED = { timeout: 60_000 };

/** Awaits turns of the event loop, in which messages between leader and workers arrive. */
async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test('a still: stages follow one another, and every event comes before the result', BOUNDED, async (t) => {
  const at = folder(t);
  const { emit, events, stages, lines } = recorder();
  const raw = { ...SPIRALS, samples: '1', outfile: join(at, 'x.png') };
  const order = { ...orderOf(raw, join(at, 'store')), notes: ['a note'] };
  const { request, files } = await render(order, inProcess(localWorkers(t, 2)), { emit, signal: never });
  const count = events.length;
  assert.deepEqual(stages(), ['open', 'store', 'prepare', 'kernel', 'compute', 'close']);
  assert.equal(events.filter((e) => e.kind === 'stage' && e.state === 'done').length, 6);
  assert.equal(lines()[0], 'a note');
  const kinds = events.map((e) => (e.kind === 'stage' ? `${e.stage} ${e.state}` : e.kind));
  const follow = (...inOrder: string[]) => {
    const places = inOrder.map((kind) => kinds.indexOf(kind));
    const ascending = places.every((place, k) => place > (places[k - 1] ?? -1));
    assert.ok(ascending, `${inOrder} in ${kinds}`);
  };
  // The store is read while workers join.
  follow('open done', 'log', 'prepared', 'dial', 'recalled', 'gathered', 'compute done', 'close begun');
  follow('dial', 'scene', 'gathered');
  const last = events.findLast((e) => e.kind === 'progress');
  assert.deepEqual([last?.samplesDone, last?.samples, last?.phase], [64 * 36, 64 * 36, 'done']);
  assert.equal(request.perturbedFrom !== undefined, true);
  assert.deepEqual(files, [
    { path: join(at, 'x.png'), bytes: readFileSync(join(at, 'x.png')).length, replaced: false },
  ]);
  await someTurns();
  assert.deepEqual(events.slice(count), []);
});

const FILM = { ...SPIRALS, 'zoom-end': '3000', frames: '4' };
const STAGES: Stage[] = ['open', 'store', 'prepare', 'forecast', 'kernel', 'compute', 'close'];

for (const stage of STAGES)
  test(`an abort in the stage ${stage} leaves no file, and rejects with the signal's reason`, BOUNDED, async (t) => {
    const [at, store] = [folder(t), folder(t)];
    const local = localWorkers(t, 1);
    const controller = new AbortController();
    const reason = new Error('enough');
    const { emit, stages } = recorder((event) => {
      if (event.kind === 'stage' && event.stage === stage && event.state === 'begun') controller.abort(reason);
    });
    const order = orderOf({ ...FILM, outfile: join(at, 'x.mp4') }, store);
    await assert.rejects(
      render(order, inProcess(local), { emit, signal: controller.signal }),
      (error) => error === reason,
    );
    assert.deepEqual(stages(), STAGES.slice(0, STAGES.indexOf(stage) + 1), 'nothing begins after it');
    assert.deepEqual(readdirSync(at), []);
    // The workers are free for the next job.
    const next = await render(orderOf({ ...SPIRALS, outfile: join(at, 'y.png') }), inProcess(local), {
      emit: () => undefined,
      signal: never,
    });
    assert.equal(next.files.length, 1);
  });

test('an abort while the encoder completes a film: its end is not the reason', BOUNDED, async (t) => {
  const at = folder(t);
  const controller = new AbortController();
  const reason = new Error('enough');
  const { emit } = recorder((event) => {
    const closing = event.kind === 'stage' && event.stage === 'close' && event.state === 'begun';
    if (closing) setImmediate(() => controller.abort(reason));
  });
  const order = orderOf({ ...FILM, outfile: join(at, 'x.mp4') });
  await assert.rejects(
    render(order, inProcess(localWorkers(t, 1)), { emit, signal: controller.signal }),
    (error) => error === reason,
  );
  assert.deepEqual(readdirSync(at), []);
});

test(
  'an abort while shards are computed reports what is kept, and the same order continues from there',
  BOUNDED,
  async (t) => {
    const [at, store] = [folder(t), folder(t)];
    const workers = inProcess(localWorkers(t, 1));
    const controller = new AbortController();
    const small = { 'block-size': '4', shard: 'row', samples: '1' };
    const order = orderOf({ ...SPIRALS, ...small, outfile: join(at, 'x.png') }, store);
    const { emit, events } = recorder((event) => {
      if (event.kind === 'progress' && event.samplesDone > 0) controller.abort(new Error('enough'));
    });
    await assert.rejects(render(order, workers, { emit, signal: controller.signal }), /enough/);
    const count = events.length;
    await someTurns();
    assert.deepEqual(events.slice(count), [], 'nothing is reported after the end');
    assert.deepEqual(readdirSync(at), []);
    const kept = events.find((e) => e.kind === 'kept');
    assert.deepEqual([kept?.store, kept?.samples], ['all', 64 * 36]);
    assert.ok(kept && kept.samplesDone > 0 && kept.samplesDone < kept.samples);
    const again = recorder();
    await render(order, workers, { emit: again.emit, signal: never });
    const recalled = again.events.find((e) => e.kind === 'recalled');
    assert.equal((recalled?.pixels ?? 0) - (recalled?.missing ?? 0), kept.samplesDone);
  },
);

test('two at once on the same workers: each has the bytes that it has alone', BOUNDED, async (t) => {
  const at = folder(t);
  const workers = inProcess(localWorkers(t, 2));
  const views = {
    a: { ...SPIRALS, samples: '4' },
    b: { xpos: '-1.76', ypos: '0.0002', zoom: '1e20', iters: '3000', palette: 'Hippi' },
  };
  const rendered = async (name: keyof typeof views, file: string) => {
    const { emit, stages } = recorder();
    await render(orderOf({ ...views[name], outfile: join(at, file) }), workers, { emit, signal: never });
    assert.deepEqual(stages(), ['open', 'store', 'prepare', 'kernel', 'compute', 'close']);
    return readFileSync(join(at, file));
  };
  const alone = [await rendered('a', 'a.png'), await rendered('b', 'b.png')] as const;
  const together = await Promise.all([rendered('a', 'a2.png'), rendered('b', 'b2.png')]);
  assert.ok(together[0].equals(alone[0]) && together[1].equals(alone[1]));
  assert.ok(!alone[0].equals(alone[1]));
});

test('one of two at once that is aborted does not disturb the other', BOUNDED, async (t) => {
  const at = folder(t);
  const workers = inProcess(localWorkers(t, 1));
  const controller = new AbortController();
  const stopping = recorder((event) => {
    if (event.kind === 'progress' && event.samplesDone > 0) controller.abort(new Error('enough'));
  });
  const long = orderOf({ ...SPIRALS, samples: '16', 'block-size': '4', outfile: join(at, 'x.png') });
  const short = orderOf({ ...SPIRALS, outfile: join(at, 'y.png') });
  const [first, second] = await Promise.allSettled([
    render(long, workers, { emit: stopping.emit, signal: controller.signal }),
    render(short, workers, { emit: () => undefined, signal: never }),
  ]);
  assert.deepEqual([first.status, second.status], ['rejected', 'fulfilled']);
  assert.deepEqual(readdirSync(at), ['y.png']);
});

test('a film carries the iteration limit that was found for it', BOUNDED, async (t) => {
  const outfile = join(folder(t), 'x.mp4');
  const place = { xpos: '-0.743643887037151', ypos: '0.131825904205330', zoom: '1e7', 'zoom-end': '2e7' };
  const order = orderOf({ ...place, frames: '2', iters: 'auto', outfile });
  const { request } = await render(order, inProcess(localWorkers(t, 1)), { emit: () => undefined, signal: never });
  assert.notEqual(request.iterations, order.request.iterations, 'the view has a limit other than the first one tried');
  assert.equal(await readComment(outfile), parametersOf(request));
});

test('errors have codes, and leave nothing behind', BOUNDED, async (t) => {
  const at = folder(t);
  const workers = inProcess(localWorkers(t, 1));
  const rejects = async (code: string, order: Parameters<typeof render>[0], by = workers) => {
    const { emit, stages } = recorder();
    await assert.rejects(
      render(order, by, { emit, signal: never }),
      (error) => error instanceof FractalError && error.code === code,
    );
    assert.deepEqual(readdirSync(at), []);
    return stages();
  };
  const outfile = join(at, 'x.png');
  assert.deepEqual(await rejects('OUTFILE_UNWRITABLE', orderOf({ outfile: join(at, 'no', 'x.png') })), ['open']);
  assert.deepEqual(await rejects('PALETTE_UNKNOWN', orderOf({ outfile, palette: 'Nothing' })), ['open']);
  const deep = { outfile, zoom: '1e30', method: 'direct' };
  assert.deepEqual(await rejects('VIEW_TOO_DEEP', orderOf(deep)), ['open', 'store', 'prepare']);
  const nowhere = { hosts: parseHostfile('127.0.0.1 port=1', 'hosts'), access: {} };
  const stages = await rejects('NO_WORKER', orderOf({ ...SPIRALS, outfile }), nowhere);
  assert.equal(stages.at(-1), 'compute');
});

test('a kernel that no worker has: the job begins anew with simd, with a warning', BOUNDED, async (t) => {
  const at = folder(t);
  const local = localWorkers(t, 1);
  const lacking = {
    ...local,
    offer: async (kernel: 'simd' | 'gpu' | 'cpu') => {
      if (kernel !== 'simd') throw new FractalError('KERNEL_MISSING', 'there is no GPU');
      return local.offer(kernel);
    },
  };
  const order = orderOf({ ...SPIRALS, kernel: 'gpu', outfile: join(at, 'x.png') });
  const { emit, lines } = recorder();
  const { request } = await render(order, inProcess(lacking), { emit, signal: never });
  assert.equal(request.kernel, 'simd');
  assert.ok(lines().includes('there is no GPU: the whole job is computed by the simd kernel'), `${lines()}`);
  const strict = { ...order, cluster: { ...order.cluster, strict: true } };
  await assert.rejects(render(strict, inProcess(lacking), { emit, signal: never }), /KERNEL_MISSING|there is no GPU/);
});
