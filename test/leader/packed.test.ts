/** Packed answers: renders that one worker computes and packs, for viewers. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import type { ToWorker } from '../../src/cluster/messages.js';
import type { Dialer } from '../../src/cluster/transport.js';
import { iterateReference, orderFor } from '../../src/kernel/perturbation/reference.js';
import { openSimd } from '../../src/kernel/simd.js';
import { type Fleet, openFleet } from '../../src/leader/fleet/fleet.js';
import type { RenderJob } from '../../src/leader/job/gathering.js';
import { startJob } from '../../src/leader/job/job.js';
import type { Frame } from '../../src/shard/frame.js';
import { nuOf, type Unpacked, unpackSync } from '../../src/tiles/packing.js';
import type { View } from '../../src/view/view.js';
import { type FractalPicture, fractalRenders } from '../../src/work/fractal/renders.js';
import { openPool } from '../../src/worker/pool.js';
import { serve } from '../../src/worker/session.js';
import { memoryNetwork } from '../cluster/memory.js';
import { paintOf, view } from '../worker/views.js';

const BOUNDED = { timeout: 60_000 };
const PROGRAM = { version: '1', build: 'build' };
const nothing = () => {};

/** A fleet of one worker. `sent`: gets what it is sent. */
function fleetOf(t: TestContext, sent: ToWorker[] = []): Fleet {
  const network = memoryNetwork();
  const dialer: Dialer = {
    dial(address) {
      const link = network.dialer.dial(address);
      const send = link.send.bind(link);
      link.send = (message) => {
        sent.push(message);
        return send(message);
      };
      return link;
    },
  };
  const identity = { dialer, ...PROGRAM, session: 's' };
  const fleet = openFleet({ ...identity, retries: 0, random: () => 0, maxSlots: 0, now: () => performance.now() });
  t.after(() => fleet.close());
  const address = { host: 'w', port: 1 };
  const pool = openPool(1, { unusedBytes: 64 << 20 });
  t.after(() => pool.close());
  const events = { began: nothing, finished: () => [], aborted: nothing, ended: nothing };
  network.listen(address, (link) => void serve(link, pool, PROGRAM, events));
  fleet.add({ address, slots: 0 });
  return fleet;
}

function jobOf(pictures: readonly FractalPicture[]): RenderJob {
  return { ...fractalRenders(pictures), shape: 'auto', grain: 'undivided', window: 3 };
}

async function framesOf(fleet: Fleet, job: RenderJob): Promise<Frame[]> {
  const running = startJob(fleet, job, {
    ...{ name: 'job', kernel: 'simd', minWorkers: 1, strict: false, metrics: false },
    ...{ signal: new AbortController().signal, now: () => performance.now() },
    ...{ note: nothing, progress: nothing, gathered: nothing },
  });
  const frames: Frame[] = [];
  for await (const frame of running.frames) frames.push(frame);
  return frames;
}

function unpacked({ answer }: Frame): Unpacked {
  assert.ok(answer.kind === 'packed');
  return unpackSync(answer.bytes, (bytes, length) => inflateRawSync(bytes, { maxOutputLength: length }));
}

const sized = (width: number, height: number, zoom: string): View => ({ ...view, width, height, zoom });
const packed = true as const;

test('packed renders of any size come in order, with the samples of the kernel within 1/512', BOUNDED, async (t) => {
  const views = [sized(64, 48, '1'), sized(31, 7, '20'), { ...sized(256, 256, '300'), distance: true as const }];
  const frames = await framesOf(fleetOf(t), jobOf(views.map((one) => ({ view: one, packed }))));
  for (const [k, one] of views.entries()) {
    const { width, height } = one;
    const piece = unpacked(frames[k] as Frame);
    assert.deepEqual([piece.width, piece.height, frames[k]?.index], [width, height, k]);
    const { nu, distance } = await openSimd().compute(one, { x: 0, y: 0, width, height });
    for (const [at, value] of nuOf(piece.counts).entries()) {
      const exact = nu[at] as number;
      assert.ok(value === exact || Math.abs(value - exact) <= 1 / 512, `${value} for ${exact}`);
    }
    for (const [at, value] of (piece.distance ?? []).entries()) {
      const [right, up] = [0, 1].map((c) => (distance as Float64Array)[at - (at % 2) + c] as number);
      assert.ok(
        Math.abs(value - ((at % 2 ? up : right) as number)) <= 0.001 * Math.hypot(right as number, up as number),
      );
    }
  }
});

