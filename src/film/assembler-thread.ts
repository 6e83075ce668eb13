/** A thread that paints tiles and assembles frames of a film, one after another. */

import { parentPort, workerData } from 'node:worker_threads';
import { FractalError, messageOf } from '../errors.js';
import { ENCODING, lowerThread } from '../niceness.js';
import { type FromThread, type Task, type ThreadData, tasksOf } from './threads.js';

const data = workerData as ThreadData;
if (data.background) lowerThread(ENCODING);
const run = tasksOf(data);

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
