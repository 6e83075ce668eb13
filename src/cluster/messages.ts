/**
 * The messages between leader and worker, as the rest of the program uses them: plain records, whole answers. Their
 * encoding (chunks, checksums, protobuf) is in wire.ts, wire-work.ts and grpc.ts alone.
 */

import type { Metric } from '../metrics/metric.js';
import type { Asset } from '../work/asset.js';
import type { SceneWork, TaskWork } from '../work/work.js';

export type { Asset };

/** Both sides must have the same one. */
export const PROTOCOL = 12;

/** How often a worker that is ready sends a heartbeat. */
export const HEARTBEAT_MS = 1_000;

/**
 * Of the jobs of one session, those of the highest priority get free slots first. Jobs of an interactive priority, the highest,
 * do not wait for the others of their session at all: a viewer waits for them.
 */
export const PRIORITY = { min: 0, default: 50, max: 100, interactive: 100 } as const;
/** Among jobs of the same priority, owners share the slot time in proportion to their weights. */
export const WEIGHT = { min: 1, default: 1, max: 1000 } as const;

/** The rank of a job among the jobs of its leader. Within an owner, jobs are served in the order in which they were opened. */
export interface Rank {
  readonly priority: number;
  /** A number by which the leader tells owners apart. */
  readonly owner: number;
  readonly weight: number;
}

export function rankOf({ priority, owner, weight }: Rank): Rank {
  return { priority, owner, weight };
}

/** What shards share: sent to a worker before the first assignment that needs it. */
export interface Scene {
  readonly work: SceneWork;
  /** The digests of the assets that its shards need; the worker has them before it. */
  readonly assets: readonly string[];
}

export interface Assignment {
  readonly shard: number;
  /** Unique within the job: a shard that is assigned again has another. From 1. */
  readonly epoch: number;
  readonly scene: number;
  readonly render: number;
  readonly work: TaskWork;
}

export type ToWorker =
  | {
      readonly kind: 'hello';
      readonly protocol: number;
      readonly version: string;
      readonly build: string;
      /** Names the leader's session in logs. */
      readonly session: string;
      /** At most so many for this leader; 0: all. */
      readonly slots: number;
    }
  /** Every message but the handshake belongs to a job; numbers grow within a session. */
  | ToJob;

/** What a leader sends about one of its jobs. */
export type ToJob =
  | ({
      readonly kind: 'open';
      readonly job: number;
      readonly name: string;
      readonly kernel: string;
      /** The digests of the assets that scenes of the job name. */
      readonly assets: readonly string[];
    } & Rank)
  /** The job has another rank from now on. */
  | ({ readonly kind: 'priority'; readonly job: number } & Rank)
  | { readonly kind: 'scene'; readonly job: number; readonly id: number; readonly scene: Scene }
  /** Sent before the first scene that names it, unless Opened lists it among those that the worker has. */
  | ({ readonly kind: 'asset'; readonly job: number } & Asset)
  /** No further assignment names this scene. */
  | { readonly kind: 'dropScene'; readonly job: number; readonly id: number }
  /** `answerBytes`: the length that the leader's end of the session accepts, it does not travel; absent: any. */
  | {
      readonly kind: 'assign';
      readonly job: number;
      readonly assignment: Assignment;
      readonly answerBytes?: number | { readonly most: number };
    }
  /** These assignments are not wanted any more, begun or not: no answer is awaited. */
  | { readonly kind: 'cancel'; readonly job: number; readonly epochs: readonly number[] }
  /** The job is over: a report is awaited once all that is under way is answered. `metrics`: the worker prints its own. */
  | { readonly kind: 'close'; readonly job: number; readonly metrics: boolean };

export interface Ready {
  readonly kind: 'ready';
  readonly protocol: number;
  readonly version: string;
  readonly build: string;
  readonly slots: number;
  /** Shards of each job that may be under way at once, for each slot. */
  readonly credits: number;
  /** The same for all addresses of a worker; empty: unknown. */
  readonly instance: string;
}

export interface Opened {
  readonly kind: 'opened';
  readonly job: number;
  readonly kernel: string;
  readonly detail: string;
  /** Iterations a second and slot. */
  readonly speed: number;
  readonly fingerprint: string;
  /** Slots that the kernel can use. */
  readonly slots: number;
  /** Of the assets that Open names, those that the worker has, until the end of the job. */
  readonly held: readonly string[];
}

/** Epochs of a job's assignments that are taken and not yet answered. */
export interface UnderWay {
  readonly job: number;
  /** Those that are computed come first. */
  readonly epochs: readonly number[];
  /** Number of those that are computed. */
  readonly running: number;
}

export type ToLeader =
  | Ready
  /** The worker ends the session, for this reason. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Sent every HEARTBEAT_MS, however busy the slots are; a job that is listed is listed with all that is under way. */
  | { readonly kind: 'heartbeat'; readonly jobs: readonly UnderWay[] }
  | { readonly kind: 'draining' }
  | FromJob;

/** What a worker sends about one job. */
export type FromJob =
  | Opened
  /** The worker takes no part in the job. */
  | { readonly kind: 'unavailable'; readonly job: number; readonly reason: string }
  | Result
  | {
      readonly kind: 'failed';
      readonly job: number;
      readonly shard: number;
      readonly epoch: number;
      readonly reason: string;
      /** It fails in the same way on every worker: the request is wrong. Absent: another worker may compute it. */
      readonly final?: true;
    }
  | { readonly kind: 'report'; readonly job: number; readonly metrics: readonly Metric[] };

export interface Result {
  readonly kind: 'result';
  readonly job: number;
  readonly shard: number;
  readonly epoch: number;
  /** The answer, as the kind of work defines it. */
  readonly bytes: Uint8Array;
  readonly seconds: number;
  /** Of these, those that every shard of the scene takes, whatever its size; absent: none worth counting. */
  readonly setup?: number;
  readonly iterations: number;
  /** Pixels that the kind of work cannot confirm. */
  readonly uncertain: number;
  /** Samples that were computed; absent: as many as the shard was estimated to have. */
  readonly samples?: number;
}
