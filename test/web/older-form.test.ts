/** The form of older clients in a browser, on a real service: both languages, with and without tokens. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { folder } from '../e2e/processes.js';
import { serving } from '../e2e/serve.js';
import { BOUNDED, openTab } from './browser.js';

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const SUBMIT = 'submit-submit-submit';

/** Looks at the page after each of its frames. */
async function holds(page: Page, condition: string): Promise<void> {
  while (!(await page.evaluate(condition))) await page.evaluate('new Promise(requestAnimationFrame)');
}

async function fill(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(values)) await page.getByLabel(label, { exact: true }).fill(value);
}

/** SCREENSHOTS names a folder for pictures of the pages. */
async function screenshot(page: Page, name: string): Promise<void> {
  const { SCREENSHOTS } = process.env;
  if (SCREENSHOTS) await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
}

async function open(t: TestContext, words: readonly string[], options = {}) {
  const service = await serving(t, join(folder(t), 'data'), ['--older', ...words]);
  const { page, errors } = await openTab(t, options);
  await page.goto(`${service.url}/form`);
  return { service, page, errors };
}

test(
  'a picture is asked for by the form, its progress is seen, then the picture with its parameters',
  BOUNDED,
  async (t) => {
    const { page, errors } = await open(t, []);
    await fill(page, { Width: '1200', Height: '900', 'Samples a pixel': '64', Iterations: '3000', Zoom: '0.3' });
    await page.getByLabel('Camera, real part').fill('-0.5');
    await page.getByLabel('Colours').selectOption('8: rainbow');
    await screenshot(page, 'form-desktop');
    await page.getByRole('button', { name: 'Render', exact: true }).click();
    await page
      .getByRole('status')
      .filter({ hasText: /Computing \d+ %/ })
      .waitFor();
    await screenshot(page, 'progress-desktop');
    await page.getByRole('status').filter({ hasText: 'Done' }).waitFor();
    await holds(page, 'document.getElementById("picture").naturalWidth === 1200');
    assert.equal(await page.locator('dl dd').first().textContent(), '1200');
    await screenshot(page, 'picture-desktop');

    // A reload shows it again, and the form has the values.
    await page.reload();
    await holds(page, 'document.getElementById("picture").naturalWidth === 1200');
    await page.getByRole('button', { name: 'Back to the form' }).click();
    assert.equal(await page.getByLabel('Width').inputValue(), '1200');
    await fill(page, { Width: '2000000' });
    await page.getByRole('button', { name: 'Render', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: '--width "2000000" is not' }).waitFor();
    assert.deepEqual(errors, []);
  },
);

test('in Spanish on a phone, with a token that the page asks for and keeps in its tab', BOUNDED, async (t) => {
  const tokens = join(folder(t), 'tokens');
  writeFileSync(tokens, `submit ${SUBMIT} ann\nview view-view-view-view\n`);
  const { service, page, errors } = await open(t, ['--http-tokens', tokens], PHONE);
  await page.getByLabel('Language').selectOption('es');
  await fill(page, { Ancho: '120', Alto: '90', 'Muestras por píxel': '4' });
  await screenshot(page, 'form-phone');
  await page.getByRole('button', { name: 'Calcular', exact: true }).click();
  await page.getByText('Este servicio solo responde con un token.').waitFor();
  assert.ok(!(await page.getByLabel('Ancho').isVisible()));
  await screenshot(page, 'token-phone');
  await fill(page, { Token: 'of another service' });
  await page.getByRole('button', { name: 'Continuar' }).click();
  await page.getByRole('alert').filter({ hasText: 'El servicio no conoce este token' }).waitFor();
  await fill(page, { Token: SUBMIT });
  // What was asked for goes on.
  await page.getByRole('button', { name: 'Continuar' }).click();
  await page.getByRole('status').filter({ hasText: 'Listo' }).waitFor();
  await holds(page, 'document.getElementById("picture").naturalWidth === 120');
  assert.ok(!(await page.evaluate('document.documentElement.scrollWidth > innerWidth')));
  await screenshot(page, 'picture-phone');
  assert.equal(await page.evaluate('sessionStorage.getItem("fractal-token")'), SUBMIT);
  assert.ok(!((await page.evaluate('JSON.stringify(localStorage)')) as string).includes(SUBMIT));

  const id = new URL(page.url()).hash.slice(1);
  const headers = { authorization: `Bearer ${SUBMIT}` };
  const job = (await (await fetch(`${service.url}/v1/jobs/${id}`, { headers })).json()) as { owner: string };
  assert.equal(job.owner, 'ann');
  // Another tab has no token: it asks before it shows the job.
  const { page: other } = await openTab(t);
  await other.goto(page.url());
  await fill(other, { Token: SUBMIT });
  await other.getByRole('button', { name: 'Continue' }).click();
  await holds(other, 'document.getElementById("picture").naturalWidth === 120');
  assert.deepEqual(errors, []);
});

test('a token that may only look is told so when it submits', BOUNDED, async (t) => {
  const tokens = join(folder(t), 'tokens');
  writeFileSync(tokens, `submit ${SUBMIT} ann\nview view-view-view-view\n`);
  const { page } = await open(t, ['--http-tokens', tokens]);
  await page.getByRole('button', { name: 'Render', exact: true }).click();
  await fill(page, { Token: 'view-view-view-view' });
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('alert').filter({ hasText: 'the token has the role view, and this takes submit' }).waitFor();
});
