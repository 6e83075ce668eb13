/** Long computations as generators, which yield now and then: at once, or in turns between which the process does other things. */

import { setImmediate } from 'node:timers/promises';

/** The most that a turn takes, and a step more. */
const TURN_MS = 15;

export function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** @throws the signal's reason, between two steps */
export async function inTurns<T>(steps: Generator<void, T>, signal?: AbortSignal): Promise<T> {
  for (let begun = performance.now(); ; ) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - begun < TURN_MS) continue;
    await setImmediate();
    signal?.throwIfAborted();
    begun = performance.now();
  }
}
