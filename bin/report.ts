/** What is printed of a run on stdout: metrics when the last frame is gathered, then files or one line of JSON. */

import type { GatheredEvent } from '../src/app/events.js';
import { isStandardOutput, openTextFile, type TextFile } from '../src/app/text-file.js';
import { clusterMetrics, formatClusterMetrics, metricsJson, type RuntimeMetrics } from '../src/metrics/index.js';
import type { ReportOptions } from './options.js';
import { type Finished, summaryJson, summaryLine } from './summary.js';
import type { Terminal } from './terminal.js';
import { shows } from './verbosity.js';

export interface Reporter {
  gathered(event: GatheredEvent): void;
  /** Throws DISK when the metrics cannot be written to their end. */
  finished(run: Pick<Finished, 'request' | 'files' | 'uncertain' | 'keyframes' | 'sheetFrames'>): Promise<void>;
  /** Removes what is incomplete. Does nothing after `finished`. */
  discard(): Promise<void>;
}

/** Of the picture: results are printed to stderr when the picture itself goes to stdout. */
export interface ReporterOptions extends ReportOptions {
  readonly outfiles: readonly string[];
  readonly signal: AbortSignal;
  /** When the run began, in seconds since the process started; absent: with it. */
  readonly since?: number;
  /** Paths or JSON are printed at the end; absent: they are. */
  readonly results?: boolean;
}

/** Seconds since the process started: the time that a user waits includes the start of the program. */
export function seconds(): number {
  return performance.now() / 1000;
}

/** Throws OUTFILE_UNWRITABLE when the file of metrics cannot be made. */
export async function reporter(
  options: ReporterOptions,
  terminal: Terminal,
  runtime: RuntimeMetrics,
): Promise<Reporter> {
  const { outfiles, metricsFile, signal, verbosity, since = 0, results = true } = options;
  const out = (await Promise.all(outfiles.map(isStandardOutput))).includes(true) ? process.stderr : process.stdout;
  const file: TextFile | undefined =
    metricsFile === undefined ? undefined : await openTextFile(metricsFile, { emit: terminal.emit, signal });
  let outcome: GatheredEvent['report'] | undefined;
  let metrics = '';
  return {
    gathered({ report }) {
      outcome = { ...report, seconds: seconds() - since };
      if (!options.metrics) return;
      const all = clusterMetrics(outcome, runtime.read());
      const text = options.metrics === 'json' ? JSON.stringify(metricsJson(all)) : formatClusterMetrics(all).join('\n');
      metrics = `${text}\n`;
      if (!file) out.write(metrics);
    },
    async finished(run) {
      const all = { ...run, outcome, seconds: seconds() - since };
      if (options.json && results) out.write(`${JSON.stringify(summaryJson(all))}\n`);
      else if (results && shows(verbosity, { level: 'info' })) for (const { path } of run.files) out.write(`${path}\n`);
      terminal.show({ level: 'info', text: summaryLine(all) });
      await file?.publish(metrics);
    },
    discard: async () => file?.discard(),
  };
}
