/** Shards of adaptive sampling: the same pixels however a picture is cut, as exact as stated, and no more samples than that takes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { iterateReference, orderFor } from '../../../src/kernel/perturbation/reference.js';
import { compileSimd } from '../../../src/kernel/simd.js';
import { type Colours, DEFAULT_COLOURS, needsOf, prepare as paintOf } from '../../../src/render/colours.js';
import type { Rect } from '../../../src/shard/shard.js';
import { cutter } from '../../../src/shard/split.js';
import { ROUNDS, type Sampling, type View } from '../../../src/view/view.js';
import { startFractal } from '../../../src/work/fractal/compute.js';
import { prepare } from '../../../src/work/fractal/prepare.js';
import { validateTask } from '../../../src/work/fractal/validate.js';
import type { Computed } from '../../../src/work/kind.js';
import { type Golden, readGolden } from '../../golden.js';

const adaptive: Sampling = { kind: 'adaptive', error: 16, seed: 3 };
const MOST = ROUNDS.at(-1) as number;
const seahorse: View = {
  ...{ formula: { step: 'holomorphic', power: 2 }, re: '-0.7453', im: '0.1127', zoom: '300', rotation: 10 },
  ...{ width: 50, height: 37, iterations: 1500, bailout: 65536, count: 'smooth', sampling: adaptive },
};
const outside: View = { ...seahorse, re: '5', im: '5', zoom: '2' };
const DEEP = readGolden('golden.json').find(({ id }) => id === 'kf-1e14') as Golden;
const deep: View = {
  ...seahorse,
  ...{ re: DEEP.re, im: DEEP.im, zoom: DEEP.zoom, iterations: DEEP.iterations },
  perturbed: true,
};

const set: View = { ...seahorse, re: '-0.7', im: '0', zoom: '1.1', rotation: 0, width: 160, height: 90 };
const ship: View = { ...set, formula: { step: 'burning-ship', power: 2 }, re: '-0.5', im: '-0.5', zoom: '1.2' };
const FLAKE = readGolden('golden.json').find(({ id }) => id === 'rf-flake') as Golden;
const flake: View = {
  ...deep,
  ...{ re: FLAKE.re, im: FLAKE.im, zoom: '3e156', iterations: FLAKE.iterations, width: 160, height: 90 },
};

const kernels = startFractal(compileSimd(1), 0);

/** Computes rectangles of a view in these colours. */
function worker(view: View, colours: Colours = DEFAULT_COLOURS, kernel = 'simd') {
  const order = view.perturbed && orderFor(view);
  const reference = order ? { ...order, ...iterateReference(order) } : undefined;
  const wanted = { ...view, ...(kernel === 'simd' ? needsOf(colours) : {}) };
  const paint = paintOf(colours, view.height);
  const scene = prepare({ kind: 'fractal', paint, ...(reference ? { reference } : {}) }, 1, 1, new Map());
  for (const loading = scene.load(); !loading.next().done; );
  const { compute } = kernels.useScene(scene.forThreads(), new Map());
  return async (rect: Rect, sampling = view.sampling): Promise<Computed> => {
    const task = { kind: 'fractal', view: { ...wanted, sampling }, rect } as const;
    validateTask(task, 0);
    return (await compute(kernel, task, () => false)) as Computed;
  };
}

const whole = ({ width, height }: View): Rect => ({ x: 0, y: 0, width, height });

/** The picture in shards of this size. */
async function inShards(
  view: View,
  compute: ReturnType<typeof worker>,
  shape: 'row' | 'tile',
  size: number,
): Promise<Uint8Array> {
  const rgb = new Uint8Array(3 * view.width * view.height);
  const cut = cutter([whole(view)], shape, size);
  for (let rect = cut.next(1); rect; rect = cut.next(1)) {
    const { bytes } = await compute(rect);
    for (let y = 0; y < rect.height; y++) {
      const row = bytes.subarray(3 * y * rect.width, 3 * (y + 1) * rect.width);
      rgb.set(row, 3 * ((rect.y + y) * view.width + rect.x));
    }
  }
  return rgb;
}

const LOOKS: readonly (readonly [string, View, Colours])[] = [
  ['direct', seahorse, DEFAULT_COLOURS],
  ['without filter', seahorse, { ...DEFAULT_COLOURS, filter: false }],
  ['with slopes', seahorse, { ...DEFAULT_COLOURS, slope: { strength: 0.7, angle: 30 } }],
  ['by distance', seahorse, { ...DEFAULT_COLOURS, mode: 'distance', filter: false, palette: '#333,#fff' }],
  ['perturbed', deep, DEFAULT_COLOURS],
];

