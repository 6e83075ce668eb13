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

/** The picture without what floats over it, as a PNG, once it stays: where drawing is slow, it is first drawn coarsely. */
export async function pictureOf(page: Page): Promise<Buffer> {
  await page.keyboard.press('h');
  await page.mouse.move(0, 0);
  const clip = { x: 0, y: 60, width: 720, height: 300 };
  let png = await page.screenshot({ clip });
  for (;;) {
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 300))');
    const next = await page.screenshot({ clip });
    if (next.equals(png)) break;
    png = next;
  }
  await page.keyboard.press('h');
  return png;
}

export const panel = (page: Page, title: string) =>
  page.getByRole('toolbar').getByRole('button', { name: title, exact: true }).click();

/** How far two pictures are apart: the largest difference in levels of 256, and the share of pixels that differ by more than 8. */
export async function apart(
  page: Page,
  a: Buffer,
  b: Buffer,
): Promise<{ readonly most: number; readonly share: number }> {
  const blank = await page.context().newPage();
  const sources = [a, b].map((bytes) => `data:image/png;base64,${bytes.toString('base64')}`);
  const found = await blank.evaluate(`(async () => {
    const pixels = async (source) => {
      const image = Object.assign(new Image(), { src: source });
      await image.decode();
      const { width, height } = image;
      const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
      context.drawImage(image, 0, 0);
      return context.getImageData(0, 0, width, height).data;
    };
    const [p, q] = await Promise.all(${JSON.stringify(sources)}.map(pixels));
    if (p.length !== q.length) return { most: 256, share: 1 };
    let [most, count] = [0, 0];
    for (let k = 0; k < p.length; k += 4) {
      const off = Math.max(...[0, 1, 2].map((c) => Math.abs(p[k + c] - q[k + c])));
      most = Math.max(most, off);
      if (off > 8) count++;
    }
    return { most, share: count / (p.length / 4) };
  })()`);
  await blank.close();
  return found as { most: number; share: number };
}

/** Drops a file on the picture. */
export async function drop(page: Page, name: string, bytes: Buffer): Promise<void> {
  const data = await page.evaluateHandle(
    `(() => {
      const bytes = Uint8Array.from(atob(${JSON.stringify(bytes.toString('base64'))}), (one) => one.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], ${JSON.stringify(name)}));
      return data;
    })()`,
  );
  await page.dispatchEvent('canvas', 'drop', { dataTransfer: data });
}
