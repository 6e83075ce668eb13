/** The picture of the explorer in a browser, moved by real gestures: which places it reaches. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { levelFor, log2PitchOf } from '../../src/tiles/lattice.js';
import { log10, parseDecimal } from '../../src/view/decimal.js';
import type { EngineState, Look } from '../../web/explore/engine/contract.js';
import { BOUNDED, holds, openTab } from './browser.js';
import { type ExploreServer, exploreServer } from './explore-server.js';

const SIZE = { width: 640, height: 400 };
const MIDDLE = { x: 320, y: 200 };
/** Next to the point whose picture is the same at every depth, so that no zoom leads into the dark. */
const TIP = { re: '-2', im: '0', zoom: '2' };

interface Shown {
  readonly server: ExploreServer;
  readonly page: Page;
  readonly errors: readonly string[];
}

async function shown(t: TestContext, place: object = TIP, options: BrowserContextOptions = {}): Promise<Shown> {
  const server = await exploreServer(t);
  const { page, errors } = await openTab(t, { viewport: SIZE, ...options });
  await page.goto(`${server.url}/?${new URLSearchParams(place as Record<string, string>)}`);
  await rests(page);
  return { server, page, errors };
}

/** Waits until the picture rests and is complete. */
async function rests(page: Page): Promise<EngineState> {
  await holds(page, 'engine.state.done');
  return page.evaluate('engine.state');
}

async function wheel(page: Page, deltaY: number): Promise<void> {
  const [{ zoom }] = [await lookOf(page)];
  await page.mouse.wheel(0, deltaY);
  // Events of the wheel come later than the call returns.
  await holds(page, `engine.state.moving || engine.state.look.place.zoom !== '${zoom}'`);
}

async function lookOf(page: Page): Promise<Look['place']> {
  return page.evaluate('engine.state.look.place');
}

function zoomLog10({ zoom }: Look['place']): number {
  return log10(parseDecimal(zoom) as NonNullable<ReturnType<typeof parseDecimal>>);
}

interface Point {
  readonly re: string;
  readonly im: string;
}

function distance(a: Point, b: Point): number {
  return Math.hypot(Number(a.re) - Number(b.re), Number(a.im) - Number(b.im));
}

/** Pictures at rest are drawn off by half a pixel at most, in each direction. */
function halfPixels(...places: Look['place'][]): number {
  return places.reduce((sum, { zoom }) => sum + (0.75 * 4) / Number(zoom) / SIZE.height, 0);
}

test('the picture at rest is that of its place: even pixels, whole offsets from the anchor', BOUNDED, async (t) => {
  const { server, page, errors } = await shown(t, { re: '-0.75', im: '0.1', zoom: '100' });
  const { look, size, found } = await rests(page);
  assert.deepEqual(size, SIZE);
  const sent = server.looks.at(-1);
  assert.ok(sent);
  assert.deepEqual([sent.width, sent.height], [640, 400]);
  assert.deepEqual(sent.centre, { re: look.place.re, im: look.place.im });
  assert.equal(levelFor(look.place.zoom, 400), sent.lattice.level);
  assert.ok(Math.abs(zoomLog10(look.place) - 2) < Math.log10(1.023), 'the zoom is at most 2.2 % off');
  const pixel = 2 ** log2PitchOf(sent.lattice.level);
  assert.ok(Math.abs(Number(look.place.re) + 0.75) <= 0.51 * pixel, 'the centre is at most half a pixel off');
  assert.equal(found?.iterations, 500);
  assert.deepEqual(await page.evaluate('settled'), [look]);
  assert.deepEqual(errors, []);
});

test(
  'what is under the cursor stays there while the wheel turns, and the way back ends where it began',
  BOUNDED,
  async (t) => {
    const { page } = await shown(t);
    const before = await lookOf(page);
    await page.mouse.move(500, 120);
    const pointed = await page.evaluate<{ re: string; im: string }>('engine.pointAt(500, 120)');
    for (let k = 0; k < 6; k++) await wheel(page, -100);
    const inside = (await rests(page)).look.place;
    assert.ok(Math.abs(zoomLog10(inside) - zoomLog10(before) - 3 * Math.log10(2)) < 1e-5, 'three octaves deeper');
    const after = await page.evaluate<{ re: string; im: string }>('engine.pointAt(500, 120)');
    assert.ok(distance(after, pointed) < halfPixels(before, inside));
    for (let k = 0; k < 6; k++) await wheel(page, 100);
    assert.deepEqual((await rests(page)).look.place, before);
  },
);

