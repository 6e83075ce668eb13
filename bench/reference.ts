/** The reference orbit: nanoseconds of processor time an iteration of z^2 + c, WebAssembly against BigInt, at several precisions. */

import { iterateReference } from '../src/kernel/perturbation/reference.js';
import { parseDecimal, toFixed } from '../src/view/decimal.js';
import { medians, print } from './table.js';

/** A c whose orbit never escapes. */
const RE = '-0.122345678901';
const IM = '0.7434567890123';

export async function reference(runs = 5): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const bits of [128, 256, 512, 1100, 2800, 33_000]) {
    const iterations = Math.ceil(2e9 / (20_000 + bits ** 2 / 5));
    const formula = { step: 'holomorphic', power: 2 } as const;
    const order = { formula, re: RE, im: IM, bits, iterations, radius: -1e9, extended: true };
    const timed = (work: () => void) => async () => {
      const from = process.cpuUsage();
      work();
      return (process.cpuUsage(from).user * 1e3) / iterations;
    };
    const tasks = [timed(() => iterateReference(order)), timed(() => withBigInt(bits, iterations))];
    await medians(1, tasks);
    const [ours, bigInt] = (await medians(runs, tasks)) as [number, number];
    rows.push([bits, Math.round(ours), Math.round(bigInt), (bigInt / ours).toFixed(1)]);
  }
  print('Reference orbit, nanoseconds of z^2 + c', ['bits', 'WebAssembly', 'BigInt', 'times faster'], rows);
}

/** Two multiplications an iteration, and the entries as doubles. */
function withBigInt(bits: number, iterations: number): Float64Array {
  const fixed = (text: string) => toFixed(parseDecimal(text) ?? { digits: 0n, exponent: 0 }, bits);
  const [cr, ci, shift] = [fixed(RE), fixed(IM), BigInt(bits)];
  const drop = BigInt(Math.max(0, bits - 1000));
  const scale = 2 ** -Math.min(bits, 1000);
  const orbit = new Float64Array(2 * iterations + 2);
  let [zr, zi] = [0n, 0n];
  for (let n = 0; n <= iterations; n++) {
    const x = Number(zr >> drop) * scale;
    const y = Number(zi >> drop) * scale;
    orbit[2 * n] = x;
    orbit[2 * n + 1] = y;
    if (x * x + y * y > 4) break;
    const t = (((zr + zi) * (zr - zi)) >> shift) + cr;
    zi = ((zr * zi) >> (shift - 1n)) + ci;
    zr = t;
  }
  return orbit;
}
