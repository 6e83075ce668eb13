/** The page of the explorer in Chromium, on two local slots: what it takes to draw other colours. */

import { existsSync } from 'node:fs';
import { chromium, type Page } from 'playwright-core';
import { service } from './service.js';
import { print, spread } from './table.js';

const PLACES = [process.env.CHROMIUM_PATH ?? '', '/usr/bin/chromium'];
const SIZES = [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
  { width: 3840, height: 2160 },
] as const;
const VALLEY = '#v=1&re=-0.7454286&im=0.1130089&zoom=1308000&iters=2000';
const CHANGES = 60;

/** `data`: a folder for the service. */
export async function explorePage(data: string): Promise<void> {
  const executablePath = PLACES.find((path) => path !== '' && existsSync(path));
  if (executablePath === undefined) {
    process.stdout.write('\nThe page is not measured: no Chromium (apt-get install chromium, or CHROMIUM_PATH).\n');
    return;
  }
  const one = await service(data, ['--local', '2']);
  const rows: (string | number)[][] = [];
  let renderer = '';
  for (const size of SIZES) {
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
    const page = await (await browser.newContext({ viewport: size })).newPage();
    await page.goto(`${one.url}/explore${VALLEY}`);
    await page.getByRole('toolbar').getByRole('button', { name: 'Colours', exact: true }).click();
    while (!(await page.evaluate(COMPLETE))) await page.waitForTimeout(100);
    renderer = await page.evaluate(RENDERER);
    // The first ones include what the browser compiles meanwhile.
    for (const which of ['first', 'next']) {
      const { script, whole } = await recolourings(page);
      rows.push([`${size.width} x ${size.height}`, which, spread(script), spread(whole)]);
    }
    await browser.close();
  }
  await one.stop();
  print(
    `Other colours of the valley in Chromium (${renderer}), in ms (median / 95th percentile of ${CHANGES} changes)`,
    ['picture', 'changes', 'code of the page', 'with the graphics'],
    rows,
  );
}

const COMPLETE = `(() => {
  const line = document.querySelector('.status-line');
  return line !== null && !line.querySelector('progress') && /iterations/.test(line.textContent);
})()`;

const CONTEXT = `document.querySelector('canvas').getContext('webgl2')`;
const RENDERER = `(() => {
  const gl = ${CONTEXT};
  return gl.getParameter(gl.getExtension('WEBGL_debug_renderer_info').UNMASKED_RENDERER_WEBGL);
})()`;

/**
 * Moves the slider of the density once a frame. `script`: the page's own code, for the event and in the next frame; `whole`: with the graphics,
 * which have drawn it then.
 */
async function recolourings(page: Page): Promise<{ readonly script: number[]; readonly whole: number[] }> {
  return page.evaluate(`(async () => {
    const gl = ${CONTEXT};
    const slider = [...document.querySelectorAll('.panel .slider')]
      .find(({ textContent }) => textContent.startsWith('Density')).querySelector('input');
    const frame = () => new Promise(requestAnimationFrame);
    const [script, whole] = [[], []];
    const pixel = new Uint8Array(4);
    for (let k = 0; k < ${CHANGES}; k++) {
      await frame();
      const begin = performance.now();
      slider.value = String(Math.sin(k / 9));
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      const event = performance.now() - begin;
      // The page asked for its frame before this one: it has drawn. Frames have the time at which they began.
      const from = await frame();
      const drawn = performance.now() - from;
      gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
      script.push(event + drawn);
      whole.push(event + performance.now() - from);
    }
    return { script, whole };
  })()`);
}
