/** The form of the dashboard in a browser, on a real service. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { folder } from '../e2e/processes.js';
import { serving } from '../e2e/serve.js';
import { BOUNDED, holds, openTab, STILL, state } from './browser.js';

const field = (page: Page, label: string) => page.getByLabel(label, { exact: true });
const focused = (page: Page) => page.evaluate('document.activeElement.id');
const fault = (page: Page, name: string, text: string) =>
  page.locator(`#field-${name}-about.failure`, { hasText: text }).waitFor();
const width = (page: Page, pixels: number) =>
  holds(page, `document.querySelector('.place img')?.naturalWidth === ${pixels}`);

async function fill(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(values)) await field(page, label).fill(value);
}

test(
  'a still is submitted by the form, with a preview of its place, and is seen when it has finished',
  BOUNDED,
  async (t) => {
    const service = await serving(t, join(folder(t), 'data'));
    const { page, errors } = await openTab(t);
    await page.goto(service.url);
    await page.getByRole('heading', { name: 'No jobs yet' }).waitFor();
    await page.getByRole('main').getByRole('link', { name: 'New job' }).click();
    await fill(page, { 'Real part': STILL.xpos, 'Imaginary part': STILL.ypos, Width: '0', Height: '54' });
    // What is wrong with the preview is seen beside its field, without a submission.
    await field(page, 'Zoom').fill('deep');
    await fault(page, 'zoom', '--zoom "deep" is not');
    await page.getByText('No preview: see the marked field').waitFor();
    await field(page, 'Zoom').fill(STILL.zoom);
    await page.getByRole('button', { name: 'Submit' }).click();
    // The field that the service refuses has the focus and the reason.
    await fault(page, 'width', '--width "0" is not');
    assert.equal(await focused(page), 'field-width');
    await field(page, 'Width').fill('96');
    await page.getByAltText('The place, small').waitFor();
    await width(page, 320);
    // One that is folded away is shown.
    await page.getByText('All other options').click();
    await field(page, 'Seed').fill('x');
    await page.getByText('All other options').click();
    await page.getByRole('button', { name: 'Submit' }).click();
    await fault(page, 'seed', '--seed "x" is not');
    assert.equal(await focused(page), 'field-seed');
    await field(page, 'Seed').fill('');
    await field(page, 'Outfile').fill('form.png\nraw.npy');
    await page.getByRole('button', { name: 'Submit' }).click();
    await state(page, 'succeeded');
    await page.getByAltText('form.png', { exact: true }).waitFor();
    await holds(page, 'document.querySelector("figure img").naturalWidth === 96');
    const link = page.getByRole('link', { name: 'form.png' });
    const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const { jobs } = await service.get('/v1/jobs');
    assert.equal(jobs.length, 1, 'previews are deleted');
    assert.ok(readFileSync(await file.path()).equals(await service.file(jobs[0].id, 'form.png')));
    await page.getByRole('link', { name: 'Same again with' }).click();
    await holds(page, 'document.getElementById("field-zoom")?.value === "1308000"');
    assert.equal(await field(page, 'Outfile').inputValue(), 'form.png\nraw.npy');
    assert.deepEqual(errors, []);
  },
);

test('a film is submitted by the form; its first and its last frame are seen before', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'));
  const { page, errors } = await openTab(t);
  await page.goto(`${service.url}/#/submit`);
  await page.getByText('Film', { exact: true }).click();
  await fill(page, {
    'Real part': STILL.xpos,
    'Imaginary part': STILL.ypos,
    Zoom: '1',
    'Zoom end': '8',
    Height: '1280',
  });
  const asked: Record<string, string>[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/v1/jobs')) asked.push(request.postDataJSON());
  });
  await page.getByText('Last frame', { exact: true }).click();
  await width(page, 64);
  await width(page, 320);
  assert.deepEqual(
    // What was asked for before may be the first frame still.
    asked.flatMap(({ zoom, width, height }) => (zoom === '8' ? [[zoom, width, height]] : [])),
    [
      ['8', '64', '64'],
      ['8', '320', '320'],
    ],
    'a coarse picture comes first',
  );
  await fill(page, { Width: '64', Height: '36', Frames: '5' });
  await page.getByRole('button', { name: 'Submit' }).click();
  await state(page, 'succeeded');
  await page.getByText('Film, 64 × 36').waitFor();
  await holds(page, 'document.querySelector("video")?.duration > 0.1');
  assert.equal(asked.find(({ frames }) => frames === '5')?.['zoom-end'], '8');
  await page.getByRole('link', { name: 'Same again with' }).click();
  await holds(page, 'document.getElementById("field-frames")?.value === "5"');
  // A path takes the place of the last values. Both frames of the preview are of its keyframes.
  const path = JSON.stringify(
    {
      keyframes: [
        { time: 0, zoom: 2 },
        { time: 4, zoom: 32 },
      ],
    },
    undefined,
    2,
  );
  await field(page, 'Zoom end').fill('');
  asked.length = 0;
  await field(page, 'Path').fill(path);
  while (asked.at(-1)?.zoom !== '2') await page.evaluate('new Promise(requestAnimationFrame)');
  await page.getByText('Last frame', { exact: true }).click();
  while (asked.at(-1)?.zoom !== '32') await page.evaluate('new Promise(requestAnimationFrame)');
  assert.equal(await field(page, 'Path').inputValue(), path);
  assert.deepEqual(errors, []);
});

test('the form has the fields of the chosen formula, and a deadline in local time', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'));
  const { page } = await openTab(t, { timezoneId: 'Asia/Kolkata' });
  await page.goto(`${service.url}/#/submit`);
  const constant = page.locator('fieldset', { hasText: 'Place' }).first().getByLabel('Julia, real', { exact: true });
  await field(page, 'Formula').waitFor();
  assert.equal(await constant.count(), 0);
  await field(page, 'Formula').selectOption('julia');
  await constant.fill('-0.7');
  await fill(page, { Width: '64', Height: '36', Deadline: '2090-01-31T12:00' });
  await page.getByRole('button', { name: 'Submit' }).click();
  await state(page, 'succeeded');
  const [job] = (await service.get('/v1/jobs')).jobs;
  assert.equal(job.request['julia-re'], '-0.7');
  assert.equal(job.deadline, '2090-01-31T06:30:00.000Z');
});
