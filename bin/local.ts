/** Workers of the leader's own on this machine: one slot each, threads of its own process. */

import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { linkInProcess } from '../src/cluster/in-process.js';
import { type Address, addressText, type Dialer } from '../src/cluster/transport.js';
import { workerMetrics } from '../src/metrics/index.js';
import { openPool, type Pool } from '../src/worker/pool.js';
import { type SessionEvents, serve } from '../src/worker/session.js';
import { VERSION } from './version.js';

export interface LocalWorkers {
  /** No other program can listen there. */
  readonly addresses: readonly Address[];
  readonly dialer: Dialer;
  /** What all of them compute with. */
  readonly pool: Pool;
}

/** Read when no host is named in any other way. */
export const DEFAULT_HOSTFILE = 'hostfile';

let started: { readonly count: number; readonly workers: LocalWorkers } | undefined;

/**
 * Starts the workers that a command line will most likely want, before it is parsed: they take as long to come up as
 * the leader itself. A wrong guess only costs their start.
 */
export function prestart(words: readonly string[]): void {
  const named = (flag: string) => words.some((word) => word === flag || word.startsWith(`${flag}=`));
  if (words[0] !== 'leader' || ['--help', '-h', '--dry-run', '--np', '-n', '--request'].some(named)) return;
  const hosts = ['--hostfile', '--host', '--listen'].some(named) || existsSync(DEFAULT_HOSTFILE);
  if (!named('--local') && hosts) return;
  const at = words.findIndex((word) => word === '--local' || word.startsWith('--local='));
  const value = words[at]?.split('=')[1] ?? words[at + 1] ?? '';
  const count = at >= 0 && /^[1-9]\d?$/.test(value) ? Number(value) : availableParallelism();
  try {
    started = { count, workers: launch(count) };
  } catch {
    // The command line may want fewer; if not, the same error comes again.
  }
}

/** `count` workers of one slot each. */
export function startLocalWorkers(count: number): LocalWorkers {
  if (started?.count !== count) {
    void started?.workers.pool.close();
    started = { count, workers: launch(count) };
  }
  return started.workers;
}

/** Comes last. */
export async function stopLocalWorkers(): Promise<void> {
  await started?.workers.pool.close();
}

function launch(count: number): LocalWorkers {
  const pool = openPool(count);
  // Most jobs want this one: measured while the command line is parsed. What is wrong with it, the job is told.
  pool.offer('simd').catch(() => undefined);
  const addresses = Array.from({ length: count }, (_, rank) => ({ host: 'local', port: rank + 1 }));
  /** They share the threads, but are workers of their own. */
  const pools = new Map(
    addresses.map((address) => {
      const own: Pool = { ...pool, slots: 1, slotsFor: () => 1, instance: randomUUID() };
      return [addressText(address), own] as const;
    }),
  );
  return {
    addresses,
    dialer: {
      dial(address) {
        const { leader, worker } = linkInProcess(addressText(address));
        serve(worker, pools.get(addressText(address)) as Pool, VERSION, quietly());
        return leader;
      },
    },
    pool,
  };
}

/** The log is the leader's. Nor are there metrics of a process: they are the leader's, too. */
function quietly(): SessionEvents {
  const began = performance.now();
  return {
    began: () => undefined,
    finished: (_, tally) => workerMetrics({ ...tally, slots: 1, seconds: (performance.now() - began) / 1000 }),
    broken: () => undefined,
    ended: () => undefined,
  };
}
