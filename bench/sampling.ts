/** What adaptive samples are worth and cost against so many in every pixel, in dB against 100 a pixel (docs/decisions/0108). */

import { iterateReference, orderFor } from '../src/kernel/perturbation/reference.js';
import { compileSimd } from '../src/kernel/simd.js';
import { type Colours, DEFAULT_COLOURS, needsOf, prepare as paintOf } from '../src/render/colours.js';
import { type Formula, SAMPLING_ERROR, type Sampling, type View } from '../src/view/view.js';
import { startFractal } from '../src/work/fractal/compute.js';
import { prepare } from '../src/work/fractal/prepare.js';
import { psnr } from '../test/film/rendering.js';
import { readGolden } from '../test/golden.js';
import { print } from './table.js';

const WIDTH = 240;
const HEIGHT = 135;
const RUNS = 2;
const TRUTH: Sampling = { kind: 'grid', side: 10 };
const ADAPTIVE = { kind: 'adaptive', error: SAMPLING_ERROR.usual, seed: 0 } as const;
const EVERYWHERE = [1, 4, 16];
/** Standard errors asked for, in levels. */
const ERRORS = [8, SAMPLING_ERROR.usual, 20];

const UNFILTERED: Colours = { ...DEFAULT_COLOURS, filter: false };
const FILTERED: Colours = { ...DEFAULT_COLOURS, filter: true };

interface Place extends Pick<View, 're' | 'im' | 'zoom' | 'iterations'> {
  readonly name: string;
  readonly formula?: Partial<Formula>;
}

const SHALLOW: readonly Place[] = [
  { name: 'the whole set', re: '-0.75', im: '0', zoom: '1.3', iterations: 2000 },
  { name: 'seahorse valley, 1e3', re: '-0.745', im: '0.11', zoom: '1000', iterations: 3000 },
  { name: 'spirals, 1e6', re: '-0.743643887037158', im: '0.131825904205311', zoom: '1e6', iterations: 5000 },
  {
    ...{ name: 'burning ship', re: '-1.7548', im: '-0.0258', zoom: '32', iterations: 1000 },
    formula: { step: 'burning-ship' },
  },
  {
    ...{ name: 'julia', re: '0', im: '0', zoom: '1.2', iterations: 2000 },
    formula: { julia: { re: '-0.8', im: '0.156' } },
  },
  { name: 'power 5', re: '0', im: '0', zoom: '1.5', iterations: 2000, formula: { power: 5 } },
];
const GOLDEN = ['default', 'minibrot-valley', 'kf-1e14', 'kf-1e50', 'kf-5e113', 'rf-flake', 'rf-tick_tock'];

export async function sampling(): Promise<void> {
  const rows: (string | number)[][] = [];
  const kernels = startFractal(compileSimd(1), 0);
  for (const place of places()) {
    const view = viewOf(place);
    const order = view.perturbed && orderFor(view);
    const reference = order ? { ...order, ...iterateReference(order) } : undefined;

    /** dB, milliseconds of a core, and samples a pixel. `truth`: to compare with. */
    const tried = async (sampling: Sampling, colours: Colours, truth?: Uint8Array) => {
      const paint = paintOf(colours, HEIGHT);
      const scene = prepare({ kind: 'fractal', paint, ...(reference ? { reference } : {}) }, 1, 1, new Map());
      for (const loading = scene.load(); !loading.next().done; );
      const { compute } = kernels.useScene(scene.forThreads(), new Map());
      const task = { kind: 'fractal', view: { ...view, ...needsOf(colours), sampling }, rect: WHOLE } as const;
      const times: number[] = [];
      let [bytes, samples] = [new Uint8Array(), 0];
      for (let run = 0; run < (truth ? RUNS : 1); run++) {
        const before = process.cpuUsage();
        const computed = await compute('simd', task, () => false);
        times.push(process.cpuUsage(before).user / 1000);
        if (computed) ({ bytes, samples } = computed);
      }
      const pixels = WIDTH * HEIGHT;
      return { bytes, decibels: truth ? psnr(bytes, truth) : 0, ms: Math.min(...times), each: samples / pixels };
    };

    const truth = (await tried(TRUTH, UNFILTERED)).bytes;
    const cells: string[] = [];
    for (const count of EVERYWHERE) {
      const way: Sampling = count === 1 ? { kind: 'grid', side: 1 } : { kind: 'jittered', count, seed: 0 };
      const { decibels, ms } = await tried(way, UNFILTERED, truth);
      cells.push(`${decibels.toFixed(1)}, ${ms.toFixed(0)} ms`);
    }
    for (const error of ERRORS) {
      const { decibels, ms, each } = await tried({ ...ADAPTIVE, error }, FILTERED, truth);
      cells.push(`${decibels.toFixed(1)}, ${ms.toFixed(0)} ms, ${each.toFixed(1)} a pixel`);
    }
    rows.push([place.name, ...cells]);
  }
  const head = [...EVERYWHERE.map((count) => `${count}`), ...ERRORS.map((error) => `auto:${error}`)];
  print(`Samples a pixel, ${WIDTH}x${HEIGHT}: dB against 100, time of a core`, ['place', ...head], rows);
}

const WHOLE = { x: 0, y: 0, width: WIDTH, height: HEIGHT };

function places(): readonly Place[] {
  const golden = readGolden('golden.json').filter(({ id }) => GOLDEN.includes(id));
  return [...SHALLOW, ...golden.map(({ id, re, im, zoom, iterations }) => ({ name: id, re, im, zoom, iterations }))];
}

function viewOf({ name: _, formula, ...place }: Place): View {
  const deep = place.zoom.includes('e') && !/e\d$/.test(place.zoom);
  return {
    ...{ ...place, formula: { step: 'holomorphic', power: 2, ...formula }, rotation: 0, width: WIDTH, height: HEIGHT },
    ...{ bailout: 65536, count: 'smooth', sampling: ADAPTIVE, ...(deep ? { perturbed: true } : {}) },
  };
}
