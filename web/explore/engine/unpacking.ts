/** Unpacks pieces in threads of their own, so that gestures never wait for it. */

import type { Samples } from './samples.js';

/** Where the bundle has the thread's code: tools/web.mjs says it. */
declare const UNPACK_WORKER: string;

export interface Unpacking {
  /** Rejects with an Error for bytes that are no piece. */
  unpack(packed: Uint8Array): Promise<Samples>;
  close(): void;
}

interface Waiting {
  resolve(samples: Samples): void;
  reject(error: Error): void;
}

const THREADS = 2;

export function openUnpacking(): Unpacking {
  const waiting = new Map<number, Waiting>();
  const count = Math.max(1, Math.min(THREADS, (navigator.hardwareConcurrency ?? 2) - 1));
  const workers = Array.from({ length: count }, () => {
    const worker = new Worker(new URL(UNPACK_WORKER, import.meta.url), { type: 'module' });
    worker.onmessage = ({ data: { id, samples, wrong } }) => {
      const asked = waiting.get(id);
      waiting.delete(id);
      if (samples) asked?.resolve(samples);
      else asked?.reject(new Error(wrong));
    };
    worker.onerror = () => {
      for (const { reject } of waiting.values()) reject(new Error('the thread that unpacks pictures did not start'));
      waiting.clear();
    };
    return worker;
  });
  let last = 0;
  return {
    unpack(packed) {
      const id = ++last;
      // A copy of its own, which moves to the thread.
      const bytes = packed.slice();
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        workers[id % workers.length]?.postMessage({ id, packed: bytes }, [bytes.buffer]);
      });
    },
    close() {
      for (const worker of workers) worker.terminate();
      waiting.clear();
    },
  };
}
