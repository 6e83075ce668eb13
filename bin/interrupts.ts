/** What ends a run from outside: Ctrl-C (once: cleanly, twice: at once), SIGTERM, a closed terminal, a time limit. */

import { FractalError } from '../src/errors.js';
import { exitAtOnce } from './exit.js';

export interface Interrupts {
  readonly signal: AbortSignal;
  /** Ends the run for another reason. */
  fail(reason: unknown): void;
  release(): void;
}

/** Node undoes what nohup did to SIGHUP: unheard it would end the process on the spot. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `timeoutSeconds` from `started` on, on the clock of performance.now(); 0: no limit. */
export function interrupts(timeoutSeconds: number, started = performance.now()): Interrupts {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) exitAtOnce();
    controller.abort(new FractalError('INTERRUPTED', 'interrupted, no incomplete file is left'));
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  const sentence = `not finished after --timeout ${timeoutSeconds} seconds`;
  const timer =
    timeoutSeconds > 0
      ? setTimeout(
          () => controller.abort(new FractalError('TIMEOUT', sentence)),
          Math.min(2 ** 31 - 1, timeoutSeconds * 1000 - (performance.now() - started)),
        )
      : undefined;
  return {
    signal: controller.signal,
    fail: (reason) => controller.abort(reason),
    release() {
      clearTimeout(timer);
      for (const signal of SIGNALS) process.off(signal, stop);
    },
  };
}
