/**
 * What it costs, while nothing goes wrong, that nothing could be lost: checksums, and the store; and what the store saves
 * when everything is there. Whole runs in turn; seconds of the cores that leader and workers took, since these depend less
 * on who else is at work on the machine. Leases are not here: see `leader`, what a shard costs in all.
 */

import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostfileOf, leader, worker } from './program.js';
import { median, print } from './table.js';

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
/** Loaded before the program. */
const before = (...names: string[]) => names.map((name) => `--import ${new URL(name, import.meta.url).href}`).join(' ');
const CHECKED = before('./cpu-time.js');
const UNCHECKED = before('./cpu-time.js', './no-checksums.js');

export async function healthy(rounds = 3): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fractal-bench-'));
  const rows: string[][] = [];
  for (const { name, words, file } of JOBS) {
    const kept = join(folder, 'store');
    const run = async (more: string[], preload = CHECKED) => {
      const here = mkdtempSync(join(folder, 'run-'));
      const [log, hosts] = [join(here, 'seconds'), join(here, 'hosts')];
      const env = { NODE_OPTIONS: preload, BENCH_CPU_TIMES: log };
      const workers = await Promise.all([worker(env), worker(env)]);
      writeFileSync(hosts, hostfileOf(workers));
      await leader([...words, ...more, '--hostfile', hosts, '-o', join(folder, file)], env);
      const ended = workers.map(({ child }) => once(child, 'exit'));
      for (const { child } of workers) child.kill('SIGTERM');
      await Promise.all(ended);
      const seconds = readFileSync(log, 'utf8').trim().split('\n').map(Number);
      return seconds.reduce((sum, one) => sum + one, 0);
    };
    await run(['--store', kept]);
    const times: { bare: number; checked: number; kept: number; there: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      times.push({
        bare: await run(['--no-store'], UNCHECKED),
        checked: await run(['--no-store']),
        kept: await run([]),
        there: await run(['--store', kept]),
      });
    }
    const ratio = (of: (one: (typeof times)[number]) => number) => median(times.map(of)).toFixed(3);
    const bare = median(times.map((one) => one.bare));
    rows.push([
      name,
      bare.toFixed(2),
      ratio(({ checked, bare }) => checked / bare),
      ratio(({ kept, checked }) => kept / checked),
      ratio(({ kept, bare }) => kept / bare),
      ratio(({ there, bare }) => there / bare),
    ]);
    rmSync(kept, { recursive: true });
  }
  rmSync(folder, { recursive: true });
  print(
    'The healthy path, two slots: seconds of a core, over those without checksums and store (medians of each round)',
    ['job', 'bare, core seconds', 'checksums', 'store, empty', 'both', 'all there'],
    rows,
  );
}
