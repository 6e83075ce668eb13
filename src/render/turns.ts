/** The phase of a complex number by + - * / and square roots, which are the same on every machine; Math.atan2 need not be. */

const PER_RADIAN = 0.15915494309189535; // 1 / 2π
/** arctan u = u·(1 - u²/3 + u⁴/5 - ...), for u up to tan(π/16): the rest is below 1e-14. */
const TERMS = [1, -1 / 3, 1 / 5, -1 / 7, 1 / 9, -1 / 11, 1 / 13, -1 / 15, 1 / 17].reverse();

/** The angle from the real axis in turns, counter-clockwise, 0 to below 1, right to 1e-14; 0 where it has none. */
export function turnsOf(re: number, im: number): number {
  const [x, y] = [Math.abs(re), Math.abs(im)];
  const [near, far] = x > y ? [y, x] : [x, y];
  if (!(far > 0 && Number.isFinite(x) && Number.isFinite(y))) return 0;
  const eighth = PER_RADIAN * arctangent(near / far);
  const quarter = x > y ? eighth : 0.25 - eighth;
  const half = re < 0 ? 0.5 - quarter : quarter;
  const whole = im < 0 ? 1 - half : half;
  return whole < 1 ? whole : 0;
}

/** Of 0 to 1: four times that of the tangent of a quarter of the angle. */
function arctangent(t: number): number {
  const u = halved(halved(t));
  const square = u * u;
  return 4 * u * TERMS.reduce((sum, term) => sum * square + term, 0);
}

/** The tangent of half an angle. */
function halved(t: number): number {
  return t / (1 + Math.sqrt(1 + t * t));
}
