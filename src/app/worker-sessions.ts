/** What happens in the sessions of a worker, as events. */

import type { Metric } from '../metrics/index.js';
import type { Tally } from '../worker/job.js';
import type { SessionEvents } from '../worker/session.js';
import type { WorkerEvent } from './events.js';

/** A worker's event, but for its name. */
export type Reported = WorkerEvent extends infer Event
  ? Event extends unknown
    ? Omit<Event, 'kind' | 'worker'>
    : never
  : never;

/** `metricsOf`: those of the worker since a time; `over`: the session has ended. */
export function sessionEvents(
  leader: string,
  metricsOf: (tally: Tally, began: number) => Metric[],
  report: (event: Reported) => void,
  over: () => void,
): SessionEvents {
  const began = performance.now();
  let broken = 0;
  return {
    began: (job, kernel) => report({ state: 'job-begun', job, leader, kernel }),
    finished(job, tally, wanted) {
      const metrics = metricsOf(tally, began);
      report({ state: 'job-done', job, shards: tally.shards, metrics, wanted });
      return metrics;
    },
    aborted(job, reason, tally) {
      broken++;
      report({ state: 'job-ended', job, reason, metrics: metricsOf(tally, began) });
    },
    ended(session, reason) {
      over();
      // What ended jobs was reported with them.
      const text = `session ${session} of ${leader} ended: ${reason}`;
      if (reason && session && broken === 0) report({ state: 'notice', text });
    },
  };
}
