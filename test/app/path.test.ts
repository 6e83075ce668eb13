/** Films of paths through the function that the program calls: their frames are the stills of their values. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { forecastOf } from '../../src/app/forecast.js';
import { type Prepared, prepare, referenceOf } from '../../src/app/prepare.js';
import { recolor } from '../../src/app/recolor.js';
import { render } from '../../src/app/render.js';
import { blankWarnings, standstill } from '../../src/app/warnings.js';
import { loadSharp } from '../../src/render/stills.js';
import { pictureFlags } from '../../src/request/metadata.js';
import { parseRequest, type RawRequest } from '../../src/request/parse.js';
import { viewAt } from '../../src/request/request.js';
import { folder } from '../e2e/processes.js';
import { inProcess, localWorkers, never, orderOf } from './orders.js';

const BOUNDED = { timeout: 120_000 };
const context = { emit: () => undefined, signal: never };

/** A hash of the pixels of each frame, by the number in the name of its file. */
async function framesOf(t: TestContext, raw: RawRequest, workers = 1, store?: string): Promise<Map<number, string>> {
  const at = folder(t);
  await render(orderOf({ ...raw, outfile: join(at, '%03d.png') }, store), inProcess(localWorkers(t, workers)), context);
  return pixelsIn(at);
}

async function pixelsIn(at: string): Promise<Map<number, string>> {
  const sharp = await loadSharp();
  const pixels = readdirSync(at).map(async (name) => {
    const bytes = await sharp(readFileSync(join(at, name)))
      .raw()
      .toBuffer();
    return [Number.parseInt(name, 10), createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return new Map(await Promise.all(pixels));
}

/** A frame by itself, of the flags that stand in its file. */
async function still(t: TestContext, raw: RawRequest, frame: number): Promise<string> {
  const flags = pictureFlags(parseRequest({ width: '64', height: '36', ...raw }), frame);
  return [...(await framesOf(t, flags)).values()][0] as string;
}

const LOOKS: RawRequest = {
  path: JSON.stringify({
    keyframes: [
      { time: 0, xpos: '-0.7436438870371587', ypos: '0.13182590420531197', zoom: '1', offset: 0, 'slope-angle': 0 },
      { time: 3, rotate: 20, density: 3, bailout: 1000 },
      { time: 5, zoom: '300', offset: 0.7, 'slope-angle': 200 },
    ],
  }),
  slope: '0.8',
  samples: '2',
  iters: '200 + 20*log2(1 + zoom)',
};

for (const flip of ['false', 'true'])
  test(`palette, light, rotation, bailout and limit change from frame to frame, flip ${flip}`, BOUNDED, async (t) => {
    const raw = { ...LOOKS, flip };
    const frames = await framesOf(t, raw);
    assert.deepEqual([...frames.keys()].sort(), [0, 1, 2, 3, 4, 5]);
    assert.equal(new Set(frames.values()).size, 6);
    for (const frame of [0, 2, 5]) assert.equal(frames.get(frame), await still(t, raw, frame), `frame ${frame}`);
    assert.deepEqual(await framesOf(t, { ...raw, shard: 'row', 'block-size': '5' }, 2), frames, 'other shards');
    const mode = { ...raw, 'color-mode': '4', path: LOOKS.path?.replaceAll(/"offset":[\d.]+,?/g, '') as string };
    assert.equal((await framesOf(t, mode)).get(4), await still(t, mode, 4), 'a formula depends on the limit');
  });

test('a Julia set that changes, by flags', BOUNDED, async (t) => {
  const raw = {
    ...{ formula: 'julia', xpos: '0', ypos: '0', zoom: '1.3', iters: '300', frames: '5', 'ease-power': '2' },
    ...{ 'julia-re-end': '-0.4', 'julia-im-end': '0.6', 'rotate-end': '50', 'offset-end': '0.5' },
  };
  const frames = await framesOf(t, raw);
  for (const frame of [0, 3, 4]) assert.equal(frames.get(frame), await still(t, raw, frame), `frame ${frame}`);
});

test('parts of a film are its frames under their numbers, and the store has them for the whole', BOUNDED, async (t) => {
  const store = folder(t);
  const whole = await framesOf(t, LOOKS);
  const parts = [
    await framesOf(t, { ...LOOKS, 'frames-to': '1' }, 1, store),
    await framesOf(t, { ...LOOKS, 'frames-from': '2', 'frames-to': '2' }, 1, store),
    await framesOf(t, { ...LOOKS, 'frames-from': '3' }, 1, store),
  ];
  assert.deepEqual(new Map(parts.flatMap((part) => [...part])), whole);
  assert.deepEqual(await framesOf(t, LOOKS, 1, store), whole);
});

test('recolor paints each frame with its own look', BOUNDED, async (t) => {
  const [store, at] = [folder(t), folder(t)];
  const order = orderOf({ ...LOOKS, outfile: join(folder(t), '%03d.png') }, store);
  await render({ ...order, store: { ...order.store, samples: true } }, inProcess(localWorkers(t, 1)), context);
  const other = { ...LOOKS, palette: 'Hippi', 'frames-from': '2' };
  await recolor(orderOf({ ...other, outfile: join(at, '%03d.png') }, store), context);
  assert.deepEqual(await pixelsIn(at), await framesOf(t, other));
});

const prepared = (raw: RawRequest): Promise<Prepared> =>
  prepare(parseRequest({ width: '32', height: '18', ...raw }), context);
const GOLDEN = JSON.parse(
  readFileSync(new URL('../../../test/golden/golden.json', import.meta.url), 'utf8'),
) as readonly {
  readonly id: string;
  readonly re: string;
  readonly im: string;
  readonly zoom: string;
}[];
const [FIRST, SECOND] = ['kf-1e14', 'kf-5e113'].map((id) => GOLDEN.find((one) => one.id === id)) as [
  (typeof GOLDEN)[0],
  (typeof GOLDEN)[0],
];
const JOURNEY: RawRequest = {
  path: JSON.stringify({
    keyframes: [
      { time: 0, xpos: FIRST.re, ypos: FIRST.im, zoom: '1e30' },
      { time: 12, xpos: SECOND.re, ypos: SECOND.im, zoom: SECOND.zoom },
    ],
  }),
  iters: '3000',
  // Stills of frames would have colours of their own.
  colors: 'fixed',
  width: '32',
  height: '18',
};

test('a journey between two deep places has an orbit for each, and its frames are the stills', BOUNDED, async (t) => {
  const ready = await prepared(JOURNEY);
  assert.equal(ready.references.length, 2);
  const { request } = ready;
  const of = (frame: number) => referenceOf(ready, viewAt(request, frame))?.re;
  assert.deepEqual([of(0), of(12)], [FIRST.re, SECOND.re]);
  assert.deepEqual([of(1), of(11)], [FIRST.re, SECOND.re]);
  assert.ok(viewAt(request, 1).perturbed && viewAt(request, 11).perturbed);
  const frames = await framesOf(t, JOURNEY, 2);
  for (const frame of [0, 12]) assert.equal(frames.get(frame), await still(t, JOURNEY, frame), `frame ${frame}`);
});

test('a Julia constant that changes at a depth beyond doubles is refused before anything is computed', async () => {
  const deep = { formula: 'julia', xpos: '0.3', ypos: '0', 'zoom-end': '1e40', zoom: '1', frames: '9', iters: '100' };
  await assert.rejects(
    prepared({ ...deep, 'julia-re-end': '0' }),
    /VIEW_TOO_DEEP: frame 8 has a zoom of 1e40\.0, .* below 1e\d+/,
  );
  await assert.rejects(
    prepared({ ...deep, 'zoom-end': '10', 'julia-re-end': '0', method: 'perturbation' }),
    /VIEW_TOO_DEEP: .*use --method auto/,
  );
});

test('a path that leaves the set behind between two good places is warned of, with the command', BOUNDED, async () => {
  const raw = {
    path: JSON.stringify({
      keyframes: [
        { time: 0, xpos: '-0.743643887037158', ypos: '0.131825904205312', zoom: '10' },
        { time: 100, xpos: '-0.743643887037158', ypos: '0.131825904205312', zoom: '1e4' },
        { time: 130, xpos: '-0.00275', ypos: '0.78912', zoom: '1e9', journey: true },
        { time: 160, xpos: '-0.743643887037158', ypos: '0.131825904205312', zoom: '1e4' },
      ],
    }),
    width: '160',
    height: '90',
  };
  const ready = await prepared(raw);
  const { blanks } = await forecastOf(ready, never);
  const [blank] = blanks;
  assert.ok(blank && blank.from > 100 && blank.from <= 130 && blank.to >= 130 && blank.to < 160, JSON.stringify(blank));
  assert.match(
    blankWarnings(ready.request, blanks).join('\n'),
    /^frames \d+ to \d+ show nothing: .*fractal locate --xpos=/,
  );
});

test('a film in which only the palette moves is no standstill', () => {
  const film = (raw: RawRequest) => standstill(parseRequest({ frames: '9', ...raw }));
  assert.match(film({}) ?? '', /all 9 frames are the same picture/);
  assert.match(film({ path: '{"keyframes": [{"time": 3, "zoom": 42.43278}]}' }) ?? '', /all 9 frames/);
  assert.equal(film({ 'offset-end': '1' }), undefined);
  assert.equal(film({ path: '{"keyframes": [{"time": 3, "rotate": 1}]}' }), undefined);
});
