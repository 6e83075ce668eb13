/**
 * What the explorer needs of the rest of the program, which app/explorer.ts gives it: what a view leaves open is found, its
 * pieces are computed on the workers, single points are looked up.
 */

import type { Lattice, Piece, Point } from '../../tiles/lattice.js';
import type { FoundColours, Scene, ValueMessage } from '../../tiles/protocol.js';

/** A picture that a viewer looks at. */
export interface LookOrder {
  readonly scene: Scene;
  readonly lattice: Lattice;
  readonly centre: Point;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

export interface Look {
  readonly iterations: number;
  readonly perturbed: boolean;
  /**
   * Of all that shapes the samples of pieces but their place: pieces with the same key, lattice and area have the same
   * samples, for all viewers.
   */
  readonly key: string;
  /** Taken over from another look. */
  readonly provisional: boolean;
  /** Colours that suit the picture, where the scene leaves them open. Throws the signal's reason. */
  colours(signal: AbortSignal): Promise<FoundColours | undefined>;
  /**
   * Computes pieces, ahead of all jobs; they come in the order given. A signal stops them on the workers.
   * Throws a FractalError, or the signal's reason.
   */
  compute(pieces: readonly Piece[], how: ComputeHow): AsyncIterable<ComputedPiece>;
}

export interface ComputeHow {
  /** Owners share the slots. */
  readonly owner: string;
  readonly signal: AbortSignal;
}

export interface ComputedPiece {
  readonly piece: Piece;
  /** As tiles/packing.ts has them. */
  readonly packed: Uint8Array;
}

export interface Lookout {
  /** @throws FractalError for a scene or place that cannot be rendered; throws the signal's reason */
  look(order: LookOrder, signal: AbortSignal): Promise<Look>;
  /** At once, with what was found for another look nearby; undefined: that one is of no use here. */
  near(order: LookOrder, other: Look): Look | undefined;
  /** @throws FractalError; throws the signal's reason */
  value(scene: Scene, point: Point, level: number, signal: AbortSignal): Promise<Omit<ValueMessage, 'type' | 'id'>>;
}
