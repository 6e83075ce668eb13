/** Workers in this process, started before the command line is parsed: starting them takes as long as starting the leader. */

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type LocalOptions, type LocalWorkers, openLocalWorkers } from '../src/app/local-workers.js';
import { DEFAULT_HOSTFILE } from '../src/app/worker-source.js';

export interface EarlyWorkers {
  /**
   * The workers that were started, if their number is `count` and no viewers may wait for them; else `count` new ones.
   * @throws FractalError RESOURCES
   */
  take(count: number, options?: Pick<LocalOptions, 'viewers'>): LocalWorkers;
  /** Ends them. To be called last. */
  close(): Promise<void>;
}

/** Starts the workers that a command line most likely needs. A wrong guess costs only the time to start them. */
export function startEarly(words: readonly string[]): EarlyWorkers {
  const count = likelyCount(words);
  let workers = count === 0 ? undefined : opened(count);
  return {
    take(wanted, options = {}) {
      if (workers?.addresses.length === wanted && !options.viewers) return workers;
      void workers?.close();
      workers = openLocalWorkers(wanted, options);
      return workers;
    },
    close: async () => workers?.close(),
  };
}

/** 0: none. */
function likelyCount(words: readonly string[]): number {
  const named = (flag: string) => words.some((word) => word === flag || word.startsWith(`${flag}=`));
  if (words[0] !== 'leader' || ['--help', '-h', '--dry-run', '--np', '-n', '--request', '--session'].some(named))
    return 0;
  const hosts = ['--hostfile', '--host', '--listen'].some(named) || existsSync(DEFAULT_HOSTFILE);
  if (!named('--local') && hosts) return 0;
  const at = words.findIndex((word) => word === '--local' || word.startsWith('--local='));
  const value = words[at]?.split('=')[1] ?? words[at + 1] ?? '';
  return at >= 0 && /^[1-9]\d?$/.test(value) ? Number(value) : availableParallelism();
}

function opened(count: number): LocalWorkers | undefined {
  try {
    return openLocalWorkers(count);
  } catch {
    // The command line may need fewer; otherwise the same error is thrown again.
    return undefined;
  }
}
