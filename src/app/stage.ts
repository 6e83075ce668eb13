/** The stages of a command, and their end by a signal. */

import type { Emit, Stage } from './events.js';

/** What every command gets. */
export interface Context {
  readonly emit: Emit;
  /** Ends the command, which then rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Others wait for this process, too: what encodes and assembles films gets a lower priority (niceness.ts). */
  readonly background?: boolean;
}

/** Runs one stage of a command and reports its begin and its duration. Throws the signal's reason, at the begin, too. */
export async function inStage<T>(stage: Stage, { emit, signal }: Context, act: () => T | Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const from = performance.now();
  emit({ kind: 'stage', stage, state: 'begun' });
  signal.throwIfAborted();
  const result = await act();
  emit({ kind: 'stage', stage, state: 'done', seconds: (performance.now() - from) / 1000 });
  return result;
}

/** What a promise resolves with, unless the signal comes first. Rejects with its reason. */
export async function orAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** The same function until `close`: work that a command began may end after the command, and is not reported any more. */
export function untilClosed(emit: Emit): { readonly emit: Emit; close(): void } {
  let open = true;
  return {
    emit(event) {
      if (open) emit(event);
    },
    close() {
      open = false;
    },
  };
}

export interface Ending {
  readonly signal: AbortSignal;
  /** Ends the command for a reason of its own. */
  end(reason: unknown): void;
  /** Stops listening to the outer signal. */
  release(): void;
}

/** A signal that follows another one, and can be raised for a reason of its own. The outer signal may live for long. */
export function endingWith(outer: AbortSignal): Ending {
  const controller = new AbortController();
  const follow = () => controller.abort(outer.reason);
  outer.addEventListener('abort', follow, { once: true });
  if (outer.aborted) follow();
  return {
    signal: controller.signal,
    end: (reason) => controller.abort(reason),
    release: () => outer.removeEventListener('abort', follow),
  };
}
