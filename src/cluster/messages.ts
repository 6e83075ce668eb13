/**
 * What leader and worker say to one another, as the rest of the program sees it: plain records, whole answers. How
 * they travel (pieces, checksums, protobuf) is known to wire.ts, wire-work.ts and grpc.ts alone.
 */

import type { Asset } from '../work/asset.js';
import type { SceneWork, TaskWork } from '../work/work.js';

export type { Asset };

/** Both sides must speak the same one. */
export const PROTOCOL = 4;

/** A worker that is ready says so that often. */
export const BEAT_MS = 1_000;

/** What all shards of a job share: sent once to each worker. */
export interface Scene {
  readonly work: SceneWork;
  /** The digests of the assets that its shards need; they are sent before it. */
  readonly assets: readonly string[];
}

export interface Assignment {
  readonly shard: number;
  /** Unique within the job: a shard that is given out again has another. From 1. */
  readonly epoch: number;
  readonly scene: number;
  readonly frame: number;
  readonly work: TaskWork;
}

export type ToWorker =
  | {
      readonly kind: 'hello';
      readonly protocol: number;
      readonly version: string;
      readonly session: string;
      readonly kernel: string;
      /** At most so many for this leader; 0: all. */
      readonly slots: number;
    }
  | { readonly kind: 'scene'; readonly id: number; readonly scene: Scene }
  | ({ readonly kind: 'asset' } & Asset)
  /** `answerBytes`: the length that the leader's end of the session accepts, it does not travel; absent: any. */
  | { readonly kind: 'assign'; readonly assignment: Assignment; readonly answerBytes?: number }
  /** These assignments are not wanted any more, begun or not: no answer is awaited. */
  | { readonly kind: 'cancel'; readonly epochs: readonly number[] }
  | { readonly kind: 'finish'; readonly metrics: boolean };

export interface Ready {
  readonly kind: 'ready';
  readonly protocol: number;
  readonly version: string;
  readonly slots: number;
  /** Shards that may be under way at once, for each slot. */
  readonly credits: number;
  readonly kernel: string;
  readonly detail: string;
  /** Iterations a second and slot. */
  readonly speed: number;
  readonly fingerprint: string;
  /** The same for all addresses of a worker; empty: it does not say. */
  readonly instance: string;
}

export interface Figure {
  readonly name: string;
  readonly value: number;
}

export type ToLeader =
  | Ready
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'result';
      readonly shard: number;
      readonly epoch: number;
      /** The answer, as the kind of work defines it. */
      readonly bytes: Uint8Array;
      readonly seconds: number;
      readonly iterations: number;
      /** Pixels that the kind of work cannot vouch for. */
      readonly uncertain: number;
    }
  | { readonly kind: 'failed'; readonly shard: number; readonly epoch: number; readonly reason: string }
  /** Sent every BEAT_MS, however busy the slots are: what is under way, taken and not yet answered. */
  | { readonly kind: 'beat'; readonly epochs: readonly number[] }
  | { readonly kind: 'draining' }
  | { readonly kind: 'report'; readonly figures: readonly Figure[] };
