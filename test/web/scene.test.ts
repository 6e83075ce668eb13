/** The page of a POV-Ray scene's job in a browser, on a real service. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder } from '../e2e/processes.js';
import { serving } from '../e2e/serve.js';
import { POVRAY, SPHERES } from '../work/povray/scenes.js';
import { BOUNDED, holds, openTab, rowOf, state } from './browser.js';

const SKIP = { ...BOUNDED, skip: BOUNDED.skip || POVRAY.skip };

test('the page of a scene shows its picture, its frames, and nothing of fractals', SKIP, async (t) => {
  const service = await serving(t, join(folder(t), 'data'), ['--povray']);
  const body = Buffer.from(SPHERES);
  const digest = createHash('sha256').update(body).digest('hex');
  const type = { 'content-type': 'application/octet-stream' };
  assert.equal((await fetch(`${service.url}/v1/files/${digest}`, { method: 'PUT', headers: type, body })).status, 201);
  const scene = { main: 'spheres.pov', files: [{ path: 'spheres.pov', digest }] };
  const id = await service.submit({ scene, width: 90, height: 60, frames: 3, outfile: 'spheres-%d.png' });
  const { page, errors } = await openTab(t);
  await page.goto(`${service.url}/#/jobs/${id}`);
  await state(page, 'succeeded');
  await page.getByText('Film of a POV-Ray scene, 90 × 60').waitFor();
  await holds(page, 'document.querySelector("figure img")?.naturalWidth === 90');
  await page.locator('.request', { hasText: 'scenespheres.pov, 1 file' }).waitFor();
  await page.getByRole('link', { name: 'spheres-2.png' }).waitFor();
  assert.equal(await page.getByText('Same again').count(), 0);
  assert.doesNotMatch((await page.locator('article').textContent()) ?? '', /zoom|iterations|palette/i);
  await page.goto(`${service.url}/#/jobs`);
  await rowOf(page, 'spheres-%d.png').getByText('POV-Ray film, 90 × 60').waitFor();
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
  assert.deepEqual(errors, []);
});
