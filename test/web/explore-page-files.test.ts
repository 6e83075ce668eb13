/** The page of the explorer in a browser, on a real service: files that are dropped, saved places, palettes, and no WebGL. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { folder } from '../e2e/processes.js';
import { serving } from '../e2e/serve.js';
import { BOUNDED, holds, openTab } from './browser.js';
import { drawn, drop, explore, linkOf, panel, pictureOf, reaches, SMALL } from './explore.js';

const VALLEY = '#v=1&re=-0.7454286&im=0.1130089&zoom=1308000';
const PLACE = { re: '-1.7490812345', im: '0.0000321', zoom: '75000' };
const FILES: Readonly<Record<string, string>> = {
  'ours.json': JSON.stringify({ xpos: PLACE.re, ypos: PLACE.im, zoom: PLACE.zoom, palette: 'Ice' }),
  'kalles.kfr': `Re: ${PLACE.re}\r\nIm: ${PLACE.im}\r\nZoom: 7.5E4\r\nIterations: 1234\r\nPower: 2\r\nFractalType: 0\r\n`,
  'fraktaler.f3.toml': `program = "fraktaler-3"\nversion = "2"\nlocation.real = "${PLACE.re}"\nlocation.imag = "${PLACE.im}"\nlocation.zoom = "75000"\nbailout.iterations = 4321\n`,
};

/** The file that a click saves. */
async function saved(page: Page, name: string): Promise<Buffer> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name, exact: true }).click(),
  ]);
  return readFileSync(await file.path());
}

/** Chooses a file after a click. */
async function choose(page: Page, name: string, file: { name: string; buffer: Buffer }): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name, exact: true }).click(),
  ]);
  await chooser.setFiles({ mimeType: 'application/octet-stream', ...file });
}

test('files of this program and of others lead to their places; what is none is named', BOUNDED, async (t) => {
  const { url } = await serving(t, join(folder(t), 'data'));
  const { page, errors } = await openTab(t, SMALL);
  for (const [name, text] of Object.entries(FILES)) {
    await explore(page, url);
    await drop(page, name, Buffer.from(text));
    await page.locator('.notice', { hasText: `This is the place of ${name}` }).waitFor();
    await reaches(page, 'zoom', /^7[3-6]\d{3}(\.|$)/);
    const { re = '', im = '', ...rest } = await linkOf(page);
    assert.ok(Math.abs(Number(re) - Number(PLACE.re)) < 1e-7 && Math.abs(Number(im) - Number(PLACE.im)) < 1e-7, name);
    if (name === 'ours.json') assert.equal(rest.palette, 'Ice');
    if (name === 'kalles.kfr') assert.equal(rest.iters, '1234');
    if (name === 'fraktaler.f3.toml') assert.equal(rest.iters, '4321');
  }
  const before = await linkOf(page);
  for (const [name, text] of [
    ['empty.kfr', ''],
    ['wrong.f3.toml', 'program = '],
    ['wrong.json', '{"xpos":'],
  ] as const) {
    await drop(page, name, Buffer.from(text));
    await page.locator('.notice.error', { hasText: name }).waitFor();
  }
  assert.deepEqual(await linkOf(page), before);
  assert.deepEqual(errors, []);
});

test('places are saved with a picture, stay, are exported, removed and imported', BOUNDED, async (t) => {
  const { url } = await serving(t, join(folder(t), 'data'));
  const { page, errors } = await openTab(t, SMALL);
  await explore(page, url, VALLEY);
  const valley = await linkOf(page);
  await panel(page, 'Places');
  await page.getByRole('button', { name: 'Save this place' }).click();
  const list = page.getByRole('list', { name: 'Saved places' });
  await holds(page, 'document.querySelector(".saved img")?.naturalWidth === 144');
  const starts = page.getByRole('list', { name: 'Places to start from' }).getByRole('button');
  assert.ok((await starts.count()) >= 10);
  await starts.filter({ hasText: 'Julia set' }).click();
  await reaches(page, 'formula', /julia/);
  await page.reload();
  await panel(page, 'Places');
  await list.getByRole('button', { name: /^Mandelbrot 1.3e6/ }).click();
  await reaches(page, 'zoom', new RegExp(String(valley.zoom).slice(0, 5)));
  await drawn(page);
  assert.deepEqual(await linkOf(page), valley);

  const exported = await saved(page, 'Export');
  const remove = list.getByRole('button', { name: /^Remove/ });
  await remove.click();
  await remove.click();
  await holds(page, 'document.querySelector(".saved") === null');
  assert.equal(await page.evaluate('localStorage.getItem("fractal-places")'), '[]');
  await choose(page, 'Import…', { name: 'notes.json', buffer: Buffer.from('{}') });
  await page.locator('.notice.error', { hasText: 'notes.json has no list of places' }).waitFor();
  await choose(page, 'Import…', { name: 'places.json', buffer: exported });
  await list.getByRole('button', { name: /^Mandelbrot 1.3e6/ }).waitFor();
  assert.deepEqual(
    JSON.parse(String(await page.evaluate('localStorage.getItem("fractal-places")'))),
    JSON.parse(String(exported)),
  );
  assert.deepEqual(errors, []);
});

test('a palette is loaded from a file, is part of the link, and is saved as one', BOUNDED, async (t) => {
  const { url } = await serving(t, join(folder(t), 'data'));
  const { page, errors } = await openTab(t, SMALL);
  await explore(page, url, VALLEY);
  await panel(page, 'Colours');
  const map = Array.from({ length: 256 }, (_, k) => `${k} 0 ${255 - k}`).join('\n');
  await choose(page, 'Load a palette…', { name: 'mine.map', buffer: Buffer.from(map) });
  await page.locator('.notice', { hasText: 'The palette of mine.map is used' }).waitFor();
  await reaches(page, 'palette', /^\[\[0,/);
  await drawn(page);
  const { palette = '' } = await linkOf(page);
  assert.equal(String(await saved(page, 'Save this one')), palette);
  // Red and blue only, but for the line of text that says so.
  const { channels } = await sharp(await pictureOf(page)).stats();
  const [red = 0, green = 0, blue = 0] = channels.map(({ mean }) => mean);
  assert.ok(green < 12 && red > 50 && blue > 50, `${red}, ${green}, ${blue}`);
  await choose(page, 'Load a palette…', { name: 'none.ugr', buffer: Buffer.from('nothing') });
  await page.locator('.notice.error', { hasText: 'none.ugr' }).waitFor();
  assert.deepEqual(errors, []);
});

test('a browser without WebGL 2 says so, and the rest of the page stays', BOUNDED, async (t) => {
  const { url } = await serving(t, join(folder(t), 'data'));
  const { page, errors } = await openTab(t, SMALL);
  await page.addInitScript('HTMLCanvasElement.prototype.getContext = () => null');
  await page.goto(`${url}/explore`);
  await page.getByRole('alert').filter({ hasText: 'This browser has no WebGL 2' }).waitFor();
  assert.deepEqual(errors, []);
});
