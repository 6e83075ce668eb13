/**
 * What ends a run from outside: Ctrl-C (the first time with cleaning up, the second time at once), SIGTERM, a closed terminal,
 * a time limit.
 */

import { FractalError } from '../src/errors.js';
import { exitAtOnce } from './exit.js';

export interface Interrupts {
  readonly signal: AbortSignal;
  release(): void;
}

/** Node undoes what nohup did to SIGHUP: without a listener it would end the process at once. SIGBREAK: Ctrl-Break in Windows. */
export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;

/**
 * `timeoutSeconds`: from now on; 0: no limit. `device`: whether a graphics device may be open.
 */
export function interrupts(timeoutSeconds: number, device: () => boolean = () => false): Interrupts {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) exitAtOnce(device());
    controller.abort(new FractalError('INTERRUPTED', 'interrupted, no incomplete file is left'));
  };
  for (const signal of SIGNALS) process.on(signal, stop);
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
    release() {
      clearTimeout(timer);
      for (const signal of SIGNALS) process.off(signal, stop);
    },
  };
}
