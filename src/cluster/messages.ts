/**
 * What leader and worker say to one another, as the rest of the program sees it: plain records, whole answers. How
 * they travel (pieces, checksums, protobuf) is known to wire.ts and grpc.ts alone.
 */

import type { Rect } from '../shard/shard.js';
import type { Formula, View } from '../view/view.js';

/** Both sides must speak the same one. */
export const PROTOCOL = 3;

/** A worker that is ready says so that often. */
export const BEAT_MS = 1_000;

export type Table = Uint8Array | Float32Array | Float64Array;

/** What all shards of a job share: sent once to each worker. */
export interface Scene {
  /** Raw samples are wanted; else finished pixels. */
  readonly samples: boolean;
  /** How to colour: plain JSON values, and tables by name. Empty where samples are wanted. */
  readonly paint: Readonly<Record<string, unknown>>;
  readonly tables: Readonly<Record<string, Table>>;
  /** Where views lie deeper than doubles reach: an orbit that their points are told apart from. */
  readonly reference?: ReferenceOrbit;
}

export interface ReferenceOrbit {
  readonly formula: Formula;
  /** Its point, decimal strings. */
  readonly re: string;
  readonly im: string;
  /** Re and im of Z_0, Z_1, …; the point begins at index `start`. */
  readonly orbit: Float64Array;
  /** Entries too small for doubles: index, re, im, the exponents of two of both. */
  readonly underflow: Float64Array;
  readonly start: number;
  readonly extended: boolean;
}

export interface Assignment {
  readonly shard: number;
  /** Unique within the job: a shard that is given out again has another. From 1. */
  readonly epoch: number;
  readonly scene: number;
  readonly frame: number;
  readonly view: View;
  readonly rect: Rect;
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
  | { readonly kind: 'assign'; readonly assignment: Assignment }
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
      /** Samples: float64 little endian, triples of nu and the distance's vector where the view wants it; pixels: RGB bytes. */
      readonly bytes: Uint8Array;
      readonly seconds: number;
      readonly iterations: number;
      /** Pixels with a sample that no error bound confirms. */
      readonly uncertain: number;
    }
  | { readonly kind: 'failed'; readonly shard: number; readonly epoch: number; readonly reason: string }
  /** Sent every BEAT_MS, however busy the slots are: what is under way, taken and not yet answered. */
  | { readonly kind: 'beat'; readonly epochs: readonly number[] }
  | { readonly kind: 'draining' }
  | { readonly kind: 'report'; readonly figures: readonly Figure[] };
