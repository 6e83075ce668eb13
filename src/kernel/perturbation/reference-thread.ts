/** The thread in which the leader computes a reference orbit, so that it goes on talking to its workers. */

import { parentPort, workerData } from 'node:worker_threads';
import { type FromReferenceThread, iterateReference, type ReferenceOrder } from './reference.js';

const say = (message: FromReferenceThread, moved: ArrayBuffer[] = []) => parentPort?.postMessage(message, moved);

const found = iterateReference(workerData as ReferenceOrder, (iterations) => say({ kind: 'progress', iterations }));
say({ kind: 'done', found }, [found.orbit.buffer as ArrayBuffer]);
