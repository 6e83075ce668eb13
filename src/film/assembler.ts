/** Assembles frames of a film: in this thread, or several at a time in threads of its own, which share the memory of texels. */

import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { asResourceError, type ErrorCode, FractalError, messageOf } from '../errors.js';
import type { Levels } from '../render/quantise.js';
import { placeTables } from './finish.js';
import type { Size } from './footprint.js';
import { type Bench, benchIn, Gathering } from './gather.js';
import { FilmMemory } from './memory.js';
import type { Shown } from './part.js';

export interface Assembler {
  readonly size: Size;
  /** Where tiles are to be. */
  readonly memory: FilmMemory;
  /** So many more frames may be asked for before the first of them is there. */
  readonly ahead: number;
  /**
   * sRGB, 3 numbers a pixel. Of frames in order. The tiles that it shows are held, and let go once they are not read any more. Frames may be done in any order.
   * @throws FractalError RESOURCES when a thread dies; Error for a pixel without samples
   */
  frame(shown: readonly Shown[], levels: Levels): Promise<Uint8Array | Uint16Array>;
  /** Frames under way are rejected. */
  close(): Promise<void>;
}

/** Messages to and from a thread. */
export interface ThreadData {
  readonly size: Size;
  readonly bench: Bench;
}
export interface ToThread {
  readonly shown: readonly Shown[];
  readonly levels: Levels;
}
/** `code`: of a FractalError. */
export type FromThread =
  | { readonly pixels: Uint8Array | Uint16Array }
  | { readonly failed: string; readonly code?: ErrorCode };

/** Bytes that may be taken: for levels that wait for later frames; for each frame under way, and each of its pixels. */
const WAITING_BYTES = 384 << 20;
const FRAME_BYTES = 64 << 20;
const SHOWN_BYTES = 96;
/** MiB that code of a thread may take, of which V8 would reserve 512. */
const CODE_MIB = 16;

/** `threads`: so many frames are assembled at a time; 0: one, in this thread. @throws FractalError RESOURCES */
export function openAssembler({ size, threads = 0 }: { readonly size: Size; readonly threads?: number }): Assembler {
  const memory = new FilmMemory(WAITING_BYTES + (1 + threads) * (FRAME_BYTES + SHOWN_BYTES * size.width * size.height));
  const tables = placeTables(memory);
  const bench = () => benchIn(memory, tables, size);
  const { assemble, close } =
    threads === 0 ? here(size, bench()) : inThreads(threads, () => ({ size, bench: bench() }));
  return {
    ...{ size, memory, ahead: threads, close },
    async frame(shown, levels) {
      try {
        return await assemble({ shown, levels });
      } finally {
        for (const { tiles } of shown) for (const { at } of tiles) memory.letGo(at);
      }
    },
  };
}

interface Assembling {
  assemble(frame: ToThread): Promise<Uint8Array | Uint16Array>;
  close(): Promise<void>;
}

function here(size: Size, bench: Bench): Assembling {
  const gathering = new Gathering(size, bench);
  return {
    async assemble({ shown, levels }) {
      // Other work of this thread has its turn.
      await setImmediate();
      return gathering.frame(shown, levels);
    },
    async close() {},
  };
}

interface Task {
  readonly frame: ToThread;
  resolve(pixels: Uint8Array | Uint16Array): void;
  reject(error: Error): void;
}

function inThreads(count: number, data: () => ThreadData): Assembling {
  const waiting: Task[] = [];
  const workers: Worker[] = [];
  const free: Worker[] = [];
  const tasks = new Map<Worker, Task>();
  let over: Error | undefined;

  function dispatch(): void {
    while (waiting.length > 0 && free.length > 0) {
      const [worker, task] = [free.pop() as Worker, waiting.shift() as Task];
      tasks.set(worker, task);
      worker.postMessage(task.frame);
    }
  }

  function answered(worker: Worker, message: FromThread): void {
    const task = tasks.get(worker);
    tasks.delete(worker);
    free.push(worker);
    dispatch();
    if ('pixels' in message) task?.resolve(message.pixels);
    else task?.reject(message.code ? new FractalError(message.code, message.failed) : new Error(message.failed));
  }

  /** No frame is assembled any more. */
  function end(error: Error): void {
    over ??= error;
    for (const task of [...tasks.values(), ...waiting]) task.reject(over);
    tasks.clear();
    waiting.length = 0;
  }

  function start(): void {
    const worker = new Worker(new URL('./assembler-thread.cjs', import.meta.url), {
      workerData: data(),
      resourceLimits: { codeRangeSizeMb: CODE_MIB },
    });
    const died = (cause: unknown) =>
      end(new FractalError('RESOURCES', `a thread that assembles frames died: ${messageOf(cause)}`, { cause }));
    worker.on('message', (message: FromThread) => answered(worker, message));
    worker.on('error', died);
    worker.on('exit', (code) => died(`it ended with exit code ${code}`));
    workers.push(worker);
    free.push(worker);
  }

  try {
    for (let k = 0; k < count; k++) start();
  } catch (error) {
    // The started threads would keep the process alive.
    for (const worker of workers) void worker.terminate();
    throw asResourceError(error) ?? error;
  }

  return {
    assemble: (frame) =>
      new Promise((resolve, reject) => {
        if (over) return reject(over);
        waiting.push({ frame, resolve, reject });
        dispatch();
      }),
    async close() {
      end(new Error('the assembler is closed'));
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
