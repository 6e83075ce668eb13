/** What the phase of samples costs a still, and what patterns made of it: user CPU of computing, painting and encoding in one thread. */

import { openPerturbation, shareReference } from '../src/kernel/perturbation/kernel.js';
import { iterateReference, orderFor } from '../src/kernel/perturbation/reference.js';
import { openSimd } from '../src/kernel/simd.js';
import { type Colours, DEFAULT_COLOURS, prepare } from '../src/render/colours.js';
import { paint } from '../src/render/paint.js';
import { paintedOf } from '../src/render/painted.js';
import { encodeStill } from '../src/render/stills.js';
import type { Rect } from '../src/shard/shard.js';
import type { View } from '../src/view/view.js';
import { median, print } from './table.js';

const SIZE = { width: 960, height: 540 };
const WHOLE: Rect = { x: 0, y: 0, ...SIZE };
const PLAIN: View = {
  formula: { step: 'holomorphic', power: 2 },
  ...{ re: '-0.5', im: '0', zoom: '1', rotation: 0, ...SIZE, iterations: 1000 },
  ...{ bailout: 65536, count: 'smooth', sampling: { kind: 'grid', side: 1 } },
};
const VIEWS: Readonly<Record<string, Partial<View>>> = {
  'the whole set': {},
  'seahorses, zoom 500': { re: '-0.7454286', im: '0.1130089', zoom: '500', iterations: 3000 },
  'spirals, zoom 2e20': {
    ...{ re: '-0.745490128963257226781009173916482', im: '0.1129807746931181850700253865555' },
    ...{ zoom: '2e20', iterations: 8052, perturbed: true },
  },
};
const FILTERED = { ...DEFAULT_COLOURS, filter: true };
const STRIPES = { stripes: { count: 2, strength: 0.5 } };
const ALL = { ...STRIPES, decomposition: { count: 2, strength: 0.5 }, lines: { count: 4, strength: 0.5 } };

/** Of a still: which channels it has beside nu, and its colours. */
const STILLS: readonly (readonly [name: string, channels: Partial<View>, colours: Colours])[] = [
  ['counts', {}, DEFAULT_COLOURS],
  ['filtered', { footprint: true }, FILTERED],
  ['filtered, phases', { footprint: true, phase: true }, FILTERED],
  ['filtered, stripes', { footprint: true, phase: true }, { ...FILTERED, patterns: STRIPES }],
  ['filtered, all patterns', { footprint: true, phase: true }, { ...FILTERED, patterns: ALL }],
];

export async function phases(runs = 16): Promise<void> {
  const rows: string[][] = [];
  for (const [name, some] of Object.entries(VIEWS)) {
    const view = { ...PLAIN, ...some };
    const compute = await kernelOf(view);
    const times = STILLS.map((): number[] => []);
    for (let run = 0; run < runs; run++) {
      // Each begins in turn: what comes after another one collects its garbage.
      for (let turn = 0; turn < STILLS.length; turn++) {
        const k = (run + turn) % STILLS.length;
        const [, channels, colours] = STILLS[k] as (typeof STILLS)[number];
        const before = process.cpuUsage();
        const samples = await compute({ ...view, ...channels }, WHOLE);
        const rgb = paint({ ...samples, perPixel: 1, ...paintedOf(view) }, prepare(colours, SIZE.height), WHOLE);
        await encodeStill({ ...SIZE, rgb }, 'png');
        // The first one compiles.
        if (run > 0) times[k]?.push(process.cpuUsage(before).user / 1000);
      }
    }
    const found = times.map(median);
    rows.push([
      name,
      ...found.map((time) => time.toFixed(0)),
      ((found[2] as number) / (found[1] as number)).toFixed(3),
    ]);
  }
  const head = ['view of 960x540', ...STILLS.map(([name]) => `${name}, ms`), 'phases over filtered'];
  print('Phases and patterns: user CPU of a still', head, rows);
}

async function kernelOf(view: View) {
  if (!view.perturbed) return openSimd().compute;
  const order = orderFor(view);
  const kernel = openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
  return async (of: View, rect: Rect) => kernel(of, rect);
}
