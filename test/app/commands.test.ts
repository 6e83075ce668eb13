/** The commands beside render and worker, called directly. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { locateNucleus } from '../../src/app/locate.js';
import { plan } from '../../src/app/plan.js';
import { recolor } from '../../src/app/recolor.js';
import { render } from '../../src/app/render.js';
import { workerSource } from '../../src/app/worker-source.js';
import { FractalError } from '../../src/errors.js';
import { parseRequest } from '../../src/request/parse.js';
import { folder } from '../e2e/processes.js';
import { inProcess, localWorkers, never, orderOf, recorder } from './orders.js';

const BOUNDED = { timeout: 60_000 };
const VIEW = { xpos: '-0.7436', ypos: '0.1318', zoom: '300', iters: '600' };
const quiet = { emit: () => undefined, signal: never };
const code = (expected: string) => (error: unknown) => error instanceof FractalError && error.code === expected;

test('recolor paints what render kept: the bytes of a picture rendered in these colours', BOUNDED, async (t) => {
  const [at, store] = [folder(t), folder(t)];
  const workers = inProcess(localWorkers(t, 1));
  const kept = orderOf({ ...VIEW, samples: '2', outfile: join(at, 'x.png') }, store);
  await render({ ...kept, store: { ...kept.store, samples: true } }, workers, quiet);
  const hippi = (file: string, folder?: string) =>
    orderOf({ ...VIEW, samples: '2', palette: 'Hippi', outfile: join(at, file) }, folder);
  const { emit, stages } = recorder();
  const { uncertain } = await recolor(hippi('recoloured.png', store), { emit, signal: never });
  assert.deepEqual(stages(), ['open', 'store', 'prepare', 'paint', 'close']);
  await render(hippi('rendered.png'), workers, quiet);
  assert.ok(readFileSync(join(at, 'recoloured.png')).equals(readFileSync(join(at, 'rendered.png'))));
  assert.equal(uncertain, 0);
});

test('of adaptive samples one is kept of each pixel, with its width, and recolor paints that', BOUNDED, async (t) => {
  const [at, store] = [folder(t), folder(t)];
  const workers = inProcess(localWorkers(t, 1));
  const named = (file: string, more: Readonly<Record<string, string>>, folder?: string) =>
    orderOf({ ...VIEW, ...more, outfile: join(at, file) }, folder);
  const kept = named('kept.png', {}, store);
  const { emit, lines } = recorder();
  const { request } = await render({ ...kept, store: { ...kept.store, samples: true } }, workers, {
    emit,
    signal: never,
  });
  assert.deepEqual(request.sampling, { kind: 'grid', side: 1 });
  assert.ok(lines().some((line) => line.startsWith('--keep-samples keeps one sample of each pixel')));
  await recolor(named('recoloured.png', { samples: 'auto' }, store), quiet);
  await render(named('rendered.png', { samples: '1', 'palette-filter': 'true' }), workers, quiet);
  const rendered = readFileSync(join(at, 'rendered.png'));
  for (const file of ['kept.png', 'recoloured.png']) assert.ok(readFileSync(join(at, file)).equals(rendered), file);
});

test('recolor: an abort in each stage leaves no file; samples that are not there have a code', BOUNDED, async (t) => {
  const [at, store] = [folder(t), folder(t)];
  const order = orderOf({ ...VIEW, outfile: join(at, 'x.png') }, store);
  for (const stage of ['open', 'store', 'prepare', 'paint']) {
    const controller = new AbortController();
    const reason = new Error(stage);
    const { emit } = recorder((event) => {
      if (event.kind === 'stage' && event.stage === stage) controller.abort(reason);
    });
    await assert.rejects(recolor(order, { emit, signal: controller.signal }), (error) => error === reason);
    assert.deepEqual(readdirSync(at), []);
  }
  await assert.rejects(recolor(order, quiet), code('SAMPLES_MISSING'));
  await assert.rejects(recolor(orderOf({}), quiet), code('SAMPLES_MISSING'));
  assert.deepEqual(readdirSync(at), []);
});

test('a plan is data: slots, shards, samples and estimated cost', BOUNDED, async () => {
  const source = await workerSource({ host: 'a:2,b:3', np: 0, minWorkers: 1, access: {} }, undefined);
  const order = orderOf({ ...VIEW, 'block-size': '6', shard: 'row', samples: '2' });
  const { emit, lines } = recorder();
  const planned = await plan({ ...order, notes: ['a note'] }, source, { emit, signal: never });
  assert.deepEqual(lines(), ['a note']);
  assert.deepEqual([planned.slots, planned.shards, planned.samples], [5, 6, 64 * 36 * 2]);
  assert.deepEqual(
    planned.workers.map(({ slots }) => slots),
    [2, 3],
  );
  assert.ok((planned.cost.computing?.iterations ?? 0) > 64 * 36);
  const controller = new AbortController();
  controller.abort(new Error('enough'));
  await assert.rejects(plan(order, source, { emit, signal: controller.signal }), /enough/);
});

test('more workers are wanted than there can be: a code', async () => {
  const options = { host: 'a,b', np: 0, minWorkers: 3, access: {} };
  await assert.rejects(workerSource(options, undefined), code('REQUEST_INVALID'));
});

test('locate: facts and flags; an abort, and codes', BOUNDED, async () => {
  const view = parseRequest({ xpos: '-1.76', ypos: '0', zoom: '50' });
  const { period, flags } = await locateNucleus(view, [], quiet);
  assert.equal(period, 3);
  assert.match(flags.xpos ?? '', /^-1\.7548776662/);
  const controller = new AbortController();
  const reason = new Error('enough');
  controller.abort(reason);
  const aborted = locateNucleus(view, [], { emit: () => undefined, signal: controller.signal });
  await assert.rejects(aborted, (error) => error === reason);
  await assert.rejects(locateNucleus(parseRequest({ formula: 'julia' }), [], quiet), code('REQUEST_INVALID'));
  await assert.rejects(locateNucleus(parseRequest({ xpos: '1', ypos: '1' }), [], quiet), code('NUCLEUS_MISSING'));
});
