/** Frames from keyframes, assembled on another process: what the leader's main thread pays to send and to receive one. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { assemblerFor } from '../src/app/assembly-place.js';
import { thisProgram } from '../src/app/version.js';
import { grpcDialer } from '../src/cluster/grpc.js';
import { assembled } from '../src/film/assemble.js';
import { type Assembler, openAssembler } from '../src/film/assembler.js';
import { coverOf } from '../src/film/cover.js';
import type { FilmPath } from '../src/film/path.js';
import type { KeyframeSamples } from '../src/film/samples.js';
import { orderOf } from '../src/film/showing.js';
import { openFleet } from '../src/leader/fleet/fleet.js';
import { startJob } from '../src/leader/job/job.js';
import { FILM_KERNEL } from '../src/work/film/measure.js';
import { noiseOf, painting, path, SIZES } from './assembly.js';
import { medians, print } from './table.js';

const LEVELS = { bits: 8, dither: true } as const;
const PROGRAM = fileURLToPath(new URL('../../bin/fractal', import.meta.url));
const RUNS = 3;
/** Half an octave, and two segments. */
const FRAMES = 33;

/** Milliseconds of CPU of this process a frame, painting included. */
async function milliseconds(film: FilmPath, size: (typeof SIZES)[number], port: number | undefined): Promise<number> {
  const cover = coverOf(film, size);
  const order = orderOf(cover, film, size);
  async function* computed(): AsyncGenerator<KeyframeSamples> {
    for (const { parts } of order.keyframes) {
      yield parts.map((rect) => ({ rect, values: noiseOf(rect) }));
    }
  }
  const from = process.cpuUsage();
  const { assembler, close } = await open(film, size, port);
  for await (const _ of assembled({ cover, order, path: film, painting, levels: LEVELS, assembler }, computed()));
  await assembler.close();
  close();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000 / film.frames;
}

/** `port`: of a worker; absent: this thread assembles. */
async function open(
  film: FilmPath,
  size: (typeof SIZES)[number],
  port: number | undefined,
): Promise<{ readonly assembler: Assembler; close(): void }> {
  const local = openAssembler({ size });
  if (port === undefined) return { assembler: local, close() {} };
  const now = () => performance.now();
  const fleet = openFleet({
    ...{ dialer: grpcDialer(), ...thisProgram(), session: 'bench', retries: 10, maxSlots: 0, now, random: Math.random },
  });
  const ready = new Promise<void>((resolve) => fleet.subscribe(({ kind }) => kind === 'joined' && resolve()));
  fleet.add({ address: { host: '127.0.0.1', port }, slots: 0 });
  fleet.sealed();
  await ready;
  const load = { size, levels: LEVELS, stretches: [film.frames], pictures: 1, turned: false, shown: 2.8, fresh: 0.05 };
  const assembler = assemblerFor(local, load, {
    on: 'workers',
    note() {},
    ready: () => fleet.workers,
    start(job, progress) {
      const ending = new AbortController();
      const { frames } = startJob(fleet, job, {
        ...{ name: 'bench', kernel: FILM_KERNEL, minWorkers: 1, strict: false, metrics: false, signal: ending.signal },
        ...{ now, progress, note() {}, gathered() {} },
      });
      return { frames, end: (reason) => ending.abort(reason) };
    },
  });
  return { assembler, close: () => fleet.close() };
}

export async function segments(): Promise<void> {
  const worker = spawn(PROGRAM, ['worker', '--port', '0', '--slots', '2'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve) => {
    createInterface({ input: worker.stdout }).on('line', (line) => {
      const found = /:(\d+)/.exec(line)?.[1];
      if (found) resolve(Number(found));
    });
  });
  try {
    const rows = [];
    for (const size of SIZES) {
      for (const [name, film] of Object.entries({ upright: path(0, true, FRAMES), turned: path(1.3, true, FRAMES) })) {
        const found = await medians(RUNS, [
          () => milliseconds(film, size, undefined),
          () => milliseconds(film, size, port),
        ]);
        rows.push([`${size.width}×${size.height}, ${name}`, ...found.map((one) => one.toFixed(1))]);
      }
    }
    print(
      'CPU time of the leader for a frame that it assembles itself, and for one that a worker assembles, in ms',
      ['size and film', 'leader', 'worker'],
      rows,
    );
  } finally {
    worker.kill();
    await once(worker, 'exit');
  }
}
