/**
 * Pieces of the explorer on one slot: their bytes a pixel, what packing and unpacking takes, and how soon the thread of a piece
 * that is not wanted any more is free for another.
 */

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Assignment, Rank } from '../src/cluster/messages.js';
import { openPerturbation, shareReference } from '../src/kernel/perturbation/kernel.js';
import { iterateReference, orderFor } from '../src/kernel/perturbation/reference.js';
import { openSimd } from '../src/kernel/simd.js';
import type { ChannelArrays } from '../src/shard/raw-samples.js';
import { pack, unpackSync } from '../src/tiles/packing.js';
import type { View } from '../src/view/view.js';
import { openPool } from '../src/worker/pool.js';
import type { Outcome } from '../src/worker/queues.js';
import { readGolden } from '../test/golden.js';
import { median, print } from './table.js';
import { view } from './view.js';

const SIDE = 256;
const RECT = { x: 0, y: 0, width: SIDE, height: SIDE };
const RUNS = 5;
const RANK: Rank = { priority: 50, owner: 0, weight: 1 };
const deflate = (bytes: Uint8Array) => deflateRawSync(bytes, { level: 1 });
const inflate = (bytes: Uint8Array, length: number) => inflateRawSync(bytes, { maxOutputLength: length });

interface Place {
  readonly name: string;
  readonly shown: View;
}

/** Tiles of a picture 1080 pixels high. */
function places(): Place[] {
  const tile = (re: string, im: string, zoom: number, limit: number) =>
    view(re, im, String((zoom * SIDE) / 1080), limit, SIDE, SIDE);
  const { re, im, zoom, iterations } = readGolden('golden.json').find(({ id }) => id === 'kf-1e50') ?? fail('kf-1e50');
  const deep = { ...view(re, im, zoom, iterations, SIDE, SIDE), perturbed: true as const };
  return [
    { name: 'whole set', shown: view('-0.6', '0', '1.2', 1_000, SIDE, SIDE) },
    { name: 'edge', shown: tile('-0.7436438870371587', '0.13182590420531197', 1e3, 5_000) },
    { name: 'dense valley', shown: tile('-0.7454286', '0.1130089', 1.3e6, 20_000) },
    { name: 'slow valley', shown: tile('-0.75', '0.0001', 1e8, 2_000_000) },
    { name: 'kf-1e50', shown: deep },
  ];
}

function fail(what: string): never {
  throw new Error(`there is no ${what}`);
}

export async function pieces(): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const { name, shown } of places()) {
    const wanted = { ...shown, distance: true as const };
    const [plain, withDistance] = [await packed(shown), await packed(wanted)];
    const [packMs, unpackMs, stopMs] = [plain.packMs, plain.unpackMs, await stopMsOf(shown)];
    const times = [plain.computeMs, packMs, unpackMs, ...stopMs].map((ms) => ms.toFixed(1));
    rows.push([name, plain.bytes.toFixed(2), withDistance.bytes.toFixed(2), ...times]);
  }
  print(
    `Pieces of ${SIDE}x${SIDE} pixels: bytes a pixel, and milliseconds on one slot`,
    ['view', 'counts', 'with distance', 'compute', 'pack', 'unpack', 'stop, median', 'longest'],
    rows,
  );
}

async function packed(shown: View) {
  const began = performance.now();
  const samples = await samplesOf(shown);
  const computeMs = performance.now() - began;
  let bytes = pack(samples, SIDE, SIDE, deflate);
  const time = (act: () => void) => median(Array.from({ length: RUNS }, () => elapsed(act)));
  const packMs = time(() => {
    bytes = pack(samples, SIDE, SIDE, deflate);
  });
  const unpackMs = time(() => void unpackSync(bytes, inflate));
  return { computeMs, packMs, unpackMs, bytes: bytes.length / SIDE ** 2 };
}

async function samplesOf(shown: View): Promise<ChannelArrays> {
  if (!shown.perturbed) return openSimd().compute(shown, RECT);
  const order = orderFor(shown);
  return openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0)(shown, RECT);
}

function elapsed(act: () => void): number {
  const from = performance.now();
  act();
  return performance.now() - from;
}

/** From the cancellation of a piece, some time after it began, to the answer to the next one, of a single pixel; median, longest. */
async function stopMsOf(shown: View): Promise<[number, number]> {
  const pool = openPool(1);
  await pool.started;
  const order = shown.perturbed ? orderFor(shown) : undefined;
  const reference = order && { ...order, ...iterateReference(order) };
  const job = pool.session().open('simd', RANK);
  job.scene(0, { work: { kind: 'fractal', packed: true, ...(reference ? { reference } : {}) }, assets: [] });
  const easy = view('2', '2', '1', 10, 1, 1);
  let epoch = 0;
  const compute = (of: View) => {
    const rect = { x: 0, y: 0, width: of.width, height: of.height };
    const work = { kind: 'fractal', view: of, rect } as const;
    const assignment: Assignment = { shard: ++epoch, epoch, scene: 0, render: 0, work };
    return new Promise<Outcome>((resolve) => job.queue(assignment, (outcome) => resolve(outcome)));
  };
  const large = { ...shown, width: 1024, height: 1024, zoom: shown.zoom };
  await compute(shown);
  const times: number[] = [];
  for (let run = 0; run < 3 * RUNS; run++) {
    void compute(large);
    const stopped = epoch;
    await new Promise((resolve) => setTimeout(resolve, 20 + 10 * run));
    const from = performance.now();
    job.cancel(stopped);
    await compute(easy);
    times.push(performance.now() - from);
  }
  await pool.close();
  return [median(times), Math.max(...times)];
}
