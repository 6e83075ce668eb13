/** The page of the API in a browser, on a real service: requests are tried on it. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { folder } from '../e2e/processes.js';
import { type Serving, serving } from '../e2e/serve.js';
import { BOUNDED, openTab } from './browser.js';

const TOKEN = 'abcdefghijklmnopqrst';

interface Opened {
  readonly service: Serving;
  readonly page: Page;
  /** Uncaught errors, and errors of the console. */
  readonly errors: readonly string[];
  /** What was requested from elsewhere. */
  readonly foreign: readonly string[];
}

async function opened(t: TestContext, options: BrowserContextOptions = {}): Promise<Opened> {
  const tokens = join(folder(t), 'tokens');
  writeFileSync(tokens, `submit ${TOKEN} ann\n`);
  const service = await serving(t, join(folder(t), 'data'), ['--http-tokens', tokens]);
  const { page, errors } = await openTab(t, options);
  const all = errors as string[];
  page.on('console', (message) => message.type() === 'error' && all.push(message.text()));
  const foreign: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(service.url) && !/^(data|blob):/.test(url)) foreign.push(url);
  });
  return { service, page, errors: all, foreign };
}

/** Opens an operation and sends its request, with the values that are there. The answer: status, then body. */
async function tried(page: Page, tag: string, id: string): Promise<Locator> {
  const operation = page.locator(`#operations-${tag}-${id}`);
  await operation.locator('button.opblock-summary-control').click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  return operation.locator('.live-responses-table .response').first();
}

test('a job is submitted and found in the list, with the token of the dashboard', BOUNDED, async (t) => {
  const { service, page, errors, foreign } = await opened(t);
  await page.goto(`${service.url}/docs`);
  await page.evaluate(`sessionStorage.setItem('fractal-token', '${TOKEN}')`);
  await page.goto(service.url);
  await page.getByRole('link', { name: 'API' }).click();
  const made = await tried(page, 'Jobs', 'submitJob');
  await made.locator('.response-col_status', { hasText: '201' }).waitFor();
  await made.getByText('"seahorse.png"').first().waitFor();
  const listed = await tried(page, 'Jobs', 'listJobs');
  await listed.locator('.response-col_status', { hasText: '200' }).waitFor();
  await listed.getByText('"seahorse.png"').first().waitFor();
  const bearer = { headers: { authorization: `Bearer ${TOKEN}` } };
  const { jobs } = (await (await fetch(`${service.url}/v1/jobs`, bearer)).json()) as { jobs: { owner: string }[] };
  assert.deepEqual(
    jobs.map(({ owner }) => owner),
    ['ann'],
  );
  // A stream has no end: what came first is shown.
  const stream = await tried(page, 'Service', 'allEvents');
  await stream.getByText('event: status').waitFor();
  assert.deepEqual([errors, foreign], [[], []]);
});

test('on a phone, in the dark, a token is entered on the page', BOUNDED, async (t) => {
  const phone = { viewport: { width: 390, height: 844 }, isMobile: true, colorScheme: 'dark' as const };
  const { service, page, errors, foreign } = await opened(t, phone);
  await page.goto(`${service.url}/docs`);
  await page.getByRole('button', { name: 'Authorize' }).click();
  const dialog = page.locator('.dialog-ux');
  await dialog.getByRole('textbox').fill(TOKEN);
  await dialog.locator('button[type=submit]').click();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  const access = await tried(page, 'Service', 'getAccess');
  await access.getByText('"ann"').waitFor();
  assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false);
  assert.equal(await page.evaluate('getComputedStyle(document.documentElement).colorScheme'), 'dark');
  assert.deepEqual([errors, foreign], [[], []]);
});
