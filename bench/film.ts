/** A zoom film to great depth, whole program: one reference orbit for all frames, and its share of the time. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { iterateReference, orderFor } from '../src/kernel/perturbation/reference.js';
import { type Golden, readGolden } from '../test/golden.js';
import { leader } from './program.js';
import { print } from './table.js';

const FRAMES = 300;
const SIZE = { width: 640, height: 360 };

export async function film(): Promise<void> {
  const golden = readGolden('golden.json');
  const { re, im, zoom, iterations } = golden.find(({ id }) => id === 'kf-1e50') as Golden;
  const folder = mkdtempSync(join(tmpdir(), 'fractal-bench-'));
  const path = [`--xpos=${re}`, `--ypos=${im}`, '--zoom', '1', '--zoom-end', zoom, '--frames', String(FRAMES)];
  const size = ['--iters', String(iterations), '--width', String(SIZE.width), '--height', String(SIZE.height)];
  const { seconds } = await leader([...path, ...size, '-o', join(folder, 'film.mp4')]);
  rmSync(folder, { recursive: true });
  const view = { formula: { step: 'holomorphic', power: 2 }, re, im, zoom, iterations, ...SIZE } as const;
  const from = performance.now();
  iterateReference(
    orderFor({ ...view, rotation: 0, bailout: 65536, count: 'smooth', sampling: { kind: 'grid', side: 1 } }),
  );
  const reference = (performance.now() - from) / 1000;
  const cells = [seconds.toFixed(0), (FRAMES / seconds).toFixed(2), reference.toFixed(3)];
  print(
    `A film of ${FRAMES} frames 640x360 from zoom 1 to 1e50 at kf-1e50, two slots`,
    ['seconds', 'frames/s', 'reference, s', 'of the film'],
    [[...cells, `${((100 * reference) / seconds).toFixed(3)} %`]],
  );
}
