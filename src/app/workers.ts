/** The workers of a job: how they are dialled, and how they are added to a fleet. */

import { lookup } from 'node:dns/promises';
import type { Access } from '../cluster/access.js';
import type { Host } from '../cluster/hostfile.js';
import { changesOf, watchHosts } from '../cluster/hostwatch.js';
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

export interface AddOptions {
  /** At most so many slots; 0: all. */
  readonly np: number;
  /** Lookups of a name that is not found, after which the job stops waiting for it. */
  readonly retries: number;
  readonly emit: Emit;
  /** Ends the watching of hostfiles and names. */
  readonly signal: AbortSignal;
}

/**
 * Adds the workers to a fleet, and later those that hostfiles, names and registration add. Resolves at the
 * signal.
 */
export async function addWorkers(fleet: Fleet, workers: Workers, options: AddOptions): Promise<void> {
  const { hosts, file, local, registration } = workers;
  const { np, retries, emit, signal } = options;
  registration?.openFor((address, caller) => fleet.add({ address, slots: 0 }, caller));
  // With registration, a job without a worker to dial goes on waiting.
  const allNamed = () => registration === undefined && fleet.sealed();
  if (local) {
    for (const address of local.addresses) fleet.add({ address, slots: 0 });
    allNamed();
    return;
  }
  await watchHosts(hosts, {
    read: file === undefined ? async () => undefined : await changesOf(file),
    resolve: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
    found(fresh) {
      for (const target of targetsOf(fresh, np)) fleet.add(target);
    },
    allNamed,
    retries,
    note: logTo(emit, 'info'),
    signal,
  });
}
