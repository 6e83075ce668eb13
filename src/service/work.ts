/** How much work there is, in core-seconds: what an autoscaler reads. */

import { type Job, workLeft } from './job.js';
import type { WaitingWork } from './queue.js';

export interface Work {
  /** What is queued, and what is left of the jobs that run. */
  readonly coreSeconds: number;
  readonly queued: number;
  readonly running: number;
  /** Of paused jobs, and of those that pause. */
  readonly paused: number;
  /** Jobs whose estimate is not there yet: each counts as the mean of the others. */
  readonly unestimated: number;
  /** Of `coreSeconds`. */
  readonly owners: Readonly<Record<string, number>>;
}

/** `running`: jobs that run or pause, with their progress. `pace`: by which estimates of jobs that wait are multiplied. */
export function workOf(waiting: readonly WaitingWork[], running: readonly Job[], pace: number): Work {
  const estimates = [...waiting, ...running.map(asWaiting)].filter(({ estimated }) => estimated > 0);
  const sum = (of: (one: WaitingWork) => number) => estimates.reduce((all, one) => all + of(one), 0);
  const mean =
    sum(({ coreSeconds }) => coreSeconds) /
    Math.max(
      1,
      sum(({ estimated }) => estimated),
    );
  const secondsOf = ({ jobs, estimated, coreSeconds }: WaitingWork) => pace * (coreSeconds + (jobs - estimated) * mean);
  const totals = { queued: 0, running: 0, paused: 0 };
  const owners = new Map<string, number>();
  const add = (state: keyof typeof totals, owner: string, seconds: number) => {
    totals[state] += seconds;
    if (state !== 'paused') owners.set(owner, (owners.get(owner) ?? 0) + seconds);
  };
  for (const one of waiting) add(one.state, one.owner, secondsOf(one));
  for (const job of running) {
    const state = job.state === 'pausing' ? 'paused' : 'running';
    // What workers measured is in their seconds.
    add(state, job.owner, job.progress?.coreSecondsLeft ?? secondsOf(asWaiting(job)));
  }
  const unestimated = [...waiting, ...running.map(asWaiting)].reduce((all, one) => all + one.jobs - one.estimated, 0);
  return { coreSeconds: totals.queued + totals.running, ...totals, unestimated, owners: Object.fromEntries(owners) };
}

function asWaiting(job: Job): WaitingWork {
  const left = workLeft(job);
  return {
    ...{ state: 'queued', owner: job.owner, jobs: 1 },
    ...{ estimated: left === undefined ? 0 : 1, coreSeconds: left ?? 0 },
  };
}
