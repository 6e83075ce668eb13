/**
 * Escape times by a kernel of batches: points are iterated in passes, and those that have not escaped take part in the
 * next pass. So no single dispatch is long (drivers reset a GPU that does not answer), finished points cost nothing more,
 * and the count is kept here, exact for any limit. The logarithms, which need f64, are computed here.
 *
 *   nu = m - log_power(log2|z_m|) at the first |z_m| > bailout
 */

import { areaOf } from '../../shard/missing.js';
import type { Rect } from '../../shard/shard.js';
import { fillPoints } from '../../view/plane.js';
import { samplesPerPixel, type View } from '../../view/view.js';
import type { Computed } from '../kernel.js';
import { type Backend, RESULT } from './backend.js';
import { FOLDS } from './batch-kernel.js';

/** How much further than the limit a point may run that has left |z| <= 2 but not yet reached the bailout. */
const BEYOND = 200;

/** Points that have not escaped, all after the same number of iterations. */
interface Pending {
  readonly index: Uint32Array;
  readonly re: Float64Array;
  readonly im: Float64Array;
  count: number;
}

/**
 * `parts`: what is computed of the view. `check` is called before each batch; what it throws ends the computation.
 * @returns samples as in Kernel; `iterations` is the exact sum, without the idle lanes of a batch.
 */
export async function iterate(
  backend: Backend,
  view: View,
  parts: readonly Rect[],
  check: () => void,
): Promise<Computed> {
  const { formula, iterations: limit } = view;
  const { re, im } = pointsOf(view, parts);
  const bailout2 = squaredBailout(view, backend.exponent);
  const smooth = view.count === 'smooth';
  const perLog2 = 1 / Math.log2(formula.power);
  const value = (m: number, mag2: number) => (smooth ? m - Math.log2(0.5 * Math.log2(mag2)) * perLog2 : m);

  const nu = new Float64Array(re.length).fill(Number.POSITIVE_INFINITY);
  const pending = pendingPoints(view, re, im, bailout2, value, nu);
  const kernel = await backend.compile({ fold: FOLDS[formula.step], power: formula.power });
  const constant = formula.julia && { re: Number(formula.julia.re), im: Number(formula.julia.im) };
  let total = 0;

  /** Iterates all pending points `steps` times. Those that escaped get their value; those with |z|^2 up to `bounded` are dropped. */
  async function pass(from: number, steps: number, bounded: number): Promise<void> {
    const before = pending.count;
    pending.count = 0;
    for (let at = 0; at < before; at += kernel.size) {
      check();
      const size = Math.min(kernel.size, before - at);
      const results = await kernel.run(size, steps, bailout2, (j, batch) => {
        const point = pending.index[at + j]!;
        batch.cRe[j] = constant ? constant.re : re[point]!;
        batch.cIm[j] = constant ? constant.im : im[point]!;
        batch.zRe[j] = pending.re[at + j]!;
        batch.zIm[j] = pending.im[at + j]!;
      });
      for (let j = 0; j < size; j++) {
        const done = results[j * RESULT + 2]!;
        const mag2 = results[j * RESULT + 3]!;
        total += done;
        const point = pending.index[at + j]!;
        if (mag2 > bailout2) nu[point] = value(from + done, mag2);
        else if (mag2 > bounded) keep(pending, point, results[j * RESULT]!, results[j * RESULT + 1]!);
      }
    }
  }

  let m = 0;
  for (let k = 0; m < limit && pending.count > 0; k++) {
    const steps = Math.min(limit - m, backend.passes[Math.min(k, backend.passes.length - 1)]!);
    await pass(m, steps, m + steps < limit ? -1 : 4);
    m += steps;
  }
  if (pending.count > 0) await pass(limit, BEYOND, Number.POSITIVE_INFINITY);
  return { nu, iterations: total };
}

/** Of all parts, one after another. */
function pointsOf(view: View, parts: readonly Rect[]): { readonly re: Float64Array; readonly im: Float64Array } {
  const count = areaOf(parts) * samplesPerPixel(view.sampling);
  const [re, im] = [new Float64Array(count), new Float64Array(count)];
  let done = 0;
  for (const part of parts) done += fillPoints(view, part, re.subarray(done), im.subarray(done));
  return { re, im };
}

/** The points to iterate: those of known interior, and those that start beyond the bailout, are finished here. */
function pendingPoints(
  view: View,
  re: Float64Array,
  im: Float64Array,
  bailout2: number,
  value: (m: number, mag2: number) => number,
  nu: Float64Array,
): Pending {
  const count = re.length;
  const julia = view.formula.julia !== undefined;
  const closedForm = !julia && view.formula.step === 'holomorphic' && view.formula.power === 2;
  const pending = {
    index: new Uint32Array(count),
    re: new Float64Array(count),
    im: new Float64Array(count),
    count: 0,
  };
  for (let k = 0; k < count; k++) {
    const x = re[k]!;
    const y = im[k]!;
    const mag2 = x * x + y * y;
    if (mag2 > bailout2) nu[k] = value(julia ? 0 : 1, mag2);
    else if (!(closedForm && inCardioidOrDisc(x, y))) keep(pending, k, julia ? x : 0, julia ? y : 0);
  }
  return pending;
}

function keep(pending: Pending, point: number, re: number, im: number): void {
  pending.index[pending.count] = point;
  pending.re[pending.count] = re;
  pending.im[pending.count] = im;
  pending.count++;
}

/**
 * The largest |z|^power of a point that has not escaped is 2^(exponent/2), so that |z|^2 of the next one does not
 * overflow. A bailout beyond that is lowered: nu moves by less than 2^(-exponent/2).
 */
function squaredBailout(view: View, exponent: number): number {
  if (view.count === 'whole') return 4;
  const bailout = Math.min(view.bailout, 2 ** (exponent / 2 / view.formula.power));
  return bailout * bailout;
}

/** The two components of the Mandelbrot set whose boundary is known in closed form. */
function inCardioidOrDisc(re: number, im: number): boolean {
  const i2 = im * im;
  const x = re - 0.25;
  const q = x * x + i2;
  return q * (q + x) <= 0.25 * i2 || (re + 1) * (re + 1) + i2 <= 0.0625;
}
