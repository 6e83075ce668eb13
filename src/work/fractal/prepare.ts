/**
 * A scene in a worker: its reference orbit in the memory that all threads share, copied there for the first shard, and again
 * after the death of a thread that was building a part of its table.
 */

import {
  abandonTables,
  type SharedReference,
  sharedBytes,
  sharedOrbit,
  shareInSteps,
  tablesBuilt,
} from '../../kernel/perturbation/kernel.js';
import type { Paint } from '../../render/paint.js';
import type { Prepared } from '../kind.js';
import { wholeReference } from './kept-reference.js';
import type { FractalScene, FractalTask } from './scene.js';

/** A scene as sent to a thread. */
export interface ThreadFractal {
  readonly paint: Paint | undefined;
  readonly reference: SharedReference | undefined;
  readonly packed: true | undefined;
}

/** @throws FractalError PROTOCOL */
export function prepare(
  { paint, reference: given, packed }: FractalScene,
  slots: number,
  threads: number,
  assets: ReadonlyMap<string, Uint8Array>,
): Prepared<FractalTask> {
  const reference = given && wholeReference(given, assets);
  let shared: SharedReference | undefined;
  const painted = paint ? paint.linear.byteLength + (paint.patterns?.texture?.texels.byteLength ?? 0) : 0;
  /** The orbit before it is copied. */
  let source = reference;
  return {
    bytes: painted + (reference ? sharedBytes(reference, slots) : 0),
    *load() {
      if (!source) return;
      const { shared: fresh, copy } = shareInSteps(source, threads);
      while (copy.next().done !== true) yield;
      shared = fresh;
      // The unshared orbit is not needed any more.
      source = undefined;
    },
    forThreads: (): ThreadFractal => ({ paint, reference: shared, packed }),
    rebuild() {
      if (!shared || !abandonTables(shared)) return false;
      source = sharedOrbit(shared);
      return true;
    },
    mayEnd: ({ view }) => !view.perturbed || !shared || tablesBuilt(shared, view),
  };
}
