/**
 * How fast jobs and workers were lately, for charts. In memory, and bounded: ten minutes and a day of the service, and what
 * the latest jobs did. It reads runs at fixed times, so that it costs the same whatever they report.
 */

import type { Point } from './point.js';
import type { WorkerPart } from './run.js';
import { Series } from './series.js';

export interface Meter {
  /** `read`: what each worker has done for it so far. */
  begun(id: string, read: () => readonly WorkerPart[]): void;
  ended(id: string): void;
  /** One point each two seconds. */
  readonly recent: readonly Point[];
  /** One point each five minutes, the mean of this time. */
  readonly day: readonly Point[];
  /** What jobs that run or ran lately did. undefined: not kept. */
  jobs(id: string): JobHistory | undefined;
  /** By name, those that computed lately. */
  workers(): ReadonlyMap<string, WorkerRate>;
  /** Calls `act` after each point. Returns a function that ends this. */
  watch(act: () => void): () => void;
  close(): void;
}

export interface JobHistory {
  /** Of the latest attempt, sums since its begin. */
  readonly points: readonly JobPoint[];
  readonly workers: readonly WorkerPart[];
}

export interface JobPoint {
  readonly time: number;
  readonly shards: number;
  readonly samples: number;
}

export interface WorkerRate {
  readonly samplesPerSecond: number;
  readonly busySlots: number;
}

export interface MeterOptions {
  /** The number of jobs that wait. */
  waiting(): Promise<number>;
  /** Milliseconds since 1970. */
  now(): number;
  failed(error: unknown): void;
}

const POINT_MS = 2_000;
const RECENT = 300;
const TOGETHER = 150;
const DAY = 288;
const JOBS = 200;
const JOB_POINTS = 240;

interface Run {
  readonly read: (() => readonly WorkerPart[]) | undefined;
  readonly points: Series<JobPoint>;
  workers: readonly WorkerPart[];
}

export function openMeter({ waiting, now, failed }: MeterOptions): Meter {
  const runs = new Map<string, Run>();
  const watchers = new Set<() => void>();
  const recent: Point[] = [];
  const day: Point[] = [];
  let gathered: Point[] = [];
  /** Since the latest point. */
  let work = new Map<string, { samples: number; busySeconds: number }>();
  let rates: ReadonlyMap<string, WorkerRate> = new Map();
  let latest = now();

  function take(id: string, { read, points, workers: before }: Run): void {
    if (!read) return;
    const workers = read();
    const known = new Map(before.map((one) => [one.name, one]));
    for (const { name, samples, busySeconds } of workers) {
      const sum = work.get(name) ?? { samples: 0, busySeconds: 0 };
      const earlier = known.get(name);
      // Revoked shards are subtracted.
      sum.samples += Math.max(0, samples - (earlier?.samples ?? 0));
      sum.busySeconds += Math.max(0, busySeconds - (earlier?.busySeconds ?? 0));
      work.set(name, sum);
    }
    points.add({ time: now(), ...sumOf(workers) });
    runs.set(id, { read, points, workers });
  }

  async function point(): Promise<void> {
    const running = [...runs].filter(([, { read }]) => read);
    for (const [id, run] of running) take(id, run);
    const time = now();
    const seconds = Math.max(0.001, (time - latest) / 1000);
    latest = time;
    rates = new Map(
      [...work].map(([name, { samples, busySeconds }]) => [
        name,
        { samplesPerSecond: samples / seconds, busySlots: busySeconds / seconds },
      ]),
    );
    work = new Map();
    const all = [...rates.values()];
    const next: Point = {
      time,
      waiting: await waiting(),
      running: running.length,
      samplesPerSecond: all.reduce((sum, one) => sum + one.samplesPerSecond, 0),
      busySlots: all.reduce((sum, one) => sum + one.busySlots, 0),
    };
    push(recent, next, RECENT);
    if (gathered.push(next) === TOGETHER) {
      push(day, meanOf(gathered), DAY);
      gathered = [];
    }
    for (const act of watchers) act();
  }

  const timer = setInterval(() => point().catch(failed), POINT_MS);
  return {
    ...{ recent, day },
    begun(id, read) {
      runs.delete(id);
      const points = new Series<JobPoint>(JOB_POINTS);
      points.add({ time: now(), shards: 0, samples: 0 });
      runs.set(id, { read, points, workers: [] });
      const over = [...runs].filter(([, run]) => !run.read).slice(0, Math.max(0, runs.size - JOBS));
      for (const [old] of over) runs.delete(old);
    },
    ended(id) {
      const run = runs.get(id);
      if (!run) return;
      take(id, run);
      runs.set(id, { ...(runs.get(id) as Run), read: undefined });
    },
    jobs(id) {
      const run = runs.get(id);
      if (!run) return undefined;
      const workers = run.read?.() ?? run.workers;
      const points = run.read ? [...run.points.values, { time: now(), ...sumOf(workers) }] : run.points.values;
      return { points, workers };
    },
    workers: () => rates,
    watch(act) {
      watchers.add(act);
      return () => watchers.delete(act);
    },
    close() {
      clearInterval(timer);
      watchers.clear();
    },
  };
}

function sumOf(workers: readonly WorkerPart[]): Omit<JobPoint, 'time'> {
  return {
    shards: workers.reduce((sum, one) => sum + one.shards, 0),
    samples: workers.reduce((sum, one) => sum + one.samples, 0),
  };
}

function meanOf(points: readonly Point[]): Point {
  const mean = (of: (one: Point) => number) => points.reduce((sum, one) => sum + of(one), 0) / points.length;
  return {
    time: (points.at(-1) as Point).time,
    waiting: mean(({ waiting }) => waiting),
    running: mean(({ running }) => running),
    samplesPerSecond: mean(({ samplesPerSecond }) => samplesPerSecond),
    busySlots: mean(({ busySlots }) => busySlots),
  };
}

function push<T>(list: T[], one: T, most: number): void {
  list.push(one);
  if (list.length > most) list.shift();
}
