/** One job of pictures that differ in size, samples, colours and reference orbit, with a store. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { archiveOf, reportingRecalls } from '../../src/app/archive.js';
import { openStore } from '../../src/app/kept-place.js';
import type { LocalWorkers } from '../../src/app/local-workers.js';
import { thisProgram } from '../../src/app/version.js';
import { iterateReference, orderFor, type Reference } from '../../src/kernel/perturbation/reference.js';
import { openFleet } from '../../src/leader/fleet/fleet.js';
import type { RenderJob } from '../../src/leader/job/gathering.js';
import { startJob } from '../../src/leader/job/job.js';
import type { Report } from '../../src/leader/job/ledger.js';
import type { Frame } from '../../src/shard/frame.js';
import type { View } from '../../src/view/view.js';
import { numericsOf } from '../../src/work/fractal/numerics.js';
import { type FractalPicture, fractalRenders } from '../../src/work/fractal/renders.js';
import { folder } from '../e2e/processes.js';
import { paintOf, view } from '../worker/views.js';
import { localWorkers, recorder } from './orders.js';

const BOUNDED = { timeout: 60_000 };
const deepAt = (re: string, im: string, width: number, height: number): View => ({
  ...{ ...view, re, im, zoom: '1e16', width, height, iterations: 2_000 },
  perturbed: true,
});

/** An orbit around the centre of a view. */
function referenceOf(deep: View): Reference {
  const { formula, re, im } = deep;
  const { orbit, underflow, start } = iterateReference(orderFor(deep));
  return { formula, re, im, orbit, underflow, start, extended: false };
}

const [here, there] = [deepAt('-0.7436438870371587', '0.1318259042053119', 40, 24), deepAt('0', '1', 24, 56)];
const [one, other] = [referenceOf(here), referenceOf(there)];
const PICTURES: readonly FractalPicture[] = [
  { view: here, reference: one },
  { view: { ...there, sampling: { kind: 'grid', side: 2 }, distance: true }, reference: other },
  { view: { ...view, width: 33, height: 17 }, paint: paintOf(5) },
  { view: { ...here, zoom: '2e16', width: 8, height: 64 }, reference: one, paint: paintOf(9) },
];
const pixelsOf = (pictures: readonly FractalPicture[]) =>
  pictures.reduce((sum, { view: { width, height } }) => sum + width * height, 0);

/** Runs the pictures as one job of rows, with the store in a folder; at most `shards` of them. */
async function run(
  t: TestContext,
  local: LocalWorkers,
  path: string | undefined,
  { pictures = PICTURES, shards = Infinity } = {},
) {
  const { emit, events } = recorder();
  const store = await openStore(
    { place: path === undefined ? undefined : { kind: 'folder', folder: path }, size: 2 ** 26, samples: false },
    ({ kind }) => assert.fail(kind),
  );
  const numerics = await numericsOf('simd', local.offer);
  const archive = archiveOf(store, (render) => pictures[render] as FractalPicture, numerics);
  const enough = new AbortController();
  const frames: Frame[] = [];
  let report: Report | undefined;
  let done = 0;
  const now = () => performance.now();
  const identity = { dialer: local.dialer, session: 's', retries: 0, random: () => 0, maxSlots: 0, now };
  const fleet = openFleet({ ...identity, ...thisProgram() });
  t.after(() => fleet.close());
  const pixelsOf = (render: number) => {
    const { width, height } = (pictures[render] as FractalPicture).view;
    return width * height;
  };
  const job: RenderJob = {
    ...fractalRenders(pictures),
    shape: 'row',
    blockSize: 8,
    window: pictures.length,
    ...(archive ? { archive: reportingRecalls(archive, pixelsOf, emit) } : {}),
  };
  const running = startJob(fleet, job, {
    ...{ name: 'job', ...numerics, minWorkers: 1, strict: false, metrics: false, signal: enough.signal, now },
    note: () => undefined,
    progress(progress) {
      done = progress.shardsDone;
      if (done >= shards) enough.abort(new Error('enough'));
    },
    gathered: (made) => {
      report = made;
    },
  });
  for (const address of local.addresses) fleet.add({ address, slots: 0 });
  try {
    for await (const frame of running.frames) frames.push(frame);
  } catch (error) {
    assert.ok(enough.signal.aborted, String(error));
  }
  archive?.suspend();
  await store?.written();
  fleet.close();
  const recalled = events.flatMap((e) => (e.kind === 'recalled' ? [e.pixels - e.missing] : []));
  return { frames, done, report, recalled };
}

test(
  'a second run of a job of different sizes and reference orbits computes nothing, and has the same bytes',
  BOUNDED,
  async (t) => {
    const [local, path] = [localWorkers(t, 2), folder(t)];
    const bare = await run(t, local, undefined);
    const first = await run(t, local, path);
    assert.deepEqual(first.frames, bare.frames);
    assert.deepEqual(first.recalled, [0, 0, 0, 0]);
    const second = await run(t, local, path);
    assert.deepEqual(second.frames, bare.frames);
    assert.equal(second.report?.shards, 0);
    assert.deepEqual(
      second.recalled,
      PICTURES.map((picture) => pixelsOf([picture])),
    );
  },
);

test(
  'a picture is found by any job that has it, whatever its index there; with another orbit or size it is not',
  BOUNDED,
  async (t) => {
    const [local, path] = [localWorkers(t, 1), folder(t)];
    const first = await run(t, local, path);
    const [a, b] = PICTURES as readonly [FractalPicture, FractalPicture];
    const changed: FractalPicture = { ...a, reference: { ...one, re: '-0.74364388703715' } };
    const larger: FractalPicture = { ...a, view: { ...a.view, width: 41 } };
    const second = await run(t, local, path, { pictures: [b, changed, larger, a, a] });
    const [ofA, ofB] = [pixelsOf([a]), pixelsOf([b])];
    assert.deepEqual(second.recalled, [ofB, 0, 0, ofA, ofA]);
    const twice = await run(t, local, folder(t), { pictures: [a, a] });
    assert.deepEqual(twice.recalled, [0, 0]);
    const answers = [second.frames[0], second.frames[3], second.frames[4]].map((frame) => frame?.answer);
    assert.deepEqual(answers, [first.frames[1]?.answer, first.frames[0]?.answer, first.frames[0]?.answer]);
  },
);

test('a job of different sizes that was cut short goes on from what is kept', BOUNDED, async (t) => {
  const [local, path] = [localWorkers(t, 1), folder(t)];
  const bare = await run(t, local, undefined);
  const cut = await run(t, local, path, { shards: 7 });
  // The first picture has 3 shards, the second 7.
  assert.equal(cut.done, 7);
  assert.equal(cut.report, undefined);
  const rest = await run(t, local, path);
  assert.deepEqual(rest.frames, bare.frames);
  assert.equal(
    rest.recalled.reduce((sum, pixels) => sum + pixels),
    40 * 24 + 24 * 32,
  );
  assert.equal(rest.report?.shards, (bare.report?.shards ?? 0) - 7);
});
