/** The page of the explorer in a browser, on a real service: stills and films, files that are dropped, Julia sets, minibrots. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder } from '../e2e/processes.js';
import { serving } from '../e2e/serve.js';
import { BOUNDED, holds, openTab } from './browser.js';
import { apart, drawn, drop, explore, linkOf, panel, reaches, SMALL } from './explore.js';

const VALLEY = '#v=1&re=-0.7454286&im=0.1130089&zoom=1308000&iters=2000&palette=Ice';

test('a still is rendered as a job; the file leads back to its place, colours too', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'));
  const { page, errors } = await openTab(t, SMALL);
  await explore(page, service.url, VALLEY);
  const valley = await linkOf(page);
  await panel(page, 'Render');
  await page.getByLabel('Samples a pixel').selectOption('1');
  const command = await page.getByLabel('Command').inputValue();
  await page.getByRole('button', { name: 'Render 720 × 360' }).click();
  const card = page.getByRole('region', { name: 'Submitted jobs' });
  await card.getByText('succeeded').waitFor();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    card.locator('.files').getByRole('link', { name: 'picture.png' }).click(),
  ]);
  const png = readFileSync(await file.path());
  const [job] = (await service.get('/v1/jobs')).jobs;
  assert.equal(job.request.palette, 'Ice');
  assert.match(command, /^fractal leader --local -x -0\.7454\S* -y 0\.1130\S* --zoom \S+ --width 720 --height 360 /);

  await explore(page, service.url);
  await drop(page, 'picture.png', png);
  await reaches(page, 'palette', /^Ice$/);
  await drawn(page);
  const there = await linkOf(page);
  assert.deepEqual([there.re, there.im, there.zoom], [valley.re, valley.im, valley.zoom]);
  await drop(page, 'picture.png', Buffer.from('no picture'));
  await page.locator('.notice.error', { hasText: 'picture.png' }).waitFor();
  assert.deepEqual(errors, []);
});

test('waypoints become a path file that renders, and play on the page', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'));
  const { page, errors } = await openTab(t, SMALL);
  await explore(page, service.url, '#v=1&re=-0.7454286&im=0.1130089&zoom=20&iters=500');
  await panel(page, 'Film');
  await page.getByLabel('Kind').selectOption('path');
  const add = page.getByRole('button', { name: 'Add this view' });
  const submit = page.getByRole('button', { name: 'Render the film' });
  await add.click();
  assert.equal(await submit.isDisabled(), true, 'one waypoint is no way');
  const from = await linkOf(page);
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await reaches(page, 'zoom', /^39\.9/);
  await add.click();
  await page.getByLabel('Seconds to waypoint 2').fill('0.5');
  await page.getByLabel('Seconds to waypoint 2').press('Enter');
  const to = await linkOf(page);
  await page.getByRole('button', { name: 'Play' }).click();
  await page.getByRole('button', { name: 'Play', pressed: false }).waitFor();
  await drawn(page);
  assert.deepEqual(await linkOf(page), to, 'the picture is where it was');

  await page.getByLabel('Size').selectOption('own');
  await page.getByLabel('Width').fill('96');
  await page.getByLabel('Width').press('Enter');
  await page.getByLabel('Height').fill('54');
  await page.getByLabel('Height').press('Enter');
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save', exact: true }).click(),
  ]);
  const path = JSON.parse(readFileSync(await file.path(), 'utf8'));
  assert.deepEqual(
    path.keyframes.map((one: Record<string, string>) => [one.time, one.xpos]),
    [
      ['0s', from.re],
      ['0.5s', to.re],
    ],
  );
  await submit.click();
  await page.getByRole('region', { name: 'Submitted jobs' }).getByText('succeeded').waitFor();
  const [job] = (await service.get('/v1/jobs')).jobs;
  assert.deepEqual(JSON.parse(job.request.path), path);
  assert.equal(job.progress.frames, 16);
  // The other kind: from the whole set to here, or from another zoom.
  await page.getByLabel('Kind').selectOption('here');
  await page.getByLabel('Seconds', { exact: true }).fill('1');
  await page.getByLabel('Seconds', { exact: true }).press('Enter');
  assert.match(await page.getByLabel('Command').inputValue(), /--zoom 1\.5 --zoom-end 39\S* .*--seconds 1 --fps 30/);
  const start = page.getByLabel('Zoom at the start');
  await start.fill('0');
  await start.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'Write a zoom' }).waitFor();
  await start.fill('5');
  await start.press('Enter');
  assert.match(await page.getByLabel('Command').inputValue(), /--zoom 5 --zoom-end 39/);
  await page.getByRole('button', { name: 'Play' }).click();
  await reaches(page, 'zoom', /^39\./);
  await page.getByRole('button', { name: 'Play', pressed: false }).waitFor();
  await drawn(page);
  assert.deepEqual(await linkOf(page), to);
  assert.deepEqual(errors, []);
});

test('the Julia set at the pointer is seen, and gone to; back leads to where it was', BOUNDED, async (t) => {
  const { url } = await serving(t, join(folder(t), 'data'));
  const { page, errors } = await openTab(t, SMALL);
  await explore(page, url);
  await page.keyboard.press('j');
  await page.mouse.move(300, 150);
  await page.locator('.julia canvas').waitFor();
  const go = page.getByRole('button', { name: 'Go there' });
  await go.click();
  await reaches(page, 'formula', /^julia$/);
  const link = await linkOf(page);
  const height = 4 / 1.5;
  assert.ok(Math.abs(Number(link['julia-re']) - (-0.6 + ((300 - 360) / 360) * height)) < 0.03);
  assert.ok(Math.abs(Number(link['julia-im']) - ((180 - 150) / 360) * height) < 0.03);
  await page.keyboard.press('Backspace');
  await holds(page, 'location.hash === ""');
  assert.deepEqual(errors, []);
});

test('a minibrot is found from a place near it', BOUNDED, async (t) => {
  const { url } = await serving(t, join(folder(t), 'data'));
  const { page, errors } = await openTab(t, SMALL);
  await explore(page, url, '#v=1&re=-1.7548&im=0.0003&zoom=100');
  await panel(page, 'Place');
  await page.getByRole('button', { name: 'Find the minibrot' }).click();
  await page.locator('.notice', { hasText: 'A minibrot of period 3' }).waitFor();
  // The nucleus of period 3: c³ + 2c² + c + 1 = 0.
  await reaches(page, 're', /^-1\.75[45]/);
  assert.deepEqual(errors, []);
});

test('the command of the page makes the picture that the page shows', BOUNDED, async (t) => {
  const { url } = await serving(t, join(folder(t), 'data'));
  const { page } = await openTab(t, SMALL);
  await explore(page, url, VALLEY);
  await panel(page, 'Render');
  await page.getByLabel('Samples a pixel').selectOption('1');
  const words = (await page.getByLabel('Command').inputValue()).split(' ').slice(1);
  const outfile = join(folder(t), 'picture.png');
  words.splice(words.indexOf('-o'), 2, '-o', outfile);
  execFileSync(process.execPath, ['bin/fractal', ...words]);
  const cli = readFileSync(outfile);
  await page.keyboard.press('Escape');
  await page.keyboard.press('h');
  // The button that shows the controls again is over a corner.
  await page.evaluate('document.querySelector(".show").style.display = "none"');
  // But for points next to the set, where the last bits of a count decide.
  const { share } = await apart(page, await page.screenshot(), cli);
  assert.ok(share < 0.01, `${share} of the pixels differ`);
});
