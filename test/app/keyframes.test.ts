/** Films that are assembled from keyframes, from a request to their frames. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import { assemblyOf } from '../../src/app/assembly.js';
import { keyframeRenders } from '../../src/app/keyframes.js';
import { plan } from '../../src/app/plan.js';
import { render } from '../../src/app/render.js';
import { workerSource } from '../../src/app/worker-source.js';
import type { RawRequest } from '../../src/request/parse.js';
import { folder } from '../e2e/processes.js';
import { psnr } from '../film/rendering.js';
import { inProcess, localWorkers, never, orderOf, recorder } from './orders.js';

const BOUNDED = { timeout: 120_000 };
const AT = { xpos: '-0.7436438870371587', ypos: '0.13182590420531197' };
const END = { 'xpos-end': AT.xpos, 'ypos-end': AT.ypos };
/** kf-1e14 of test/golden. */
const KF = { xpos: '-1.759817130804847813610825010561798238244', ypos: '-0.01259331079974986538374663184326485845034' };
const DEEP = { ...KF, 'xpos-end': KF.xpos, 'ypos-end': KF.ypos, iters: '4036' };
const ZOOM = { ...AT, ...END, zoom: '100', 'zoom-end': '800', iters: '600', frames: '25', assembly: 'keyframes' };

/** The frames of a film, and what was said. */
async function framesOf(t: TestContext, raw: RawRequest, { workers = 1, store }: { workers?: number; store?: string }) {
  const at = folder(t);
  const { emit, events, lines } = recorder();
  const order = orderOf({ ...raw, outfile: join(at, 'f-%03d.png') }, store);
  await render(order, inProcess(localWorkers(t, workers)), { emit, signal: never });
  const frames = readdirSync(at).sort();
  const gathered = events.find((event) => event.kind === 'gathered');
  const last = events.findLast((event) => event.kind === 'progress');
  return { bytes: frames.map((name) => readFileSync(join(at, name))), report: gathered?.report, last, lines: lines() };
}

test(
  'a film has the same frames whoever computes it, in shards of any shape, and again from the store',
  BOUNDED,
  async (t) => {
    const store = folder(t);
    const one = await framesOf(t, ZOOM, {});
    assert.equal(one.bytes.length, 25);
    const two = await framesOf(t, { ...ZOOM, shard: 'row', 'block-size': '7' }, { workers: 2, store });
    assert.deepEqual(two.bytes, one.bytes);
    assert.equal(two.report?.recalled, 0);
    const again = await framesOf(t, ZOOM, { store });
    assert.deepEqual(again.bytes, one.bytes);
    assert.equal(again.report?.samples, 0);
    assert.equal(again.report?.recalled, one.report?.samples);
  },
);

test('another speed, easing, length and size below, and a part of the way, compute nothing', BOUNDED, async (t) => {
  const deep = { ...DEEP, zoom: '1e12', 'zoom-end': '1.6e13', frames: '25', assembly: 'keyframes' };
  for (const film of [ZOOM, deep]) {
    const store = folder(t);
    await framesOf(t, film, { store });
    for (const other of [
      { frames: '61' },
      { ease: '1', frames: '40' },
      { frames: '9', fps: '60' },
      { width: '32', height: '18' },
      { zoom: film['zoom-end'], 'zoom-end': film.zoom },
      { zoom: `${2 * Number(film.zoom)}` },
      { 'zoom-end': `${Number(film['zoom-end']) / 3}` },
      { 'zoom-end': `${Number(film['zoom-end']) / 2}`, frames: '40', width: '32', height: '18' },
      { palette: 'Hippi', density: '3' },
    ]) {
      const { report } = await framesOf(t, { ...film, ...other }, { store });
      assert.equal(report?.samples, 0, JSON.stringify(other));
    }
    for (const other of [{ rotate: '5' }, { width: '70' }]) {
      const { report } = await framesOf(t, { ...film, ...other }, { store });
      const share = (report?.recalled ?? 0) / ((report?.recalled ?? 0) + (report?.samples ?? 0));
      assert.ok(share > 0.6, `${JSON.stringify(other)}: ${share}`);
    }
  }
});

