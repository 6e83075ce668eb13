/** Workers of the leader's own on this machine: real processes, real gRPC, gone when the leader is gone. */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Address } from '../src/cluster/transport.js';
import { FractalError } from '../src/errors.js';

export interface LocalWorkers {
  /** One promise a worker; rejects when it could not start. */
  readonly addresses: readonly Promise<Address>[];
  stop(): void;
}

/** Read when no host is named in any other way. */
export const DEFAULT_HOSTFILE = 'hostfile';

/** What this leader's own workers want to hear: others who can reach the loopback interface do not know it. */
export const LOCAL_TOKEN = randomBytes(32).toString('hex');

const PROGRAM = fileURLToPath(new URL('./local-worker.js', import.meta.url));

let early: { readonly count: number; readonly workers: LocalWorkers } | undefined;

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
  early = { count, workers: launch(count) };
}

/** `count` workers of one slot each, on free ports of the loopback interface. */
export function startLocalWorkers(count: number): LocalWorkers {
  if (early?.count === count) return early.workers;
  early?.workers.stop();
  return launch(count);
}

function launch(count: number): LocalWorkers {
  const children: ChildProcess[] = [];
  const addresses = Array.from({ length: count }, () => {
    // The worker reports its address over the IPC channel, and ends when that closes: no worker outlives its leader.
    const env = { ...process.env, FRACTAL_TOKEN: LOCAL_TOKEN };
    const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    children.push(child);
    child.unref();
    return addressOf(child);
  });
  for (const address of addresses) address.catch(() => undefined);
  return {
    addresses,
    stop() {
      for (const child of children) if (child.connected) child.disconnect();
    },
  };
}

function addressOf(child: ChildProcess): Promise<Address> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => {
      // From now on it is the connection that keeps the leader waiting, not the channel.
      child.channel?.unref();
      resolve(message as unknown as Address);
    });
    child.once('error', (error) => reject(failed(error.message, error)));
    child.once('exit', (code, signal) => reject(failed(`it ended with ${signal ?? `exit code ${code}`}`)));
  });
}

function failed(why: string, cause?: unknown): FractalError {
  return new FractalError('NO_WORKER', `a local worker could not be started: ${why}`, { cause });
}
