/**
 * The attracting cycle of a point of z^d + c: its period, its multiplier λ = (f^period)', and by it the distance of c to the
 * boundary of its component. There is at most one, and it attracts the orbit of 0 (Fatou), so the result is a property of c,
 * whichever way it is found. Candidates for the period are the iterations at which the orbit of 0 comes nearer to 0 than before
 * (atom domains); Newton's method on f^n(w) = w from there finds the cycle. After C. Heiland-Allen, "Interior coordinates in the
 * Mandelbrot set", 2013; the distance after J. Milnor, "Dynamics in One Complex Variable", and Wikipedia, "Plotting algorithms for
 * the Mandelbrot set": interior distance estimation.
 *
 * z is Z_m + d, the difference of a reference orbit from 0, with rebasing, so that cycles of tiny copies are found as well. Only
 * + - * / sqrt: the same bits everywhere.
 */

import { CHANNELS } from '../view/channels.js';
import type { View } from '../view/view.js';
import { type CycleOptions, ORBIT_OF_ZERO, Walk } from './cycle-walk.js';

const NUMBERS = CHANNELS.cycle.numbers;
/** Rounds of Newton's method at most. */
const ROUNDS = 40;
/** |λ|² at the first guess beyond which the period is another one: near 0 f^period is like z² + c, |z| <= 2. */
const STEEP2 = 16;
/** The square of the last step in parts of w, after which the error is about its square; of one that does not get smaller any more; of a
 * return to w. */
const CLOSED2 = 1e-16;
const STALLED2 = 1e-12;
const RETURNED2 = 1e-14;
/** |λ|² of a cycle that attracts, as far as rounding allows to say. */
const ATTRACTS2 = 1 - 2e-7;
/** The first window of iterations, of which the z nearest to 0 is a further guess. */
const WINDOW = 64;
/** An orbit is followed so long, and as many times as long as the longest candidate. */
const PATIENCE = 1 << 14;
const TIMES = 16;

/** Finds cycles of one formula and limit. */
export class CycleFinder {
  /** Of the cycle found last. */
  period = 0;
  multiplierRe = 0;
  multiplierIm = 0;
  private readonly walk: Walk;
  private re = 0;
  private im = 0;

  constructor(private readonly options: CycleOptions) {
    this.walk = new Walk(options);
  }

  /** Whether c, a difference from the reference's, is found to have an attracting cycle. */
  find(cr: number, ci: number): boolean {
    const orbit = new Walk(this.options);
    const records: number[] = [];
    let least = Infinity;
    let windowEnd = WINDOW;
    let nearest = Infinity;
    let [nearRe, nearIm, nearAt, before] = [0, 0, 0, 0];
    orbit.begin(0, 0);
    let last = Math.min(this.options.limit, PATIENCE);
    for (let n = 1; n <= last; n++) {
      orbit.step(cr, ci);
      const { zr, zi } = orbit;
      const mag2 = zr * zr + zi * zi;
      if (!(mag2 <= 4)) return false;
      if (mag2 < least) {
        least = mag2;
        records.push(n);
        last = Math.min(this.options.limit, Math.max(PATIENCE, TIMES * n));
        if (this.newton(zr, zi, cr, ci, n)) return true;
      }
      if (mag2 < nearest) [nearest, nearRe, nearIm, nearAt] = [mag2, zr, zi, n];
      if (n < windowEnd) continue;
      windowEnd *= 2;
      // The orbit converges slowly, or came nearest to 0 before it did.
      if (n >= 4 * (records.at(-1) as number)) {
        for (const period of [...records, nearAt - before])
          if (this.newton(nearRe, nearIm, cr, ci, period)) return true;
      }
      before = nearAt;
      nearest = Infinity;
    }
    return false;
  }

  /** The cycle that Newton's method leads to from w, if it attracts. */
  private newton(wr: number, wi: number, cr: number, ci: number, n: number): boolean {
    const { walk } = this;
    let last2 = Infinity;
    let scale2 = wr * wr + wi * wi;
    for (let round = 0; round < ROUNDS; round++) {
      this.run(wr, wi, cr, ci, n);
      const slope2 = walk.wr * walk.wr + walk.wi * walk.wi;
      if (round === 0 && !(slope2 < STEEP2)) return false;
      const er = walk.zr - wr;
      const ei = walk.zi - wi;
      scale2 = Math.max(scale2, round === 0 ? er * er + ei * ei : 0);
      const dr = 1 - walk.wr;
      const di = -walk.wi;
      const d2 = dr * dr + di * di;
      const mr = (er * dr + ei * di) / d2;
      const mi = (ei * dr - er * di) / d2;
      const moved2 = mr * mr + mi * mi;
      const size2 = wr * wr + wi * wi;
      const stalled = moved2 >= 0.8 * last2 && moved2 <= STALLED2 * scale2;
      if (!(moved2 < 4)) return false;
      wr += mr;
      wi += mi;
      if (moved2 <= CLOSED2 * size2 || stalled || moved2 === 0) {
        this.re = wr;
        this.im = wi;
        // By how little λ changes with the last step, no point is lost.
        return slope2 < 1.01 && this.keep(cr, ci, n);
      }
      last2 = moved2;
    }
    return false;
  }

