/** A pool whose shards take a stated time and compute nothing: clusters of many slots on a few cores. */

import type { Rect } from '../../src/shard/shard.js';
import { BUILT_IN } from '../../src/work/kinds.js';
import type { JobHandle, Pool } from '../../src/worker/pool.js';
import type { Finish } from '../../src/worker/queues.js';

export interface TimedOptions {
  readonly slots: number;
  /** Of each pixel of an answer; all are zero. */
  readonly bytesPerPixel: number;
  /** Seconds of a slot for a rectangle; absent: none. */
  readonly secondsOf?: (rect: Rect) => number;
}

/** What a shard of this pool is said to have taken if it took none. */
const NEXT_TO_NOTHING = 1e-4;

export function timedPool({ slots, bytesPerPixel, secondsOf }: TimedOptions): Pool {
  return {
    instance: '',
    slots,
    kinds: BUILT_IN,
    started: Promise.resolve(),
    broken: new Promise(() => {}),
    device: false,
    slotsFor: () => slots,
    offer: async (kernel) => ({ kernel, detail: 'nothing', speed: 1e9, fingerprint: '' }),
    warm: () => undefined,
    holdBackFor: () => undefined,
    session: () => ({
      open: () => timedHandle(slots, bytesPerPixel, secondsOf),
      close() {},
    }),
    close: async () => {},
  };
}

interface Task {
  readonly epoch: number;
  readonly rect: Rect;
  readonly finish: Finish;
  stop(): void;
}

function timedHandle(slots: number, bytesPerPixel: number, secondsOf: TimedOptions['secondsOf']): JobHandle {
  const running = new Map<number, Task>();
  const waiting: Task[] = [];

  function begin(): void {
    while (running.size < slots) {
      const task = waiting.shift();
      if (!task) return;
      running.set(task.epoch, task);
      const seconds = secondsOf?.(task.rect);
      task.stop = after(seconds, () => end(task, seconds ?? NEXT_TO_NOTHING));
    }
  }

  function end({ epoch, rect, finish }: Task, seconds: number): void {
    running.delete(epoch);
    begin();
    const samples = rect.width * rect.height;
    const bytes = new Uint8Array(samples * bytesPerPixel);
    finish({ kind: 'done', bytes, seconds, iterations: samples, uncertain: 0, samples });
  }

  return {
    reuse: () => [],
    asset() {},
    scene() {},
    dropScene() {},
    queue({ epoch, work }, finish) {
      if (work.kind !== 'fractal') throw new Error('this pool takes the time of fractals only');
      waiting.push({ epoch, rect: work.rect, finish, stop() {} });
      begin();
    },
    cancel(epoch) {
      const at = waiting.findIndex((task) => task.epoch === epoch);
      if (at >= 0) waiting.splice(at, 1);
      running.get(epoch)?.stop();
      if (running.delete(epoch)) begin();
    },
    setRank() {},
    get running() {
      return running.size;
    },
    get underWay() {
      return [...running.keys(), ...waiting.map(({ epoch }) => epoch)];
    },
    close() {
      waiting.length = 0;
      for (const { stop } of running.values()) stop();
      running.clear();
    },
  };
}

/** Calls `done` after so many seconds, or as soon as possible; returns what prevents that. */
function after(seconds: number | undefined, done: () => void): () => void {
  if (seconds === undefined) {
    const immediate = setImmediate(done);
    return () => clearImmediate(immediate);
  }
  const timer = setTimeout(done, seconds * 1000);
  return () => clearTimeout(timer);
}
