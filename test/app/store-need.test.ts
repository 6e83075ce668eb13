import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { planText } from '../../bin/plan.js';
import { plan } from '../../src/app/plan.js';
import { render } from '../../src/app/render.js';
import { storeWarning } from '../../src/app/store-need.js';
import { workerSource } from '../../src/app/worker-source.js';
import { folder } from '../e2e/processes.js';
import { inProcess, localWorkers, never, orderOf, recorder } from './orders.js';

test('a film that needs more store than there may be is told so, with the size that suffices', () => {
  assert.equal(storeWarning(2 ** 31, 2 ** 31), undefined);
  assert.match(
    storeWarning(3.1e9, 2 ** 31) ?? '',
    /^this film needs 3\.1 GB of store, --store-size is 2 GiB: .*; --store-size 4G keeps all$/,
  );
  assert.match(storeWarning(20e6, 10 << 20) ?? '', /needs 20 MB of store, --store-size is 10 MiB: .* 1G keeps all$/);
});

test('a plan of a film states time and store of both ways, and when the store does not suffice', async () => {
  const source = await workerSource({ host: 'a:1', np: 0, minWorkers: 1, access: {} }, undefined);
  const lines = async (assembly: string, size: number) => {
    const order = orderOf({ zoom: '100', 'zoom-end': '1600', iters: '300', frames: '240', assembly }, '/never/made');
    const planned = await plan({ ...order, store: { ...order.store, size } }, source, {
      emit: () => undefined,
      signal: never,
    });
    return planText(planned).split('\n');
  };
  const enough = await lines('auto', 2 ** 30);
  const of = (all: readonly string[], name: string) => all.find((line) => line.startsWith(`${name}: `)) ?? '';
  assert.match(of(enough, 'assembly'), /^assembly: from \d+ keyframes, since that takes fewer samples$/);
  assert.match(
    of(enough, 'frame by frame'),
    /^frame by frame: 552960 samples, about .* of computing and .* of encoding, about 879\.2 kB in the store$/,
  );
  assert.match(
    of(enough, 'from keyframes'),
    /samples, (about|less than) .* of computing and .* of assembling and encoding, about [\d.]+ kB in the store$/,
  );
  assert.equal(of(enough, 'store'), '');
  assert.match(
    of(await lines('frames', 800_000), 'store'),
    /^store: this film needs 1 MB of store, --store-size is 800000 bytes/,
  );
  // What the chosen way needs decides.
  assert.equal(of(await lines('auto', 800_000), 'store'), '');
});

test('the estimates of a part of a film are of that part, and of what the store holds after compression', async (t) => {
  const local = localWorkers(t, 1);
  const film = { zoom: '100', 'zoom-end': '1e5', xpos: '-0.7454286', ypos: '0.1130089', iters: '300', frames: '60' };
  for (const assembly of ['frames', 'keyframes']) {
    const raw = { ...film, width: '160', height: '90', assembly, 'frames-from': '20', 'frames-to': '29' };
    const [at, store] = [folder(t), folder(t)];
    const order = orderOf({ ...raw, outfile: join(at, 'f-%d.png') }, store);
    const source = await workerSource({ local: 1, np: 0, minWorkers: 1, access: {} }, undefined);
    const { ways, samples } = await plan(order, source, { emit: () => undefined, signal: never });
    const { events, emit } = recorder();
    const { keyframes } = await render(order, inProcess(local), { emit, signal: never });
    const report = events.flatMap((event) => (event.kind === 'gathered' ? [event.report] : []))[0];
    assert.deepEqual([samples, ways?.chosen.samples], [report?.samples, report?.samples], assembly);
    assert.equal(ways?.chosen.keyframes, keyframes?.count ?? 0);
    const kept = readdirSync(store).reduce((sum, name) => sum + statSync(join(store, name)).size, 0);
    const bytes = ways?.chosen.bytes ?? 0;
    assert.ok(Math.abs(bytes / kept - 1) < 0.3, `${bytes} bytes estimated, ${kept} kept, ${assembly}`);
  }
});
