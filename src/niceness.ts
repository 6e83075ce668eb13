/** Lower priorities of the operating system, for what must not delay answers to people: niceness, from -20 to 19, the lowest priority. */

import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';

/** Of encoders, and of threads that assemble films, beside others that compute. */
export const ENCODING = 19;
/** Of threads that compute, beside others that answer. */
export const COMPUTING = 5;

/** Of the calling thread, for good. Only on Linux, where each thread has its own. */
export function lowerThread(niceness: number): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), niceness);
  } catch {
    // Without /proc the thread keeps its priority.
  }
}
