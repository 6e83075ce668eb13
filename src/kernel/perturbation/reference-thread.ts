/** The thread in which the leader computes a reference orbit, so that it goes on talking to its workers. */

import { parentPort, workerData } from 'node:worker_threads';
import { FractalError } from '../../errors.js';
import { type FromReferenceThread, iterateReference, type ReferenceOrder } from './reference.js';

/** Between two reports. */
const TELL_MS = 100;

const say = (message: FromReferenceThread, moved: ArrayBuffer[] = []) => parentPort?.postMessage(message, moved);

let told = performance.now();
const progress = (iterations: number) => {
  if (performance.now() - told < TELL_MS) return;
  told = performance.now();
  say({ kind: 'progress', iterations });
};

try {
  const found = iterateReference(workerData as ReferenceOrder, progress);
  say({ kind: 'done', found }, [found.orbit.buffer as ArrayBuffer]);
} catch (error) {
  if (!(error instanceof FractalError)) throw error;
  say({ kind: 'failed', code: error.code, reason: error.message });
}
