/** The workers of a job: how they are dialled, and how the job learns of them. */

import { lookup } from 'node:dns/promises';
import type { Access } from '../cluster/access.js';
import type { Host } from '../cluster/hostfile.js';
import { lookAt, watchHosts } from '../cluster/hostwatch.js';
import { addressText, type Dialer } from '../cluster/transport.js';
import type { Fleet } from '../leader/fleet/fleet.js';
import { type Emit, logTo } from './events.js';
import type { LocalWorkers } from './local-workers.js';
import type { Registration } from './registration.js';
import { targetsOf } from './worker-source.js';

/** Where the workers of a job come from. */
export interface Workers {
  readonly hosts: readonly Host[];
  /** The hostfile that names them, if one does. */
  readonly file?: string;
  readonly access: Access;
  /** In this process; absent: there are none. */
  readonly local?: LocalWorkers | undefined;
  /** Where others register; absent: they cannot. */
  readonly registration?: Registration | undefined;
}

/** Dials workers in this process, and others with gRPC, which is loaded for them only. */
export async function dialerOf({ access, local, registration }: Workers): Promise<Dialer> {
  const remote = local && !registration ? undefined : (await import('../cluster/grpc.js')).grpcDialer(access);
  const own = new Set(local?.addresses.map(addressText));
  return {
    dial(address) {
      const dialer = own.has(addressText(address)) ? local?.dialer : remote;
      if (!dialer) throw new TypeError(`${addressText(address)} is no worker of this job`);
      return dialer.dial(address);
    },
  };
}

export interface FeedOptions {
  /** At most so many slots; 0: all. */
  readonly np: number;
  /** Lookups of a name that is not found before it is not waited for. */
  readonly retries: number;
  readonly emit: Emit;
  /** Ends the watching of hostfiles and names. */
  readonly signal: AbortSignal;
}

/**
 * Names the workers to a fleet, now and, as hostfiles, names and registration bring more of them, later. Resolves at the
 * signal.
 */
export async function feedWorkers(fleet: Fleet, workers: Workers, options: FeedOptions): Promise<void> {
  const { hosts, file, local, registration } = workers;
  const { np, retries, emit, signal } = options;
  registration?.openFor((address, caller) => fleet.add({ address, slots: 0 }, caller));
  // With registration, no worker to dial is no reason to give up.
  const allNamed = () => registration === undefined && fleet.sealed();
  if (local) {
    for (const address of local.addresses) fleet.add({ address, slots: 0 });
    allNamed();
    return;
  }
  await watchHosts(hosts, {
    look: file === undefined ? async () => undefined : await lookAt(file),
    resolve: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
    found(fresh) {
      for (const target of targetsOf(fresh, np)) fleet.add(target);
    },
    settled: allNamed,
    retries,
    note: logTo(emit, 'info'),
    signal,
  });
}
