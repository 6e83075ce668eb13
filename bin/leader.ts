/** `fractal leader`: renders, and prints the progress and the files that it wrote. */

import type { Emit } from '../src/app/events.js';
import { type FrameLog, openFrameLog } from '../src/app/frame-log.js';
import type { LocalWorkers } from '../src/app/local-workers.js';
import { plan } from '../src/app/plan.js';
import { previewOf, sheetOf } from '../src/app/preview.js';
import { type RenderOrder, type RenderWorkers, render } from '../src/app/render.js';
import type { WorkerSource } from '../src/app/worker-source.js';
import type { RawFlags } from '../src/request/values.js';
import { interrupts } from './interrupts.js';
import type { LeaderOptions } from './options.js';
import { planText } from './plan.js';
import { type ReporterOptions, seconds } from './report.js';
import { reported } from './reported.js';
import { terminal } from './terminal.js';

/** `local`: workers in this process, started early, since starting takes time. Resolves to the exit code. */
export async function leader(
  options: LeaderOptions,
  source: WorkerSource,
  local: LocalWorkers | undefined,
): Promise<number> {
  if (options.cluster.dryRun) return printPlan(options, source);
  try {
    const { hosts, file, access } = source;
    const workers = { hosts, ...(file === undefined ? {} : { file }), access, local };
    return await (options.start ? renderAtStart(options, options.start, workers) : renderAndReport(options, workers));
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

/** What ends the run ends the waiting, too; its time limit begins with the job. */
async function renderAtStart(
  options: LeaderOptions,
  start: NonNullable<LeaderOptions['start']>,
  workers: RenderWorkers,
): Promise<number> {
  const { whenStarted } = await import('../src/app/wait-start.js');
  const { emit } = terminal(process.stderr, options.report.verbosity);
  const stop = interrupts(0, () => workers.local?.device ?? false);
  const { listen, ...cluster } = options.cluster;
  const waiting = {
    ...start,
    cluster: options.cluster,
    order: (flags: RawFlags) => ({ ...options.with(flags), cluster }),
  };
  try {
    return await whenStarted(waiting, workers, { emit, signal: stop.signal }, ({ order, fleet, hear }) => {
      stop.release();
      return renderAndReport(order, { ...workers, fleet }, hear);
    });
  } finally {
    stop.release();
  }
}

/** One after another: previews, then what was asked for. All but the last one print their warnings, progress and file only. */
async function renderAndReport(options: LeaderOptions, workers: RenderWorkers, hear?: Emit): Promise<number> {
  const { report } = options;
  const stop = interrupts(report.timeoutSeconds, () => workers.local?.device ?? false);
  try {
    const orders = ordersOf(options);
    for (const [k, order] of orders.entries()) {
      const isLast = k === orders.length - 1;
      const reports = isLast
        ? report
        : { ...report, metrics: false as const, metricsFile: undefined, frameLog: undefined };
      const since = k === 0 ? 0 : seconds();
      await renderOne(
        order,
        workers,
        { ...reports, since, results: isLast || !report.json },
        stop.signal,
        isLast,
        hear,
      );
    }
    return 0;
  } finally {
    stop.release();
  }
}

/** @throws FractalError REQUEST_INVALID for previews that cannot be named */
function ordersOf({ request, notes, store, cluster, report, previews }: LeaderOptions): RenderOrder[] {
  const wanted = [
    ...(previews.sheet === undefined ? [] : [sheetOf(request, previews.sheet)]),
    ...(previews.preview ? [{ request: previewOf(request) }] : []),
    ...(previews.only ? [] : [{ request }]),
  ];
  return wanted.map((one, k) => {
    const metrics = report.metrics !== false && k === wanted.length - 1;
    return { ...one, notes, store, cluster, metrics, warned: k > 0 };
  });
}

/** `notes`: lines on how it is rendered are shown. */
async function renderOne(
  order: RenderOrder,
  workers: RenderWorkers,
  report: Omit<ReporterOptions, 'outfiles' | 'signal'>,
  signal: AbortSignal,
  notes: boolean,
  hear?: Emit,
): Promise<void> {
  const { request, store } = order;
  let frames: FrameLog | undefined;
  const hearing = { ...report, outfiles: request.outfiles, signal, store, notes, ...(hear ? { hear } : {}) };
  try {
    await reported(hearing, (context) => {
      if (report.frameLog !== undefined) frames = openFrameLog(report.frameLog, context.emit);
      const wrote = frames?.wrote;
      return render({ ...order, ...(wrote ? { wrote } : {}) }, workers, context);
    });
  } finally {
    frames?.close();
  }
}
