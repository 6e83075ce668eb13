/** Chromium for tests of the dashboard: Debian's, or the one that CHROMIUM_PATH names. */

import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PLACES = [process.env.CHROMIUM_PATH ?? '', '/usr/bin/chromium'];
const executablePath = PLACES.find((path) => path !== '' && existsSync(path));

/** Why the tests are skipped, or false. */
export const NO_BROWSER = executablePath === undefined && 'no Chromium: apt-get install chromium, or set CHROMIUM_PATH';

export interface Tab {
  readonly page: Page;
  /** Uncaught errors, and what the policy of the page refused. */
  readonly errors: readonly string[];
}

/** A new window without a history; closed after the test. */
export async function openTab(t: TestContext, options: BrowserContextOptions = {}): Promise<Tab> {
  const browser = await chromium.launch({ executablePath: executablePath as string, args: ['--no-sandbox'] });
  t.after(() => browser.close());
  const page = await (await browser.newContext({ locale: 'en-GB', ...options })).newPage();
  page.setDefaultTimeout(60_000);
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /policy/i.test(message.text())) errors.push(message.text());
  });
  return { page, errors };
}
