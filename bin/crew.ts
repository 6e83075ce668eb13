/** Who is to compute: the hosts of a hostfile or of the command line, or workers of the leader's own. */

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type Access, readAccess } from '../src/cluster/access.js';
import { type Host, parseHosts, readHostfile } from '../src/cluster/hostfile.js';
import type { Target } from '../src/leader/fleet/fleet.js';
import { invalid } from './command-line.js';
import type { ClusterOptions } from './flags.js';
import { DEFAULT_HOSTFILE } from './local.js';

export interface Crew {
  /** As they are named; and the hostfile they come from, if they do. */
  readonly hosts: readonly Host[];
  readonly file?: string;
  /** Those of them that can be dialled as they stand. */
  readonly targets: readonly Target[];
  /** Workers to start here; 0 when there are targets. */
  readonly local: number;
  /** Where the targets come from, for people. */
  readonly source: string;
  /** What the leader has to show them, and those who join; its own workers want LOCAL_TOKEN. */
  readonly access: Access;
}

/**
 * `token`: of the environment.
 * @throws FractalError HOSTFILE_SYNTAX, HOSTFILE_LIMIT, HOSTFILE_READ, CREDENTIALS; REQUEST_INVALID when there can never
 * be as many workers as --min-workers
 */
export async function crewOf(options: ClusterOptions, token: string | undefined): Promise<Crew> {
  const crew = await crewFor(options, token);
  const most = mostWorkers(crew, options);
  if (options.minWorkers > most) {
    throw invalid(`--min-workers ${options.minWorkers}: ${crew.source} has only ${most}, give more or wait for fewer`);
  }
  return crew;
}

/** Hostfiles change, names resolve to any number of addresses, and workers join a leader that listens. */
function mostWorkers({ file, hosts, targets, local }: Crew, { listen }: ClusterOptions): number {
  if (listen !== undefined || file !== undefined || hosts.some(({ dns }) => dns)) return Infinity;
  return Math.max(targets.length, local);
}

async function crewFor(options: ClusterOptions, token: string | undefined): Promise<Crew> {
  const { hostfile, host, local, np, listen } = options;
  const nobody = host === undefined && local === undefined && listen === undefined;
  const file = hostfile ?? (nobody && existsSync(DEFAULT_HOSTFILE) ? DEFAULT_HOSTFILE : undefined);
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
