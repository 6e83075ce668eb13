/** WebAssembly is compiled when it is first called, which takes as long as a small picture: here that is done before it is needed. */

import type { Formula, View } from '../../view/view.js';
import { openPerturbation, shareReference } from './kernel.js';

/** A point whose orbit takes some steps to escape, whatever the power. */
const [RE, IM] = [0.3, 0.56];
const LIMIT = 100;
/** So deep that the points begin in a series and end one by one. */
const ZOOM = '1e5';

/** Perturbs a block of points of a formula, so that V8 compiles what that takes, for all threads of the process. */
export function warmPerturbation({ step, power }: Formula): void {
  const formula = { step, power };
  const [re, im] = [String(RE), String(IM)];
  const view: View = {
    ...{ formula, re, im, zoom: ZOOM, rotation: 0, width: 16, height: 16, iterations: LIMIT },
    ...{ bailout: 65536, count: 'smooth', sampling: { kind: 'grid', side: 1 } },
  };
  const shared = shareReference(
    { formula, re, im, orbit: orbitOf(power), underflow: new Float64Array(0), start: 0, extended: false },
    1,
  );
  openPerturbation(shared, 0)(view, { x: 0, y: 0, width: view.width, height: view.height });
}

/** In doubles, and without folds: the samples are thrown away. */
function orbitOf(power: number): Float64Array {
  const orbit = [0, 0];
  let [x, y] = [0, 0];
  while (orbit.length < 2 * LIMIT && x * x + y * y <= 1e4) {
    let [a, b] = [x, y];
    for (let k = 1; k < power; k++) [a, b] = [a * x - b * y, a * y + b * x];
    [x, y] = [a + RE, b + IM];
    orbit.push(x, y);
  }
  return Float64Array.from(orbit);
}
