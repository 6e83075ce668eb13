/** An orbit of z^d + c in plain doubles along a reference orbit, with its derivatives: what attracting-cycle.ts iterates. */

/** Z_0 = 0, Z_1, …, Z_end as pairs of re and im. */
export interface CriticalOrbit {
  readonly orbit: Float64Array;
  readonly end: number;
}

/** That of c = 0: differences are the numbers themselves. */
export const ORBIT_OF_ZERO: CriticalOrbit = { orbit: new Float64Array(4), end: 1 };

export interface CycleOptions {
  /** The exponent of z. */
  readonly power: number;
  /** Iterations of the orbit of 0 at most. */
  readonly limit: number;
  readonly reference: CriticalOrbit;
  /** Of a pixel, in the plane. */
  readonly spacing: number;
  /** Given: all points are of the Julia set of this c, and share its cycle; its orbit of 0 is a reference's difference from 0. */
  readonly julia?: { readonly re: number; readonly im: number };
}

/** An orbit that runs along the reference, with its derivatives by w = z_0 and by c, in pixels. */
export class Walk {
  zr = 0;
  zi = 0;
  /** dz/dw, dz/dc, d²z/dw², d²z/dw dc. */
  wr = 1;
  wi = 0;
  cr = 0;
  ci = 0;
  wwr = 0;
  wwi = 0;
  wcr = 0;
  wci = 0;
  private dr = 0;
  private di = 0;
  private m = 0;

  constructor(private readonly options: CycleOptions) {}

  begin(wr: number, wi: number): void {
    this.zr = this.dr = wr;
    this.zi = this.di = wi;
    this.m = 0;
    this.wr = 1;
    this.wi = this.cr = this.ci = this.wwr = this.wwi = this.wcr = this.wci = 0;
  }

  /** One iteration of c, a difference from the reference's. */
  step(cr: number, ci: number): void {
    const { power, reference } = this.options;
    const { orbit, end } = reference;
    const { zr, zi, dr, di } = this;
    const yr = orbit[2 * this.m] as number;
    const yi = orbit[2 * this.m + 1] as number;
    // f(Z + d) - f(Z) = d · Σ (Z + d)^k Z^(power - 1 - k)
    let sr = zr + yr;
    let si = zi + yi;
    let pr = zr;
    let pi = zi;
    for (let k = 2; k < power; k++) {
      const p = pr * zr - pi * zi;
      pi = pr * zi + pi * zr;
      pr = p;
      const s = sr * yr - si * yi + pr;
      si = sr * yi + si * yr + pi;
      sr = s;
    }
    const d = sr * dr - si * di + cr;
    this.di = sr * di + si * dr + ci;
    this.dr = d;
    const m = ++this.m;
    this.zr = (orbit[2 * m] as number) + this.dr;
    this.zi = (orbit[2 * m + 1] as number) + this.di;
    if (m >= end || Math.abs(this.zr) + Math.abs(this.zi) < Math.abs(this.dr) + Math.abs(this.di)) {
      this.dr = this.zr;
      this.di = this.zi;
      this.m = 0;
    }
  }

  /** Before the step: f' of z, that of dz/dw alone, or of all derivatives. */
  derive(all: boolean): void {
    const { power, spacing } = this.options;
    const { zr, zi } = this;
    // z^(power - 2), then power · z^(power - 1).
    let pr = 1;
    let pi = 0;
    for (let k = 2; k < power; k++) {
      const p = pr * zr - pi * zi;
      pi = pr * zi + pi * zr;
      pr = p;
    }
    const fr = power * (pr * zr - pi * zi);
    const fi = power * (pr * zi + pi * zr);
    const { wr, wi } = this;
    this.wr = fr * wr - fi * wi;
    this.wi = fr * wi + fi * wr;
    if (!all) return;
    const twice = power * (power - 1);
    // f'' · dz/dw
    const gr = twice * (pr * wr - pi * wi);
    const gi = twice * (pr * wi + pi * wr);
    const { cr, ci, wwr, wwi, wcr, wci } = this;
    this.wwr = gr * wr - gi * wi + fr * wwr - fi * wwi;
    this.wwi = gr * wi + gi * wr + fr * wwi + fi * wwr;
    this.wcr = gr * cr - gi * ci + fr * wcr - fi * wci;
    this.wci = gr * ci + gi * cr + fr * wci + fi * wcr;
    this.cr = fr * cr - fi * ci + spacing;
    this.ci = fr * ci + fi * cr;
  }
}
