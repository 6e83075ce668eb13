/**
 * How many workers there should be: up at once, down only after a calm minute. Pure: time is an argument.
 *
 * The need is a number of workers that may have a fraction. Calm is a time in which the need was below half of the workers at
 * every look: a queue that flaps between two loads does not change the number of workers each time.
 */

/** What a service has to do. */
export interface Load {
  /** Estimated, queued and running. */
  readonly coreSeconds: number;
  /** That are not ended and not paused. */
  readonly jobs: number;
  /** Of these, those that have not begun. */
  readonly waiting: number;
}

export interface Scale {
  /** Fewest and most workers. */
  readonly min: number;
  readonly max: number;
  readonly slotsPerWorker: number;
  /** The work that is there should take so long. */
  readonly targetSeconds: number;
  /** Another measure of the need, of older systems: one worker for so many jobs that wait. */
  readonly jobsPerWorker?: number;
  readonly calmMs: number;
  /** Between two looks at most; after a longer time the calm begins anew. */
  readonly gapMs: number;
}

/** A time of low need. */
export interface Calm {
  readonly since: number;
  /** The latest look. */
  readonly latest: number;
  /** The largest need of this time. */
  readonly peak: number;
  /** Workers that were there all the time. */
  readonly replicas: number;
}

export interface Look {
  /** Monotonic milliseconds. */
  readonly now: number;
  readonly need: number;
  /** Workers that are asked for now. */
  readonly replicas: number;
}

export interface Decision {
  /** Workers that there should be. */
  readonly wanted: number;
  /** For the next decision. */
  readonly calm: Calm | undefined;
}

/** A job that takes no time needs a worker, too. */
const LEAST = 1e-9;

/** In workers, at least 0. */
export function needOf({ coreSeconds, jobs, waiting }: Load, scale: Scale): number {
  const byWork = coreSeconds / (scale.slotsPerWorker * scale.targetSeconds);
  const byJobs = scale.jobsPerWorker === undefined ? 0 : waiting / scale.jobsPerWorker;
  return Math.max(0, byWork, byJobs, jobs > 0 ? LEAST : 0);
}

/** `before`: the calm of the decision before; undefined: none, or figures were missing since. */
export function decide(before: Calm | undefined, { now, need, replicas }: Look, scale: Scale): Decision {
  const workers = (amount: number) => Math.min(scale.max, Math.max(scale.min, Math.ceil(amount)));
  if (replicas > scale.max) return { wanted: scale.max, calm: undefined };
  if (workers(need) > replicas) return { wanted: workers(need), calm: undefined };
  if (need >= replicas / 2 || replicas === scale.min) return { wanted: replicas, calm: undefined };
  const known = before && before.replicas === replicas && now - before.latest <= scale.gapMs ? before : undefined;
  const { since, peak } = known ?? { since: now, peak: 0 };
  const calm = { since, latest: now, peak: Math.max(peak, need), replicas };
  if (now - since < scale.calmMs) return { wanted: replicas, calm };
  const wanted = Math.min(replicas, workers(calm.peak));
  // One worker for a job that was there when the calm began: whether it is still needed, the next calm tells.
  return { wanted, calm: wanted < replicas ? calm : { since: now, latest: now, peak: need, replicas } };
}
