/** Deep views, whole program: from the start of `fractal leader --local 2` to the picture on disk. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

interface Golden {
  readonly id: string;
  readonly re: string;
  readonly im: string;
  readonly zoom: string;
  readonly iterations: number;
}

export async function deep(runs = 3): Promise<void> {
  const golden: Golden[] = JSON.parse(readFileSync(new URL('../../test/golden/golden.json', import.meta.url), 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'fractal-bench-'));
  const rows: (string | number)[][] = [];
  const sums = [0, 0];
  for (const [id, theirs] of Object.entries(FRAKTALER)) {
    const view = golden.find((one) => one.id === id) as Golden;
    const words = [`--xpos=${view.re}`, `--ypos=${view.im}`, '--zoom', view.zoom, '--iters', String(view.iterations)];
    const walls: number[] = [];
    let last: Summary | undefined;
    for (let k = 0; k < runs; k++) {
      const from = performance.now();
      last = await leader([...words, '--width', '640', '--height', '360', '-o', join(folder, 'deep.png')]);
      walls.push((performance.now() - from) / 1000);
    }
    const wall = median(walls);
    sums[0] = (sums[0] as number) + wall;
    sums[1] = (sums[1] as number) + theirs;
    const workers = last?.workers ?? [];
    const busy = workers.reduce((sum, { busySeconds }) => sum + busySeconds, 0) / 2;
    const megabytes = Math.max(...workers.map(({ sentBytes }) => sentBytes)) / 1e6;
    const steps = Math.round((last?.iterations ?? 0) / (640 * 360));
    rows.push([id, wall.toFixed(2), busy.toFixed(2), steps, megabytes.toFixed(1), theirs, (theirs / wall).toFixed(1)]);
  }
  rmSync(folder, { recursive: true });
  const [ours, theirs] = sums as [number, number];
  rows.push(['all', ours.toFixed(1), '', '', '', theirs.toFixed(1), (theirs / ours).toFixed(1)]);
  const head = ['view', 'seconds', 'busy, per slot', 'steps a pixel', 'MB a worker', 'Fraktaler-3', 'times faster'];
  print('Deep views, 640x360, two slots: start of the leader to the file on disk', head, rows);
}
