/** What the worker's main thread and its computing threads say to one another. */

import type { Scene } from '../cluster/messages.js';
import type { KernelName } from '../kernel/kernel.js';
import type { SharedReference } from '../kernel/perturbation/kernel.js';
import type { SimdModule } from '../kernel/simd.js';
import type { Rect } from '../shard/shard.js';
import type { Formula, View } from '../view/view.js';

export interface ThreadData {
  /** One number a slot: the shard, by its `turn`, that it should leave unfinished. */
  readonly stops: Int32Array;
  readonly simd: SimdModule;
  readonly slot: number;
}

export type ToThread =
  /** Opens a kernel and measures it; answered by `opened` or `unavailable`. */
  | { readonly kind: 'open'; readonly kernel: KernelName }
  | {
      readonly kind: 'scene';
      readonly key: string;
      readonly scene: Omit<Scene, 'reference'>;
      readonly reference: SharedReference | undefined;
    }
  /** Answered by `forgotten`. `collect`: frees the scene's memory at once. */
  | { readonly kind: 'forget'; readonly key: string; readonly collect: boolean }
  /** Shards of perturbed views of this formula may come soon. */
  | { readonly kind: 'warm'; readonly formula: Formula }
  /** The last message: kernels are closed, then `closed` is answered. */
  | { readonly kind: 'close' }
  /** Answered by `done`, `failed` or `stopped`. */
  | {
      readonly kind: 'compute';
      /** Numbers the shards that a pool computes, from 1. */
      readonly turn: number;
      readonly kernel: KernelName;
      /** Of a scene that was sent before. */
      readonly scene: string;
      readonly view: View;
      readonly rect: Rect;
    };

export interface Offer {
  readonly kernel: KernelName;
  readonly detail: string;
  readonly speed: number;
  readonly fingerprint: string;
}

/** A finished shard; its bytes are handed over, not copied. */
export interface Done {
  readonly kind: 'done';
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly seconds: number;
  readonly iterations: number;
  /** Pixels with a sample that no error bound confirms. */
  readonly uncertain: number;
  readonly samples: number;
}

export type FromThread =
  /** First of all. */
  | { readonly kind: 'started' }
  | ({ readonly kind: 'opened' } & Offer)
  | { readonly kind: 'unavailable'; readonly kernel: KernelName; readonly reason: string }
  | Done
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'forgotten'; readonly key: string }
  | { readonly kind: 'closed' };
