/** `fractal leader`: renders, and prints the progress and the files that it wrote. */

import type { AppEvent } from '../src/app/events.js';
import type { LocalWorkers } from '../src/app/local-workers.js';
import { plan } from '../src/app/plan.js';
import { render } from '../src/app/render.js';
import type { WorkerSource } from '../src/app/worker-source.js';
import { FractalError } from '../src/errors.js';
import { startRuntimeMetrics } from '../src/metrics/index.js';
import { interrupts } from './interrupts.js';
import { gatheredLines } from './lines.js';
import type { LeaderOptions } from './options.js';
import { planText } from './plan.js';
import { type Reporter, reporter } from './report.js';
import { type Kept, keptLine } from './summary.js';
import { terminal } from './terminal.js';

/** `local`: workers in this process, started early, since starting takes time. Resolves to the exit code. */
export async function leader(
  options: LeaderOptions,
  source: WorkerSource,
  local: LocalWorkers | undefined,
): Promise<number> {
  if (options.cluster.dryRun) return printPlan(options, source);
  try {
    return await renderAndReport(options, source, local);
  } finally {
    if (options.report.forceExit) {
      // A graphics device is closed first.
      await local?.close();
      setImmediate(() => process.exit());
    }
  }
}

async function printPlan(options: LeaderOptions, source: WorkerSource): Promise<number> {
  const { emit } = terminal(process.stderr, options.report.verbosity);
  process.stdout.write(planText(await plan(options, source, { emit, signal: new AbortController().signal })));
  return 0;
}

async function renderAndReport(
  options: LeaderOptions,
  { hosts, file, access }: WorkerSource,
  local: LocalWorkers | undefined,
): Promise<number> {
  const { request, notes, store, cluster, report } = options;
  const runtime = startRuntimeMetrics();
  const stop = interrupts(report.timeoutSeconds, () => local?.device ?? false);
  const screen = terminal(process.stderr, report.verbosity);
  let reports: Reporter | undefined;
  let kept: Kept = { samplesDone: 0, samples: 0, store: 'none', folder: store.folder };
  const emit = (event: AppEvent) => {
    screen.emit(event);
    if (event.kind === 'kept') kept = { ...event, folder: store.folder };
    if (event.kind !== 'gathered') return;
    for (const line of gatheredLines(event)) screen.show(line);
    screen.close();
    reports?.gathered(event);
  };
  try {
    reports = await reporter({ ...report, outfiles: request.outfiles, signal: stop.signal }, screen, runtime);
    const order = { request, notes, store, cluster, metrics: report.metrics !== false };
    const workers = { hosts, ...(file === undefined ? {} : { file }), access, local };
    const rendered = await render(order, workers, { emit, signal: stop.signal });
    screen.close();
    await reports.finished(rendered);
    return 0;
  } catch (error) {
    throw stop.signal.aborted ? interruption(stop.signal.reason, keptLine(kept)) : error;
  } finally {
    await reports?.discard();
    runtime.stop();
    stop.release();
    screen.close();
  }
}

/** The reason why a run was ended from outside, with a note of the samples that are kept. */
function interruption(reason: unknown, kept: string): unknown {
  if (!(reason instanceof FractalError)) return reason;
  return new FractalError(reason.code, `${reason.message}; ${kept}`, { cause: reason });
}
