/** Where tiles are painted and frames assembled: in this thread, or in several, which share the memory of a film. */

import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { asResourceError, type ErrorCode, FractalError, messageOf } from '../errors.js';
import type { FrameLevels } from './finish.js';
import type { Size } from './footprint.js';
import { type Bench, Gathering } from './gather.js';
import { Painter, type PaintTask } from './painter.js';
import type { Shown } from './part.js';
import type { Look } from './samples.js';

export type Pixels = Uint8Array | Uint16Array;

/** What a thread works with. */
export interface ThreadData {
  /** Of frames. */
  readonly size: Size;
  readonly bench: Bench;
  /** Where its painter works. */
  readonly painter: number;
  /** With a lower priority of the operating system. */
  readonly background: boolean;
}

interface FrameTask {
  readonly kind: 'frame';
  readonly shown: readonly Shown[];
  readonly levels: FrameLevels;
}
interface TileTask extends PaintTask {
  readonly kind: 'tile';
  /** To a thread: absent where it is that of the thread's last tile. */
  readonly look?: Look;
}
export type Task = FrameTask | TileTask;

/** What comes back. `code`: of a FractalError. */
export type FromThread = { readonly pixels?: Pixels } | { readonly failed: string; readonly code?: ErrorCode };

export interface Threads {
  /** The pixels of a frame. Tiles, which frames wait for, come before frames. */
  run(task: Task): Promise<Pixels | undefined>;
  close(): Promise<void>;
}

/** Does the tasks of one thread. */
export function tasksOf({ size, bench, painter }: ThreadData): (task: Task) => Pixels | undefined {
  const gathering = new Gathering(size, bench);
  const painting = new Painter(bench.module, bench.memory, painter);
  let look: Look | undefined;
  return (task) => {
    if (task.kind === 'frame') return gathering.frame(task.shown, task.levels);
    look = task.look ?? look;
    if (!look) throw new TypeError('a tile came without a look');
    painting.paint(task, look);
    return undefined;
  };
}

export function inThisThread(data: ThreadData): Threads {
  const run = tasksOf(data);
  return {
    async run(task) {
      // Other work of this thread has its turn.
      await setImmediate();
      return run(task);
    },
    async close() {},
  };
}

/** MiB that code of a thread may take, of which V8 would reserve 512. */
const CODE_MIB = 16;

interface Waiting {
  readonly task: Task;
  resolve(pixels: Pixels | undefined): void;
  reject(error: Error): void;
}

/** @throws FractalError RESOURCES */
export function inThreads(count: number, data: () => ThreadData): Threads {
  const tiles: Waiting[] = [];
  const frames: Waiting[] = [];
  const workers: Worker[] = [];
  const free: Worker[] = [];
  const begun = new Map<Worker, Waiting>();
  const looks = new Map<Worker, Look>();
  let over: Error | undefined;

  function dispatch(): void {
    while (free.length > 0) {
      const next = tiles.shift() ?? frames.shift();
      if (!next) return;
      const worker = free.pop() as Worker;
      begun.set(worker, next);
      worker.postMessage(messageTo(worker, next.task));
    }
  }

  function messageTo(worker: Worker, task: Task): Task {
    if (task.kind === 'frame' || !task.look) return task;
    const { look, ...known } = task;
    if (looks.get(worker) === look) return known;
    looks.set(worker, look);
    return task;
  }

  function answered(worker: Worker, message: FromThread): void {
    const task = begun.get(worker);
    begun.delete(worker);
    free.push(worker);
    dispatch();
    if (!('failed' in message)) task?.resolve(message.pixels);
    else task?.reject(message.code ? new FractalError(message.code, message.failed) : new Error(message.failed));
  }

  /** Nothing is done any more. */
  function end(error: Error): void {
    over ??= error;
    for (const task of [...begun.values(), ...tiles, ...frames]) task.reject(over);
    begun.clear();
    tiles.length = 0;
    frames.length = 0;
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
    run: (task) =>
      new Promise((resolve, reject) => {
        if (over) return reject(over);
        (task.kind === 'tile' ? tiles : frames).push({ task, resolve, reject });
        dispatch();
      }),
    async close() {
      end(new Error('the assembler is closed'));
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
