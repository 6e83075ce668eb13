/** What ends a run from outside: Ctrl-C (once: cleanly, twice: at once), SIGTERM, a time limit. */

import { FractalError } from '../src/errors.js';

export interface Interrupts {
  readonly signal: AbortSignal;
  /** Ends the run for another reason. */
  fail(reason: unknown): void;
  release(): void;
}

/** `timeoutSeconds` 0: no limit. */
export function interrupts(timeoutSeconds: number): Interrupts {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new FractalError('INTERRUPTED', 'interrupted: nothing incomplete was left behind'));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const sentence = `not finished after --timeout ${timeoutSeconds} seconds`;
  const timer =
    timeoutSeconds > 0
      ? setTimeout(
          () => controller.abort(new FractalError('TIMEOUT', sentence)),
          Math.min(2 ** 31 - 1, timeoutSeconds * 1000),
        )
      : undefined;
  return {
    signal: controller.signal,
    fail: (reason) => controller.abort(reason),
    release() {
      clearTimeout(timer);
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
