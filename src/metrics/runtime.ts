/**
 * Metrics of Node, under Go's names (https://pkg.go.dev/runtime/metrics) where they have the same meaning, else under
 * names of this program. Those of V8 and the event loop are of the calling thread, the others of the process. Garbage
 * collections and the delay of the loop have to be watched while they happen: observers cost a timer of libuv and one callback
 * a collection, and never keep the process alive.
 */

import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import {
  constants,
  createHistogram,
  type EventLoopUtilization,
  monitorEventLoopDelay,
  type PerformanceEntry,
  PerformanceObserver,
  performance,
  type RecordableHistogram,
} from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { flatten, type Metric } from './metric.js';

/** The metrics that need no observer: memory and counts of the operating system, since the process began. */
export function runtimeMetrics(): Metric[] {
  const heap = getHeapStatistics();
  const memory = process.memoryUsage();
  const usage = process.resourceUsage();
  const threads = threadCount();
  const cores = availableParallelism();
  const uptime = process.uptime();
  const [user, system] = [usage.userCPUTime / 1e6, usage.systemCPUTime / 1e6];
  const total = cores * uptime;
  return [
    { name: '/cpu/classes/total:cpu-seconds', value: total },
    { name: '/cpu/classes/user:cpu-seconds', value: user },
    { name: '/cpu/classes/system:cpu-seconds', value: system },
    { name: '/cpu/classes/idle:cpu-seconds', value: Math.max(0, total - user - system) },
    { name: '/gc/heap/objects:bytes', value: heap.used_heap_size },
    { name: '/gc/heap/limit:bytes', value: heap.heap_size_limit },
    { name: '/memory/classes/heap/objects:bytes', value: heap.used_heap_size },
    { name: '/memory/classes/heap/unused:bytes', value: Math.max(0, heap.total_heap_size - heap.used_heap_size) },
    { name: '/memory/classes/heap/total:bytes', value: heap.total_heap_size },
    { name: '/memory/classes/other:bytes', value: Math.max(0, memory.rss - heap.total_heap_size) },
    { name: '/memory/classes/total:bytes', value: memory.rss },
    { name: '/memory/external:bytes', value: memory.external },
    { name: '/memory/array-buffers:bytes', value: memory.arrayBuffers },
    { name: '/process/memory/resident-max:bytes', value: usage.maxRSS * 1024 },
    { name: '/process/page-faults/minor:faults', value: usage.minorPageFault },
    { name: '/process/page-faults/major:faults', value: usage.majorPageFault },
    { name: '/process/context-switches/voluntary:switches', value: usage.voluntaryContextSwitches },
    { name: '/process/context-switches/involuntary:switches', value: usage.involuntaryContextSwitches },
    { name: '/process/cpus:cpus', value: cores },
    ...(threads === undefined ? [] : [{ name: '/process/threads:threads', value: threads }]),
    { name: '/process/uptime:seconds', value: uptime },
    { name: '/sched/gomaxprocs:threads', value: cores },
  ];
}

/** Threads of the whole process; only Linux reports it. */
function threadCount(): number | undefined {
  try {
    return readdirSync('/proc/self/task').length;
  } catch {
    return undefined;
  }
}

export interface RuntimeMetrics {
  /** The metrics of runtimeMetrics(), now, and those observed since the start, or between start and `stop`. */
  read(): Metric[];
  stop(): void;
}

/** Milliseconds between two measurements of the clock. */
const RESOLUTION_MS = 10;
const {
  NODE_PERFORMANCE_GC_MAJOR,
  NODE_PERFORMANCE_GC_MINOR,
  NODE_PERFORMANCE_GC_INCREMENTAL,
  NODE_PERFORMANCE_GC_FLAGS_FORCED,
} = constants;

type Collection = PerformanceEntry & { readonly detail: { readonly kind: number; readonly flags: number } };

/** A collection is counted in a later turn of the event loop. */
export function startRuntimeMetrics(): RuntimeMetrics {
  const cycles = { minor: 0, major: 0, incremental: 0, forced: 0 };
  const pauses = createHistogram();
  let pausedMs = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration, detail } of list.getEntries() as Collection[]) {
      const { kind, flags } = detail;
      pausedMs += duration;
      pauses.record(Math.max(1, Math.round(duration * 1e6)));
      if (kind === NODE_PERFORMANCE_GC_INCREMENTAL) cycles.incremental++;
      // Steps of incremental marking and weak callbacks pause, too, but complete no cycle.
      if (kind !== NODE_PERFORMANCE_GC_MAJOR && kind !== NODE_PERFORMANCE_GC_MINOR) continue;
      cycles[kind === NODE_PERFORMANCE_GC_MAJOR ? 'major' : 'minor']++;
      if ((flags & NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0) cycles.forced++;
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const before = performance.eventLoopUtilization();
  let stopped: EventLoopUtilization | undefined;

  return {
    read() {
      const loop = stopped ?? performance.eventLoopUtilization(before);
      const total = cycles.minor + cycles.major;
      return [
        ...runtimeMetrics(),
        { name: '/cpu/classes/gc/total:cpu-seconds', value: pausedMs / 1000 },
        { name: '/gc/cycles/automatic:gc-cycles', value: total - cycles.forced },
        { name: '/gc/cycles/forced:gc-cycles', value: cycles.forced },
        { name: '/gc/cycles/minor:gc-cycles', value: cycles.minor },
        { name: '/gc/cycles/major:gc-cycles', value: cycles.major },
        { name: '/gc/cycles/incremental:gc-cycles', value: cycles.incremental },
        { name: '/gc/cycles/total:gc-cycles', value: total },
        ...flatten('/gc/pauses:seconds', { ...quantiles(pauses, 0), sum: pausedMs / 1000 }),
        // The recorded values are times between measurements: the delay is the part beyond the resolution.
        ...flatten('/sched/latencies:seconds', quantiles(delay, RESOLUTION_MS * 1e6)),
        { name: '/sched/loop/active:seconds', value: loop.active / 1000 },
        { name: '/sched/loop/idle:seconds', value: loop.idle / 1000 },
        { name: '/sched/loop/utilization:ratio', value: loop.utilization },
      ];
    },
    stop() {
      stopped ??= performance.eventLoopUtilization(before);
      observer.disconnect();
      delay.disable();
    },
  };
}

/** Seconds from a histogram of nanoseconds, `base` taken off each; zeros while it is empty. */
function quantiles(histogram: Pick<RecordableHistogram, 'count' | 'max' | 'percentile'>, base: number) {
  const { count } = histogram;
  const seconds = (nanoseconds: number) => (count === 0 ? 0 : Math.max(0, nanoseconds - base) / 1e9);
  return {
    count,
    p50: seconds(histogram.percentile(50)),
    p90: seconds(histogram.percentile(90)),
    p99: seconds(histogram.percentile(99)),
    max: seconds(histogram.max),
  };
}
