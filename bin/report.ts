/** What a run says of itself: metrics when the last frame is gathered, files or a JSON line at the end. */

import { writeFileSync } from 'node:fs';
import { FractalError, messageOf } from '../src/errors.js';
import type { Report } from '../src/leader/ledger.js';
import { clusterMetrics, formatClusterMetrics, metricsJson, type RuntimeMetrics } from '../src/metrics/index.js';
import type { Request } from '../src/request.js';
import type { ReportOptions } from './flags.js';

export interface Reporter {
  gathered(outcome: Report): void;
  /** `uncertain`: as in a report, where nothing was gathered. */
  finished(request: Request, files: readonly string[], uncertain?: number): void;
}

/** A line for the user when pixels are uncertain. pixels: of the whole job. */
export function uncertainty(uncertain: number, pixels: number): string[] {
  if (uncertain === 0) return [];
  const which = `${uncertain} of ${pixels} pixels ${uncertain > 1 ? 'are' : 'is'} uncertain`;
  return [`note: ${which}: exact iteration would take too long; --exact computes ${uncertain > 1 ? 'them' : 'it'}`];
}

/** `startedAt`: of the program, on the clock of performance.now(). */
export function reporter(options: ReportOptions, runtime: RuntimeMetrics, startedAt: number): Reporter {
  let outcome: Report | undefined;
  return {
    gathered(result) {
      // The user's clock began before the run did.
      outcome = { ...result, seconds: (performance.now() - startedAt) / 1000 };
      if (options.metrics) print(outcome, options, runtime);
    },
    finished(request, files, uncertain) {
      const found = { uncertain, ...outcome };
      if (options.json) process.stdout.write(`${JSON.stringify(summary(request, files, found, startedAt))}\n`);
      else if (!options.quiet) for (const file of files) process.stdout.write(`${file}\n`);
    },
  };
}

function print(outcome: Report, { metrics, metricsFile }: ReportOptions, runtime: RuntimeMetrics): void {
  const all = clusterMetrics(outcome, runtime.read());
  const text = metrics === 'json' ? JSON.stringify(metricsJson(all)) : formatClusterMetrics(all).join('\n');
  if (metricsFile === undefined) {
    process.stdout.write(`${text}\n`);
    return;
  }
  try {
    writeFileSync(metricsFile, `${text}\n`);
  } catch (error) {
    throw new FractalError('OUTFILE_UNWRITABLE', `${metricsFile} cannot be written: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function summary(
  request: Request,
  files: readonly string[],
  outcome: Partial<Omit<Report, 'uncertain'>> & { readonly uncertain: number | undefined },
  startedAt: number,
): object {
  const { width, height, film, iterations } = request;
  return {
    files,
    width,
    height,
    frames: film.frames,
    iterationLimit: iterations,
    seconds: (performance.now() - startedAt) / 1000,
    gatheredSeconds: outcome.seconds,
    shards: outcome.shards,
    samples: outcome.samples,
    recalled: outcome.recalled,
    iterations: outcome.iterations,
    uncertain: outcome.uncertain,
    reissued: outcome.reissued,
    copied: outcome.copied,
    late: outcome.late,
    verified: outcome.verified,
    unverified: outcome.unverified,
    revoked: outcome.revoked,
    lost: outcome.lost,
    workers: outcome.workers?.map(({ figures: _, ...worker }) => worker),
  };
}