test('packed and raw renders of one job have a scene each', BOUNDED, async (t) => {
  const one = sized(16, 16, '1');
  const job = jobOf([{ view: one }, { view: one, packed }, { view: one, packed }]);
  assert.equal(job.scenes.length, 2);
  const [raw, first, second] = await framesOf(fleetOf(t), job);
  assert.equal(raw?.answer.kind, 'samples');
  assert.deepEqual(first?.answer, second?.answer);
});

test('a reference that is kept is sent once, however many jobs need it; samples are the same', BOUNDED, async (t) => {
  const deep: View = {
    ...sized(24, 16, '1e20'),
    ...{ re: '-1.7598171308048478136108250105617982382439', im: '-0.0125933107997498653837466318432648584503' },
    ...{ iterations: 20_000, perturbed: true },
  };
  const order = orderFor(deep);
  const reference = { ...order, ...iterateReference(order) };
  const sent: ToWorker[] = [];
  const fleet = fleetOf(t, sent);
  const picturesOf = (kept: boolean) => [
    { view: deep, reference, packed, ...(kept ? { kept } : {}) },
    { view: deep, reference, ...(kept ? { kept } : {}) },
  ];
  const given = await framesOf(fleet, jobOf(picturesOf(false)));
  assert.equal(sent.filter(({ kind }) => kind === 'asset').length, 0);
  for (let k = 0; k < 3; k++) {
    const frames = await framesOf(fleet, jobOf(picturesOf(true)));
    for (const index of [0, 1]) assert.deepEqual(frames[index]?.answer, given[index]?.answer);
  }
  const assets = sent.filter((one) => one.kind === 'asset');
  assert.equal(assets.length, 1);
  assert.equal(assets[0]?.bytes.length, reference.orbit.byteLength + reference.underflow.byteLength);
});

test('an answer that is no piece of the right size is not taken', BOUNDED, async (t) => {
  const [frame] = await framesOf(fleetOf(t), jobOf([{ view: sized(8, 8, '1'), packed }]));
  const answer = frame?.answer;
  assert.ok(answer?.kind === 'packed');
  const validate = (bytes: Uint8Array, side: number) => {
    const job = jobOf([{ view: sized(side, side, '1'), packed }]);
    return job.validate({ bytes, uncertain: 0, seconds: 1 }, { x: 0, y: 0, width: side, height: side }, 0);
  };
  assert.equal(validate(answer.bytes, 8), undefined);
  assert.match(validate(answer.bytes, 16) ?? '', /it has 8x8 pixels, not 16x16/);
  assert.match(validate(new Uint8Array(8), 8) ?? '', /8 bytes are too few/);
});

test('pictures that are painted, sampled several times, cut or too large are not packed', () => {
  const one = sized(16, 16, '1');
  const grid = { kind: 'grid', side: 2 } as const;
  for (const [picture, why] of [
    [{ view: one, paint: paintOf(20) }, /colours are wanted/],
    [{ view: { ...one, sampling: grid } }, /4 samples a pixel/],
    [{ view: one, parts: [{ x: 0, y: 0, width: 8, height: 8 }] }, /parts of it/],
    [{ view: sized(2048, 2048, '1') }, /too large/],
  ] as const)
    assert.throws(() => fractalRenders([{ ...picture, packed }]), { code: 'REQUEST_INVALID', message: why });
});

test('a job with packed renders is neither divided nor verified', async (t) => {
  const job = jobOf([{ view: sized(16, 16, '1'), packed }]);
  const { grain: _, ...divided } = job;
  const fleet = fleetOf(t);
  await assert.rejects(framesOf(fleet, divided), /is not divided/);
  await assert.rejects(framesOf(fleet, { ...job, verify: { share: 1, seed: 1 } }), /is not verified/);
});
