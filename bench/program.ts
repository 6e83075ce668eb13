/** The whole program, as a user starts it, and its summary. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../bin/fractal', import.meta.url));

/** Of the line that --json prints. */
export interface Summary {
  readonly seconds: number;
  readonly gatheredSeconds: number;
  readonly frames: number;
  readonly iterations: number;
  /** That were computed. */
  readonly samples: number;
  readonly workers: readonly {
    readonly busySeconds: number;
    readonly idleSeconds: number;
    readonly sentBytes: number;
  }[];
}

/** `fractal leader` to its end, on two workers of its own unless hosts are named. */
export function leader(args: string[], more: Readonly<Record<string, string>> = {}): Promise<Summary> {
  // A store of its own, so that no result of an earlier run is used.
  const cache = mkdtempSync(join(tmpdir(), 'fractal-cache-'));
  const env = { ...process.env, XDG_CACHE_HOME: cache, ...more };
  const workers = args.includes('--hostfile') ? [] : ['--local', '2'];
  const child = spawn(process.execPath, [PROGRAM, 'leader', ...workers, '--json', ...args], { env });
  let text = '';
  child.stdout.on('data', (data: Buffer) => {
    text += data;
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      rmSync(cache, { recursive: true });
      if (code === 0) resolve(JSON.parse(text));
      else reject(new Error(`exit code ${code}`));
    });
  });
}

export interface WorkerProcess {
  readonly child: ChildProcess;
  readonly port: string;
}

/** A worker of one slot on a free port, once it listens. */
export function worker(more: Readonly<Record<string, string>> = {}): Promise<WorkerProcess> {
  const env = { ...process.env, ...more };
  const child = spawn(process.execPath, [PROGRAM, 'worker', '--port', '0', '--slots', '1'], { env });
  return new Promise((resolve) => {
    child.stdout.on('data', (data: Buffer) => {
      const [, port] = /worker 127\.0\.0\.1:(\d+): ready/.exec(String(data)) ?? [];
      if (port) resolve({ child, port });
    });
  });
}

export function hostfileOf(workers: readonly WorkerProcess[]): string {
  return workers.map(({ port }) => `127.0.0.1 port=${port}\n`).join('');
}
