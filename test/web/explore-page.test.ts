/** The page of the explorer in a browser, on a real service: places, history, links, colours, saved places. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder } from '../e2e/processes.js';
import { serving } from '../e2e/serve.js';
import { BOUNDED, holds, openTab } from './browser.js';
import { apart, drawn, explore, linkOf, panel, pictureOf, reaches, SMALL } from './explore.js';

const VALLEY = '#v=1&re=-0.7454286&im=0.1130089&zoom=1308000';
const OFFSET = `[...document.querySelectorAll('.panel .slider')].find(({ textContent }) => textContent.startsWith('Offset'))
  .querySelector('input')`;
const DIGITS = '-1.759817130804847813610825010561798238243999999999999999999';

test('each gesture is an entry of the history, and a link shows the same picture again', BOUNDED, async (t) => {
  const { url } = await serving(t, join(folder(t), 'data'));
  const { page, errors } = await openTab(t, SMALL);
  await explore(page, url);
  assert.deepEqual(await linkOf(page), {}, 'the whole set has a short link');
  const back = page.getByRole('button', { name: 'Back' });
  assert.equal(await back.isDisabled(), true);
  await page.mouse.move(240, 180);
  await page.mouse.wheel(0, -480);
  await reaches(page, 'zoom', /./);
  await drawn(page);
  const zoomed = await linkOf(page);
  assert.ok(Number(zoomed.zoom) > 2, `zoom ${zoomed.zoom}`);
  await page.evaluate('new Promise((resolve) => setTimeout(resolve, 1100))');
  await page.mouse.down();
  await page.mouse.move(300, 200, { steps: 3 });
  await page.mouse.up();
  while ((await linkOf(page)).re === zoomed.re) await page.evaluate('new Promise(requestAnimationFrame)');
  await drawn(page);
  const dragged = await linkOf(page);
  assert.equal(dragged.zoom, zoomed.zoom);
  assert.ok(Number(dragged.re) < Number(zoomed.re) && Number(dragged.im) > Number(zoomed.im));

  await back.click();
  while ((await linkOf(page)).re !== zoomed.re) await page.evaluate('new Promise(requestAnimationFrame)');
  await drawn(page);
  assert.deepEqual(await linkOf(page), zoomed);
  await page.goBack();
  await drawn(page);
  assert.deepEqual(await linkOf(page), {});
  assert.equal(await back.isDisabled(), true);
  for (let k = 0; k < 2; k++) await page.getByRole('button', { name: 'Forward' }).click();
  while ((await linkOf(page)).re !== dragged.re) await page.evaluate('new Promise(requestAnimationFrame)');
  assert.equal(await page.getByRole('button', { name: 'Forward' }).isDisabled(), true);

  // Colours that suit the view come after its pieces: fixed ones can be compared.
  await explore(page, url, `#${new URLSearchParams({ ...dragged, colors: 'fixed' })}`);
  assert.deepEqual(await linkOf(page), { ...dragged, colors: 'fixed' });
  const picture = await pictureOf(page);
  await page.keyboard.press('Home');
  await reaches(page, 'zoom', /^1\./);
  await drawn(page);
  await page.goBack();
  await reaches(page, 're', new RegExp(`^${dragged.re}$`));
  await drawn(page);
  const { share } = await apart(page, picture, await pictureOf(page));
  assert.ok(share < 0.001, `${share} of the pixels differ`);
  assert.deepEqual(errors, []);
});

test('a place is written to any digits; a wrong one is named, and nothing is lost', BOUNDED, async (t) => {
  const { url } = await serving(t, join(folder(t), 'data'));
  const { page, errors } = await openTab(t, SMALL);
  await explore(page, url, VALLEY);
  await panel(page, 'Place');
  const field = (name: string) => page.getByLabel(name, { exact: true });
  await field('Zoom').fill('deep');
  await field('Zoom').press('Enter');
  await page.getByRole('alert').filter({ hasText: 'Write a number' }).waitFor();
  await field('Zoom').fill('1e30');
  await field('Zoom').press('Enter');
  await reaches(page, 'zoom', /e30|e29/);
  await field('Real part').fill(DIGITS);
  await field('Real part').press('Enter');
  await reaches(page, 're', /^-1\.75981713080484781361082501056/);
  await field('Iteration limit').fill('700');
  await field('Iteration limit').press('Enter');
  await reaches(page, 'iters', /^700$/);
  await page.locator('.status-line', { hasText: '700 iterations' }).waitFor();
  await field('Rotation, degrees').fill('30');
  await field('Rotation, degrees').press('Enter');
  await reaches(page, 'rotate', /^30$/);
  await field('Formula').selectOption('burning-ship');
  await reaches(page, 'formula', /burning-ship/);
  assert.equal((await linkOf(page)).iters, undefined);
  assert.deepEqual(errors, []);
});

test('a link that is wrong leads to one line and a picture', BOUNDED, async (t) => {
  const { url } = await serving(t, join(folder(t), 'data'));
  const { page, errors } = await openTab(t, SMALL);
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['#nonsense', /no link of this explorer/],
    ['#v=9&re=1', /later version/],
    ['#v=1&re=<b>&im=0&zoom=1', /cannot be read/],
    ['#v=1&re=0&im=0&zoom=1e999999999', /cannot be read/],
    ['#v=1&re=1e-1000000&im=0&zoom=2', /cannot be read/],
    ['#v=1&re=0&im=0&zoom=2&outfile=x', /“outfile” of this link is not known/],
    [`#v=1&re=0.${'1'.repeat(300_000)}&im=0&zoom=2`, /too long/],
  ];
  for (const [fragment, line] of wrong) {
    await explore(page, url, fragment);
    await page.locator('.notice.error', { hasText: line }).waitFor();
  }
  // The service refuses what only it knows.
  await page.goto('about:blank');
  await page.goto(`${url}/explore#v=1&re=0&im=0&zoom=2&palette=NoSuchPalette`);
  await page.getByText('NoSuchPalette').first().waitFor();
  assert.deepEqual(errors, []);
});

test('colours change without pieces, and are part of the link', BOUNDED, async (t) => {
  const { url } = await serving(t, join(folder(t), 'data'));
  const { page, errors } = await openTab(t, SMALL);
  const asked: number[] = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => asked.push(JSON.parse(String(payload)).pieces?.length ?? 0)),
  );
  await explore(page, url, `${VALLEY}&colors=fixed`);
  const before = await pictureOf(page);
  asked.length = 0;
  await panel(page, 'Colours');
  await page.getByRole('radio', { name: 'Sunset', exact: true }).check();
  await page.getByLabel('Density', { exact: true }).press('ArrowRight');
  await page.getByRole('button', { name: 'Cycle' }).click();
  await holds(page, `Number(${OFFSET}.value) >= 0.1`);
  await page.getByRole('button', { name: 'Stop' }).click();
  await reaches(page, 'palette', /^Sunset$/);
  await reaches(page, 'density', /^1\.01/);
  await reaches(page, 'offset', /^0\.\d/);
  assert.ok(!(await pictureOf(page)).equals(before));
  assert.deepEqual(
    asked.filter((pieces) => pieces > 0),
    [],
  );
  // Means of the palette need the footprints of samples, once.
  for (const needs of [true, false]) {
    asked.length = 0;
    const less = page.getByRole('checkbox', { name: 'Less noise' });
    await less.uncheck();
    await less.check();
    await reaches(page, 'palette-filter', /^true$/);
    await drawn(page);
    assert.equal(
      asked.some((pieces) => pieces > 0),
      needs,
    );
  }
  assert.deepEqual(errors, []);
});
