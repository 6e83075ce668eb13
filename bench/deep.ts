/** Deep views, whole program: from the start of `fractal leader --local 2` to the picture on disk, and where it goes. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPerturbation, shareReference } from '../src/kernel/perturbation/kernel.js';
import { iterateReference, orderFor } from '../src/kernel/perturbation/reference.js';
import type { View } from '../src/view/view.js';
import { type Golden, readGolden } from '../test/golden.js';
import { leader, type Summary } from './program.js';
import { median, print } from './table.js';

/** Seconds of Fraktaler-3 2.1 (C++, -O3 -march=native), 640x360, on this class of machine with two cores. */
const FRAKTALER: Readonly<Record<string, number>> = {
  'kf-1e14': 1.39,
  'rf-flake': 1.13,
  'kf-5e113': 2.08,
  'rf-olbaid2': 7.1,
  'kf-4e533': 8.3,
  'kf-1e50': 8.4,
  'rf-e318': 10.1,
  'rf-dragon': 17.7,
};

const WIDTH = 640;
const HEIGHT = 360;
const SAMPLED_ROWS = 8;

export async function deep(runs = 3): Promise<void> {
  const golden = readGolden('golden.json');
  const folder = mkdtempSync(join(tmpdir(), 'fractal-bench-'));
  const rows: (string | number)[][] = [];
  const sums = [0, 0];
  for (const [id, theirs] of Object.entries(FRAKTALER)) {
    const place = golden.find((one) => one.id === id) as Golden;
    const args = [`--xpos=${place.re}`, `--ypos=${place.im}`, '--zoom', place.zoom];
    const size = ['--iters', String(place.iterations), '--width', String(WIDTH), '--height', String(HEIGHT)];
    const walls: number[] = [];
    let last: Summary | undefined;
    for (let k = 0; k < runs; k++) {
      const from = performance.now();
      last = await leader([...args, ...size, '-o', join(folder, 'deep.png')]);
      walls.push((performance.now() - from) / 1000);
    }
    const wall = median(walls);
    sums[0] = (sums[0] as number) + wall;
    sums[1] = (sums[1] as number) + theirs;
    const { reference, table, skipped } = alone(place);
    const { workers = [], seconds = 0, gatheredSeconds = 0 } = last ?? {};
    const perSlot = (key: 'busySeconds' | 'idleSeconds') => workers.reduce((sum, one) => sum + one[key], 0) / 2;
    const [pixels, gather, encode] = [perSlot('busySeconds'), perSlot('idleSeconds'), seconds - gatheredSeconds];
    const start = wall - pixels - gather - encode;
    const megabytes = Math.max(...workers.map(({ sentBytes }) => sentBytes)) / 1e6;
    const times = [wall, start, reference, table, pixels, gather, encode].map((value) => value.toFixed(2));
    rows.push([id, ...times, skipped.toFixed(0), megabytes.toFixed(1), theirs, (theirs / wall).toFixed(1)]);
  }
  rmSync(folder, { recursive: true });
  const [ours, theirs] = sums as [number, number];
  rows.push(['all', ours.toFixed(1), ...Array(8).fill(''), theirs.toFixed(1), (theirs / ours).toFixed(1)]);
  const parts = ['start', 'reference', 'table', 'pixels, per slot', 'gather', 'encode'];
  const head = ['view', 'seconds', ...parts, 'iterations a step', 'MB a worker', 'Fraktaler-3', 'times faster'];
  print('Deep views, 640x360, two slots: start of the leader to the file on disk', head, rows);
}

/** Seconds of the parts that are done once, in this process with one thread, and how much a step skips. */
function alone({ re, im, zoom, iterations }: Golden): { reference: number; table: number; skipped: number } {
  const view: View = {
    formula: { step: 'holomorphic', power: 2 },
    ...{ re, im, zoom, iterations, width: WIDTH, height: HEIGHT, rotation: 0, bailout: 65536, count: 'smooth' },
    sampling: { kind: 'grid', side: 1 },
  };
  const order = orderFor(view);
  const [started, orbit] = [performance.now(), iterateReference(order)];
  const [found, shared] = [performance.now(), shareReference({ ...order, ...orbit }, 1)];
  const compute = openPerturbation(shared, 0);
  const built = performance.now();
  const { nu, iterations: steps } = compute(view, { x: 0, y: HEIGHT / 2, width: WIDTH, height: SAMPLED_ROWS });
  const counts = nu.reduce((sum, value) => sum + Math.min(value, iterations), 0);
  return { reference: (found - started) / 1000, table: (built - found) / 1000, skipped: counts / steps };
}
