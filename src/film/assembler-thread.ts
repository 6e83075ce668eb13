/** A thread that assembles frames of a film, one after another. */

import { parentPort, workerData } from 'node:worker_threads';
import { FractalError, messageOf } from '../errors.js';
import type { FromThread, ThreadData, ToThread } from './assembler.js';
import { Gathering } from './gather.js';

const { size, bench } = workerData as ThreadData;
const gathering = new Gathering(size, bench);

parentPort?.on('message', ({ shown, levels }: ToThread) => {
  try {
    const pixels = gathering.frame(shown, levels);
    post({ pixels }, [pixels.buffer as ArrayBuffer]);
  } catch (error) {
    post({ failed: messageOf(error), ...(error instanceof FractalError ? { code: error.code } : {}) });
  }
});

function post(message: FromThread, moved: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, moved);
}
