/** Chromium for tests of the dashboard: Debian's, or the one that CHROMIUM_PATH names. */

import { existsSync } from 'node:fs';
import { after, type TestContext } from 'node:test';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';

const PLACES = [process.env.CHROMIUM_PATH ?? '', '/usr/bin/chromium'];
const executablePath = PLACES.find((path) => path !== '' && existsSync(path));
const NO_BROWSER = executablePath === undefined && 'no Chromium: apt-get install chromium, or set CHROMIUM_PATH';

/** Of each test. */
export const BOUNDED = { timeout: 180_000, skip: NO_BROWSER };
export const STILL = { width: 96, height: 54, xpos: '-0.7454286', ypos: '0.1130089', zoom: '1308000', iters: 2000 };
/** Takes long on one slot. */
export const LONG = { ...STILL, width: 1600, height: 1600, samples: 36, iters: 20_000, outfile: 'long.png' };
export const FILM = { ...STILL, zoom: '1000', 'zoom-end': '2000', frames: 12, outfile: 'film.mp4' };
/** Fails before anything is computed. */
export const FAILING = { ...FILM, codec: 'none', outfile: 'no.mp4' };

export interface Tab {
  readonly page: Page;
  /** Uncaught errors, and what the policy of the page refused. */
  readonly errors: readonly string[];
}

/** Of all tests of a file: to start one takes longer than most tests. */
let browser: Promise<Browser> | undefined;
after(async () => (await browser)?.close());

/** A new window without a history or anything stored; closed after the test. */
export async function openTab(t: TestContext, options: BrowserContextOptions = {}): Promise<Tab> {
  browser ??= chromium.launch({ executablePath: executablePath as string, args: ['--no-sandbox'] });
  const context = await (await browser).newContext({ locale: 'en-GB', ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /policy/i.test(message.text())) errors.push(message.text());
  });
  return { page, errors };
}

/** Looks at the page after each of its frames. */
export async function holds(page: Page, condition: string): Promise<void> {
  while (!(await page.evaluate(condition))) await page.evaluate('new Promise(requestAnimationFrame)');
}

/** Waits for the state of the job whose page is open. */
export function state(page: Page, text: string): Promise<void> {
  return page.locator('.status .state', { hasText: text }).waitFor();
}

/** The row of a job or worker in a table. */
export function rowOf(page: Page, name: string): Locator {
  return page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) });
}

/** Presses a button that asks first. */
export async function confirm(button: Locator): Promise<void> {
  await button.click();
  await button.click();
}
