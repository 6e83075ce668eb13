/** The page of a job in a browser, on a real service. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { folder } from '../e2e/processes.js';
import { serving } from '../e2e/serve.js';
import { BOUNDED, confirm, FAILING, FILM, holds, LONG, openTab, rowOf, STILL, state } from './browser.js';

const button = (page: Page, name: string) => page.getByRole('button', { name });

test('what a job computes is seen, and it is paused, resumed, cancelled and deleted', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'));
  const id = await service.submit(LONG);
  const { page, errors } = await openTab(t);
  await page.goto(`${service.url}/#/jobs/${id}`);
  await page.getByAltText('long.png so far').waitFor();
  // The picture grows.
  const source = await page.getByAltText('long.png so far').getAttribute('src');
  await holds(page, `document.querySelector('figure img').src !== '${source}'`);
  // Progress, time left, shards over time, the share of the worker, the log.
  const bar = page.getByRole('progressbar', { name: 'Progress' });
  const before = Number(await bar.getAttribute('value'));
  await holds(page, `document.querySelector('progress').value > ${before}`);
  await page.locator('.figures', { hasText: /(\d s|min) left/ }).waitFor();
  await page.getByRole('img', { name: /^Shards from .* shards done [1-9]/ }).waitFor();
  const share = rowOf(page, 'local:1');
  await share.getByText('100 %').waitFor();
  await share.getByRole('cell', { name: /^[1-9]\d*$/ }).waitFor();
  await share.getByRole('cell', { name: /^[\d.]+[KM]$/ }).waitFor();
  await page.locator('.log', { hasText: 'local:1 joined' }).waitFor();
  assert.match(await page.title(), /^\d+ % long\.png/);

  await button(page, 'Pause').focus();
  await page.keyboard.press('Enter');
  await state(page, 'paused');
  await service.reaches(id, 'paused');
  assert.match(String(await page.evaluate('document.activeElement.textContent')), /^Resume/, 'in the place of Pause');
  await page.keyboard.press('Enter');
  await state(page, 'running');
  const cancel = button(page, 'cancel');
  await cancel.click();
  assert.equal((await service.get(`/v1/jobs/${id}`)).state, 'running', 'the first click only asks');
  await cancel.click();
  await state(page, 'cancelled');
  await page.getByText('None: the job has been cancelled.').waitFor();
  await confirm(button(page, 'Delete'));
  await page.getByRole('heading', { name: 'No jobs yet' }).waitFor();
  assert.deepEqual(errors, []);
});

test('a failed job says why above all else, and is queued again', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'));
  const id = await service.submit(FAILING);
  const { page } = await openTab(t);
  await page.goto(`${service.url}/#/jobs/${id}`);
  await state(page, 'failed');
  await page.getByRole('alert').filter({ hasText: 'ENCODER_MISSING' }).waitFor();
  await page.getByText('None: the job has failed.').waitFor();
  assert.equal(await page.evaluate('document.querySelector(".main").firstElementChild.className'), 'card status');
  await button(page, 'Requeue').click();
  await page.locator('.facts', { hasText: 'Attempt2' }).waitFor();
  await state(page, 'failed');
});

test(
  'a film is played and downloaded; of a file that browsers do not show there is a small picture',
  BOUNDED,
  async (t) => {
    const service = await serving(t, join(folder(t), 'data'));
    const film = await service.submit(FILM);
    const exr = await service.submit({ ...STILL, outfile: 'samples.exr' });
    await Promise.all([film, exr].map((id) => service.reaches(id, 'succeeded')));
    const { page, errors } = await openTab(t);
    await page.goto(`${service.url}/#/jobs/${film}`);
    await holds(page, 'document.querySelector("video")?.duration > 0.3');
    const link = page.getByRole('link', { name: 'film.mp4' });
    const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
    assert.ok(readFileSync(await file.path()).equals(await service.file(film, 'film.mp4')));
    await page.goto(`${service.url}/#/jobs/${exr}`);
    await page.getByAltText('samples.exr as a small picture').waitFor();
    assert.deepEqual(errors, []);
  },
);

test('a page says that its job is gone, and the connection is not lost', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'));
  const id = await service.submit(STILL);
  await service.reaches(id, 'succeeded');
  const { page } = await openTab(t);
  await page.goto(`${service.url}/#/jobs/${id}`);
  await state(page, 'succeeded');
  await fetch(`${service.url}/v1/jobs/${id}`, { method: 'DELETE' });
  await page.getByRole('heading', { name: 'There is no such job' }).waitFor();
  await holds(page, '!document.querySelector(".banner")');
});
