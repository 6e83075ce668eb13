/** The page of the explorer for everyone: keyboard, screen readers, phones, light and dark, tokens. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { folder } from '../e2e/processes.js';
import { serving } from '../e2e/serve.js';
import { BOUNDED, holds, openTab } from './browser.js';
import { drawn, explore, panel, reaches, SMALL } from './explore.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PANELS = ['Place', 'Colours', 'Render', 'Film', 'Places'];
const VIEW = 'abcdefghijklmnopqrst';
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } as const;
const WIDE = { viewport: { width: 1280, height: 800 } } as const;

async function faultsOf(page: Page): Promise<unknown[]> {
  await page.evaluate(AXE);
  const found = (await page.evaluate('axe.run()')) as { violations: { id: string; nodes: { html: string }[] }[] };
  return found.violations.map((one) => [one.id, ...one.nodes.map(({ html }) => html.slice(0, 200))]);
}

test('panels have no accessibility faults, and fit on the screen, in light and dark', BOUNDED, async (t) => {
  const { url } = await serving(t, join(folder(t), 'data'));
  for (const [colorScheme, screen] of [
    ['light', WIDE],
    ['dark', PHONE],
  ] as const) {
    const { page, errors } = await openTab(t, { ...screen, colorScheme });
    await explore(page, url);
    for (const title of PANELS) {
      await panel(page, title);
      await page.getByRole('heading', { name: title, level: 2 }).waitFor();
      if (title === 'Colours') await page.getByText('More', { exact: true }).click();
      assert.deepEqual(await faultsOf(page), [], `${title}, ${colorScheme}`);
      const inside = await page.evaluate(
        `(({ left, right, top, bottom }) => left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight)(
          document.querySelector('.panel').getBoundingClientRect())`,
      );
      assert.equal(inside, true, title);
      await page.getByRole('button', { name: 'Close the panel' }).click();
    }
    await page.getByRole('button', { name: 'Help' }).click();
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(await faultsOf(page), [], `help, ${colorScheme}`);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false);
    assert.deepEqual(errors, []);
  }
});

test('everything is reached with the keyboard', BOUNDED, async (t) => {
  const { url } = await serving(t, join(folder(t), 'data'));
  const { page, errors } = await openTab(t, SMALL);
  await explore(page, url);
  // Where nothing has the focus, keys move the picture.
  await page.keyboard.press('+');
  await reaches(page, 'zoom', /./);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('c');
  await page.getByRole('heading', { name: 'Colours' }).waitFor();
  assert.equal(await page.evaluate('document.activeElement.id'), 'panel-title');
  await page.keyboard.press('r');
  await page.getByRole('heading', { name: 'Render' }).waitFor();
  await page.keyboard.press('Escape');
  await holds(page, 'document.querySelector(".panel") === null');
  await page.keyboard.press('h');
  await holds(page, 'document.querySelector(".tools") === null');
  await page.keyboard.press('h');
  await page.locator('.tools').waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys and gestures' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('Home');
  await holds(page, 'location.hash === ""');
  // Nor does a button keep them that was pressed, and cannot be pressed again.
  for (let k = 0; k < 4; k++) await page.getByRole('button', { name: 'Back' }).click({ force: true });
  await holds(page, 'document.activeElement.ariaDisabled === "true"');
  await page.keyboard.press('h');
  await holds(page, 'document.querySelector(".tools") === null');
  await page.keyboard.press('h');
  await page.getByRole('button', { name: 'Zoom in' }).focus();
  await page.keyboard.press('ArrowLeft');
  await reaches(page, 're', /./);
  // Letters that are typed are no keys of the page.
  await page.keyboard.press('p');
  await page.getByLabel('Zoom', { exact: true }).fill('');
  await page.keyboard.type('hc');
  assert.equal(await page.locator('.tools').count(), 1);
  assert.deepEqual(errors, []);
});

test('a token is asked for; one that only lets look shows commands, and no way to submit', BOUNDED, async (t) => {
  const tokens = join(folder(t), 'tokens');
  writeFileSync(tokens, `view ${VIEW} eve\n`);
  const { url } = await serving(t, join(folder(t), 'data'), ['--http-tokens', tokens]);
  const { page, errors } = await openTab(t, SMALL);
  await page.goto(`${url}/explore`);
  await page.getByLabel('Token').fill('wrong');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('alert').filter({ hasText: 'the token is not known' }).waitFor();
  await page.getByLabel('Token').fill(VIEW);
  await page.getByRole('button', { name: 'Continue' }).click();
  await drawn(page);
  await panel(page, 'Render');
  await page.getByLabel('Command').waitFor();
  assert.equal(await page.getByRole('button', { name: /^Render \d/ }).count(), 0);
  assert.deepEqual(errors, []);
});

test('a lost connection and missing workers are said', BOUNDED, async (t) => {
  const data = join(folder(t), 'data');
  const first = await serving(t, data);
  const { page, errors } = await openTab(t, SMALL);
  await explore(page, first.url);
  first.process.kill('SIGTERM');
  await first.ended;
  await page.getByRole('alert').filter({ hasText: 'The connection is lost' }).waitFor();
  const host = new URL(first.url).host;
  await serving(t, data, ['--http', host, '--host', '127.0.0.1 port=9', '--retries', '0']);
  await page.getByRole('alert').filter({ hasText: 'No workers are ready' }).waitFor();
  assert.deepEqual(errors, []);
});