test('a path with other times and easings, and a part of it, computes nothing', BOUNDED, async (t) => {
  const { xpos, ypos } = AT;
  const way = [
    { xpos, ypos, zoom: '150' },
    { xpos, ypos, zoom: '150' },
    { xpos: '-0.7412', ypos: '0.1352', zoom: '150', rotate: 30 },
    { xpos: '-0.7412', ypos: '0.1352', zoom: '600', rotate: 30 },
    { xpos: '-0.7436', ypos: '0.1318', zoom: '1500', rotate: -10 },
  ];
  const film = (times: readonly number[], eases: readonly unknown[]) => ({
    path: JSON.stringify({ keyframes: way.map((one, k) => ({ time: times[k], ...one, ease: eases[k] })) }),
    ...{ iters: '500', assembly: 'keyframes', width: '48', height: '27' },
  });
  const first = film([0, 5, 20, 45, 70], Array(5).fill('linear'));
  const store = folder(t);
  const { report } = await framesOf(t, first, { store });
  assert.ok((report?.samples ?? 0) < 30 * 48 * 27);
  const again = film([0, 2, 15.5, 55, 99], ['smooth', 'linear', { power: 2 }, 'smooth', 'linear']);
  for (const other of [again, { ...again, 'frames-from': '20', 'frames-to': '40' }, { ...first, shutter: '180' }]) {
    const { report: second, bytes } = await framesOf(t, other, { store });
    assert.equal(second?.samples, 0);
    assert.ok(bytes.length > 20);
  }
});

test('with --any-rotation any rotation later computes nothing', BOUNDED, async (t) => {
  const deep = { ...DEEP, zoom: '1e12', 'zoom-end': '8e12', frames: '25', assembly: 'keyframes' };
  for (const film of [ZOOM, deep]) {
    const store = folder(t);
    const plain = await framesOf(t, film, {});
    const round = await framesOf(t, { ...film, 'any-rotation': 'true' }, { store });
    const more = (round.report?.samples ?? 0) / (plain.report?.samples ?? 1);
    assert.ok(more > 1.4 && more < 2, `${more} times the samples`);
    for (const other of [
      { rotate: '33' },
      { 'rotate-end': '-150', frames: '40' },
      { rotate: '5', 'rotate-end': '95', ease: '1' },
      { rotate: '-20', 'any-rotation': 'true', zoom: `${2 * Number(film.zoom)}` },
    ]) {
      const { report, bytes } = await framesOf(t, { ...film, ...other }, { store });
      assert.equal(report?.samples, 0, JSON.stringify(other));
      const frame = { ...film, ...other, 'frames-from': '9', 'frames-to': '9' };
      const own = await framesOf(t, frame, {});
      const truth = await framesOf(t, { ...frame, assembly: 'frames', samples: '64' }, {});
      const [shared, alone] = [bytes[9], own.bytes[0]].map((one) => psnrOf(one, truth.bytes[0]));
      const [from, of] = [await shared, await alone] as [number, number];
      assert.ok(from > of - 1.5, `${JSON.stringify(other)}: ${from} dB, ${of} dB alone`);
    }
  }
});

test('a film of another size from kept keyframes is as good as one of its own', BOUNDED, async (t) => {
  const store = folder(t);
  const small = { ...ZOOM, width: '32', height: '18', frames: '9' };
  await framesOf(t, ZOOM, { store });
  const shared = await framesOf(t, small, { store });
  const own = await framesOf(t, small, {});
  const truth = await framesOf(t, { ...small, assembly: 'frames', samples: '64' }, {});
  for (const frame of [0, 4, 8]) {
    const [from, alone] = [shared, own].map(({ bytes }) => psnrOf(bytes[frame], truth.bytes[frame]));
    assert.ok(
      ((await from) as number) > ((await alone) as number) - 1,
      `frame ${frame}: ${await from}, alone ${await alone} dB`,
    );
  }
});

