/** One job of a session, on the worker: its scenes and shards, its counts, its end. */

import type { Assignment, FromJob, Rank, ToJob } from '../cluster/messages.js';
import { rankOf } from '../cluster/messages.js';
import { FractalError } from '../errors.js';
import type { Kind } from '../work/kind.js';
import { checkAsset, checkKind, checkScene } from './bounds.js';
import type { JobHandle } from './pool.js';
import type { Outcome } from './queues.js';

/** Shards under way for each slot: one being computed, one so that the slot need not wait for the next. */
export const CREDITS = 2;

/** What was counted for a job, or for all of them: it never decreases. */
export interface Tally {
  shards: number;
  samples: number;
  iterations: number;
  busySeconds: number;
  bytesSent: number;
  bytesReceived: number;
}

export const NOTHING_YET: Readonly<Tally> = {
  shards: 0,
  samples: 0,
  iterations: 0,
  busySeconds: 0,
  bytesSent: 0,
  bytesReceived: 0,
};

export interface JobEvents {
  /** An answer to an assignment; resolves when the leader has read it. */
  answer(message: FromJob, assignment: Assignment): Promise<void>;
  /** A shard of the job is no longer under way. */
  shardEnded(): void;
}

export class WorkerJob {
  readonly tally: Tally = { ...NOTHING_YET };
  rank: Rank;
  /** The leader closed it; set while shards are still under way. */
  closing: (ToJob & { readonly kind: 'close' }) | undefined;
  private handle: JobHandle | undefined;
  private slots = 0;
  private over = false;
  /** The kind of work, by its kernel, and its name. */
  private kind: Kind | undefined;
  private kindName = '';
  private readonly scenes = new Set<number>();
  private readonly assets = new Set<string>();

  constructor(
    readonly number: number,
    readonly name: string,
    rank: Rank,
    private readonly events: JobEvents,
  ) {
    this.rank = rank;
  }

  /** The kernel of the job is open, and may use so many slots. */
  opened(handle: JobHandle, slots: number, kindName: string, kind: Kind): void {
    this.handle = handle;
    this.kindName = kindName;
    this.kind = kind;
    this.slots = slots;
    handle.setRank(this.rank);
  }

  /** Of these assets, those that the worker has: they need not be sent. */
  reuse(digests: readonly string[]): readonly string[] {
    const held = this.handle?.reuse(digests) ?? [];
    for (const digest of held) this.assets.add(digest);
    return held;
  }

  get isOpen(): boolean {
    return this.handle !== undefined;
  }

  get underWay(): readonly number[] {
    return this.handle?.underWay ?? [];
  }

  /** Shards being computed. */
  get running(): number {
    return this.handle?.running ?? 0;
  }

  /** The leader closed it, and nothing of it is under way. */
  get isDone(): boolean {
    return this.closing !== undefined && this.isOpen && this.underWay.length === 0;
  }

  /** @throws FractalError PROTOCOL, NoRoom */
  handleMessage(message: Exclude<ToJob, { readonly kind: 'open' }>): void {
    switch (message.kind) {
      case 'priority':
        this.rank = rankOf(message);
        this.handle?.setRank(this.rank);
        return;
      case 'close':
        if (this.closing) throw this.refused(message.kind, 'after the end');
        this.closing = message;
        return;
      case 'cancel':
        for (const epoch of message.epochs) this.handle?.cancel(epoch);
        return;
      case 'asset':
      case 'scene':
      case 'dropScene':
      case 'assign':
        if (this.closing) throw this.refused(message.kind, 'after the end');
        if (!this.handle) throw this.refused(message.kind, 'before it was opened');
        return this.work(message, this.handle);
    }
  }

  /** Drops all that is under way. */
  close(): void {
    this.over = true;
    this.handle?.close();
  }

  private work(
    message: ToJob & { readonly kind: 'asset' | 'scene' | 'dropScene' | 'assign' },
    handle: JobHandle,
  ): void {
    switch (message.kind) {
      case 'asset':
        checkAsset(message.digest, this.assets);
        this.assets.add(message.digest);
        return handle.asset(message);
      case 'scene':
        checkScene(message.id, this.scenes);
        checkKind(message.scene.work, this.kindName);
        this.kind?.validateScene(message.scene.work);
        this.scenes.add(message.id);
        return handle.scene(message.id, message.scene);
      case 'dropScene':
        this.scenes.delete(message.id);
        return handle.dropScene(message.id);
      case 'assign': {
        const { assignment } = message;
        if (this.underWay.length >= this.slots * CREDITS) {
          throw new FractalError('PROTOCOL', `more than ${this.slots * CREDITS} shards under way at once`);
        }
        checkKind(assignment.work, this.kindName);
        this.kind?.validateTask(assignment.work, assignment.shard);
        return handle.queue(assignment, (outcome) => this.answer(assignment, outcome));
      }
    }
  }

  private async answer(assignment: Assignment, outcome: Outcome): Promise<void> {
    if (this.over) return;
    const { shard, epoch } = assignment;
    const job = this.number;
    if (outcome.kind === 'failed') {
      const { reason, final } = outcome;
      const failed = { kind: 'failed', job, shard, epoch, reason, ...(final ? { final } : {}) } as const;
      void this.events.answer(failed, assignment);
      this.events.shardEnded();
      return;
    }
    const { bytes, seconds, iterations, uncertain, samples, setup } = outcome;
    this.tally.shards++;
    this.tally.samples += samples;
    this.tally.iterations += iterations;
    this.tally.busySeconds += seconds;
    const counts = { seconds, iterations, uncertain, samples, ...(setup === undefined ? {} : { setup }) };
    const message = { kind: 'result', job, shard, epoch, bytes, ...counts } as const;
    const read = this.events.answer(message, assignment);
    this.events.shardEnded();
    await read;
  }

  private refused(kind: ToJob['kind'], when: string): FractalError {
    return new FractalError('PROTOCOL', `${kind} for job ${this.number} came ${when}`);
  }
}
