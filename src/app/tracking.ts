/** How far a job is, as events: what the leader computed, and how many frames were written. */

import type { Progress } from '../leader/job/job.js';
import type { Emit, KeptEvent, Status } from './events.js';
import { keptCosts, type Outline } from './outline.js';

export interface Tracking {
  computed(progress: Progress): void;
  frameWritten(): void;
  /** The store was searched for the next render. */
  searched(): void;
  /** What the store seems to have, by render. */
  expect(isKept: (render: number) => boolean): void;
  /** The files are complete. */
  done(): void;
  /** What there is of a job that ends now. `store`: which part of the computed samples it has. */
  kept(store: KeptEvent['store']): KeptEvent;
}

/** `samples`: of the whole job. */
export function tracking(outline: Outline, samples: number, emit: Emit): Tracking {
  let framesDone = 0;
  let searched = 0;
  let keptCostOf: Status['keptCostOf'];
  let isDone = false;
  let last: Progress | undefined;
  const report = () => {
    if (!last) return;
    const kept = keptCostOf ? { keptCostOf } : {};
    emit({ kind: 'progress', ...last, ...kept, phase: phaseOf(last), outline, framesDone, searched, samples });
  };
  const phaseOf = ({ workers, rendersDone }: Progress): Status['phase'] => {
    if (isDone) return 'done';
    if (framesDone === outline.frames) return 'encoding';
    return workers > 0 || rendersDone > 0 ? 'rendering' : 'connecting';
  };
  return {
    computed(progress) {
      last = progress;
      report();
    },
    frameWritten() {
      framesDone++;
      report();
    },
    searched() {
      searched++;
    },
    expect(isKept) {
      keptCostOf = keptCosts(outline, isKept);
    },
    done() {
      isDone = true;
      report();
    },
    kept(store) {
      const { samplesDone = 0, rendersDone = 0 } = last ?? {};
      const { renders, keyframesIn } = outline;
      const [done, all] = [keyframesIn(rendersDone), keyframesIn(renders)];
      return {
        ...{ kind: 'kept', samplesDone, samples, store },
        ...(all > 0 ? { keyframes: { done, all } } : {}),
        ...(renders > all && renders > 1 ? { frames: { done: rendersDone - done, all: renders - all } } : {}),
      };
    },
  };
}