test('a part of a film has the frames of the whole', BOUNDED, async (t) => {
  const [whole, part] = [
    await framesOf(t, ZOOM, {}),
    await framesOf(t, { ...ZOOM, 'frames-from': '7', 'frames-to': '12' }, {}),
  ];
  assert.deepEqual(part.bytes, whole.bytes.slice(7, 13));
  assert.ok((part.report?.samples ?? Infinity) < (whole.report?.samples ?? 0));
});

test('where the formula changes frames are computed one by one, and all have their own colours', BOUNDED, async (t) => {
  const julia = (re: string, im: string) => ({ 'julia-re': re, 'julia-im': im });
  const keyframes = [
    { time: 0, xpos: '0', ypos: '0', zoom: '1', ...julia('-0.8', '0.156'), ease: 'hold' },
    { time: 6, zoom: '1', ...julia('-0.8', '0.156') },
    { time: 9, zoom: '1', ...julia('-0.7', '0.27'), offset: '0.5' },
    { time: 18, zoom: '4', ...julia('-0.7', '0.27') },
  ];
  const film = { path: JSON.stringify({ keyframes }), formula: 'julia', iters: '300' };
  const shared = await framesOf(t, { ...film, assembly: 'keyframes' }, {});
  const single = { ...film, assembly: 'frames', 'palette-filter': 'true' };
  const alone = await framesOf(t, single, {});
  const truth = await framesOf(t, { ...single, samples: '32' }, {});
  assert.equal(shared.bytes.length, 19);
  for (const [frame, bytes] of shared.bytes.entries()) {
    if (frame >= 7 && frame <= 8) assert.deepEqual(bytes, alone.bytes[frame], `frame ${frame}`);
    else assert.ok((await psnrOf(bytes, truth.bytes[frame])) > (await psnrOf(alone.bytes[frame], truth.bytes[frame])));
  }
  assert.ok((shared.report?.samples ?? Infinity) < (alone.report?.samples ?? 0));
  assert.ok(
    shared.lines.some((line) => /assembled from \d+ keyframes; 2 frames are computed one by one/.test(line)),
    shared.lines.join(),
  );
});

test('planning a long film is ended by a signal, and lets other work run meanwhile', BOUNDED, async () => {
  const { request } = orderOf({ ...ZOOM, frames: '1000000', assembly: 'auto' });
  const { stretches = [] } = await assemblyOf(request, never);
  const { film } = stretches[0] ?? {};
  assert.ok(film);
  const reason = new Error('enough');
  const controller = new AbortController();
  const planning = keyframeRenders(request, film, controller.signal);
  setImmediate(() => controller.abort(reason));
  await assert.rejects(planning, (error) => error === reason);
});

test('progress counts frames of the film, and ends with all of them', BOUNDED, async (t) => {
  const { last, report } = await framesOf(t, ZOOM, {});
  assert.deepEqual([last?.framesDone, last?.outline.frames, last?.phase], [25, 25, 'done']);
  assert.equal(last?.samplesDone, last?.samples);
  assert.equal(report?.samples, last?.samples);
});

test('several samples a pixel where doubles just reach: as deep as frames of so many samples', BOUNDED, async (t) => {
  const deep = { ...AT, ...END, zoom: '1e10', 'zoom-end': '2e11', frames: '5', iters: '300', samples: '4' };
  const { bytes } = await framesOf(t, { ...deep, assembly: 'keyframes' }, {});
  assert.equal(bytes.length, 5);
});

