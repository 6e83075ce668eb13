/** `fractal mpi -- ARGS`: a command line of the older MPI renderer, as `fractal leader`. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sendPicture } from '../src/app/older-output.js';
import { workerSource } from '../src/app/worker-source.js';
import { readMpiWords } from '../src/request/mpi-words.js';
import { invalid, type RawFlags } from '../src/request/values.js';
import { tokenOfEnvironment } from './environment.js';
import { leader } from './leader.js';
import type { EarlyWorkers } from './local.js';
import { leaderOptions } from './options.js';

/** `args`: the words, one a line. Resolves to the exit code. @throws FractalError */
export async function mpi({ args, ...cluster }: RawFlags, early: EarlyWorkers): Promise<number> {
  if (args === undefined) throw invalid('the arguments are missing: write fractal mpi -- --width 1024 --output f.png');
  const { order, notes, output, ...wanted } = readMpiWords(args.split('\n'));
  const folder = output.kind === 'disk' ? undefined : await mkdtemp(join(tmpdir(), 'fractal-mpi-'));
  const outfile = output.kind === 'disk' ? output.path : join(folder as string, 'fractal.png');
  try {
    const quiet = wanted.quiet || output.kind !== 'disk' ? { quiet: 'true' } : {};
    const options = await leaderOptions({ ...cluster, ...order, ...quiet, outfile });
    for (const note of notes) process.stderr.write(`warning: ${note}\n`);
    const source = await workerSource(options.cluster, tokenOfEnvironment());
    const local = source.local > 0 ? early.take(source.local) : undefined;
    const code = await leader(options, source, local);
    if (output.kind === 'network') await sendPicture(output, await readFile(outfile));
    return code;
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}
