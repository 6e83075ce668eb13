/** Workers in this process, started before the command line is parsed: they take as long to come up as the leader. */

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type LocalWorkers, openLocalWorkers } from '../src/app/local-workers.js';
import { DEFAULT_HOSTFILE } from '../src/app/worker-source.js';

export interface EarlyWorkers {
  /** Those that were started, if they are so many; else others instead. @throws FractalError RESOURCES */
  take(count: number): LocalWorkers;
  /** Ends them. Comes last. */
  close(): Promise<void>;
}

/** Starts the workers that a command line will most likely want. A wrong guess only costs their start. */
export function startEarly(words: readonly string[]): EarlyWorkers {
  const count = likelyCount(words);
  let workers = count === 0 ? undefined : opened(count);
  return {
    take(wanted) {
      if (workers?.addresses.length === wanted) return workers;
      void workers?.close();
      workers = openLocalWorkers(wanted);
      return workers;
    },
    close: async () => workers?.close(),
  };
}

/** 0: none. */
function likelyCount(words: readonly string[]): number {
  const named = (flag: string) => words.some((word) => word === flag || word.startsWith(`${flag}=`));
  if (words[0] !== 'leader' || ['--help', '-h', '--dry-run', '--np', '-n', '--request'].some(named)) return 0;
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
    // The command line may want fewer; if not, the same error comes again.
    return undefined;
  }
}
