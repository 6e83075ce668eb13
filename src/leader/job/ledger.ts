/** Counts of what each worker did for a job, for progress, metrics and the report at the end. */

import type { Result } from '../../cluster/messages.js';
import type { LeaderCounters, WorkerShare } from '../../metrics/cluster.js';
import type { Metric } from '../../metrics/metric.js';
import type { Shard } from '../../shard/shard.js';
import type { Why } from '../schedule/events.js';

export interface WorkerReport extends WorkerShare {
  /** What it computes on, for people. */
  readonly kernel: string;
}

export interface Report extends LeaderCounters {
  readonly workers: readonly WorkerReport[];
}

/** What a worker counted while it computed a shard. */
type Counts = Pick<Result, 'iterations' | 'uncertain' | 'samples'>;

type Counted = Required<Pick<Counts, 'uncertain' | 'samples'>>;

interface Account {
  slots: number;
  kernel: string;
  joinedAt: number | undefined;
  activeMs: number;
  shards: number;
  samples: number;
  computedSamples: number;
  iterations: number;
  busySeconds: number;
  sentBytes: number;
  receivedBytes: number;
  metrics: readonly Metric[];
  expelled?: string;
}

export class Ledger {
  frames = 0;
  shards = 0;
  /** Of the estimate, which progress counts. */
  samples = 0;
  /** As workers state them. */
  computedSamples = 0;
  recalled = 0;
  /** What the computed samples were estimated to cost, and the recalled ones. */
  cost = 0;
  costRecalled = 0;
  iterations = 0;
  /** Computing time of all slots. */
  busySeconds = 0;
  uncertain = 0;
  late = 0;
  lost = 0;
  private verified = 0;
  private unverified = 0;
  private revokedShards = 0;
  private readonly handedOut: Record<Why, number> = { new: 0, again: 0, copy: 0, check: 0 };
  private firstAt: number | undefined;
  private lastAt: number | undefined;
  /** Of shards where they are not what is expected, by frame and number; only of frames that are not handed on. */
  private readonly countsOf = new Map<number, Map<number, Counted>>();
  private readonly accounts = new Map<string, Account>();

  private readonly startedAt: number;

  /** `now`: monotonic milliseconds; `costOf`: what a sample of a frame costs, relative to others. */
  constructor(
    private readonly now: () => number,
    private readonly costOf: (frame: number) => number = () => 1,
  ) {
    this.startedAt = now();
  }

  joined(name: string, slots: number, kernel: string): void {
    const account = this.account(name);
    account.slots = slots;
    account.kernel = kernel;
    account.joinedAt = this.now();
  }

  left(name: string, lost: boolean): void {
    if (lost) this.lost++;
    this.close(this.account(name));
  }

  expelled(name: string, reason: string): void {
    const account = this.account(name);
    account.expelled = reason;
    this.close(account);
  }

  handed(why: Why): void {
    this.firstAt ??= this.now();
    this.handedOut[why]++;
  }

  /** Adds computing time of a slot, whether or not its answer is committed. */
  worked(name: string, seconds: number): void {
    this.account(name).busySeconds += seconds;
    this.busySeconds += seconds;
  }

  /** Called once for each commit. `verified`: whether another worker's answer was the same, where one was asked for. */
  committed(name: string, shard: Shard, perPixel: number, counts: Counts, verified?: boolean): void {
    const samples = shard.width * shard.height * perPixel;
    const { iterations, uncertain, samples: computed = samples } = counts;
    if (uncertain > 0 || computed !== samples) {
      const ofFrame = this.countsOf.get(shard.render) ?? new Map<number, Counted>();
      this.countsOf.set(shard.render, ofFrame.set(shard.id, { uncertain, samples: computed }));
    }
    this.uncertain += uncertain;
    for (const account of [this, this.account(name)]) {
      account.shards++;
      account.samples += samples;
      account.computedSamples += computed;
      account.iterations += iterations;
    }
    this.cost += samples * this.costOf(shard.render);
    if (verified === true) this.verified++;
    if (verified === false) this.unverified++;
  }

  /** So many samples of a frame were found in the store. */
  found(frame: number, samples: number): void {
    this.recalled += samples;
    this.costRecalled += samples * this.costOf(frame);
  }

  /** A committed shard is revoked: its samples are subtracted, its iterations are not. */
  revoked(name: string, shard: Shard, perPixel: number): void {
    this.revokedShards++;
    const samples = shard.width * shard.height * perPixel;
    const counted = this.countsOf.get(shard.render)?.get(shard.id) ?? { uncertain: 0, samples };
    this.countsOf.get(shard.render)?.delete(shard.id);
    this.cost -= samples * this.costOf(shard.render);
    this.uncertain -= counted.uncertain;
    for (const account of [this, this.account(name)]) {
      account.shards--;
      account.samples -= samples;
      account.computedSamples -= counted.samples;
    }
  }

  /** A frame is handed on: none of its shards is revoked any more. */
  handedOn(frame: number): void {
    this.frames++;
    this.countsOf.delete(frame);
  }

  /** The last frame is gathered: the measured times end. */
  gathered(): void {
    this.lastAt = this.now();
    for (const account of this.accounts.values()) this.close(account);
  }

  traffic(name: string, sentBytes: number, receivedBytes: number): void {
    const account = this.account(name);
    account.sentBytes = sentBytes;
    account.receivedBytes = receivedBytes;
  }

  reported(name: string, metrics: readonly Metric[]): void {
    this.account(name).metrics = metrics;
  }

  /**
   * Estimate of the computing time that is left, by the mean so far: slot seconds. `cost`: of the whole job. Undefined before
   * the first shard is committed.
   */
  secondsLeft(cost: number): number | undefined {
    const left = cost - this.cost - this.costRecalled;
    if (left <= 0) return 0;
    return this.cost > 0 ? (left * this.busySeconds) / this.cost : undefined;
  }

  report(): Report {
    const end = this.lastAt ?? this.now();
    const {
      frames,
      shards,
      samples,
      computedSamples,
      recalled,
      iterations,
      uncertain,
      verified,
      unverified,
      late,
      lost,
    } = this;
    return {
      seconds: (end - this.startedAt) / 1000,
      computeSeconds: (end - (this.firstAt ?? end)) / 1000,
      frames,
      shards,
      samples,
      computedSamples,
      recalled,
      iterations,
      uncertain,
      reissued: this.handedOut.again,
      copied: this.handedOut.copy,
      verified,
      unverified,
      revoked: this.revokedShards,
      late,
      lost,
      workers: [...this.accounts].map(([name, { joinedAt, activeMs, ...account }]) => ({
        name,
        ...account,
        idleSeconds: Math.max(0, (activeMs / 1000) * account.slots - account.busySeconds),
      })),
    };
  }

  private close(account: Account): void {
    // Time before the first assignment does not count as idle.
    const from = Math.max(account.joinedAt ?? Infinity, this.firstAt ?? Infinity);
    account.activeMs += Math.max(0, this.now() - from);
    account.joinedAt = undefined;
  }

  private account(name: string): Account {
    let account = this.accounts.get(name);
    if (!account) {
      account = {
        slots: 0,
        kernel: '',
        joinedAt: undefined,
        activeMs: 0,
        shards: 0,
        samples: 0,
        computedSamples: 0,
        iterations: 0,
        busySeconds: 0,
        sentBytes: 0,
        receivedBytes: 0,
        metrics: [],
      };
      this.accounts.set(name, account);
    }
    return account;
  }
}
