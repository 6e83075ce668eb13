/** The dashboard in a browser, on a real service. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { NO_BROWSER, openTab } from './browser.js';
import { folder } from './processes.js';
import { serving } from './serve.js';

const BOUNDED = { timeout: 180_000, skip: NO_BROWSER };
const STILL = { width: 96, height: 54, xpos: '-0.7454286', ypos: '0.1130089', zoom: '1308000', iters: 2000 };
/** Takes long on one slot. */
const LONG = { ...STILL, width: 1600, height: 1600, samples: 36, iters: 20_000, outfile: 'long.png' };
const PAGES = ['#/jobs', '#/workers', '#/activity', '#/submit'];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const isWide = (page: Page) => page.evaluate('document.documentElement.scrollWidth > innerWidth');
/** Looks at the page after each of its frames. */
async function holds(page: Page, condition: string): Promise<void> {
  while (!(await page.evaluate(condition))) await page.evaluate('new Promise(requestAnimationFrame)');
}
const state = (page: Page, text: string) => page.locator('.status .state', { hasText: text }).waitFor();

test(
  'a still is submitted by the form, with a preview of its place, and is seen when it has finished',
  BOUNDED,
  async (t) => {
    const service = await serving(t, join(folder(t), 'data'));
    const { page, errors } = await openTab(t);
    await page.goto(service.url);
    await page.getByRole('heading', { name: 'No jobs yet' }).waitFor();
    await page.getByRole('main').getByRole('link', { name: 'New job' }).click();
    for (const [label, value] of [
      ['Real part', STILL.xpos],
      ['Imaginary part', STILL.ypos],
      ['Zoom', STILL.zoom],
      ['Width', '0'],
      ['Height', '54'],
      ['Outfile', 'form.png'],
    ] as const)
      await page.getByLabel(label, { exact: true }).fill(value);
    await page.getByRole('button', { name: 'Submit' }).click();
    // The field that the service refuses has the focus and the reason.
    const width = page.getByLabel('Width', { exact: true });
    await page.locator('#field-width-about.failure', { hasText: '--width "0" is not' }).waitFor();
    assert.equal(await page.evaluate('document.activeElement.id'), 'field-width');
    await width.fill('96');
    await page.getByAltText('The place, small').waitFor();
    await page.getByRole('button', { name: 'Submit' }).click();
    await state(page, 'succeeded');
    const picture = page.getByAltText('form.png', { exact: true });
    await picture.waitFor();
    await holds(page, 'document.querySelector("figure img").naturalWidth === 96');
    const link = page.getByRole('link', { name: 'form.png' });
    const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const { jobs } = await service.get('/v1/jobs?state=succeeded');
    const job = jobs.find(({ request }: { request: Record<string, string> }) => request.outfile === 'form.png');
    assert.ok(readFileSync(await file.path()).equals(await service.file(job.id, 'form.png')));
    await page.getByRole('link', { name: 'Same again with' }).click();
    await holds(page, 'document.getElementById("field-zoom")?.value === "1308000"');
    assert.deepEqual(errors, []);
  },
);

test(
  'a job is paused, resumed, cancelled and deleted from its page, and what it computes is seen',
  BOUNDED,
  async (t) => {
    const service = await serving(t, join(folder(t), 'data'));
    const id = await service.submit(LONG);
    const { page, errors } = await openTab(t);
    await page.goto(`${service.url}/#/jobs/${id}`);
    await page.getByAltText('long.png so far').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await state(page, 'paused');
    await service.reaches(id, 'paused');
    await page.getByRole('button', { name: 'Resume' }).click();
    await state(page, 'running');
    const cancel = page.getByRole('button', { name: 'cancel' });
    await cancel.click();
    assert.equal((await service.get(`/v1/jobs/${id}`)).state, 'running', 'the first click only asks');
    await cancel.click();
    await state(page, 'cancelled');
    const remove = page.getByRole('button', { name: 'Delete' });
    await remove.click();
    await remove.click();
    await page.getByRole('heading', { name: 'No jobs yet' }).waitFor();
    assert.deepEqual(errors, []);
  },
);

