/** The published figures of older systems, from the start of `fractal leader --local 2` to the file on disk. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leader, type Summary } from './program.js';
import { median, print } from './table.js';

const WIDTH = ['--view-width', '0.125689', '-x', '-0.00275', '-y', '0.78912'];
const POINT = ['-x', '-1.338238635', '-y', '-0.057237059'];

/** Seconds of the older system were measured on this class of machine, both cores. */
const PICTURES: readonly { name: string; args: string[]; file: string; olderSeconds?: number; olderSystem?: string }[] =
  [
    {
      name: 'minibrot valley, 1080x1080, 4 samples, 20,000 iterations',
      args: ['-x', '-0.7454286', '-y', '0.1130089', '--zoom', '1308000', '--iters', '20000'].concat([
        '--width',
        '1080',
        '--height',
        '1080',
        '--samples',
        '4',
      ]),
      file: 'valley.png',
      olderSeconds: 43.6,
      olderSystem: 'MPI, C++',
    },
    {
      name: '1024x768, smoothness 8 at full size: 8192x6144, 800 iterations',
      args: [...WIDTH, '--width', '1024', '--height', '768', '--iters', '800'].concat([
        '--palette',
        'Hippi',
        '--smoothness',
        '8',
        '--full-size',
      ]),
      file: 'large.png',
      olderSeconds: 25.9,
      olderSystem: 'Go',
    },
    {
      name: '50 frames of 1000x1000, 1,000 iterations, width 2.5 to 1e-4',
      args: [...POINT, '--view-width', '2.5', '--view-width-end', '0.0001', '--frames', '50'].concat([
        '--width',
        '1000',
        '--height',
        '1000',
        '--iters',
        '1000',
      ]),
      file: 'film.mp4',
      olderSeconds: 37.8,
      olderSystem: 'PyOpenCL, PNG files, x264',
    },
    {
      name: 'minibrot valley, 3840x2160, 8 samples, 20,000 iterations',
      args: ['-x', '-0.7454286', '-y', '0.1130089', '--zoom', '1308000', '--iters', '20000'].concat([
        '--width',
        '3840',
        '--height',
        '2160',
        '--samples',
        '8',
      ]),
      file: 'poster.png',
    },
  ];

export async function pictures(runs = 3): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fractal-bench-'));
  const rows: (string | number)[][] = [];
  for (const { name, args, file, olderSeconds, olderSystem } of PICTURES) {
    const walls: number[] = [];
    let last: Summary | undefined;
    for (let k = 0; k < runs; k++) {
      const from = performance.now();
      last = await leader([...args, '-o', join(folder, file)]);
      walls.push((performance.now() - from) / 1000);
    }
    const wall = median(walls);
    const busy = (last?.workers ?? []).reduce((sum, { busySeconds }) => sum + busySeconds, 0);
    const idle = (last?.workers ?? []).reduce((sum, { idleSeconds }) => sum + idleSeconds, 0);
    const after = (last?.seconds ?? 0) - (last?.gatheredSeconds ?? 0);
    rows.push([
      name,
      wall.toFixed(2),
      ((last?.frames ?? 0) / wall).toFixed(1),
      (busy / 2).toFixed(2),
      (busy / (busy + idle)).toFixed(3),
      after.toFixed(2),
      olderSystem ?? '',
      olderSeconds ?? '',
      olderSeconds ? (olderSeconds / wall).toFixed(1) : '',
    ]);
  }
  rmSync(folder, { recursive: true });
  const head = [
    'picture',
    'seconds',
    'frames/s',
    'of these busy, per slot',
    'parallel efficiency',
    'encoding after the last shard',
    'older system',
    'its seconds',
    'times faster',
  ];
  print('Pictures: start of the leader to the file on disk, two slots', head, rows);
}
