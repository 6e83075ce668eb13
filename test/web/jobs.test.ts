/** Queue and history in a browser, on a real service. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder } from '../e2e/processes.js';
import { serving } from '../e2e/serve.js';
import { BOUNDED, confirm, holds, LONG, openTab, rowOf, STILL } from './browser.js';

test('the list follows what other clients do, and jobs are changed in it', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'), ['--jobs', '1']);
  const { page, errors } = await openTab(t);
  await page.goto(service.url);
  await page.getByRole('heading', { name: 'No jobs yet' }).waitFor();
  await service.submit(LONG);
  const id = await service.submit({ ...STILL, outfile: 'next.png', priority: 20 });
  const row = rowOf(page, 'next.png');
  const state = (text: string) => row.locator('.state', { hasText: text }).waitFor();
  await state('queued');
  const priority = row.getByLabel('Priority of next.png');
  assert.equal(await priority.inputValue(), '20');
  await priority.fill('70');
  // What is typed is not replaced while the other job reports its progress.
  const bar = page.getByRole('progressbar', { name: 'Progress of long.png' });
  const before = await bar.getAttribute('value');
  await holds(page, `document.querySelector('progress').getAttribute('value') !== '${before}'`);
  await priority.press('Tab');
  await page.getByRole('status').filter({ hasText: 'next.png: priority 70' }).waitFor();
  assert.equal((await service.get(`/v1/jobs/${id}`)).priority, 70);
  await row.getByRole('button', { name: 'Pause' }).click();
  await state('paused');
  await row.getByRole('button', { name: 'Resume' }).click();
  await state('queued');
  await service.post(`/v1/jobs/${id}/cancel`);
  await state('cancelled');
  await row.getByRole('button', { name: 'Requeue' }).click();
  await state('queued');
  await confirm(row.getByRole('button', { name: 'cancel' }));
  await state('cancelled');
  await confirm(row.getByRole('button', { name: 'Delete' }));
  await row.waitFor({ state: 'detached' });
  assert.deepEqual(errors, []);
});

test('hundreds of jobs are filtered, sorted and listed further, and stay listed as they change', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'), ['--jobs', '1']);
  await service.submit({ ...LONG, priority: 100 });
  const names = Array.from({ length: 120 }, (_, k) => `tile-${k}.png`);
  const ids: string[] = [];
  for (const [k, outfile] of names.entries())
    ids.push(await service.submit({ ...STILL, outfile, priority: k % 90, owner: k % 40 === 0 ? 'ann' : 'bob' }));
  const { page } = await openTab(t);
  await page.goto(service.url);
  const listed = () => page.locator('tbody .name a').allInnerTexts();
  const count = (rows: number) => holds(page, `document.querySelectorAll('tbody tr').length === ${rows}`);
  await count(50);
  assert.equal((await listed())[0], 'tile-119.png', 'newest first');
  await page.getByRole('button', { name: 'Show more' }).click();
  await count(100);
  await service.post(`/v1/jobs/${ids[110]}/cancel`);
  await rowOf(page, 'tile-110.png').locator('.state', { hasText: 'cancelled' }).waitFor();
  // One more changes the order: the list is read again, and is as long as before.
  await service.submit({ ...STILL, outfile: 'newest.png' });
  await rowOf(page, 'newest.png').waitFor();
  assert.equal((await listed()).length, 100);
  await page.getByRole('button', { name: 'Show more' }).click();
  await count(122);
  assert.equal(await page.getByRole('button', { name: 'Show more' }).count(), 0);

  await page.getByLabel('Owner').fill('ann');
  await page.getByLabel('Owner').press('Enter');
  await count(3);
  assert.deepEqual(await listed(), ['tile-80.png', 'tile-40.png', 'tile-0.png']);
  await page.getByLabel('Order').selectOption('-priority');
  await holds(page, 'document.querySelector("tbody .name a").textContent === "tile-80.png"');
  await page.getByLabel('Order').selectOption('submitted');
  await holds(page, 'document.querySelector("tbody .name a").textContent === "tile-0.png"');
  await page.getByLabel('Owner').fill('');
  await page.getByLabel('Owner').press('Enter');
  await page.getByLabel('State').selectOption('cancelled');
  await count(1);
  // The counts are filters, too; the address can be sent to others.
  await page.getByRole('link', { name: '1 running' }).click();
  await holds(page, 'document.querySelector("tbody .name a")?.textContent === "long.png"');
  assert.equal(new URL(page.url()).hash, '#/jobs?state=running');
  await page.getByLabel('Order').selectOption('-ended');
  await page.getByRole('columnheader', { name: 'Ended' }).waitFor();
});

test('a page says when the service is gone, and goes on when it is back', BOUNDED, async (t) => {
  const data = join(folder(t), 'data');
  const first = await serving(t, data);
  const id = await first.submit({ ...STILL, outfile: 'early.png' });
  await first.reaches(id, 'succeeded');
  const { page, errors } = await openTab(t);
  await page.goto(first.url);
  await rowOf(page, 'early.png').waitFor();
  first.process.kill('SIGTERM');
  const banner = page.getByRole('alert').filter({ hasText: 'Connection lost' });
  await banner.waitFor();
  await first.ended;
  const second = await serving(t, data, ['--http', new URL(first.url).host]);
  await second.submit({ ...STILL, outfile: 'late.png' });
  await rowOf(page, 'late.png').waitFor();
  await banner.waitFor({ state: 'detached' });
  assert.deepEqual(errors, []);
});