  private run(wr: number, wi: number, cr: number, ci: number, n: number): void {
    const { walk } = this;
    walk.begin(wr, wi);
    for (let k = 0; k < n; k++) {
      walk.derive(false);
      walk.step(cr, ci);
    }
  }

  /** Keeps the cycle just found, of which n may be a multiple of the period, if it attracts. */
  private keep(cr: number, ci: number, n: number): boolean {
    const { walk, re, im } = this;
    const size2 = re * re + im * im;
    walk.begin(re, im);
    for (let k = 1; k <= n; k++) {
      walk.derive(true);
      walk.step(cr, ci);
      if (n % k > 0) continue;
      const er = walk.zr - re;
      const ei = walk.zi - im;
      const dr = walk.wr - 1;
      const { wi } = walk;
      if (k < n && er * er + ei * ei > RETURNED2 * size2 * (dr * dr + wi * wi)) continue;
      this.period = k;
      this.multiplierRe = walk.wr;
      this.multiplierIm = walk.wi;
      return walk.wr * walk.wr + wi * wi < ATTRACTS2;
    }
    return false;
  }

  /**
   * Half of the conformal radius of c's component at c, in pixels: the distance to its boundary is at least half, at most twice
   * that (Koebe). λ maps the component of z^d + c to the unit disc, (d - 1) to 1: its root does so 1 to 1.
   */
  distance(): number {
    const { walk } = this;
    const { power } = this.options;
    // dλ/dc = ∂²z/∂w∂c + ∂²z/∂w² · dw/dc, dw/dc = ∂z/∂c / (1 - ∂z/∂w)
    const dr = 1 - walk.wr;
    const di = -walk.wi;
    const d2 = dr * dr + di * di;
    const ur = (walk.cr * dr + walk.ci * di) / d2;
    const ui = (walk.ci * dr - walk.cr * di) / d2;
    const lr = walk.wcr + walk.wwr * ur - walk.wwi * ui;
    const li = walk.wci + walk.wwr * ui + walk.wwi * ur;
    const size = Math.sqrt(walk.wr * walk.wr + walk.wi * walk.wi);
    const rooted = rootOf(size, power - 1);
    let factor = power - 1;
    for (let k = 2; k < power; k++) factor *= rooted;
    const distance = (0.5 * factor * (1 - rooted * rooted)) / Math.sqrt(lr * lr + li * li);
    return Number.isFinite(distance) ? distance : 0;
  }
}

/** The n-th root of 0 to 1: Newton from above, down to the last bit. */
function rootOf(value: number, n: number): number {
  if (n === 1 || value === 0) return value;
  let y = 1;
  for (;;) {
    let power = y;
    for (let i = 2; i < n; i++) power *= y;
    const next = y - (y - value / power) / n;
    if (next >= y) return y;
    y = next;
  }
}

/** Points, and their counts. */
export interface CyclePoints {
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly nu: Float64Array;
}

/** Writes the channel `cycle` of the first `count` points: zeros for those that escape, or whose cycle is not found. */
export type WriteCycles = (count: number, points: CyclePoints, cycle: Float64Array, check?: () => void) => void;

/** For the points of one view. */
export function openCycles(options: CycleOptions): WriteCycles {
  const { julia } = options;
  const finder = new CycleFinder(options);
  const shared = julia ? finder.find(julia.re, julia.im) : undefined;
  return (count, { re, im, nu }, cycle, check = () => undefined) => {
    cycle.fill(0, 0, NUMBERS * count);
    for (let k = 0, o = 0; k < count; k++, o += NUMBERS) {
      if (nu[k] !== Infinity) continue;
      check();
      const [cr, ci] = [re[k] as number, im[k] as number];
      if (!(shared ?? finder.find(cr, ci))) continue;
      cycle[o] = finder.period;
      cycle[o + 1] = finder.multiplierRe;
      cycle[o + 2] = finder.multiplierIm;
      if (!julia) cycle[o + 3] = finder.distance();
    }
  };
}

/** For a view whose points are numbers of the plane, and for Julia sets at any depth. */
export function openDirectCycles({ formula, iterations }: View, spacing: number): WriteCycles {
  const { power, julia } = formula;
  const given = julia ? { julia: { re: Number(julia.re), im: Number(julia.im) } } : {};
  return openCycles({ power, limit: iterations, reference: ORBIT_OF_ZERO, spacing, ...given });
}
