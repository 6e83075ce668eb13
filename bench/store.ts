/** What the store costs when nothing is in it, and what it saves when everything is: whole runs, in turn. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leader } from './program.js';
import { medians, print } from './table.js';

const VALLEY = ['-x', '-0.7454286', '-y', '0.1130089', '--zoom', '1308000', '--iters', '20000'];
const POINT = ['-x', '-1.338238635', '-y', '-0.057237059', '--zoom', '1', '--iters', '1000'];
const size = (width: number, height: number) => ['--width', `${width}`, '--height', `${height}`];

const JOBS: readonly { readonly name: string; readonly words: string[]; readonly file: string }[] = [
  { name: 'valley 1080x1080, 4 samples', words: [...VALLEY, ...size(1080, 1080), '--samples', '4'], file: 'x.png' },
  {
    name: 'the same in 2,916 shards',
    words: [...VALLEY, ...size(1080, 1080), '--samples', '4', '--block-size', '20'],
    file: 'x.png',
  },
  { name: '8192x6144, 800 iterations', words: ['--iters', '800', '--zoom', '42', ...size(8192, 6144)], file: 'x.png' },
  {
    name: 'film, 60 frames of 1000x1000',
    words: [...POINT, ...size(1000, 1000), '--zoom-end', '1e4', '--frames', '60'],
    file: 'x.mp4',
  },
];

export async function store(runs = 3): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fractal-bench-'));
  const rows: string[][] = [];
  for (const { name, words, file } of JOBS) {
    const kept = join(folder, 'store');
    const run = (more: string[]) => async () => {
      const from = performance.now();
      await leader([...words, ...more, '-o', join(folder, file)]);
      return (performance.now() - from) / 1000;
    };
    await run(['--store', kept])();
    const [off, empty, full] = (await medians(runs, [run(['--no-store']), run([]), run(['--store', kept])])) as [
      number,
      number,
      number,
    ];
    rows.push([name, off.toFixed(2), empty.toFixed(2), (empty / off).toFixed(3), full.toFixed(2)]);
    rmSync(kept, { recursive: true });
  }
  rmSync(folder, { recursive: true });
  print('The store: whole runs, two slots, medians', ['job', 'off', 'on, empty', 'ratio', 'all there'], rows);
}
