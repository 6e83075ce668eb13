/** `fractal worker`: prints what happens on it, and ends it at a signal. */

import type { AppEvent, WorkerEvent } from '../src/app/events.js';
import { type RunningWorker, startWorker, type WorkerOptions } from '../src/app/worker.js';
import { addressText } from '../src/cluster/transport.js';
import { oneLine } from '../src/errors.js';
import { formatMetrics, type Metric, metricsJson } from '../src/metrics/index.js';
import { exitAtOnce } from './exit.js';
import { SIGNALS } from './interrupts.js';
import { eventLine } from './lines.js';
import { shows, type Verbosity } from './verbosity.js';

export interface WorkerReports {
  readonly verbosity: Verbosity;
  /** Print the metrics of each session when it ends, whatever the verbosity. */
  readonly metrics: false | 'text' | 'json';
}

/**
 * Ends the process after SIGINT, SIGTERM or SIGHUP: with exit code 0 once the assigned shards are finished, at a second
 * signal at once. @throws FractalError NO_LEADER
 */
export async function worker(options: WorkerOptions, reports: WorkerReports): Promise<never> {
  const { signal } = new AbortController();
  const running = await startWorker(options, { emit: printer(reports), signal });
  const stop = () => {
    // When no shard is left, threads and drivers are closed in order all the same.
    if (running.drained) return;
    if (running.draining) exitAtOnce(running.device);
    running.drain();
  };
  for (const name of SIGNALS) process.on(name, stop);
  if (shows(reports.verbosity, { level: 'info' })) process.stdout.write(`${readyLine(running)}\n`);
  await running.ended;
  // Node gives signals their default action back while it takes a process down at its own pace: one that comes then would
  // end the process in place of the exit code.
  process.exit(0);
}

function readyLine({ address, slots, kernel, povray }: RunningWorker): string {
  const kernels = `${kernel === 'auto' ? 'all kernels' : kernel}${povray ? ', POV-Ray scenes' : ''}`;
  return `worker ${addressText(address)}: ready, ${slots} slot${slots > 1 ? 's' : ''}, ${kernels}`;
}

/** Lines go to stdout, warnings to stderr. */
function printer({ verbosity, metrics }: WorkerReports): (event: AppEvent) => void {
  let reported = false;
  const print = (worker: string, figures: readonly Metric[]) => {
    reported = true;
    const json = () => JSON.stringify(metricsJson({ leader: [], workers: new Map([[worker, figures]]) }).workers);
    const lines = metrics === 'json' ? [json()] : formatMetrics(`WORKER ${worker}`, figures);
    for (const line of lines) process.stdout.write(`${line}\n`);
  };
  const printMetrics = (event: WorkerEvent) => {
    if (event.state === 'job-done' && (metrics || (event.wanted && shows(verbosity, { level: 'info' }))))
      print(event.worker, event.metrics);
    if (event.state === 'job-ended' && metrics) print(event.worker, event.metrics);
    if (event.state === 'ended' && metrics && !reported) print(event.worker, event.metrics);
  };
  return (event) => {
    if (event.kind === 'worker') printMetrics(event);
    const line = eventLine(event);
    if (!line || !shows(verbosity, line)) return;
    const stream = line.level === 'warn' ? process.stderr : process.stdout;
    stream.write(`${oneLine(line.text)}\n`);
  };
}