test(
  'slopes and distances are those of the size of a pixel: as good as frames of several samples',
  BOUNDED,
  async (t) => {
    for (const look of [{ slope: 'true' }, { 'color-mode': 'distance' }]) {
      const film = { ...ZOOM, ...look, frames: '9' };
      const { bytes, report } = await framesOf(t, film, {});
      const one = await framesOf(t, { ...film, assembly: 'frames' }, {});
      const truth = await framesOf(t, { ...film, assembly: 'frames', samples: '64' }, {});
      assert.ok((report?.samples ?? 0) < (one.report?.samples ?? 0));
      for (const frame of [0, 3, 8]) {
        const [shared, alone] = [bytes, one.bytes].map(async (files) => psnrOf(files[frame], truth.bytes[frame]));
        const [from, of] = [await shared, await alone] as [number, number];
        assert.ok(from > of + 1, `${JSON.stringify(look)}, frame ${frame}: ${from} dB, alone ${of} dB`);
      }
    }
  },
);

/** Of two PNGs. */
async function psnrOf(a: Buffer | undefined, b: Buffer | undefined): Promise<number> {
  const [one, other] = [await sharp(a).raw().toBuffer(), await sharp(b).raw().toBuffer()];
  return psnr(one, other);
}

test('auto takes what has fewer samples, and the plan says both', BOUNDED, async () => {
  const source = await workerSource({ host: 'a:1', np: 0, minWorkers: 1, access: {} }, undefined);
  const planned = async (raw: RawRequest) =>
    plan(orderOf({ ...raw, assembly: 'auto' }), source, { emit: () => undefined, signal: never });
  const long = await planned(ZOOM);
  const samplesOf = (planned: typeof long, by: 'frames' | 'keyframes') =>
    planned.ways?.all.find((way) => way.by === by)?.samples;
  assert.equal(samplesOf(long, 'frames'), 25 * 64 * 36);
  assert.ok(long.samples < 25 * 64 * 36);
  assert.equal(long.samples, samplesOf(long, 'keyframes'));
  assert.match(long.ways?.why ?? '', /fewer samples/);
  const short = await planned({ ...ZOOM, frames: '2', 'zoom-end': '1e9' });
  assert.equal(short.samples, 2 * 64 * 36);
  assert.equal(short.ways?.chosen.by, 'frames');
});

test(
  'a film that was ended while keyframes were computed goes on from the store, to the same frames',
  BOUNDED,
  async (t) => {
    const store = folder(t);
    const controller = new AbortController();
    const { emit, events } = recorder((event) => {
      if (event.kind === 'progress' && event.rendersDone > 2) controller.abort(new Error('enough'));
    });
    const order = orderOf({ ...ZOOM, outfile: join(folder(t), 'f-%03d.png') }, store);
    await assert.rejects(render(order, inProcess(localWorkers(t, 1)), { emit, signal: controller.signal }), /enough/);
    const kept = events.find((event) => event.kind === 'kept');
    assert.equal(kept?.store, 'all');
    assert.ok(kept.keyframes && kept.keyframes.done > 2 && kept.keyframes.done < kept.keyframes.all);
    const [resumed, whole] = [await framesOf(t, ZOOM, { store }), await framesOf(t, ZOOM, {})];
    assert.ok((resumed.report?.recalled ?? 0) >= kept.samplesDone);
    assert.ok((resumed.report?.samples ?? 0) > 0);
    assert.equal((resumed.report?.recalled ?? 0) + (resumed.report?.samples ?? 0), whole.report?.samples);
    assert.deepEqual(resumed.bytes, whole.bytes);
  },
);

test('an abort while frames are assembled ends the film', BOUNDED, async (t) => {
  const at = folder(t);
  const controller = new AbortController();
  const reason = new Error('enough');
  const { emit } = recorder((event) => {
    if (event.kind === 'progress' && event.framesDone === 3) controller.abort(reason);
  });
  const order = orderOf({ ...ZOOM, outfile: join(at, 'x.mp4') });
  const rendering = render(order, inProcess(localWorkers(t, 1)), { emit, signal: controller.signal });
  await assert.rejects(rendering, (error) => error === reason);
  assert.deepEqual(readdirSync(at), []);
});
