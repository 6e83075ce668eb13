/** The thread pool of a worker as its users see it: the pool, a session's part of it, a job's part of that. */

import type { Asset, Assignment, Rank, Scene } from '../cluster/messages.js';
import type { FractalError } from '../errors.js';
import type { Kinds } from '../work/kind.js';
import type { Finish } from './queues.js';
import type { Offer } from './thread-messages.js';

export interface Pool {
  /** Unique for each start of a worker. */
  readonly instance: string;
  readonly slots: number;
  /** The kinds of work that it computes, by name. */
  readonly kinds: Kinds;
  /** Resolves when all threads have started. */
  readonly started: Promise<void>;
  /** Resolves with the reason when nothing can be computed any more: from then on every shard and every offer fails. */
  readonly broken: Promise<FractalError>;
  /** A thread may have a device open: the process must close the pool before it exits. */
  readonly device: boolean;
  /** How many of them a kernel can use: a graphics card is driven from one thread. */
  slotsFor(kernel: string): number;
  /** Opens a kernel and measures it, once. @throws FractalError KERNEL_MISSING */
  offer(kernel: string): Promise<Offer>;
  /** Work of this kind, described by `what`, may follow soon: what it needs is compiled before a shard waits for it. */
  warm(kind: string, what: unknown): void;
  /**
   * Viewers are answered in so many milliseconds from now on: shards of lower priority wait between their parts, for a second at most
   * beyond as long as they have computed.
   */
  holdBackFor(ms: number): void;
  /** `evict`: ends the session, to free its memory for others. */
  session(evict?: (why: string) => void): SessionHandle;
  close(): Promise<void>;
}

/** A session's part of the pool. */
export interface SessionHandle {
  /** `rank`: among the jobs of this session. @throws FractalError KERNEL_MISSING */
  open(kernel: string, rank: Rank): JobHandle;
  /** Closes all its jobs. */
  close(): void;
}

/** A job's part of the pool. */
export interface JobHandle {
  /**
   * Of these assets, those that are there: scenes may name them from now on, though they were not sent for this job. To be
   * called before anything is sent.
   */
  reuse(digests: readonly string[]): readonly string[];
  /** Scenes may name this asset from now on. @throws FractalError PROTOCOL, NoRoom */
  asset(asset: Asset): void;
  /** Shards of this scene may be queued from now on. @throws FractalError PROTOCOL, NoRoom */
  scene(id: number, scene: Scene): void;
  /** @throws FractalError PROTOCOL for a scene of which shards are under way */
  dropScene(id: number): void;
  /** `finish` is called once, unless the shard is cancelled. @throws FractalError PROTOCOL for an unknown scene */
  queue(assignment: Assignment, finish: Finish): void;
  /** Removes an assignment, by its epoch: one that has begun is stopped. */
  cancel(epoch: number): void;
  setRank(rank: Rank): void;
  /** Epochs of shards being computed, then of waiting ones. */
  readonly underWay: readonly number[];
  /** Number of shards being computed. */
  readonly running: number;
  /** Drops queued and running shards and the scenes. */
  close(): void;
}

export interface PoolOptions {
  /** The kernel that leaders may ask for, beside those of kinds on request; `auto`: all of the kinds. */
  readonly offered?: string;
  /** Bytes of scenes, over all sessions. Absent: no bound. */
  readonly sceneBytes?: number;
  /** Bytes of what no job uses and a later one may use, where scenes have no bound. Absent: none. */
  readonly unusedBytes?: number;
  /** Every leader has credentials: a session may use assets that another one sent. Absent: only those that it sent. */
  readonly commonAssets?: boolean;
  /** Threads beside the slots, for shards that would wait for long ones. Absent: none. */
  readonly spare?: number;
  /** The process answers people, too: threads have a lower priority of the operating system. Absent: they do not. */
  readonly background?: boolean;
  /** The kinds of work, by name; and the script of a thread, with the same ones. Absent: the built-in ones. */
  readonly kinds?: Kinds;
  readonly script?: URL;
}
