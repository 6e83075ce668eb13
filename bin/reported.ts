/** A run that renders, with what is printed of it: progress, lines, metrics, files; or what is kept of it when it is ended. */

import type { AppEvent, Emit } from '../src/app/events.js';
import { nameOf, type StoreOptions } from '../src/app/kept-place.js';
import type { Context } from '../src/app/stage.js';
import { FractalError } from '../src/errors.js';
import { startRuntimeMetrics } from '../src/metrics/index.js';
import { gatheredLines } from './lines.js';
import { type Reporter, type ReporterOptions, reporter } from './report.js';
import { type Finished, type Kept, keptLine } from './summary.js';
import { terminal } from './terminal.js';

export interface ReportedOptions extends ReporterOptions {
  readonly store: StoreOptions;
  /** Lines on how it is rendered are shown. */
  readonly notes: boolean;
  readonly hear?: Emit;
}

/** `run`: renders. @throws what it throws; of an ended run the reason, with what is kept */
export async function reported(
  { store, notes, hear, ...report }: ReportedOptions,
  run: (context: Context) => Promise<Omit<Finished, 'outcome' | 'seconds'>>,
): Promise<void> {
  const { signal } = report;
  const runtime = startRuntimeMetrics();
  const screen = terminal(process.stderr, report.verbosity);
  let reports: Reporter | undefined;
  const place = store.place && nameOf(store.place);
  let kept: Kept = { samplesDone: 0, samples: 0, store: 'none', place };
  const emit = (event: AppEvent) => {
    const isNote = event.kind === 'log' && event.level === 'info';
    if (notes || !isNote || report.verbosity === 'debug') screen.emit(event);
    hear?.(event);
    if (event.kind === 'kept') kept = { ...event, place };
    if (event.kind !== 'gathered') return;
    for (const line of gatheredLines(event)) screen.show(line);
    screen.without(() => reports?.gathered(event));
  };
  try {
    reports = await reporter(report, screen, runtime);
    const rendered = await run({ emit, signal });
    screen.close();
    await reports.finished(rendered);
  } catch (error) {
    throw signal.aborted ? interruption(signal.reason, keptLine(kept)) : error;
  } finally {
    await reports?.discard();
    runtime.stop();
    screen.close();
  }
}

/** The reason why a run was ended from outside, with a note of the samples that are kept. */
function interruption(reason: unknown, kept: string): unknown {
  if (!(reason instanceof FractalError)) return reason;
  return new FractalError(reason.code, `${reason.message}; ${kept}`, { cause: reason });
}