for (const [name, view, colours] of LOOKS) {
  test(`the pixels are the same for every shape and size of shards: ${name}`, async () => {
    const compute = worker(view, colours);
    const { bytes } = await compute(whole(view));
    const shapes = fc.record({
      shape: fc.constantFrom('row' as const, 'tile' as const),
      size: fc.integer({ min: 1, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(shapes, async ({ shape, size }) => {
        assert.deepEqual(await inShards(view, compute, shape, Math.max(size, shape === 'tile' ? 5 : 1)), bytes);
      }),
      { numRuns: 6 },
    );
  });
}

test('the cpu kernel of gpu.js takes part', async () => {
  const colours = { ...DEFAULT_COLOURS, filter: false };
  const compute = worker(seahorse, colours, 'cpu');
  const { bytes, samples } = await compute(whole(seahorse));
  assert.ok(samples > 5 * seahorse.width * seahorse.height);
  assert.deepEqual(await inShards(seahorse, compute, 'tile', 16), bytes);
});

test('a picture without detail takes one sample a pixel', async () => {
  const { samples, bytes } = await worker(outside)(whole(outside));
  assert.equal(samples, outside.width * outside.height);
  assert.deepEqual(bytes, (await worker(outside)(whole(outside), { kind: 'grid', side: 1 })).bytes);
});

test('with pixels around it a shard computes no more than those', async () => {
  const rect = { x: 10, y: 10, width: 8, height: 4 };
  const { samples } = await worker(outside)(rect);
  assert.equal(samples, 10 * 6);
});

function squaresBetween(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, level, i) => sum + (level - (b[i] as number)) ** 2, 0);
}

const ten: readonly View[] = [
  ...[set, ship, flake, deep, outside],
  { ...set, re: '-0.745', im: '0.11', zoom: '1000', iterations: 3000 },
  { ...set, re: '-0.743643887037158', im: '0.131825904205311', zoom: '1e6', iterations: 5000 },
  { ...set, re: '0', im: '0', formula: { step: 'holomorphic', power: 2, julia: { re: '-0.8', im: '0.156' } } },
  { ...set, re: '0', im: '0', zoom: '1.4', formula: { step: 'holomorphic', power: 5 } },
  { ...set, re: '-0.1', im: '0.1', zoom: '1.2', formula: { step: 'tricorn', power: 2 } },
];
const TEN = ten.map((view): View => ({ ...view, width: 40, height: 24 }));

test('at ten places pixels that have enough samples have no more than the stated error against 256 of them, in the mean', async () => {
  const computed = await Promise.all(
    TEN.map(async (view) => {
      const compute = worker(view, { ...DEFAULT_COLOURS, filter: false });
      return { view, compute, truth: (await compute(whole(view), { kind: 'grid', side: 16 })).bytes };
    }),
  );
  for (const error of [8, 16, 32]) {
    let [squares, count, far] = [0, 0, 0];
    for (const { view, compute, truth } of computed) {
      const sampling: Sampling = { kind: 'adaptive', error, seed: 3 };
      const { bytes } = await compute(whole(view), sampling);
      for (let pixel = 0; pixel < view.width * view.height; pixel += 3) {
        const [x, y] = [pixel % view.width, Math.floor(pixel / view.width)];
        const { samples, bytes: alone } = await compute({ x, y, width: 1, height: 1 }, sampling);
        assert.deepEqual(alone, bytes.slice(3 * pixel, 3 * pixel + 3), 'a pixel by itself');
        const columns = Math.min(x + 2, view.width) - Math.max(0, x - 1);
        const rows = Math.min(y + 2, view.height) - Math.max(0, y - 1);
        if (samples - columns * rows === MOST - 1) continue;
        const levels = [0, 1, 2].map((c) =>
          Math.abs((bytes[3 * pixel + c] as number) - (truth[3 * pixel + c] as number)),
        );
        squares += Math.max(...levels) ** 2;
        if (Math.max(...levels) > 2 * error + 2) far++;
        count++;
      }
    }
    assert.ok(Math.sqrt(squares / count) < error, `${Math.sqrt(squares / count)} levels, not ${error}`);
    assert.ok(far < 0.06 * count, `${far} of ${count} pixels are wrong by more than twice ${error} levels`);
  }
});

test('an error of the usual size is about that of 16 samples everywhere, for a third of them', async () => {
  let [error, usual, samples, pixels] = [0, 0, 0, 0];
  for (const view of TEN) {
    const compute = worker(view);
    const truth = (await worker(view, { ...DEFAULT_COLOURS, filter: false })(whole(view), { kind: 'grid', side: 16 }))
      .bytes;
    const own = await compute(whole(view));
    const sixteen = await worker(view, { ...DEFAULT_COLOURS, filter: false })(whole(view), {
      kind: 'jittered',
      count: 16,
      seed: 3,
    });
    error += squaresBetween(own.bytes, truth);
    usual += squaresBetween(sixteen.bytes, truth);
    samples += own.samples;
    pixels += view.width * view.height;
  }
  assert.ok(error < 1.25 * usual, `${error}, not ${usual}`);
  assert.ok(samples < 6 * pixels, `${samples / pixels} a pixel`);
});

test('a shard that is cancelled ends between two tiles', async () => {
  const scene = prepare({ kind: 'fractal', paint: paintOf(DEFAULT_COLOURS, 37) }, 1, 1, new Map());
  const { compute } = kernels.useScene(scene.forThreads(), new Map());
  const view = { ...seahorse, ...needsOf(DEFAULT_COLOURS) };
  let calls = 0;
  const stopped = () => ++calls > 3;
  assert.equal(await compute('simd', { kind: 'fractal', view, rect: whole(view) }, stopped), undefined);
  assert.equal(calls, 4);
});

test('a rectangle beyond its view is refused', () => {
  const task = { kind: 'fractal', view: seahorse, rect: { x: -1, y: 0, width: 4, height: 4 } } as const;
  assert.throws(() => validateTask(task, 7), { code: 'PROTOCOL', message: /shard 7, .* is not one to compute/ });
});
