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
import { arraysFor, type ChannelArrays } from '../../src/shard/raw-samples.js';
import { offsetOf, shownBy, TILE } from '../../src/tiles/lattice.js';
import type { LookMessage, Scene } from '../../src/tiles/protocol.js';
import { CHANNELS, channelsOf } from '../../src/view/channels.js';
import type { View } from '../../src/view/view.js';
import type { EngineState } from '../../web/explore/engine/contract.js';
import { BOUNDED, holds, openTab } from './browser.js';
import { type ExploreServer, exploreServer, pictureOf, viewOf } from './explore-server.js';

const SIZE = { width: 320, height: 240 };
const kernel = openSimd();

async function opened(
  t: TestContext,
  flags: Record<string, string>,
): Promise<{ readonly page: Page; readonly server: ExploreServer }> {
  const server = await exploreServer(t);
  const { page } = await openTab(t, { viewport: SIZE });
  await page.goto(`${server.url}/?${new URLSearchParams(flags)}`);
  return { page, server };
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

interface Samples extends ChannelArrays {
  readonly view: View;
}

/** Those of the picture, of the tiles that the page was sent: near the set, points that differ in their last bits differ much. */
async function samplesOfTiles(server: ExploreServer, { look: { scene, place }, size }: EngineState): Promise<Samples> {
  const { width, height } = size;
  const view = viewOf(scene, { ...place, ...size });
  const channels = channelsOf(view);
  const all = arraysFor(channels, width * height);
  const { lattice, centre } = server.looks.at(-1) as LookMessage;
  const middle = offsetOf(lattice, centre);
  const [x0, y0] = [Math.round(middle.x) - width / 2, Math.round(middle.y) - height / 2];
  for (let top = Math.floor(y0 / TILE); top * TILE < y0 + height; top++)
    for (let left = Math.floor(x0 / TILE); left * TILE < x0 + width; left++) {
      const shown = shownBy(lattice, { left, top, right: left + 1, bottom: top + 1, scale: 1 });
      const tile = await kernel.compute(viewOf(scene, shown), { x: 0, y: 0, width: TILE, height: TILE });
      for (const name of channels) {
        const { numbers } = CHANNELS[name];
        for (let y = Math.max(0, top * TILE - y0); y < Math.min(height, (top + 1) * TILE - y0); y++) {
          const from = Math.max(x0, left * TILE);
          const to = Math.min(x0 + width, (left + 1) * TILE);
          const row = (y + y0 - top * TILE) * TILE - left * TILE;
          const part = tile[name]?.subarray(numbers * (row + from), numbers * (row + to)) as Float64Array;
          all[name]?.set(part, numbers * (y * width + from - x0));
        }
      }
    }
  return { ...all, view };
}

/** RGB of the same picture as the command line has it. */
function painted({ view, ...samples }: Samples, { look: { scene }, found }: EngineState): Uint8Array {
  const { width, height, iterations } = view;
  const { colours, flip } = pictureOf(scene, height);
  const { mapping, ...given } = flip ? litFromBelow(colours) : colours;
  const { density, offset, curve } = found?.colours ?? given;
  const numbers = prepare(mapping ? { ...given, density, offset, ...(curve ? { curve } : {}) } : given, height);
  const escaping = view.count === 'smooth' ? { escaping: escapeOf(view) } : {};
  const rgb = paint({ ...samples, ...escaping, perPixel: 1, iterations }, numbers, { x: 0, y: 0, width }) as Uint8Array;
  return flip ? upsideDown(rgb, width) : rgb;
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
  'bands of whole counts': { 'legacy-colors': 'true', density: '2', offset: '0.2' },
  stripes: { stripes: '6', 'color-mode': '1' },
  'means of the palette': { palette: 'Galaxy', density: '4', 'palette-filter': 'true' },
  'means of the palette along a curve': { 'color-curve': CURVE, density: '5', offset: '0.2', 'palette-filter': 'true' },
  'stripes on the palette': { stripes: '8', density: '6' },
  'field lines on found colours': { 'field-lines': '12' },
  'sectors and field lines': { decomposition: '2:0.5', 'field-lines': '8', 'color-mode': '2' },
};

for (const [name, scene] of Object.entries(SCENES))
  test(`within one level of the command line: ${name}`, BOUNDED, async (t) => {
    const { page, server } = await opened(t, { ...VALLEY, ...scene });
    const { pixels, state } = await shownPixels(page);
    // Edges between sectors are sharp, and phases are sent as 1/65536 turns.
    const most = scene.decomposition ? 100 : 0;
    const count = differing(pixels, painted(await samplesOfTiles(server, state), state));
    assert.ok(count <= most, `${count} pixels differ`);
  });

test('a turned and stretched picture is that of its place', BOUNDED, async (t) => {
  const { page } = await opened(t, { re: '-0.6', im: '0.4', zoom: '2', rotation: '30', stretch: '1.5', density: '1' });
  const { pixels, state } = await shownPixels(page);
  const { look, size } = state;
  const view = viewOf(look.scene, { ...look.place, ...size });
  const samples = await kernel.compute(view, { x: 0, y: 0, ...size });
  const share = differing(pixels, painted({ ...samples, view }, state)) / (size.width * size.height);
  // Where the set is nearer than a millionth of a pixel, the last bits of a point decide.
  assert.ok(share < 0.003, `${share} of the pixels differ`);
});

test('other formulas replace the picture, ships the other way up', BOUNDED, async (t) => {
  const { page, server } = await opened(t, VALLEY);
  for (const scene of [{ formula: 'burning-ship' }, { formula: 'julia', 'julia-re': '-0.7', 'julia-im': '0.27' }]) {
    await page.evaluate(`engine.goTo(${JSON.stringify({ re: '-0.4', im: '-0.4', zoom: '1.5', scene })})`);
    const { pixels, state } = await shownPixels(page);
    assert.equal(state.look.scene.formula, scene.formula);
    assert.equal(differing(pixels, painted(await samplesOfTiles(server, state), state)), 0);
  }
});

test('another palette needs no message and no sample', BOUNDED, async (t) => {
  const { page, server } = await opened(t, { ...VALLEY, density: '1' });
  const before = await shownPixels(page);
  const count = server.sent.length;
  await page.evaluate(`engine.setScene({ palette: 'Vivid', density: '3', offset: '0.5' })`);
  const after = await shownPixels(page);
  assert.equal(differing(after.pixels, painted(await samplesOfTiles(server, after.state), after.state)), 0);
  assert.ok(differing(before.pixels, after.pixels) > 10_000);
  assert.equal(server.sent.length, count);
});
