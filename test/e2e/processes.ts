/** Real processes for end-to-end tests: the program as a user starts it. Everything started here is ended here. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

export const PROGRAM = fileURLToPath(new URL('../../../bin/fractal', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Outcome>;
  /** Resolves when the output so far matches; rejects when the process ends before. */
  said(pattern: RegExp): Promise<RegExpMatchArray>;
}

/** An empty folder that is removed after the test. */
export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'fractal-test-'));
  t.after(() => {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // After a failure a process may still write here. The next hook ends it, so this one must not throw.
    }
  });
  return path;
}

/** Starts `fractal ...words`; killed after the test, should it still run. */
export function start(
  t: TestContext,
  words: readonly string[],
  cwd?: string,
  input?: string,
  more: Readonly<Record<string, string>> = {},
): Running {
  return run(t, [process.execPath, PROGRAM, ...words], cwd, input, more);
}

/** Runs any command likewise: `fractal` in a network of its own, say. */
export function run(
  t: TestContext,
  [command = '', ...words]: readonly string[],
  cwd?: string,
  input?: string,
  more: Readonly<Record<string, string>> = {},
): Running {
  // Each with a store of its own, unless the test names one.
  const cache = mkdtempSync(join(tmpdir(), 'fractal-cache-'));
  const env = { ...process.env, XDG_CACHE_HOME: cache, ...more };
  const child = spawn(command, words, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  let [stdout, stderr] = ['', ''];
  const waiting = new Set<() => void>();
  const hear = () => {
    for (const look of waiting) look();
  };
  child.stdout.on('data', (data: Buffer) => {
    stdout += data;
    hear();
  });
  child.stderr.on('data', (data: Buffer) => {
    stderr += data;
    hear();
  });
  child.on('error', (error) => {
    stderr += error.message;
  });
  const ended = new Promise<Outcome>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(cache, { recursive: true, force: true });
  });
  return {
    process: child,
    ended,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(stdout + stderr);
          if (!match) return;
          waiting.delete(look);
          resolve(match);
        };
        waiting.add(look);
        look();
        ended.then(() => reject(new Error(`ended without printing ${pattern}: ${stdout}${stderr}`)));
      }),
  };
}

/** Runs `fractal ...words` to its end. */
export function fractal(t: TestContext, words: readonly string[], cwd?: string, input?: string): Promise<Outcome> {
  return start(t, words, cwd, input).ended;
}

/** Starts a worker, on a free port unless `words` name one; resolves with its address once it listens. */
export async function worker(
  t: TestContext,
  words: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Running & { address: string }> {
  const port = words.includes('--port') ? [] : ['--port', '0'];
  const running = start(t, ['worker', ...port, '--slots', '1', ...words], undefined, undefined, env);
  const [, address] = await running.said(/worker (127\.0\.0\.1:\d+): ready/);
  return { ...running, address: address as string };
}

/** Lines of a hostfile for workers. */
export function hostfileOf(workers: readonly { address: string }[]): string {
  return workers.map(({ address }) => `${address.replace(':', ' port=')}\n`).join('');
}
