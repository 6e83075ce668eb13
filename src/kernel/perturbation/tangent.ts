/**
 * The derivative of an orbit by its pixel, J = d(Re z, Im z)/d(x, y), beside iterates that are exact: in doubles with one
 * exponent, as a real matrix since not every formula has a complex derivative.
 *
 *   z <- fold(z)^power + c:  J <- M·F·J + U,  M: multiplication by power·fold(z)^(power - 1), F: the fold's signs, U: the
 *   plane's vectors of one pixel to the right and one up; for a Julia set U is J at the start, and nothing is added.
 */

import type { Formula } from '../../view/view.js';

/** The plane's vector of one pixel to the right: (re + i·im)·2^exponent. */
export interface PixelVector {
  readonly re: number;
  readonly im: number;
  readonly exponent: number;
}

/** Columns (a, b) and (c, d), times 2^exponent. */
export interface Derivative {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly exponent: number;
}

/** Entries beyond it are scaled, and so is a smaller z, whose powers might leave the range of doubles. */
const LARGE = 2 ** 200;
const SMALL = 2 ** -200;
const SMALL_Z = 2 ** -64;
/** Where z is 0, so is what J becomes: an exponent below all others. */
const NOTHING = -(2 ** 30);

export class Tangent {
  private a = 0;
  private b = 0;
  private c = 0;
  private d = 0;
  private exponent = NOTHING;

  constructor(
    private readonly formula: Formula,
    private readonly unit: PixelVector,
  ) {}

  /** At the first iterate. */
  begin(): void {
    const { re, im, exponent } = this.unit;
    if (this.formula.julia) this.set(re, im, -im, re, exponent);
    else this.set(0, 0, 0, 0, NOTHING);
  }

  /** Past the iterate z = (x·2^xE, y·2^yE). */
  step(x: number, y: number, xE = 0, yE = 0): void {
    const { step, power, julia } = this.formula;
    const ship = step === 'burning-ship';
    const signRe = ship && x < 0 ? -1 : 1;
    const signIm = step === 'tricorn' || (ship && y < 0) ? -1 : 1;
    let zE = x === 0 ? yE : y === 0 ? xE : Math.max(xE, yE);
    let [re, im] = [signRe * x * power2(xE - zE), signIm * y * power2(yE - zE)];
    const size = Math.max(Math.abs(re), Math.abs(im));
    if (size < SMALL_Z && size > 0) {
      const shift = Math.floor(Math.log2(size));
      // In two factors: 2^-shift alone may be beyond doubles.
      const half = 2 ** -Math.floor(shift / 2);
      const rest = 2 ** -(shift - Math.floor(shift / 2));
      [re, im, zE] = [re * half * rest, im * half * rest, zE + shift];
    }
    let [ur, ui] = [power, 0];
    for (let k = 1; k < power; k++) [ur, ui] = [ur * re - ui * im, ur * im + ui * re];
    const [a, b, c, d] = [signRe * this.a, signIm * this.b, signRe * this.c, signIm * this.d];
    const exponent = this.exponent + zE * (power - 1);
    this.set(ur * a - ui * b, ur * b + ui * a, ur * c - ui * d, ur * d + ui * c, exponent);
    if (!julia) this.addUnit();
  }

  get derivative(): Derivative {
    const { a, b, c, d, exponent } = this;
    return { a, b, c, d, exponent };
  }

  private addUnit(): void {
    const { re, im, exponent } = this.unit;
    const common = Math.max(this.exponent, exponent);
    const own = power2(this.exponent - common);
    const other = power2(exponent - common);
    const { a, b, c, d } = this;
    this.set(a * own + re * other, b * own + im * other, c * own - im * other, d * own + re * other, common);
  }

  /** With entries of ordinary size. */
  private set(a: number, b: number, c: number, d: number, exponent: number): void {
    const size = Math.max(Math.abs(a), Math.abs(b), Math.abs(c), Math.abs(d));
    const shift = size === 0 || (size < LARGE && size > SMALL) ? 0 : Math.floor(Math.log2(size));
    const scale = 2 ** -shift;
    this.a = a * scale;
    this.b = b * scale;
    this.c = c * scale;
    this.d = d * scale;
    this.exponent = size === 0 ? NOTHING : exponent + shift;
  }
}

/** 2^k for k up to 0; 0 where a double times it would be negligible. */
function power2(k: number): number {
  return k < -1000 ? 0 : 2 ** k;
}
