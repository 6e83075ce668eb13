/** Workers and charts in a browser, on a real service. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, hostfileOf, worker } from '../e2e/processes.js';
import { serving } from '../e2e/serve.js';
import { BOUNDED, confirm, holds, LONG, openTab, rowOf } from './browser.js';

test('workers are seen with slots, speed and version, and one is drained', BOUNDED, async (t) => {
  const workers = [await worker(t), await worker(t)];
  const hosts = join(folder(t), 'hosts');
  writeFileSync(hosts, hostfileOf(workers));
  const service = await serving(t, join(folder(t), 'data'), ['--hostfile', hosts]);
  await service.submit(LONG);
  const { page, errors } = await openTab(t);
  await page.goto(`${service.url}/#/workers`);
  await page.getByText('2 ready, 2 slots in all').waitFor();
  const [drained, other] = workers.map(({ address }) => rowOf(page, address));
  assert.ok(drained && other);
  await drained.getByText(/^0\.[1-9] of 1 slot$|^1 of 1 slot$/).waitFor();
  await drained.getByRole('cell', { name: /^[\d.]+[KM]$/ }).waitFor();
  await drained.getByRole('cell', { name: /^\d+\.\d+\.\d+/ }).waitFor();
  await confirm(drained.getByRole('button', { name: /drain/i }));
  await drained.locator('.state', { hasText: 'drain' }).waitFor();
  await page.getByText('1 ready, 1 slot in all').waitFor();
  await drained.getByRole('cell', { name: 'idle' }).waitFor();
  await other.getByText(/^0\.[1-9] of 1 slot$|^1 of 1 slot$/).waitFor();
  assert.deepEqual(errors, []);
});

test('without a worker the pages say so, and how one joins', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'), ['--listen', '127.0.0.1:0']);
  await service.submit(LONG);
  const { page } = await openTab(t);
  await page.goto(service.url);
  await page.getByRole('link', { name: 'No worker is ready' }).click();
  await page.getByRole('heading', { name: 'No workers' }).waitFor();
  await page.getByText('fractal worker --join').waitFor();
});

test('charts follow throughput, slots and the queue', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'), ['--jobs', '1']);
  await service.submit(LONG);
  await service.submit({ ...LONG, outfile: 'second.png' });
  const { page, errors } = await openTab(t);
  await page.goto(`${service.url}/#/activity`);
  const chart = (name: RegExp) => page.getByRole('img', { name });
  await chart(/^Throughput .* samples a second [\d.]+[KM]$/).waitFor();
  await chart(/^Slots that compute, of 1 .* slots (0\.[1-9]|1)$/).waitFor();
  await chart(/^Jobs .* waiting 1, running 1$/).waitFor();
  // The chart moves on, and shows the figures of the time under the pointer.
  const line = await page.locator('.chart .line').first().getAttribute('d');
  await holds(page, `document.querySelector('.chart .line').getAttribute('d') !== ${JSON.stringify(line)}`);
  await page
    .locator('.plot svg')
    .last()
    .hover({ position: { x: 2, y: 20 } });
  assert.equal(await page.locator('.chart').last().locator('time').count(), 3);
  await page.getByText('A day').click();
  await page.getByText('A point is added every five minutes').waitFor();
  assert.deepEqual(errors, []);
});
