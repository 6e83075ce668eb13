/** Metrics: counted by the cluster, known by the runtime, formatted for people and programs. */

export type { ClusterMetrics, LeaderCounters, WorkerCounters, WorkerShare } from './cluster.js';
export { balance, clusterMetrics, leaderMetrics, workerMetrics } from './cluster.js';
export { formatClusterMetrics, formatMetrics, type MetricsJson, metricsJson } from './format.js';
export type { Metric } from './metric.js';
export { type RuntimeMetrics, runtimeMetrics, startRuntimeMetrics } from './runtime.js';
