/** The events and commands of the scheduler: plain records. */

import type { Rect, Shard } from '../../shard/shard.js';

/** A picture to compute: one view, of which all or some pixels are wanted. */
export interface RenderShape {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Samples a pixel. */
  readonly perPixel: number;
  /** Number of the scene that its shards need. */
  readonly scene: number;
  /** What of it is wanted, without overlaps; absent: all. */
  readonly parts?: readonly Rect[];
}

export interface Job {
  /** In the order in which they are handed on; `render` of a shard is an index of this list. */
  readonly renders: readonly RenderShape[];
  readonly shape: 'row' | 'tile' | 'auto';
  /** Rows of a band, or side of a tile, in pixels; absent: guided. */
  readonly blockSize?: number;
  /** How renders are divided whose shards take seconds; absent: by `shape`, into shards of a fraction of a second. */
  readonly grain?: 'undivided' | Grain;
  /** Renders that may be under way or waiting for the consumer, at least 1: what bounds the memory. */
  readonly window: number;
  /** Renders under way need at most so many different scenes; absent: no bound. */
  readonly mostScenes?: number;
  /** A scene is large: all renders that need it are computed by one peer, while that peer takes part. */
  readonly together?: true;
  /** Renders are begun when what of them is missing is known: event `recalled`. Absent: all wanted pixels are missing. */
  readonly recalls?: true;
  /** This share of the shards, 0 to 1, sampled by the seed, is computed by two peers and compared. Absent: none. */
  readonly verify?: { readonly share: number; readonly seed: number };
}

/** Cuts at multiples of `unit` pixels in both directions. */
export interface Grain {
  readonly unit: number;
  /** Seconds that a shard should take, where enough is left: at least, and at most. */
  readonly least: number;
  readonly most: number;
  /** Seconds of a slot for a sample, before any is measured. */
  readonly perSample: number;
}

export type Event =
  /** `speed`: of one slot, in any unit that is the same for all. */
  | { readonly kind: 'joined'; readonly peer: string; readonly slots: number; readonly speed: number }
  | { readonly kind: 'left'; readonly peer: string }
  /** Takes no more shards, finishes those it has. */
  | { readonly kind: 'draining'; readonly peer: string }
  /** It was draining, and takes shards again. */
  | { readonly kind: 'resumed'; readonly peer: string }
  /** It is alive, and these assignments are under way there. */
  | { readonly kind: 'heartbeat'; readonly peer: string; readonly epochs: readonly number[] }
  /** `seconds`: what the shard took to compute. `digest`: tells answers apart; used where the shard is verified. */
  | {
      readonly kind: 'finished';
      readonly peer: string;
      readonly epoch: number;
      readonly seconds: number;
      readonly digest: string;
    }
  /** `final`: the request is wrong, and every peer would fail. */
  | {
      readonly kind: 'failed';
      readonly peer: string;
      readonly epoch: number;
      readonly reason: string;
      readonly final?: true;
    }
  /** It violated the protocol, apart from any shard. */
  | { readonly kind: 'blamed'; readonly peer: string; readonly reason: string }
  /** What of a render is to be computed, without overlaps; of one render after the other. */
  | { readonly kind: 'recalled'; readonly render: number; readonly missing: readonly Rect[] }
  /** The consumer is through with a render. */
  | { readonly kind: 'taken'; readonly render: number }
  /** At most so many assignments may be under way from now on: those that are stay so. 0: the job is paused. */
  | { readonly kind: 'limited'; readonly most: number }
  /** Time passed: what is late is looked at now, some times a second. */
  | { readonly kind: 'tick' }
  /** The job is abandoned: what is under way is cancelled. */
  | { readonly kind: 'stopped' };

/** `new`: assigned for the first time. `again`: its lease ended without an answer. `copy`: another peer takes too long.
 * `check`: to compare. */
export type Why = 'new' | 'again' | 'copy' | 'check';

export type Command =
  | {
      readonly kind: 'assign';
      readonly peer: string;
      readonly shard: Shard;
      /** Unique: of this assignment. From 1. */
      readonly epoch: number;
      readonly why: Why;
    }
  /** These assignments are not wanted any more. */
  | { readonly kind: 'cancel'; readonly peer: string; readonly epochs: readonly number[] }
  /**
   * The answer of this assignment is the shard's: once for each. `verified`: another peer's was the same; false: it
   * should have been compared, and there was no other peer to do it.
   */
  | { readonly kind: 'commit'; readonly shard: Shard; readonly epoch: number; readonly verified?: boolean }
  /**
   * Two others agreed on another answer than this peer's. `revoked`: shards that it alone had computed, as if they had
   * never been committed; new ones come for their pixels. `late`: renders that were handed on with such shards.
   */
  | {
      readonly kind: 'outvoted';
      readonly peer: string;
      readonly revoked: readonly Shard[];
      readonly late: readonly number[];
    }
  /** The peer takes part no more, whatever it does. */
  | { readonly kind: 'expelled'; readonly peer: string; readonly reason: string }
  /** Every shard of the render is committed; in order, once each. */
  | { readonly kind: 'render'; readonly render: number }
  /** The last render was handed on; nothing follows. */
  | { readonly kind: 'done' }
  /** The job cannot be finished. `liars`: peers among which one gave a wrong answer. */
  | {
      readonly kind: 'failed';
      readonly shard: Shard;
      readonly reason: string;
      readonly disagreeing?: readonly string[];
    };

export interface Schedule {
  /** `now`: monotonic milliseconds. */
  on(event: Event, now: number): Command[];
  /**
   * The shard of this peer's lease with this epoch; undefined: it has no such lease, an answer is late, repeated or not its
   * own.
   */
  leased(peer: string, epoch: number): Shard | undefined;
  /** Assignments under way. */
  readonly underWay: number;
  /** Those of one peer. */
  underWayOn(peer: string): number;
  /** Whether more would be assigned now, if the limit allowed it. */
  readonly wants: boolean;
}
