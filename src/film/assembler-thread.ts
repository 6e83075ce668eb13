/** A thread that paints tiles and assembles frames of a film, one after another. */

import { parentPort, workerData } from 'node:worker_threads';
import { FractalError, messageOf } from '../errors.js';
import { type FromThread, type Task, type ThreadData, tasksOf } from './threads.js';

const run = tasksOf(workerData as ThreadData);

parentPort?.on('message', (task: Task) => {
  try {
    const pixels = run(task);
    if (pixels) post({ pixels }, [pixels.buffer as ArrayBuffer]);
    else post({});
  } catch (error) {
    post({ failed: messageOf(error), ...(error instanceof FractalError ? { code: error.code } : {}) });
  }
});

function post(message: FromThread, moved: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, moved);
}
