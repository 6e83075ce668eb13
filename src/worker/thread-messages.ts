/** The messages between the main thread of a worker and its computing threads. */

import type { Computed, Measured } from '../work/kind.js';
import type { TaskWork } from '../work/work.js';
import type { Signals } from './pausing.js';

export interface ThreadData {
  readonly signals: Signals;
  readonly slot: number;
  /** With a lower priority of the operating system. */
  readonly background: boolean;
  /** What each kind of work gives all threads, by the kind's name. */
  readonly shared: Readonly<Record<string, unknown>>;
}

export type ToThread =
  /** Opens a kernel and measures it; answered by `opened` or `unavailable`. */
  | { readonly kind: 'open'; readonly work: string; readonly kernel: string }
  /** `prepared`: as its kind, `work`, prepared it; `assets`: by digest. */
  | {
      readonly kind: 'scene';
      readonly key: string;
      readonly work: string;
      readonly prepared: unknown;
      readonly assets: ReadonlyMap<string, Uint8Array>;
    }
  /** Answered by `forgotten`. `collect`: frees the scene's memory at once. */
  | { readonly kind: 'forget'; readonly key: string; readonly collect: boolean }
  /** Work of this sort may come soon. */
  | { readonly kind: 'warm'; readonly work: string; readonly what: unknown }
  /** The last message: kernels are closed, then `closed` is answered. */
  | { readonly kind: 'close' }
  /** Answered by `done`, `failed` or `stopped`. */
  | {
      readonly kind: 'compute';
      /** Numbers the shards that a pool computes, from 1. */
      readonly number: number;
      readonly kernel: string;
      /** Of a scene that was sent before. */
      readonly scene: string;
      readonly task: TaskWork;
    };

export interface Offer extends Measured {
  readonly kernel: string;
}

/** A finished shard; its bytes are transferred, not copied. */
export interface Done extends Computed {
  readonly kind: 'done';
  readonly seconds: number;
}

export type FromThread =
  /** First of all. */
  | { readonly kind: 'started' }
  | ({ readonly kind: 'opened' } & Offer)
  | { readonly kind: 'unavailable'; readonly kernel: string; readonly reason: string }
  | Done
  /** `final`: every worker fails. */
  | { readonly kind: 'failed'; readonly reason: string; readonly final?: true }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'forgotten'; readonly key: string }
  | { readonly kind: 'closed' };
