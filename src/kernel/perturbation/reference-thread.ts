/** The thread in which the leader computes a reference orbit, so that it still exchanges messages with its workers. */

import { parentPort, workerData } from 'node:worker_threads';
import { FractalError } from '../../errors.js';
import { type FromReferenceThread, iterateReference, type ReferenceOrder } from './reference.js';

/** Between two reports. */
const REPORT_MS = 100;

const post = (message: FromReferenceThread, moved: ArrayBuffer[] = []) => parentPort?.postMessage(message, moved);

let reported = performance.now();
const progress = (iterations: number) => {
  if (performance.now() - reported < REPORT_MS) return;
  reported = performance.now();
  post({ kind: 'progress', iterations });
};

try {
  const found = iterateReference(workerData as ReferenceOrder, progress);
  post({ kind: 'done', found }, [found.orbit.buffer as ArrayBuffer]);
} catch (error) {
  if (!(error instanceof FractalError)) throw error;
  post({ kind: 'failed', code: error.code, reason: error.message });
}
