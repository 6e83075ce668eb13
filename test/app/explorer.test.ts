/** What the lookout of the explorer finds for a view: limits, methods, orbits, colours; and how it ends. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from '../../src/app/render.js';
import { levelFor, zoomAt } from '../../src/tiles/lattice.js';
import { folder } from '../e2e/processes.js';
import { countsOf, openedLookout, orderAt, type Place, SIZE, tiles } from './explorer-looks.js';
import { inProcess, never, orderOf, recorder } from './orders.js';

const BOUNDED = { timeout: 60_000 };
const VALLEY: Place = { re: '-0.7454286', im: '0.1130089', zoom: '1308000' };
const DEEP: Place = {
  ...{ re: '-1.759817130804847813610825010561798238243999999999999999999800', zoom: '1e20' },
  im: '-0.012593310799749865383746631843264858450340000000000000000000',
};

function linesOf(lines: string[], begin: string): string[] {
  return lines.filter((line) => line.startsWith(begin));
}

for (const [name, place] of Object.entries({ VALLEY, DEEP }))
  test(`limit and colours of a view are those of a still of it by the same method: ${name}`, BOUNDED, async (t) => {
    const { lookout, local, lines } = await openedLookout(t);
    const order = orderAt(place);
    const look = await lookout.look(order, never);
    await look.colours(never);
    const { emit, lines: still } = recorder();
    const raw = {
      ...{ xpos: place.re, ypos: place.im, zoom: zoomAt(order.lattice.level, SIZE.height), smoothness: '1' },
      ...{ width: String(SIZE.width), height: String(SIZE.height), outfile: `${folder(t)}/still.png` },
      // The explorer perturbs less often: decision 0120.
      method: look.perturbed ? 'perturbation' : 'direct',
    };
    await render(orderOf(raw), inProcess(local), { emit, signal: never });
    for (const begin of ['iteration limit: ', 'colours: ']) {
      assert.equal(linesOf(still(), begin).length, 1);
      assert.deepEqual(linesOf(lines(), begin), linesOf(still(), begin));
    }
  });

test('colours are found only where the scene leaves them open', BOUNDED, async (t) => {
  const { lookout } = await openedLookout(t);
  const coloursOf = async (scene: Record<string, string>) =>
    (await lookout.look(orderAt({ ...VALLEY, scene: { iters: '500', ...scene } }), never)).colours(never);
  assert.equal(await coloursOf({ density: '2' }), undefined);
  assert.equal(await coloursOf({ colors: 'found', density: '2' }), undefined);
  const equal = await coloursOf({ equalize: 'true' });
  assert.ok((equal?.curve?.length ?? 0) > 1, 'a curve');
  assert.notEqual((await coloursOf({}))?.density, undefined);
});

test('the same order again is the same look; another scene is another key', BOUNDED, async (t) => {
  const { lookout } = await openedLookout(t);
  const order = orderAt(VALLEY);
  const [one, same] = await Promise.all([lookout.look(order, never), lookout.look(order, never)]);
  assert.equal(one, same);
  assert.equal(await lookout.look(structuredClone(order), never), one);
  const keyOf = async (scene: Record<string, string>) =>
    (await lookout.look(orderAt({ ...VALLEY, scene: { iters: '500', ...scene } }), never)).key;
  const plain = await keyOf({});
  assert.equal(await keyOf({ palette: 'Fiesta', density: '3' }), plain, 'colours do not shape samples');
  for (const other of [{ bailout: '100' }, { slope: '0.5' }, { iters: '501' }, { formula: 'tricorn' }])
    assert.notEqual(await keyOf(other), plain, JSON.stringify(other));
});

test('a look nearby has an orbit and a limit at once, and agrees with what is found later', BOUNDED, async (t) => {
  const { lookout } = await openedLookout(t);
  const look = await lookout.look(orderAt(DEEP), never);
  const closer = orderAt({ ...DEEP, zoom: '1e21' });
  const near = lookout.near(closer, look);
  assert.ok(near?.provisional);
  assert.ok(near.perturbed && near.iterations >= look.iterations);
  const found = await lookout.look(closer, never);
  assert.equal(found.provisional, false);
  assert.equal(found.perturbed, true);
  const [one, other] = [await countsOf(near, tiles()), await countsOf(found, tiles())];
  const both = one.filter((nu, k) => nu !== Infinity && other[k] !== Infinity);
  assert.ok(both.length > 1000);
  // Points that neither limit decides are open; the others are the same, since the orbit is.
  const apart = one.filter((nu, k) => nu !== Infinity && (other[k] as number) !== Infinity && nu !== other[k]);
  assert.equal(apart.length, 0);
});

test('a look far away, or of another formula, is of no use', BOUNDED, async (t) => {
  const { lookout } = await openedLookout(t);
  const look = await lookout.look(orderAt(DEEP), never);
  assert.equal(lookout.near(orderAt({ ...DEEP, scene: { formula: 'burning-ship' } }), look), undefined);
  const elsewhere = { ...DEEP, re: `${DEEP.re.slice(0, 8)}9${DEEP.re.slice(9)}` };
  assert.equal(lookout.near(orderAt(elsewhere), look), undefined);
  const { lookout: other } = await openedLookout(t);
  const valley = await other.look(orderAt(VALLEY), never);
  assert.equal(other.near(orderAt(DEEP), valley), undefined, 'no orbit is there');
});

test('views nearby share one orbit, also when they zoom in step by step', BOUNDED, async (t) => {
  const place = { ...DEEP, scene: { iters: '200000' } };
  const { lookout, orbits } = await openedLookout(t);
  const level = levelFor(place.zoom, SIZE.height);
  for (let notch = 0; notch < 12; notch++)
    await lookout.look(orderAt({ ...place, zoom: zoomAt(level + 8 * notch, SIZE.height) }), never);
  assert.equal(orbits(), 1);
  await lookout.look(orderAt({ ...place, zoom: '1e45' }), never);
  assert.equal(orbits(), 2, 'deeper than it is precise');
});

test('the signal ends a search, and the pieces under way', BOUNDED, async (t) => {
  const { lookout } = await openedLookout(t);
  const reason = new Error('moved on');
  const slow = orderAt({ re: '-0.5', im: '0', zoom: '8', scene: { iters: '1000000000', method: 'direct' } });
  const ending = new AbortController();
  const look = await lookout.look(slow, never);
  const computing = countsOf(look, tiles(), ending.signal);
  setTimeout(() => ending.abort(reason), 20);
  await assert.rejects(computing, (error) => error === reason);
  // The slots are free again.
  const valley = await lookout.look(orderAt({ ...VALLEY, scene: { iters: '500' } }), never);
  assert.equal((await countsOf(valley, tiles())).length, SIZE.width * SIZE.height);
  await assert.rejects(lookout.look(slow, AbortSignal.abort(reason)), (error) => error === reason);
});

for (const [scene, message] of [
  [{ zoom: '5' }, 'the scene: "zoom" says where the picture is: leave it out, the lattice says that'],
  [{ frames: '5' }, 'the scene: "frames" is about a film: leave it out'],
  [{ texture: '/etc/passwd' }, 'the scene: "texture" is about a file: leave it out'],
  [{ outfile: 'x.png' }, 'the scene: "outfile" does not shape what is seen: leave it out'],
  [
    { samples: '9' },
    'the scene: "samples" is about the samples of a pixel, of which the explorer has one: leave it out',
  ],
  [{ nonsense: '1' }, 'the scene: "nonsense" is no flag of a picture'],
  [{ palette: 'my.map' }, '--palette "my.map" is a file: give its colours as JSON instead'],
] as const)
  test(`a scene is refused in one line: ${JSON.stringify(scene)}`, BOUNDED, async (t) => {
    const { lookout } = await openedLookout(t);
    await assert.rejects(lookout.look(orderAt({ ...VALLEY, scene }), never), { message });
  });
