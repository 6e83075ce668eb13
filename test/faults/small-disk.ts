/** A small file system of its own for the program, so that it becomes full. */

import { execFileSync, spawn } from 'node:child_process';
import type { TestContext } from 'node:test';
import { type Outcome, PROGRAM } from '../e2e/processes.js';

/** Whether a file system of our own can be mounted here, invisible to other processes. */
function canMount(): boolean {
  try {
    execFileSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
export const MOUNTS = canMount();

/**
 * `fractal ...words` where `disk` is a file system of so many KiB; then `after`, words of a shell. `before`: words of a
 * shell, once it is mounted.
 */
export function onSmallDisk(
  t: TestContext,
  disk: string,
  words: readonly string[],
  after: string,
  { kibibytes = 1024, before = 'true' } = {},
): Promise<Outcome> {
  const script = `mount -t tmpfs -o size=${kibibytes}k none "$0"; ${before}; "$@"; code=$?; ${after}; exit $code`;
  const command = ['-rm', 'sh', '-c', script, disk, process.execPath, PROGRAM, ...words];
  const child = spawn('unshare', command, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => (stdout += data));
  child.stderr.on('data', (data) => (stderr += data));
  t.after(() => child.kill('SIGKILL'));
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