test('the list follows what other clients do, and says when the service is gone', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'), ['--jobs', '1']);
  const { page } = await openTab(t);
  await page.goto(service.url);
  await page.getByRole('heading', { name: 'No jobs yet' }).waitFor();
  await service.submit(LONG);
  const id = await service.submit({ ...STILL, outfile: 'next.png', priority: 20 });
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'next.png' }) });
  await row.locator('.state', { hasText: 'queued' }).waitFor();
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
  await service.post(`/v1/jobs/${id}/cancel`);
  await row.locator('.state', { hasText: 'cancelled' }).waitFor();
  await page.getByLabel('State').selectOption('cancelled');
  await page.getByRole('link', { name: 'long.png' }).waitFor({ state: 'detached' });
  service.process.kill('SIGTERM');
  await page.getByRole('alert').filter({ hasText: 'Connection lost' }).waitFor();
});

test('everything is done with the keyboard', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'));
  const id = await service.submit({ ...STILL, outfile: 'keys.png' });
  await service.reaches(id, 'succeeded');
  const { page } = await openTab(t);
  await page.goto(service.url);
  await page.getByRole('link', { name: 'keys.png' }).waitFor();
  /** Moves on until an element of this name has the focus. */
  const tabTo = async (name: RegExp) => {
    for (let k = 0; k < 60; k++) {
      await page.keyboard.press('Tab');
      const text = await page.evaluate('document.activeElement.ariaLabel ?? document.activeElement.textContent');
      if (name.test(String(text))) return;
    }
    assert.fail(`${name} is not reached`);
  };
  await tabTo(/Skip to content/);
  await page.keyboard.press('Enter');
  await tabTo(/keys\.png/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'keys.png', level: 1 }).waitFor();
  await tabTo(/Requeue/);
  await page.keyboard.press('Enter');
  assert.equal((await service.reaches(id, 'succeeded')).id, id);
  await holds(page, 'document.body.textContent.includes("Attempt")');
});

test('pages have no accessibility faults, and fit on a phone, in light and dark', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'));
  const id = await service.submit({ ...STILL, outfile: 'a-rather-long-name-of-a-picture-for-a-small-screen.png' });
  await service.reaches(id, 'succeeded');
  const failed = await service.submit({ ...STILL, outfile: 'no.mp4', frames: 2, 'zoom-end': 2e6, codec: 'none' });
  while ((await service.get(`/v1/jobs/${failed}`)).state !== 'failed');
  const backgrounds = new Set<unknown>();
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, errors } = await openTab(t, { colorScheme, viewport: { width: 360, height: 740 } });
    for (const hash of [...PAGES, `#/jobs/${id}`, `#/jobs/${failed}`, '#/jobs?state=paused', '#/nothing']) {
      await page.goto(`${service.url}/${hash}`);
      await page.locator('h1').waitFor();
      await holds(page, '!document.body.textContent.includes("Loading")');
      assert.equal(await isWide(page), false, `${hash} is wider than a phone`);
      await page.evaluate(AXE);
      const found = (await page.evaluate('axe.run()')) as { violations: { id: string; nodes: { html: string }[] }[] };
      const faults = found.violations.map((one) => [one.id, ...one.nodes.map(({ html }) => html.slice(0, 200))]);
      assert.deepEqual(faults, [], `${hash}, ${colorScheme}`);
    }
    backgrounds.add(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
    assert.deepEqual(errors, []);
  }
  assert.equal(backgrounds.size, 2);
});

test('a theme that was chosen stays', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'));
  const { page } = await openTab(t, { colorScheme: 'light' });
  await page.goto(service.url);
  const colour = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
  const light = await colour();
  await page.getByLabel('Colours').selectOption('dark');
  const dark = await colour();
  assert.notEqual(dark, light);
  await page.reload();
  await page.getByLabel('Colours').waitFor();
  assert.equal(await colour(), dark);
});

test('a token is asked for, and decides what can be done', BOUNDED, async (t) => {
  const tokens = join(folder(t), 'tokens');
  writeFileSync(tokens, 'view abcdefghijklmnopqrst eve\noperate bcdefghijklmnopqrstu\n');
  const service = await serving(t, join(folder(t), 'data'), ['--http-tokens', tokens]);
  const { page } = await openTab(t);
  await page.goto(service.url);
  const field = page.getByLabel('Token');
  await field.fill('wrong');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('alert').filter({ hasText: 'the token is not known' }).waitFor();
  await field.fill('abcdefghijklmnopqrst');
  await field.press('Enter');
  await page.getByRole('heading', { name: 'No jobs yet' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'New job' }).count(), 0);
  await page.getByRole('button', { name: 'Forget token' }).click();
  await field.fill('bcdefghijklmnopqrstu');
  await field.press('Enter');
  await page.getByRole('main').getByRole('link', { name: 'New job' }).waitFor();
});
