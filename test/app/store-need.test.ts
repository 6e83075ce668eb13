import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planText } from '../../bin/plan.js';
import { plan } from '../../src/app/plan.js';
import { storeWarning } from '../../src/app/store-need.js';
import { workerSource } from '../../src/app/worker-source.js';
import { never, orderOf } from './orders.js';

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
  assert.match(of(enough, 'assembly'), /^assembly: \d+ keyframes, which has fewer samples$/);
  assert.match(
    of(enough, 'frame by frame'),
    /^frame by frame: 552960 samples, about .* of computing and .* of encoding, 1\.7 MB in the store$/,
  );
  assert.match(
    of(enough, 'from keyframes'),
    /samples, about .* of computing and .* of assembling and encoding, [\d.]+ kB in the store$/,
  );
  assert.equal(of(enough, 'store'), '');
  assert.match(
    of(await lines('frames', 800_000), 'store'),
    /^store: this film needs 2 MB of store, --store-size is 800000 bytes/,
  );
  // What the chosen way needs decides.
  assert.equal(of(await lines('auto', 800_000), 'store'), '');
});
