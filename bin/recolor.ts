/** `fractal recolor`: paints samples of the store, and prints what it made. */

import { recolor as paint } from '../src/app/recolor.js';
import { startRuntimeMetrics } from '../src/metrics/index.js';
import { interrupts } from './interrupts.js';
import { uncertainLines } from './lines.js';
import type { LeaderOptions } from './options.js';
import { type Reporter, reporter } from './report.js';
import { terminal } from './terminal.js';

/** Resolves to the exit code. */
export async function recolor(options: LeaderOptions): Promise<number> {
  const { request, report } = options;
  const runtime = startRuntimeMetrics();
  const stop = interrupts(report.timeoutSeconds);
  const screen = terminal(process.stderr, report.verbosity);
  let reports: Reporter | undefined;
  try {
    reports = await reporter({ ...report, outfiles: request.outfiles, signal: stop.signal }, screen, runtime);
    const painted = await paint(options, { emit: screen.emit, signal: stop.signal });
    for (const line of uncertainLines(painted.uncertain, painted.pixels)) screen.show(line);
    await reports.finished(painted);
    return 0;
  } finally {
    await reports?.discard();
    runtime.stop();
    stop.release();
    screen.close();
  }
}
