/** A scene in a worker: its reference orbit in the memory that all threads share, copied there for the first shard. */

import {
  abandonTables,
  type SharedReference,
  shareAgain,
  sharedBytes,
  shareReference,
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

export function prepare(
  { paint, reference: given }: FractalScene,
  slots: number,
  threads: number,
): Prepared<FractalTask> {
  let reference = given;
  let shared: SharedReference | undefined;
  const painted = paint ? paint.srgb.byteLength + paint.linear.byteLength : 0;
  return {
    bytes: painted + (reference ? sharedBytes(reference, slots) : 0),
    forThreads(): PlacedFractal {
      if (reference) shared = shareReference(reference, threads);
      // The orbit itself is not needed any more.
      reference = undefined;
      return { paint, reference: shared };
    },
    rebuild() {
      if (!shared || !abandonTables(shared)) return false;
      try {
        shared = shareAgain(shared, threads);
        return true;
      } catch {
        // Shards of this scene fail, with the reason that the table could not be built.
        return false;
      }
    },
    mayEnd: ({ view }) => !view.perturbed || !shared || tablesBuilt(shared, view),
  };
}
