/**
 * The cost of checksums and of the store in a run without failures, and the time that the store saves when it has everything.
 * Whole runs in turn; seconds of a core that leader and workers took, since these depend less on other load of the machine.
 * Leases are not measured here: see `leader` for the whole cost of a shard.
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

const JOBS: readonly { readonly name: string; readonly args: string[]; readonly file: string }[] = [
  { name: 'valley 1080x1080, 4 samples', args: [...VALLEY, ...size(1080, 1080), '--samples', '4'], file: 'x.png' },
  {
    name: 'the same in 2,916 shards',
    args: [...VALLEY, ...size(1080, 1080), '--samples', '4', '--block-size', '20'],
    file: 'x.png',
  },
  { name: '8192x6144, 800 iterations', args: ['--iters', '800', '--zoom', '42', ...size(8192, 6144)], file: 'x.png' },
  {
    name: 'film, 60 frames of 1000x1000',
    args: [...POINT, ...size(1000, 1000), '--zoom-end', '1e4', '--frames', '60'],
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
  for (const { name, args, file } of JOBS) {
    const kept = join(folder, 'store');
    const run = async (more: string[], preload = CHECKED) => {
      const here = mkdtempSync(join(folder, 'run-'));
      const [log, hosts] = [join(here, 'seconds'), join(here, 'hosts')];
      const env = { NODE_OPTIONS: preload, BENCH_CPU_TIMES: log };
      const workers = await Promise.all([worker(env), worker(env)]);
      writeFileSync(hosts, hostfileOf(workers));
      await leader([...args, ...more, '--hostfile', hosts, '-o', join(folder, file)], env);
      const ended = workers.map(({ child }) => once(child, 'exit'));
      for (const { child } of workers) child.kill('SIGTERM');
      await Promise.all(ended);
      const seconds = readFileSync(log, 'utf8').trim().split('\n').map(Number);
      return seconds.reduce((sum, one) => sum + one, 0);
    };
    await run(['--store', kept]);
    const times: { bare: number; checked: number; kept: number; stored: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      times.push({
        bare: await run(['--no-store'], UNCHECKED),
        checked: await run(['--no-store']),
        kept: await run([]),
        stored: await run(['--store', kept]),
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
      ratio(({ stored, bare }) => stored / bare),
    ]);
    rmSync(kept, { recursive: true });
  }
  rmSync(folder, { recursive: true });
  print(
    'The cost of checksums and store, two slots: seconds of a core, over those without both (medians of each round)',
    ['job', 'without both, core seconds', 'checksums', 'store, empty', 'both', 'all in the store'],
    rows,
  );
}
