/**
 * A scene in a worker: its reference orbit in the memory that all threads share, copied there for the first shard, and to
 * another place when a thread died that had a part in its table.
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
import type { FractalScene, FractalTask } from './scene.js';

/** What a thread gets. */
export interface PlacedFractal {
  readonly paint: Paint | undefined;
  readonly reference: SharedReference | undefined;
}

export function prepare({ paint, reference }: FractalScene, slots: number, threads: number): Prepared<FractalTask> {
  let shared: SharedReference | undefined;
  const painted = paint ? paint.srgb.byteLength + paint.linear.byteLength : 0;
  /** What is yet to be copied. */
  let source = reference;
  return {
    bytes: painted + (reference ? sharedBytes(reference, slots) : 0),
    *load() {
      if (!source) return;
      const { shared: fresh, copy } = shareInSteps(source, threads);
      while (copy.next().done !== true) yield;
      shared = fresh;
      // The orbit itself is not needed any more.
      source = undefined;
    },
    forThreads: (): PlacedFractal => ({ paint, reference: shared }),
    rebuild() {
      if (!shared || !abandonTables(shared)) return false;
      source = sharedOrbit(shared);
      return true;
    },
    mayEnd: ({ view }) => !view.perturbed || !shared || tablesBuilt(shared, view),
  };
}
