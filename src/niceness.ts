/** Lower priorities of the operating system, for what must not delay answers to people: niceness, from -20 to 19, the lowest priority. */

import { getPriority, setPriority } from 'node:os';

/** Of encoders, and of threads that assemble films, beside others that compute. */
export const ENCODING = 19;
/** Of threads that compute, beside others that answer. */
export const COMPUTING = 5;

/**
 * Of the calling thread, for good; one that is lower already stays so. Only on Linux, where each thread has its own,
 * and number 0 is the calling thread (setpriority(2), C library/kernel differences).
 */
export function lowerThread(niceness: number): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, Math.max(niceness, getPriority(0)));
  } catch {
    // Where a sandbox forbids it the thread keeps its priority.
  }
}
