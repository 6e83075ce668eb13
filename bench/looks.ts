/** How pictures look without any flag for colours, with `--colors fixed` and `--colors auto`, and what finding the colours takes. */

import { prepare } from '../src/app/prepare.js';
import { probesAround } from '../src/app/probes.js';
import type { Context } from '../src/app/stage.js';
import { prepare as paintOf } from '../src/render/colours.js';
import { paint } from '../src/render/paint.js';
import { parseRequest } from '../src/request/parse.js';
import { type Request, viewAt } from '../src/request/request.js';
import type { View } from '../src/view/view.js';
import { places } from './places.js';
import { print } from './table.js';

const SIZE = { width: 320, height: 180 };
/** Pixels of the default size to one of these. */
const LARGER = 16;
/** Luma below and above, of 1. */
const BLACK = 0.06;
const WHITE = 0.94;

const context: Context = { emit: () => undefined, signal: new AbortController().signal };

export async function looks(): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const { name, flags } of places()) {
    const requestOf = (colors: string, width: number, height: number) =>
      parseRequest({
        ...flags,
        colors,
        width: `${width}`,
        height: `${height}`,
        'palette-filter': 'true',
        samples: '1',
      });
    const fixed = await prepare(requestOf('fixed', SIZE.width, SIZE.height), context);
    const wanted = { iters: `${fixed.request.iterations}`, method: fixed.reference ? 'perturbation' : 'direct' };
    const large = parseRequest({ ...flags, ...wanted, colors: 'auto', width: '1280', height: '720', samples: '1' });
    const without = await seconds(() => prepare({ ...large, colours: fixed.request.colours }, context));
    const found = await seconds(() => prepare(large, context));
    const view: View = viewAt(fixed.request, 0);
    const probe = probesAround(fixed.references)(view);
    const computed = await seconds(() => probe(view, { x: 0, y: 0, ...SIZE }));
    const { nu, footprint } = computed.result;
    const looksOf = ({ colours }: Request) => {
      const how = { ...paintOf(colours), levels: { bits: 8, dither: false } } as const;
      const samples = { nu, perPixel: 1, iterations: view.iterations, ...(footprint ? { footprint } : {}) };
      return lumaOf(paint(samples, how, { x: 0, y: 0, width: SIZE.width }) as Uint8Array, nu);
    };
    const { colours } = found.result.request;
    const share = (found.seconds - without.seconds) / (LARGER * computed.seconds);
    rows.push([
      ...[name, ...looksOf(fixed.request), ...looksOf(found.result.request)],
      ...[colours.density.toPrecision(3), colours.offset.toFixed(2), `${(100 * share).toFixed(2)} %`],
    ]);
  }
  const head = ['mean', 'spread', 'near black', 'near white'];
  const auto = head.map((word) => `${word}, auto`);
  print(
    'Looks: luma of what escapes, --colors fixed and auto; CPU of the grid, of that of 1280x720 samples',
    [...['place', ...head, ...auto, 'density', 'offset', 'grid']],
    rows,
  );
}

async function seconds<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly seconds: number }> {
  const from = process.cpuUsage();
  const result = await work();
  return { result, seconds: process.cpuUsage(from).user / 1e6 };
}

/** Mean and spread of the luma of pixels that escape, the shares of nearly black and of nearly white ones. */
function lumaOf(rgb: Uint8Array, nu: Float64Array): string[] {
  let [count, sum, squares, black, white] = [0, 0, 0, 0, 0];
  for (const [k, value] of nu.entries()) {
    if (value === Infinity) continue;
    const [red, green, blue] = rgb.subarray(3 * k, 3 * k + 3) as unknown as readonly [number, number, number];
    const luma = (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
    count++;
    sum += luma;
    squares += luma * luma;
    if (luma < BLACK) black++;
    if (luma > WHITE) white++;
  }
  const mean = sum / count;
  return [mean, Math.sqrt(squares / count - mean * mean), black / count, white / count].map((one) => one.toFixed(2));
}
