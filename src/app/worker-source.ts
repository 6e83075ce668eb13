/** Where the workers of a job come from: a hostfile, the hosts of the command line, registration, or this process. */

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type Access, type AccessFiles, readAccess } from '../cluster/access.js';
import { type Host, parseHosts, readHostfile } from '../cluster/hostfile.js';
import type { Address } from '../cluster/transport.js';
import { FractalError } from '../errors.js';
import type { Target } from '../leader/fleet/fleet.js';

/** Read when no host is named in any other way. */
export const DEFAULT_HOSTFILE = 'hostfile';

/** The flags that name workers. */
export interface WorkerSourceOptions {
  readonly hostfile?: string;
  readonly host?: string;
  /** At most so many slots; 0: all. */
  readonly np: number;
  /** Workers in this process: a number, or 'auto', one for each core; undefined: those of the hostfile. */
  readonly local?: number | 'auto';
  readonly minWorkers: number;
  readonly access: AccessFiles;
  /** Where workers may register. */
  readonly listen?: Address;
}

export interface WorkerSource {
  /** As they are named; and the hostfile they come from, if they do. */
  readonly hosts: readonly Host[];
  readonly file?: string;
  /** Those that can be dialled directly. */
  readonly targets: readonly Target[];
  /** Workers to start in this process; 0 when there are targets. */
  readonly local: number;
  /** Where the targets come from, as text. */
  readonly source: string;
  /** Certificates and token of the leader, for the workers that it dials and those that register. */
  readonly access: Access;
}

/**
 * `token`: of the environment.
 * @throws FractalError HOSTFILE_SYNTAX, HOSTFILE_LIMIT, HOSTFILE_READ, CREDENTIALS; REQUEST_INVALID when there can never
 * be as many workers as --min-workers
 */
export async function workerSource(options: WorkerSourceOptions, token: string | undefined): Promise<WorkerSource> {
  const found = await sourceOf(options, token);
  const most = mostWorkers(found, options);
  if (options.minWorkers > most) {
    const why = `${found.source} has only ${most}, give more or wait for fewer`;
    throw new FractalError('REQUEST_INVALID', `--min-workers ${options.minWorkers}: ${why}`);
  }
  return found;
}

/** Hostfiles change, names resolve to any number of addresses, and workers register with a leader that listens. */
function mostWorkers({ file, hosts, targets, local }: WorkerSource, { listen }: WorkerSourceOptions): number {
  if (listen !== undefined || file !== undefined || hosts.some(({ dns }) => dns)) return Infinity;
  return Math.max(targets.length, local);
}

async function sourceOf(options: WorkerSourceOptions, token: string | undefined): Promise<WorkerSource> {
  const { hostfile, host, local, np, listen } = options;
  const unnamed = host === undefined && local === undefined && listen === undefined;
  const file = hostfile ?? (unnamed && existsSync(DEFAULT_HOSTFILE) ? DEFAULT_HOSTFILE : undefined);
  if (file !== undefined || host !== undefined) {
    const hosts = file !== undefined ? await readHostfile(file) : parseHosts(host as string);
    const access = readAccess(options.access, token, new Date());
    const found = { hosts, targets: targetsOf(hosts, np), local: 0, source: file ?? '--host', access };
    return file === undefined || file === '-' ? found : { ...found, file };
  }
  const access = listen === undefined ? {} : readAccess(options.access, token, new Date());
  if (local === undefined && listen !== undefined) {
    return { hosts: [], targets: [], local: 0, source: '--listen', access };
  }
  const count = typeof local === 'number' ? local : availableParallelism();
  return { hosts: [], targets: [], local: np > 0 ? Math.min(np, count) : count, source: '--local', access };
}

/** In the order of the hostfile, as mpirun fills them: those behind the first np slots are not dialled. */
export function targetsOf(hosts: readonly Host[], np: number): Target[] {
  const targets: Target[] = [];
  let slots = 0;
  for (const { host, port, name, dns, slots: wanted, maxSlots } of hosts) {
    if (dns) continue;
    if (np > 0 && slots >= np) break;
    const most = Math.min(wanted ?? maxSlots ?? 0, maxSlots ?? Infinity);
    slots += most;
    targets.push({ address: { host, port, ...(name === undefined ? {} : { name }) }, slots: most });
  }
  return targets;
}
