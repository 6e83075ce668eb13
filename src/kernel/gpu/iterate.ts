/**
 * Escape times on top of `advance`: points go through it in passes, and the ones that have not escaped go through it
 * again. No single dispatch is long then (drivers reset a GPU that seems to hang), finished points cost nothing more,
 * and the count is kept here, exact for any limit. What needs care in numbers (the logarithms) is done here in f64.
 *
 *   nu = m - log_power(log2|z_m|) at the first |z_m| > bailout
 */

import type { Rect } from '../../shard/shard.js';
import { points } from '../../view/plane.js';
import type { View } from '../../view/view.js';
import type { Computed } from '../kernel.js';
import { type Backend, RESULT } from './backend.js';

/** How much further than the limit a point may run that has left |z| <= 2 but not yet reached the bailout. */
const BEYOND = 200;
const FOLDS = { holomorphic: 0, 'burning-ship': 1, tricorn: 2 } as const;

/** Points on their way, all after the same number of iterations. */
interface Flight {
  readonly index: Uint32Array;
  readonly re: Float64Array;
  readonly im: Float64Array;
  count: number;
}

/**
 * `goOn` is called before each batch, and throws to end the work.
 * @returns samples as a Kernel promises them; `iterations` is the exact sum, idle lanes of a batch left out.
 */
export async function iterate(backend: Backend, view: View, rect: Rect, goOn: () => void): Promise<Computed> {
  const { formula, iterations: limit } = view;
  const { re, im } = points(view, rect);
  const bailout2 = squaredBailout(view, backend.exponent);
  const smooth = view.count === 'smooth';
  const perLog2 = 1 / Math.log2(formula.power);
  const value = (m: number, mag2: number) => (smooth ? m - Math.log2(0.5 * Math.log2(mag2)) * perLog2 : m);

  const nu = new Float64Array(re.length).fill(Number.POSITIVE_INFINITY);
  const flight = depart(view, re, im, bailout2, value, nu);
  const advance = await backend.advance({ fold: FOLDS[formula.step], power: formula.power });
  const constant = formula.julia && { re: Number(formula.julia.re), im: Number(formula.julia.im) };
  let total = 0;

  /** Takes everyone `steps` further; the escaped get their value and leave, and so do those up to `stay`. */
  async function pass(from: number, steps: number, stay: number): Promise<void> {
    const before = flight.count;
    flight.count = 0;
    for (let at = 0; at < before; at += advance.size) {
      goOn();
      const size = Math.min(advance.size, before - at);
      const results = await advance.run(size, steps, bailout2, (j, batch) => {
        const point = flight.index[at + j]!;
        batch.cRe[j] = constant ? constant.re : re[point]!;
        batch.cIm[j] = constant ? constant.im : im[point]!;
        batch.zRe[j] = flight.re[at + j]!;
        batch.zIm[j] = flight.im[at + j]!;
      });
      for (let j = 0; j < size; j++) {
        const done = results[j * RESULT + 2]!;
        const mag2 = results[j * RESULT + 3]!;
        total += done;
        const point = flight.index[at + j]!;
        if (mag2 > bailout2) nu[point] = value(from + done, mag2);
        else if (mag2 > stay) keep(flight, point, results[j * RESULT]!, results[j * RESULT + 1]!);
      }
    }
  }

  let m = 0;
  for (let k = 0; m < limit && flight.count > 0; k++) {
    const steps = Math.min(limit - m, backend.passes[Math.min(k, backend.passes.length - 1)]!);
    await pass(m, steps, m + steps < limit ? -1 : 4);
    m += steps;
  }
  if (flight.count > 0) await pass(limit, BEYOND, Number.POSITIVE_INFINITY);
  return { nu, iterations: total };
}

/** Everyone who has to be iterated at all: known interior and points that start beyond the bailout are settled here. */
function depart(
  view: View,
  re: Float64Array,
  im: Float64Array,
  bailout2: number,
  value: (m: number, mag2: number) => number,
  nu: Float64Array,
): Flight {
  const count = re.length;
  const julia = view.formula.julia !== undefined;
  const closedForm = !julia && view.formula.step === 'holomorphic' && view.formula.power === 2;
  const flight = {
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
    else if (!(closedForm && inCardioidOrDisc(x, y))) keep(flight, k, julia ? x : 0, julia ? y : 0);
  }
  return flight;
}

function keep(flight: Flight, point: number, re: number, im: number): void {
  flight.index[flight.count] = point;
  flight.re[flight.count] = re;
  flight.im[flight.count] = im;
  flight.count++;
}

/**
 * The largest |z|^power of a point that has not escaped is 2^(exponent/2), so that |z|^2 of the next one still has a
 * number. A bailout beyond that is lowered: nu moves by less than 2^(-exponent/2).
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
