/** The explorer on a real service, for tests in a browser. */

import type { Page } from 'playwright-core';
import { holds } from './browser.js';

/** Small pictures are quick. */
export const SMALL = { viewport: { width: 720, height: 360 } } as const;

/** All pieces of the picture are drawn, and its place is in the URL. */
export async function drawn(page: Page): Promise<void> {
  // Two frames on, what was done last has begun.
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
  await holds(page, READY);
}

const READY = `(() => {
  const line = document.querySelector('.status-line');
  return line !== null && !line.querySelector('progress') && /iterations/.test(line.textContent);
})()`;

export async function explore(page: Page, url: string, fragment = ''): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`${url}/explore${fragment}`);
  await drawn(page);
}

/** The values of the permalink. */
export async function linkOf(page: Page): Promise<Readonly<Record<string, string>>> {
  const hash = String(await page.evaluate('location.hash'));
  return Object.fromEntries(new URLSearchParams(hash.slice(1)));
}

/** Waits until the permalink has a value. */
export function reaches(page: Page, name: string, pattern: RegExp): Promise<void> {
  return holds(page, `${pattern}.test(new URLSearchParams(location.hash.slice(1)).get(${JSON.stringify(name)}) ?? '')`);
}

/** The picture without what floats over it, as a PNG. */
export async function pictureOf(page: Page): Promise<Buffer> {
  await page.keyboard.press('h');
  await page.mouse.move(0, 0);
  const png = await page.screenshot({ clip: { x: 0, y: 60, width: 720, height: 300 } });
  await page.keyboard.press('h');
  return png;
}

export const panel = (page: Page, title: string) =>
  page.getByRole('toolbar').getByRole('button', { name: title, exact: true }).click();
