/** Tokens, the keyboard, screen readers, small screens and colours, in a browser on a real service. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { folder } from '../e2e/processes.js';
import { serving } from '../e2e/serve.js';
import { BOUNDED, FAILING, holds, LONG, openTab, STILL, state } from './browser.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const VIEW = 'abcdefghijklmnopqrst';
const OPERATE = 'bcdefghijklmnopqrstu';
/** A phone, a tablet, and a desktop of which twice the size is shown. */
const SCREENS = [
  { width: 360, height: 740 },
  { width: 768, height: 1024 },
  { width: 640, height: 400 },
];

const AXE_SCREENS = { light: { width: 1280, height: 800 }, dark: { width: 360, height: 740 } };

async function faultsOf(page: Page): Promise<unknown[]> {
  await page.evaluate(AXE);
  const found = (await page.evaluate('axe.run()')) as { violations: { id: string; nodes: { html: string }[] }[] };
  return found.violations.map((one) => [one.id, ...one.nodes.map(({ html }) => html.slice(0, 200))]);
}

test('pages have no accessibility faults, and fit on each screen, in light and dark', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'), ['--jobs', '1']);
  const long = await service.submit({ ...STILL, outfile: `a-rather-long-name-${'of-a-picture-'.repeat(5)}.png` });
  await service.reaches(long, 'succeeded');
  const failed = await service.submit(FAILING);
  while ((await service.get(`/v1/jobs/${failed}`)).state !== 'failed');
  const running = await service.submit(LONG);
  const paused = await service.submit({ ...STILL, outfile: 'paused.png' });
  await service.post(`/v1/jobs/${paused}/pause`);
  const jobs = [long, failed, running, paused].map((id) => `#/jobs/${id}`);
  const pages = ['#/jobs', '#/jobs?state=cancelled', ...jobs, '#/workers', '#/activity', '#/submit', '#/nothing'];
  const backgrounds = new Set<unknown>();
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, errors } = await openTab(t, { colorScheme });
    for (const hash of pages) {
      await page.goto(`${service.url}/${hash}`);
      await page.locator('h1').waitFor();
      await holds(page, '!document.body.textContent.includes("Loading")');
      if (hash === '#/submit') {
        await page.getByText('Film', { exact: true }).click();
        await page.getByText('All other options').click();
      }
      for (const viewport of SCREENS) {
        await page.setViewportSize(viewport);
        const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
        assert.equal(wide, false, `${hash} is wider than ${viewport.width}`);
      }
      await page.setViewportSize(AXE_SCREENS[colorScheme]);
      assert.deepEqual(await faultsOf(page), [], `${hash}, ${colorScheme}`);
    }
    backgrounds.add(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
    assert.deepEqual(errors, []);
  }
  assert.equal(backgrounds.size, 2);
});

test('everything is done with the keyboard, and a theme that was chosen stays', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'));
  const id = await service.submit({ ...STILL, outfile: 'keys.png' });
  await service.reaches(id, 'succeeded');
  const { page } = await openTab(t, { colorScheme: 'light' });
  await page.goto(service.url);
  await page.getByRole('link', { name: 'keys.png' }).waitFor();
  /** Moves on until an element of this name has the focus. */
  const tabTo = async (name: RegExp) => {
    for (let k = 0; k < 80; k++) {
      await page.keyboard.press('Tab');
      const text = await page.evaluate(
        `(({ ariaLabel, labels, textContent }) => ariaLabel ?? labels?.[0]?.textContent ?? textContent)(document.activeElement)`,
      );
      if (name.test(String(text))) return;
    }
    assert.fail(`${name} is not reached`);
  };
  const colour = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
  const light = await colour();
  await tabTo(/^Colours/);
  await page.keyboard.press('End');
  const dark = await colour();
  assert.notEqual(dark, light);
  await page.reload();
  await page.getByRole('link', { name: 'keys.png' }).waitFor();
  assert.equal(await colour(), dark);

  await tabTo(/^Skip to content/);
  await page.keyboard.press('Enter');
  await tabTo(/^keys\.png/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'keys.png', level: 1 }).waitFor();
  await tabTo(/^Requeue/);
  await page.keyboard.press('Enter');
  await page.locator('.facts', { hasText: 'Attempt2' }).waitFor();
  await state(page, 'succeeded');
  await tabTo(/^Same again/);
  await page.keyboard.press('Enter');
  await holds(page, 'document.getElementById("field-zoom")?.value === "1308000"');
  await tabTo(/^Outfile/);
  await page.keyboard.press('Control+A');
  await page.keyboard.type('again.png');
  await tabTo(/^Submit/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'again.png', level: 1 }).waitFor();
});

test(
  'a token is asked for, decides what can be done, and is asked for again when it is withdrawn',
  BOUNDED,
  async (t) => {
    const tokens = join(folder(t), 'tokens');
    const data = join(folder(t), 'data');
    writeFileSync(tokens, `view ${VIEW} eve\noperate ${OPERATE}\n`);
    const service = await serving(t, data, ['--http-tokens', tokens]);
    const { page, errors } = await openTab(t);
    await page.goto(service.url);
    const field = page.getByLabel('Token');
    await field.fill('wrong');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('alert').filter({ hasText: 'the token is not known' }).waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await field.fill(VIEW);
    await field.press('Enter');
    await page.getByRole('heading', { name: 'No jobs yet' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'New job' }).count(), 0);
    await page.getByRole('button', { name: 'Forget token' }).click();
    await field.fill(OPERATE);
    await field.press('Enter');
    await page.getByRole('main').getByRole('link', { name: 'New job' }).waitFor();
    // The files of a job come with the token, too.
    await page.getByRole('main').getByRole('link', { name: 'New job' }).click();
    for (const label of ['Width', 'Height']) await page.getByLabel(label, { exact: true }).fill('32');
    await page.getByRole('button', { name: 'Submit' }).click();
    await page.getByAltText('picture.png', { exact: true }).waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'picture.png' }).click(),
    ]);
    assert.equal(
      readFileSync(await file.path())
        .subarray(1, 4)
        .toString(),
      'PNG',
    );

    service.process.kill('SIGTERM');
    await service.ended;
    writeFileSync(tokens, `view ${VIEW} eve\n`);
    await serving(t, data, ['--http-tokens', tokens, '--http', new URL(service.url).host]);
    await page.getByRole('alert').filter({ hasText: 'the token is not known' }).waitFor();
    assert.equal(await page.locator('.banner').count(), 0);
    await field.fill(VIEW);
    await field.press('Enter');
    await page.getByRole('heading', { name: 'picture.png', level: 1 }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Requeue' }).count(), 0);
    assert.deepEqual(errors, []);
  },
);
