/** A reference for the thread that runs the event loop: what takes long about it is done aside. */

import { Worker } from 'node:worker_threads';
import { buildTables } from './kernel.js';
import type { Reference } from './reference.js';
import { type SharedReference, shareInSteps } from './shared-reference.js';

/** Iterations of an orbit whose tables take about as long as the start of a thread. */
const LONG = 1 << 17;
/** An event loop waits no longer for the copy of an orbit, in milliseconds. */
const PATIENCE_MS = 5;

/**
 * The orbit in memory of one slot, with all its tables: those of a long one, half a second for a million
 * iterations, are built in a thread of their own.
 * @throws FractalError RESOURCES
 */
export async function shareAside(reference: Reference): Promise<SharedReference> {
  const { shared, copy } = shareInSteps(reference, 1);
  for (let from = performance.now(); copy.next().done !== true; ) {
    if (performance.now() - from < PATIENCE_MS) continue;
    await new Promise(setImmediate);
    from = performance.now();
  }
  if (reference.orbit.length / 2 < LONG) buildTables(shared);
  else await builtInThread(shared);
  return shared;
}

function builtInThread(shared: SharedReference): Promise<void> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./table-thread.cjs', import.meta.url), { workerData: shared });
    thread.on('error', reject);
    thread.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the thread that builds tables ended with code ${code}`));
    });
  });
}
