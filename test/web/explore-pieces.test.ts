/** What the picture of the explorer asks for, in a browser: coarse pieces first, none twice, again after a lost connection. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { BrowserContextOptions, CDPSession, Page } from 'playwright-core';
import { log10, parseDecimal } from '../../src/view/decimal.js';
import type { EngineState, Look } from '../../web/explore/engine/contract.js';
import { BOUNDED, holds, openTab } from './browser.js';
import { type ExploreServer, exploreServer } from './explore-server.js';

const PLACE = { re: '-0.7454286', im: '0.1130089', zoom: '300', density: '1' };
const VIEWPORT = { width: 480, height: 320 };

async function shown(
  t: TestContext,
  options: BrowserContextOptions = {},
): Promise<{ server: ExploreServer; page: Page }> {
  const server = await exploreServer(t);
  const { page } = await openTab(t, { viewport: VIEWPORT, ...options });
  await page.goto(`${server.url}/?${new URLSearchParams(PLACE)}`);
  await rests(page);
  return { server, page };
}

async function rests(page: Page): Promise<EngineState> {
  await holds(page, 'engine.state.done');
  return page.evaluate('engine.state');
}

function octaves(before: Look['place'], after: Look['place']): number {
  const log2 = ({ zoom }: Look['place']) => log10(parseDecimal(zoom) as NonNullable<ReturnType<typeof parseDecimal>>);
  return (log2(after) - log2(before)) / Math.log10(2);
}

test('coarse pieces come first, then fine ones from the cursor outwards', BOUNDED, async (t) => {
  const { server, page } = await shown(t);
  await page.mouse.move(40, 40);
  await page.evaluate(`engine.goTo({ zoom: '3000' })`);
  await rests(page);
  const { pieces, lattice, centre } = server.looks.findLast(
    ({ pieces }) => pieces.length > 0,
  ) as ExploreServer['looks'][0];
  const scales = pieces.map(({ scale }) => scale);
  assert.deepEqual(
    scales,
    scales.toSorted((a, b) => b - a),
    'ever finer',
  );
  assert.deepEqual([...new Set(scales)], [16, 4, 1]);
  assert.ok(lattice.level > 0 && centre.re.length > 3);
  const fine = pieces.filter(({ scale }) => scale === 1);
  const [first, last] = [fine[0], fine.at(-1)];
  assert.ok(first && last && first.left <= last.left && first.top <= last.top, 'the upper left one is first');
});

test(
  'while the picture is held only coarse pieces are asked for, and what it shows no more is dropped',
  BOUNDED,
  async (t) => {
    const { server, page } = await shown(t);
    server.pieceMs = 50;
    const before = server.looks.length;
    await page.mouse.move(400, 160);
    await page.mouse.down();
    for (let k = 1; k <= 12; k++) {
      await page.mouse.move(400 - 30 * k, 160);
      await page.evaluate('new Promise(requestAnimationFrame)');
    }
    const held = server.looks.slice(before);
    assert.ok(held.length >= 2, `${held.length} looks`);
    assert.ok(held.every(({ pieces }) => pieces.every(({ scale }) => scale > 1)));
    await page.mouse.up();
    await rests(page);
    const ids = server.looks.map(({ id }) => id);
    assert.deepEqual(
      ids,
      ids.toSorted((a, b) => a - b),
    );
    assert.ok(server.counts.dropped > 0);
  },
);

test(
  'without the service the picture stays, and after a new connection the look is asked for again',
  BOUNDED,
  async (t) => {
    const { server, page } = await shown(t);
    await server.stop();
    await holds(page, 'engine.state.connection === "lost"');
    await page.evaluate(`engine.zoomBy(1)`);
    await holds(page, '!engine.state.moving');
    const waiting = await page.evaluate<EngineState>('engine.state');
    assert.ok(waiting.progress < 1 && !waiting.done);
    await server.start();
    const { connection, look } = await rests(page);
    assert.equal(connection, 'open');
    assert.deepEqual(look, waiting.look);
  },
);

test('a lost graphics context is restored with its picture', BOUNDED, async (t) => {
  const { server, page } = await shown(t);
  const picture = () =>
    page.evaluate<number[]>(
      'engine.thumbnail(48, 32).then((blob) => blob.arrayBuffer()).then((all) => [...new Uint8Array(all)])',
    );
  const before = await picture();
  const count = server.counts.pieces;
  await page.evaluate(`(() => {
    const context = document.querySelector('canvas').getContext('webgl2');
    const extension = context.getExtension('WEBGL_lose_context');
    extension.loseContext();
    setTimeout(() => extension.restoreContext(), 50);
  })()`);
  await holds(page, '!engine.state.done');
  await rests(page);
  assert.ok(server.counts.pieces > count);
  assert.deepEqual(await picture(), before);
});

test('a probe answers with the numbers of the point under the cursor', BOUNDED, async (t) => {
  const { server, page } = await shown(t);
  const point = await page.evaluate<{ re: string; im: string }>('engine.pointAt(100, 50)');
  const value = await page.evaluate<{ nu: number }>('engine.probe(100, 50)');
  assert.equal(value.nu, 12.5);
  const asked = server.sent.findLast((message) => message.type === 'probe');
  assert.deepEqual(asked?.type === 'probe' && asked.point, point);
});

test('another size of the window keeps centre and pixels', BOUNDED, async (t) => {
  const { page } = await shown(t);
  const { look } = await rests(page);
  await page.setViewportSize({ width: 601, height: 451 });
  await holds(page, 'engine.state.size.width === 600');
  const { look: resized, size } = await rests(page);
  assert.deepEqual(size, { width: 600, height: 450 });
  assert.deepEqual([resized.place.re, resized.place.im], [look.place.re, look.place.im]);
  assert.ok(Math.abs(octaves(look.place, resized.place) + Math.log2(450 / 320)) < 1e-6);
});

test(
  'on a phone two fingers zoom and turn, one drags, two taps zoom in; pixels are those of the screen',
  BOUNDED,
  async (t) => {
    const phone = { viewport: { width: 160, height: 240 }, deviceScaleFactor: 3, hasTouch: true, isMobile: true };
    const { page } = await shown(t, phone);
    const { look, size } = await rests(page);
    assert.deepEqual(size, { width: 480, height: 720 });
    const touch = await page.context().newCDPSession(page);
    await pinch(touch, { x: 80, y: 120 }, 30, 60, 0);
    const zoomed = (await rests(page)).look;
    assert.ok(Math.abs(octaves(look.place, zoomed.place) - 1) < 1 / 16, 'twice as large');
    assert.equal(zoomed.place.rotation, 0, 'small turns are none');
    await pinch(touch, { x: 80, y: 120 }, 50, 50, 40);
    const turned = (await rests(page)).look;
    assert.ok(Math.abs(turned.place.rotation - 40) < 12, `turned by ${turned.place.rotation}`);
    await page.touchscreen.tap(80, 120);
    await page.touchscreen.tap(80, 120);
    await holds(page, 'engine.state.moving');
    assert.ok(octaves(turned.place, (await rests(page)).look.place) > 0.9);
  },
);

/** Two fingers on opposite sides of a point: from one distance to another, turned clockwise by degrees. */
async function pinch(touch: CDPSession, at: { x: number; y: number }, from: number, to: number, degrees: number) {
  const steps = 8;
  const points = (part: number) => {
    const radius = from + (to - from) * part;
    const angle = (degrees * part * Math.PI) / 180;
    const [x, y] = [radius * Math.cos(angle), radius * Math.sin(angle)];
    return [
      { id: 0, x: at.x + x, y: at.y + y },
      { id: 1, x: at.x - x, y: at.y - y },
    ];
  };
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', part?: number) =>
    touch.send('Input.dispatchTouchEvent', { type, touchPoints: part === undefined ? [] : points(part) });
  await send('touchStart', 0);
  for (let k = 1; k <= steps; k++) await send('touchMove', k / steps);
  await send('touchEnd');
}
