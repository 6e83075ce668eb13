/** A fleet with its workers: those of hostfiles and names, of registration, of this process. For one job, or for many. */

import { type Fleet, openFleet } from '../leader/fleet/fleet.js';
import type { Emit } from './events.js';
import { reportingDials } from './links.js';
import { thisProgram } from './version.js';
import { addWorkers, dialerOf, type Workers } from './workers.js';

export interface ConnectOptions {
  /** Names the leader's session in the logs of workers. */
  readonly session: string;
  /** At most so many slots altogether; 0: all. */
  readonly np: number;
  /** Further attempts to reach a worker before jobs stop waiting for it. */
  readonly retries: number;
  readonly emit: Emit;
  /** Hostfiles or names can no longer be watched. */
  failed(reason: unknown): void;
}

/** Workers that are dialled, and dialled again after they are lost. */
export interface Connected {
  readonly fleet: Fleet;
  /** Disconnects the workers; stops watching hostfiles and names, and ends registration. */
  close(): void;
}

export async function connect(workers: Workers, options: ConnectOptions): Promise<Connected> {
  const { session, np, retries, emit, failed } = options;
  const dialer = reportingDials(await dialerOf(workers), emit);
  const fleet = openFleet({
    ...{ dialer, ...thisProgram(), session, retries, maxSlots: np },
    ...{ random: Math.random, now: () => performance.now() },
  });
  const watching = new AbortController();
  addWorkers(fleet, workers, { np, retries, emit, signal: watching.signal }).catch(failed);
  return {
    fleet,
    close() {
      watching.abort();
      fleet.close();
    },
  };
}