test('the wheel alone leads from zoom 1 to 1e1000 and back to the same place', BOUNDED, async (t) => {
  const viewport = { width: 160, height: 100 };
  const { server, page, errors } = await shown(t, { re: '-2', im: '0', zoom: '1' }, { viewport });
  const before = await lookOf(page);
  await page.mouse.move(90, 45);
  for (let k = 0; k < 420; k++) await page.mouse.wheel(0, -1600);
  await holds(
    page,
    'engine.state.look.place.zoom.length > 0 && Number(engine.state.look.place.zoom.split("e")[1] ?? 0) >= 1000',
  );
  const deep = (await rests(page)).look.place;
  assert.ok(zoomLog10(deep) >= 1000, deep.zoom);
  assert.ok(deep.re.length > 1000, `${deep.re.length} digits`);
  assert.ok((server.looks.at(-1)?.lattice.level ?? 0) > 16 * 3320);
  for (let k = 0; k < 420; k++) await page.mouse.wheel(0, 1600);
  await holds(page, 'Number(engine.state.look.place.zoom) < 1.1');
  assert.deepEqual((await rests(page)).look.place, before);
  assert.deepEqual(errors, []);
});

test('a drag moves the picture by as many pixels, and asks for nothing that was there', BOUNDED, async (t) => {
  const { server, page } = await shown(t);
  const before = await lookOf(page);
  const level = levelFor(before.zoom, SIZE.height);
  await page.mouse.move(300, 200);
  await page.mouse.down();
  await page.mouse.move(340, 170, { steps: 4 });
  // Standing still before it ends: nothing glides.
  await page.waitForTimeout(150);
  await page.mouse.up();
  const after = (await rests(page)).look.place;
  const pixel = 2 ** log2PitchOf(level);
  assert.ok(Math.abs((Number(after.re) - Number(before.re)) / pixel + 40) < 1e-4, 'left by 40 pixels');
  assert.ok(Math.abs((Number(after.im) - Number(before.im)) / pixel + 30) < 1e-4, 'down by 30 pixels');
  assert.equal(after.zoom, before.zoom);
  const count = server.counts.pieces;
  await page.mouse.move(340, 170);
  await page.mouse.down();
  await page.mouse.move(300, 200, { steps: 4 });
  await page.waitForTimeout(150);
  await page.mouse.up();
  assert.deepEqual((await rests(page)).look.place, before);
  assert.equal(server.counts.pieces, count, 'all pieces were there');
});

test(
  'keys move, zoom and turn; a double click zooms in, with shift out; the page does not scroll',
  BOUNDED,
  async (t) => {
    const { page } = await shown(t);
    const before = await lookOf(page);
    await page.locator('canvas').focus();
    await page.keyboard.press('ArrowRight');
    const right = (await rests(page)).look.place;
    assert.ok(Math.abs(Number(right.re) - Number(before.re) - (0.2 * 640 * 4) / Number(before.zoom) / 400) < 1e-3);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('+');
    assert.ok(Math.abs(zoomLog10((await rests(page)).look.place) - zoomLog10(before) - Math.log10(2) / 2) < 1e-5);
    await page.keyboard.press('-');
    assert.deepEqual((await rests(page)).look.place, before);
    await page.keyboard.press(']');
    assert.equal((await rests(page)).look.place.rotation, 15);
    await page.keyboard.press('[');
    assert.deepEqual((await rests(page)).look.place, before);
    await page.mouse.dblclick(MIDDLE.x, MIDDLE.y);
    assert.ok(Math.abs(zoomLog10((await rests(page)).look.place) - zoomLog10(before) - Math.log10(2)) < 1e-5);
    await page.keyboard.down('Shift');
    await page.mouse.dblclick(MIDDLE.x, MIDDLE.y);
    await page.keyboard.up('Shift');
    assert.deepEqual((await rests(page)).look.place, before);
    assert.equal(await page.evaluate('scrollY'), 0);
  },
);

test('a rectangle drawn with shift fills the picture then', BOUNDED, async (t) => {
  const { page } = await shown(t);
  const pointed = await page.evaluate<{ re: string; im: string }>('engine.pointAt(480, 150)');
  const before = await lookOf(page);
  await page.mouse.move(400, 100);
  await page.keyboard.down('Shift');
  await page.mouse.down();
  await page.mouse.move(560, 200, { steps: 3 });
  assert.equal(await page.locator('.explore-selection').count(), 1);
  await page.mouse.up();
  await page.keyboard.up('Shift');
  assert.equal(await page.locator('.explore-selection').count(), 0);
  const after = (await rests(page)).look.place;
  assert.ok(Math.abs(zoomLog10(after) - zoomLog10(before) - Math.log10(4)) < 1e-5, 'four times as deep');
  assert.ok(distance(after, pointed) < halfPixels(before, after));
});
