/** Estimates what jobs will take, in a process of its own that lives while there is something to estimate. */

import { type ChildProcess, fork } from 'node:child_process';
import { isScene, orderedScene } from '../request/povray/order.js';
import { frameCount } from '../request/request.js';
import { orderedRequest } from '../request/submission.js';
import type { RawFlags } from '../request/values.js';
import type { Estimator } from '../service/estimates.js';
import type { Order } from '../service/job.js';
import { samplesPerPixel } from '../view/view.js';

/** A job that takes longer to estimate counts by its samples. */
const MOST_MS = 10_000;
/** The process ends after so long without a job. */
const IDLE_MS = 5_000;
/** A sample of a job whose estimate did not come, in seconds. */
const SAMPLE_SECONDS = 5e-6;
/** A pixel of a POV-Ray scene, in seconds. */
const PIXEL_SECONDS = 2e-5;

export function openEstimator(mostMs = MOST_MS): Estimator {
  let child: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;
  const end = () => {
    clearTimeout(idle);
    child?.kill('SIGKILL');
    child = undefined;
  };
  const started = () => {
    const entry = new URL('./workload-process.js', import.meta.url);
    const one = fork(entry, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
    one.on('error', () => undefined);
    return one;
  };
  return {
    async of(order) {
      if (isScene(order)) return byPixels({ ...order });
      clearTimeout(idle);
      child ??= started();
      const answer = await answerOf(child, order, mostMs);
      if (answer === undefined) end();
      else idle = setTimeout(end, IDLE_MS).unref();
      return answer ?? bySamples({ ...order });
    },
    close: end,
  };
}

/** undefined: none came in time. */
function answerOf(child: ChildProcess, order: Order, mostMs: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const settle = (seconds?: number) => {
      clearTimeout(timer);
      child.removeAllListeners('message').removeAllListeners('exit');
      resolve(seconds);
    };
    const timer = setTimeout(settle, mostMs);
    // A job that fails takes nothing.
    child.once('message', (seconds: number | null) => settle(seconds ?? 0));
    child.once('exit', () => settle());
    child.send(order, (error) => error && settle());
  });
}

/** Only a trial would say more, and that is made on the workers. */
function byPixels(order: RawFlags): number {
  const { width, height, film } = orderedScene(order).request;
  return PIXEL_SECONDS * width * height * frameCount(film);
}

function bySamples(order: RawFlags): number {
  const { width, height, sampling, film } = orderedRequest(order);
  return SAMPLE_SECONDS * width * height * samplesPerPixel(sampling) * frameCount(film);
}
