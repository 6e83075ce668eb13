/** The page of the explorer shows what the command line renders, on a real service. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { folder, fractal } from '../e2e/processes.js';
import { serving } from '../e2e/serve.js';
import { BOUNDED, openTab } from './browser.js';
import { explore, panel, pictureOf, SMALL } from './explore.js';

/** Rows above these have a button over them. */
const SHOWN = { left: 0, top: 60, width: 720, height: 300 };
const PLACES: Readonly<Record<string, string>> = {
  'the whole set': 're=-0.75&im=0&zoom=1.2&palette=Ice&colors=fixed',
  'a valley': 're=-0.7454286&im=0.1130089&zoom=1308000&colors=fixed',
  slopes: 're=-0.7454286&im=0.1130089&zoom=1308&slope=1&colors=fixed',
  'a turned ship': 're=-1.7639&im=-0.0282&zoom=40&rotate=30&formula=burning-ship&colors=fixed',
  'means of the palette': 're=-0.7454286&im=0.1130089&zoom=1308&palette=Galaxy&palette-filter=true',
  'stripes on the palette': 're=-0.7454286&im=0.1130089&zoom=300&stripes=8&density=3',
  'colours that suit the view': 're=-1.25066&im=0.02012&zoom=4000&palette=Sunset',
  '1e30': 're=-1.759817130804847813610825010561798238244&im=0.012813990246&zoom=1e30&colors=fixed',
};
/**
 * Of a pixel: so far the centre is moved. Pixels that this changes are chaotic: they hang on the last bits of coordinates, which
 * are rounded otherwise in tiles than in a still. Of the others some do, too, but are the same by chance.
 */
const NUDGE = 1e-7;
const MOST_OFF = 0.001;

async function pixelsOf(png: Buffer | string, part?: typeof SHOWN): Promise<Buffer> {
  const image = sharp(png).removeAlpha();
  return (part ? image.extract(part) : image).raw().toBuffer();
}

/** The words of the command that the page shows for its picture. */
async function commandOf(page: Page): Promise<string[]> {
  await panel(page, 'Render');
  const command = await page.getByLabel('Command').inputValue();
  await page.keyboard.press('Escape');
  return command.replaceAll("'", '').split(' ').slice(1, -2);
}

/** The same command with its centre moved by so many pixels in both directions. */
function shifted(words: readonly string[], pixels: number): string[] {
  const [zoom, height] = ['--zoom', '--height'].map((name) => Number(words[words.indexOf(name) + 1]));
  const by = BigInt(Math.round(((4 * pixels) / (zoom as number) / (height as number)) * 2 ** 166)) * 10n ** DIGITS;
  return words.map((word, k) => (words[k - 1] === '-x' || words[k - 1] === '-y' ? sumOf(word, by >> 166n) : word));
}

const DIGITS = 60n;

/** Of decimal text, and a number of units of 10^-DIGITS. */
function sumOf(text: string, units: bigint): string {
  const [, sign, whole = '', part = ''] = /^(-?)(\d+)\.?(\d*)$/.exec(text) as RegExpExecArray;
  const size = BigInt(whole + part.padEnd(Number(DIGITS), '0').slice(0, Number(DIGITS)));
  const sum = (sign === '-' ? -size : size) + units;
  const digits = String(sum < 0n ? -sum : sum).padStart(Number(DIGITS) + 1, '0');
  return `${sum < 0n ? '-' : ''}${digits.slice(0, -Number(DIGITS))}.${digits.slice(-Number(DIGITS))}`;
}

function distance(a: Buffer, b: Buffer, k: number): number {
  return Math.max(...[k, k + 1, k + 2].map((at) => Math.abs((a[at] as number) - (b[at] as number))));
}

for (const [name, fragment] of Object.entries(PLACES))
  test(`within one level of the command line: ${name}`, BOUNDED, async (t) => {
    const path = folder(t);
    const { url } = await serving(t, join(path, 'data'));
    const { page, errors } = await openTab(t, SMALL);
    await explore(page, url, `#v=1&${fragment}`);
    const words = await commandOf(page);
    const shown = await pixelsOf(await pictureOf(page));
    const render = async (by: number) => {
      const file = join(path, `${by}.png`);
      // Footprints of points that are perturbed are other ones, and stills perturb more of them than the explorer.
      const method = /palette-filter|stripes/.test(fragment) ? ['--method', 'direct'] : [];
      const how = ['--smoothness', '1', '--no-dither', ...method, '-o', file];
      const { code, stderr } = await fractal(t, [...shifted(words, by), ...how]);
      assert.equal(code, 0, stderr);
      return pixelsOf(file, SHOWN);
    };
    const [rendered, moved] = [await render(0), await render(NUDGE)];
    let [certain, off] = [0, 0];
    for (let k = 0; k < shown.length; k += 3) {
      if (distance(rendered, moved, k) > 0) continue;
      certain++;
      if (distance(shown, rendered, k) > 1) off++;
    }
    t.diagnostic(`${off} of ${certain} pixels beyond one level`);
    assert.ok(certain > 0.8 * (shown.length / 3), `${certain} pixels are certain`);
    assert.ok(off < MOST_OFF * certain, `${off} of ${certain} pixels are off`);
    assert.deepEqual(errors, []);
  });
