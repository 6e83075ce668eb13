/** The cluster's metrics, from counts of leader and workers. */

import { type Metric, TIME } from './metric.js';

/** What a worker counted in one session, or in all of them. */
export interface WorkerCounters {
  readonly slots: number;
  /** From the handshake to now. */
  readonly seconds: number;
  readonly shards: number;
  readonly samples: number;
  readonly iterations: number;
  /** Summed over its slots. */
  readonly busySeconds: number;
  /** Payload. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** A worker as the leader saw it. */
export interface WorkerShare {
  /** host:port. */
  readonly name: string;
  readonly slots: number;
  readonly shards: number;
  /** As estimated before they were computed, where their number depends on the picture; and as workers counted them. */
  readonly samples: number;
  readonly computedSamples: number;
  readonly iterations: number;
  /** Seconds that its slots computed, and that they could have but did not, while it was ready. */
  readonly busySeconds: number;
  readonly idleSeconds: number;
  /** Payload from the leader to the worker, and back. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** What the worker reported at the end; empty when it was lost. */
  readonly metrics: readonly Metric[];
  /** Why it was left out, if it was. */
  readonly expelled?: string;
}

/** What the leader counted in one run. */
export interface LeaderCounters {
  /** From the start of the run to the last frame gathered. */
  readonly seconds: number;
  /** Of these, from the first assignment. */
  readonly computeSeconds: number;
  readonly frames: number;
  readonly shards: number;
  /** As of a worker. */
  readonly samples: number;
  readonly computedSamples: number;
  readonly iterations: number;
  /** Pixels with a sample that no error bound confirms, those found in the store among them. */
  readonly uncertain: number;
  /** Samples, or pixels painted from so many, that were found in the store. */
  readonly recalled: number;
  /** Shards assigned again. */
  readonly reissued: number;
  /** Shards assigned a second time since they took too long. */
  readonly copied: number;
  /** Shards that two workers computed to the same bytes; and those without a second worker to compare. */
  readonly verified: number;
  readonly unverified: number;
  /** Shards that were committed and computed again, since only a worker that was outvoted had computed them. */
  readonly revoked: number;
  /** Answers to assignments that had ended. */
  readonly late: number;
  /** Times that a worker was lost. */
  readonly lost: number;
  /** All workers that took part, the lost ones too. */
  readonly workers: readonly WorkerShare[];
}

/** Everything that is shown at the end of a run. */
export interface ClusterMetrics {
  readonly leader: readonly Metric[];
  /** By host:port. */
  readonly workers: ReadonlyMap<string, readonly Metric[]>;
}

/** `runtime`: the leader's runtime metrics, added after its counts. */
export function clusterMetrics(counters: LeaderCounters, runtime: readonly Metric[]): ClusterMetrics {
  const workers = counters.workers.map((share) => [share.name, shareMetrics(share)] as const);
  return { leader: [...leaderMetrics(counters), ...runtime], workers: new Map(workers) };
}

/** The leader's metrics; `time` comes first. */
export function leaderMetrics(counters: LeaderCounters): Metric[] {
  const { workers } = counters;
  const busy = sum(workers, ({ busySeconds }) => busySeconds);
  const idle = sum(workers, ({ idleSeconds }) => idleSeconds);
  const slots = sum(workers, (worker) => worker.slots);
  return [
    { name: TIME, value: counters.seconds },
    { name: '/cluster/compute:seconds', value: counters.computeSeconds },
    { name: '/cluster/frames:frames', value: counters.frames },
    { name: '/cluster/shards/done:shards', value: counters.shards },
    { name: '/cluster/shards/reissued:shards', value: counters.reissued },
    { name: '/cluster/shards/copied:shards', value: counters.copied },
    { name: '/cluster/shards/verified:shards', value: counters.verified },
    { name: '/cluster/shards/unverified:shards', value: counters.unverified },
    { name: '/cluster/shards/revoked:shards', value: counters.revoked },
    { name: '/cluster/shards/late:shards', value: counters.late },
    { name: '/cluster/samples:samples', value: counters.computedSamples },
    { name: '/cluster/samples/recalled:samples', value: counters.recalled },
    { name: '/cluster/pixels/uncertain:pixels', value: counters.uncertain },
    { name: '/cluster/iterations:iterations', value: counters.iterations },
    { name: '/cluster/iterations/rate:iterations/second', value: ratio(counters.iterations, counters.computeSeconds) },
    { name: '/cluster/net/sent:bytes', value: sum(workers, ({ sentBytes }) => sentBytes) },
    { name: '/cluster/net/received:bytes', value: sum(workers, ({ receivedBytes }) => receivedBytes) },
    { name: '/cluster/workers/used:workers', value: workers.length },
    { name: '/cluster/workers/lost:workers', value: counters.lost },
    { name: '/cluster/workers/expelled:workers', value: workers.filter(({ expelled }) => expelled).length },
    { name: '/cluster/workers/slots:slots', value: slots },
    { name: '/cluster/workers/busy:seconds', value: busy },
    { name: '/cluster/workers/idle:seconds', value: idle },
    { name: '/cluster/parallel/balance:ratio', value: balance(workers) },
    { name: '/cluster/parallel/utilization:ratio', value: ratio(busy, busy + idle) },
    { name: '/cluster/parallel/efficiency:ratio', value: ratio(busy, slots * counters.computeSeconds) },
  ];
}

/** A worker's metrics, as it counts them itself; `time` comes first. */
export function workerMetrics(counters: WorkerCounters): Metric[] {
  const { slots, seconds, busySeconds, bytesSent, bytesReceived } = counters;
  const idleSeconds = Math.max(0, slots * seconds - busySeconds);
  return [{ name: TIME, value: seconds }, ...counts(counters, idleSeconds, bytesSent, bytesReceived)];
}

/** Where both count, the leader's counts are used, so that the workers' metrics add up to the leader's. */
function shareMetrics(share: WorkerShare): Metric[] {
  const seen = counts(
    { ...share, samples: share.computedSamples },
    share.idleSeconds,
    share.receivedBytes,
    share.sentBytes,
  );
  const names = new Set(seen.map(({ name }) => name));
  const others = share.metrics.filter(({ name }) => !names.has(name));
  const first = others.filter(({ name }) => name === TIME);
  return [...first, ...seen, ...others.filter(({ name }) => name !== TIME)];
}

function counts(
  worker: Pick<WorkerShare, 'slots' | 'shards' | 'samples' | 'iterations' | 'busySeconds'>,
  idleSeconds: number,
  bytesSent: number,
  bytesReceived: number,
): Metric[] {
  return [
    { name: '/cluster/shards/done:shards', value: worker.shards },
    { name: '/cluster/samples:samples', value: worker.samples },
    { name: '/cluster/iterations:iterations', value: worker.iterations },
    { name: '/cluster/net/sent:bytes', value: bytesSent },
    { name: '/cluster/net/received:bytes', value: bytesReceived },
    { name: '/cluster/workers/slots:slots', value: worker.slots },
    { name: '/cluster/workers/busy:seconds', value: worker.busySeconds },
    { name: '/cluster/workers/idle:seconds', value: idleSeconds },
  ];
}

/**
 * Mean over maximum of the busy time of a slot, 0 to 1; a worker with more slots weighs more. 1 when no worker
 * was busy.
 */
export function balance(workers: readonly Pick<WorkerShare, 'slots' | 'busySeconds'>[]): number {
  const used = workers.filter(({ slots }) => slots > 0);
  const longest = Math.max(0, ...used.map(({ busySeconds, slots }) => busySeconds / slots));
  if (longest === 0) return 1;
  const mean = sum(used, ({ busySeconds }) => busySeconds) / sum(used, ({ slots }) => slots);
  return Math.min(1, mean / longest);
}

/** 0 when there was nothing to divide by. */
function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
