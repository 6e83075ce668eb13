/** Workers in this process: one slot each, all of them on one pool of threads. */

import { randomUUID } from 'node:crypto';
import { linkInProcess } from '../cluster/in-process.js';
import { type Address, addressText, type Dialer } from '../cluster/transport.js';
import type { FractalError } from '../errors.js';
import { workerMetrics } from '../metrics/index.js';
import type { Formula } from '../view/view.js';
import type { Kinds } from '../work/kind.js';
import { BUILT_IN } from '../work/kinds.js';
import { openPovray } from '../work/povray/kind.js';
import { openPool, type Pool } from '../worker/pool.js';
import { type SessionEvents, serve } from '../worker/session.js';
import { thisProgram } from './version.js';

/** Several jobs may use them at once. */
export interface LocalWorkers {
  /** Only `dialer` can dial them: no port of the machine has such an address. */
  readonly addresses: readonly Address[];
  readonly dialer: Dialer;
  /** Calls `act` with the reason when nothing can be computed any more; returns a function that removes the callback. */
  whenBroken(act: (reason: FractalError) => void): () => void;
  /** A thread may have a graphics device open: the process must close the workers before it exits. */
  readonly device: boolean;
  /** Opens a kernel, once; its fingerprint. @throws FractalError KERNEL_MISSING */
  offer(kernel: string): Promise<{ readonly fingerprint: string }>;
  /** Perturbed views of this formula may come soon: what they need is compiled before. */
  expectPerturbed(formula: Formula): void;
  /** Viewers are answered in so many milliseconds from now on: other shards wait (`Pool`). */
  holdBackFor(ms: number): void;
  /** Ends the threads. Idempotent. */
  close(): Promise<void>;
}

/** Of the reference orbits of viewers, with their tables. */
const UNUSED_BYTES = 512 << 20;

export interface LocalOptions {
  /** Absent: the built-in ones. */
  readonly kinds?: Kinds;
  /** Viewers may wait for them beside other jobs: there are spare threads for their shards, started when they are needed, and answers come before both. */
  readonly viewers?: boolean;
}

/** Starts `count` workers of one slot each. @throws FractalError RESOURCES, BUILD_STALE */
export function openLocalWorkers(
  count: number,
  { kinds = BUILT_IN, viewers = false }: LocalOptions = {},
): LocalWorkers {
  // Checked before modules are compiled that may belong to another build.
  const program = thisProgram();
  // A thread more for each slot; and as many again, which are reserved for each session.
  const pool = openPool(count, {
    kinds,
    ...(viewers ? { spare: 2 * count, unusedBytes: UNUSED_BYTES, background: true } : {}),
  });
  // Most jobs use this kernel: it is measured while the command line is parsed. An error is thrown again when a job opens it.
  pool.offer('simd').catch(() => undefined);
  const addresses = Array.from({ length: count }, (_, rank) => ({ host: 'local', port: rank + 1 }));
  /** They share the threads, but count as separate workers. */
  const pools = new Map(
    addresses.map((address) => {
      const own: Pool = { ...pool, slots: 1, slotsFor: () => 1, instance: randomUUID() };
      return [addressText(address), own] as const;
    }),
  );
  const listeners = new Set<(reason: FractalError) => void>();
  let broken: FractalError | undefined;
  void pool.broken.then((reason) => {
    broken = reason;
    for (const act of listeners) act(reason);
  });
  return {
    addresses,
    dialer: {
      dial(address) {
        const { leader, worker } = linkInProcess(addressText(address));
        serve(worker, pools.get(addressText(address)) as Pool, program, silent());
        return leader;
      },
    },
    whenBroken(act) {
      listeners.add(act);
      if (broken) act(broken);
      return () => listeners.delete(act);
    },
    get device() {
      return pool.device;
    },
    offer: (kernel) => pool.offer(kernel),
    expectPerturbed: (formula) => pool.warm('fractal', formula),
    holdBackFor: (ms) => pool.holdBackFor(ms),
    close: () => pool.close(),
  };
}

/**
 * The same for viewers, and for POV-Ray scenes too. `path`: where POV-Ray is searched. `confined`: scenes are rendered in a
 * sandbox.
 * @throws FractalError RESOURCES, BUILD_STALE, KERNEL_MISSING
 */
export async function openSceneWorkers(count: number, path: string, confined: boolean): Promise<LocalWorkers> {
  const kinds = { ...BUILT_IN, povray: await openPovray({ path, unconfined: !confined }) };
  return openLocalWorkers(count, { kinds, viewers: true });
}

/** The leader of the same process logs and reports metrics. */
function silent(): SessionEvents {
  const began = performance.now();
  return {
    began: () => undefined,
    finished: (_, tally) => workerMetrics({ ...tally, slots: 1, seconds: (performance.now() - began) / 1000 }),
    aborted: () => undefined,
    ended: () => undefined,
  };
}
