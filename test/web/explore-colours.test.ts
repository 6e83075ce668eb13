/** The colours of the explorer's shader are those of pictures of the command line, to one level of 256. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { openSimd } from '../../src/kernel/simd.js';
import { type Colours, prepare } from '../../src/render/colours.js';
import { curveText } from '../../src/render/curve.js';
import { escapeOf } from '../../src/render/escape.js';
import { mirroredSlope } from '../../src/render/lights.js';
import { paint } from '../../src/render/paint.js';
import type { Scene } from '../../src/tiles/protocol.js';
import type { EngineState } from '../../web/explore/engine/contract.js';
import { BOUNDED, holds, openTab } from './browser.js';
import { exploreServer, pictureOf, viewOf } from './explore-server.js';

const SIZE = { width: 320, height: 240 };
const kernel = openSimd();

async function opened(t: TestContext, flags: Record<string, string>): Promise<Page> {
  const server = await exploreServer(t);
  const { page } = await openTab(t, { viewport: SIZE });
  await page.goto(`${server.url}/?${new URLSearchParams(flags)}`);
  return page;
}

/** RGB of the picture on the page, when it is complete. */
async function shownPixels(page: Page): Promise<{ readonly pixels: Uint8Array; readonly state: EngineState }> {
  await holds(page, 'engine.state.done');
  const bytes = await page.evaluate<number[]>(
    `engine.thumbnail(${SIZE.width}, ${SIZE.height}).then((blob) => blob.arrayBuffer()).then((all) => [...new Uint8Array(all)])`,
  );
  const pixels = await sharp(Uint8Array.from(bytes)).removeAlpha().raw().toBuffer();
  return { pixels, state: await page.evaluate('engine.state') };
}

/** RGB of the same picture as the command line has it. */
async function expectedPixels({ look: { place, scene }, found, size }: EngineState): Promise<Uint8Array> {
  const view = viewOf(scene, { ...place, ...size });
  const { width, height, iterations } = view;
  const samples = await kernel.compute(view, { x: 0, y: 0, width, height });
  const { colours, flip } = pictureOf(scene, height);
  const { mapping, ...given } = flip ? litFromBelow(colours) : colours;
  const { density, offset, curve } = found?.colours ?? given;
  const wanted = { ...given, density, offset, ...(curve ? { curve } : {}), filter: false };
  const numbers = prepare(mapping ? wanted : { ...given, filter: false }, height);
  const escaping = view.count === 'smooth' ? { escaping: escapeOf(view) } : {};
  const rgb = paint({ ...samples, ...escaping, perPixel: 1, iterations }, numbers, { x: 0, y: 0, width });
  return flip ? upsideDown(rgb as Uint8Array, width) : (rgb as Uint8Array);
}

function litFromBelow({ slope, ...colours }: Colours): Colours {
  return slope ? { ...colours, slope: mirroredSlope(slope) } : colours;
}

function upsideDown(rgb: Uint8Array, width: number): Uint8Array {
  const turned = new Uint8Array(rgb.length);
  for (let from = 0; from < rgb.length; from += 3 * width)
    turned.set(rgb.subarray(from, from + 3 * width), rgb.length - from - 3 * width);
  return turned;
}

/** Pixels that differ by more than a level. */
function differing(a: Uint8Array, b: Uint8Array): number {
  assert.equal(a.length, b.length);
  let count = 0;
  for (let i = 0; i < a.length; i += 3)
    if ([0, 1, 2].some((c) => Math.abs((a[i + c] as number) - (b[i + c] as number)) > 1)) count++;
  return count;
}

const VALLEY = { re: '-0.7454286', im: '0.1130089', zoom: '300' };
const CURVE = curveText([
  [2, 0.1],
  [4, 0.5],
  [9, 1.75],
  [22, 3],
]);

const SCENES: Readonly<Record<string, Scene>> = {
  'found colours': {},
  'colours that are given': { palette: 'Fiesta', density: '2.5', offset: '0.3' },
  'a curve of colours': { 'color-curve': CURVE, density: '1.5', offset: '0.1' },
  'a second wave': { density: '1', wave: '7' },
  'an interior of another colour': { interior: '#204060' },
  'lights and highlights': { slope: '0.8', 'slope-specular': '0.5', 'slope-second': '0.4', 'slope-angle': '100' },
  'a shade': { shade: 'distance:#301020', 'shade-width': '2' },
  'the distance to the set': { 'color-mode': 'distance', density: '0.5' },
  'grey along the limit': { 'color-mode': '1' },
  'a formula of older tools': { 'color-mode': '4' },
  'black and white': { 'color-mode': '0' },
  'the other way up, lit': { flip: 'true', slope: '0.7' },
  'periods of the interior': { interior: 'period' },
};

for (const [name, scene] of Object.entries(SCENES))
  test(`within one level of the command line: ${name}`, BOUNDED, async (t) => {
    const page = await opened(t, { ...VALLEY, ...scene });
    const { pixels, state } = await shownPixels(page);
    const count = differing(pixels, await expectedPixels(state));
    assert.ok(count <= 4, `${count} of ${SIZE.width * SIZE.height} pixels differ by more than a level`);
  });

test('bands of whole counts are those of older programs', BOUNDED, async (t) => {
  const page = await opened(t, { ...VALLEY, 'legacy-colors': 'true', density: '2', offset: '0.2' });
  const { pixels, state } = await shownPixels(page);
  assert.equal(differing(pixels, await expectedPixels(state)), 0);
});

test('a turned and stretched view, and other formulas, have the pixels of the command line', BOUNDED, async (t) => {
  const page = await opened(t, { re: '-0.6', im: '0.4', zoom: '2', rotation: '30', stretch: '1.5', density: '1' });
  const turned = await shownPixels(page);
  assert.ok(differing(turned.pixels, await expectedPixels(turned.state)) <= 4);
  for (const scene of [{ formula: 'burning-ship' }, { formula: 'julia', 'julia-re': '-0.7', 'julia-im': '0.27' }]) {
    await page.evaluate(`engine.goTo(${JSON.stringify({ re: '-0.4', im: '-0.4', zoom: '1.5', rotation: 0, scene })})`);
    const { pixels, state } = await shownPixels(page);
    assert.equal(state.look.scene.formula, scene.formula);
    assert.ok(differing(pixels, await expectedPixels(state)) <= 4, scene.formula);
  }
});

test('another palette needs no message and no sample', BOUNDED, async (t) => {
  const server = await exploreServer(t);
  const { page } = await openTab(t, { viewport: SIZE });
  await page.goto(`${server.url}/?${new URLSearchParams({ ...VALLEY, density: '1' })}`);
  const before = await shownPixels(page);
  const count = server.sent.length;
  await page.evaluate(`engine.setScene({ palette: 'Vivid', density: '3', offset: '0.5' })`);
  const after = await shownPixels(page);
  assert.equal(differing(after.pixels, await expectedPixels(after.state)) <= 4, true);
  assert.ok(differing(before.pixels, after.pixels) > 10_000);
  assert.equal(server.sent.length, count);
});
