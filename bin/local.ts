/** Workers of the leader's own on this machine: real processes, real gRPC, gone when the leader is gone. */

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Address } from '../src/cluster/transport.js';
import { FractalError } from '../src/errors.js';

export interface LocalWorkers {
  /** One promise a worker; rejects when it could not start. */
  readonly addresses: readonly Promise<Address>[];
  stop(): void;
}

const PROGRAM = fileURLToPath(new URL('./fractal.js', import.meta.url));

/** Starts `count` workers of one slot each, on free ports of the loopback interface. */
export function startLocalWorkers(count: number): LocalWorkers {
  const children: ChildProcess[] = [];
  const addresses = Array.from({ length: count }, () => {
    const arguments_ = [PROGRAM, 'worker', '--host', '127.0.0.1', '--port', '0', '--slots', '1'];
    // The worker reports its address over the IPC channel, and ends when that closes: no worker outlives its leader.
    const child = spawn(process.execPath, arguments_, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    children.push(child);
    return new Promise<Address>((resolve, reject) => {
      child.once('message', (message) => resolve(message as unknown as Address));
      child.once('error', (error) => reject(failed(error.message, error)));
      child.once('exit', (code, signal) => reject(failed(`it ended with ${signal ?? `exit code ${code}`}`)));
    });
  });
  return {
    addresses,
    stop() {
      for (const child of children) if (child.connected) child.disconnect();
    },
  };
}

function failed(why: string, cause?: unknown): FractalError {
  return new FractalError('NO_WORKER', `a local worker could not be started: ${why}`, { cause });
}
