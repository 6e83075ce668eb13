/** The frames of a job between its workers and its reader: those that are complete, in order, and how far the reader is. */

import type { Frame } from '../../shard/frame.js';

export class FrameQueue {
  private readonly frames: Frame[] = [];
  private current: 'running' | 'complete' | 'failed' = 'running';
  private failure: unknown;
  /** Frames that the reader has finished with. */
  private taken = 0;
  private wake = () => {};
  private proceed = () => {};

  /** `count`: of all frames. */
  constructor(private readonly count: number) {}

  /** 'complete': nothing is left to compute. */
  get state(): 'running' | 'complete' | 'failed' {
    return this.current;
  }

  get failed(): boolean {
    return this.current === 'failed';
  }

  put(frame: Frame): void {
    this.frames.push(frame);
    this.wake();
  }

  complete(): void {
    this.current = 'complete';
    this.wake();
  }

  /** `next` throws the reason from now on. */
  fail(reason: unknown): void {
    this.current = 'failed';
    this.failure = reason;
    this.wake();
    this.proceed();
  }

  /** The next frame; the last one only once the job is complete. */
  async next(index: number): Promise<Frame> {
    while (true) {
      if (this.failed) throw this.failure;
      const frame = this.frames[0];
      if (frame && (index < this.count - 1 || this.current === 'complete')) {
        this.frames.shift();
        return frame;
      }
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** The reader has finished with this frame, and with those before it. */
  took(index: number): void {
    this.taken = index + 1;
    this.proceed();
  }

  /** Resolves when the reader is less than so many frames behind this one, or the job has ended. For one caller at a time. */
  async within(ahead: number, index: number): Promise<void> {
    while (index >= this.taken + ahead && this.current === 'running') {
      await new Promise<void>((resolve) => {
        this.proceed = resolve;
      });
    }
  }
}
