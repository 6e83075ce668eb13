/** One job while it runs: what it is started with, what it reports, and how it is changed. */

import type { Frame } from '../../shard/frame.js';
import type { Incomplete } from './gathering.js';
import type { Report } from './ledger.js';
import type { Usage } from './usage.js';
import type { JobWorker, WorkersOptions } from './workers.js';

export interface JobOptions extends WorkersOptions {
  /** The workers, too, print their metrics. */
  readonly metrics: boolean;
  /** At most so many assignments under way at a time, over all workers; 0 or absent: as many as workers take. */
  readonly maxSlots?: number;
  /** Ends the job; its reason is what `frames` throws. */
  readonly signal: AbortSignal;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** A line about the job: a worker joined, was lost, is left out. */
  note(text: string): void;
  progress(progress: Progress): void;
  /** The job is open on a worker, which gets its first shard after this. */
  joined?(worker: JobWorker): void;
  /** The last frame is gathered, but not yet handed on. */
  gathered(report: Report): void;
}

export interface Progress {
  /** Renders that are complete, in order. */
  readonly rendersDone: number;
  readonly samplesDone: number;
  /** What the samples computed so far were estimated to cost, and those found in the store. */
  readonly costDone: number;
  readonly costRecalled: number;
  /** Time that slots spent computing, as workers state it, and slots that take part now. */
  readonly busySeconds: number;
  readonly slots: number;
  readonly shardsDone: number;
  readonly iterations: number;
  readonly workers: number;
  readonly workersKnown: number;
}

export interface RunningJob {
  /**
   * One frame for each render, in order, to be read once: ending the iteration early ends the job. Throws NO_WORKER,
   * WORKER_MISSING, KERNEL_MISSING, SHARD_FAILED, FRAMES_DOUBTFUL, or the signal's reason.
   */
  readonly frames: AsyncIterable<Frame>;
  /** 0 to 100: among the jobs of a fleet, free slots of a worker go to the highest priority first. */
  setPriority(priority: number): void;
  setOwner(owner: string): void;
  /** 0: any number. What is under way beyond it is finished. */
  setMaxSlots(maxSlots: number): void;
  /** No new shard is assigned; what is under way is finished and committed. Frames wait. Idempotent, as `resume`. */
  pause(): void;
  resume(): void;
  readonly usage: Usage;
  /** Counts so far. */
  readonly report: Report;
  /** The first picture that is not complete, as far as it is. */
  partial(): Incomplete | undefined;
}
