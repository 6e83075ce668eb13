/** What a run reports of itself: metrics when the last frame is gathered, files, a JSON line and a summary at the end. */

import { FractalError } from '../src/errors.js';
import type { Report } from '../src/leader/job/ledger.js';
import { clusterMetrics, formatClusterMetrics, metricsJson, type RuntimeMetrics } from '../src/metrics/index.js';
import type { Written } from '../src/render/output.js';
import { streamTarget } from '../src/render/stream-target.js';
import { type Temporary, temporary, writePieces } from '../src/render/temporary.js';
import { writeError } from '../src/render/write-error.js';
import type { Request } from '../src/request.js';
import type { ReportOptions } from './flags.js';
import { summaryLine } from './summary.js';

export interface Reporter {
  gathered(outcome: Report): void;
  /** `uncertain`: as in a report, where nothing was gathered. Throws DISK when the metrics cannot be written to their end. */
  finished(request: Request, files: readonly Written[], uncertain?: number): Promise<void>;
  /** Removes what is incomplete. Does nothing after `finished`. */
  discard(): Promise<void>;
}

/** A line for the user when pixels are uncertain. pixels: of the whole job. */
export function uncertainty(uncertain: number, pixels: number): string[] {
  if (uncertain === 0) return [];
  const which = `${uncertain} of ${pixels} pixels ${uncertain > 1 ? 'are' : 'is'} uncertain`;
  return [`note: ${which}: exact iteration would take too long; --exact computes ${uncertain > 1 ? 'them' : 'it'}`];
}

export interface ReporterOptions extends ReportOptions {
  /** Of the picture: what would be printed goes to stderr when the picture itself goes to stdout. */
  readonly outfile: string;
  /** Shows a line to the user. */
  note(line: string): void;
  readonly signal: AbortSignal;
}

const STDOUT = 1;

/**
 * Times count from the start of the process, as performance.now() does. Throws OUTFILE_UNWRITABLE when the file of
 * metrics cannot be made.
 */
export async function reporter(options: ReporterOptions, runtime: RuntimeMetrics): Promise<Reporter> {
  const { metricsFile, outfile, note, signal } = options;
  const target = await streamTarget(outfile);
  const out = target && 'receive' in target && target.descriptor === STDOUT ? process.stderr : process.stdout;
  const file = metricsFile === undefined ? undefined : await temporary(metricsFile, { note, signal });
  let outcome: Report | undefined;
  let metrics = '';
  return {
    gathered(result) {
      // The user's clock began before the run did.
      outcome = { ...result, seconds: performance.now() / 1000 };
      if (!options.metrics) return;
      const all = clusterMetrics(outcome, runtime.read());
      const text = options.metrics === 'json' ? JSON.stringify(metricsJson(all)) : formatClusterMetrics(all).join('\n');
      metrics = `${text}\n`;
      if (!file) out.write(metrics);
    },
    async finished(request, files, uncertain) {
      if (options.json) out.write(`${JSON.stringify(summary(request, files, { uncertain, ...outcome }))}\n`);
      else if (!options.quiet) for (const { path } of files) out.write(`${path}\n`);
      note(summaryLine(request, files, outcome, performance.now() / 1000));
      if (file) await publish(metricsFile as string, file, metrics);
    },
    discard: async () => file?.discard(),
  };
}

async function publish(name: string, file: Temporary, text: string): Promise<void> {
  try {
    await writePieces(file.path, [Buffer.from(text)]);
    await file.publish();
  } catch (error) {
    const reason = await writeError(name, file.path, error);
    if (!(reason instanceof FractalError) || reason.code !== 'ENCODER_FAILED') throw reason;
    throw new FractalError('DISK', reason.message, { cause: error });
  }
}

function summary(
  request: Request,
  files: readonly Written[],
  outcome: Partial<Omit<Report, 'uncertain'>> & { readonly uncertain: number | undefined },
): object {
  const { width, height, film, iterations } = request;
  return {
    files: files.map(({ path }) => path),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    replaced: files.filter(({ replaced }) => replaced).length,
    width,
    height,
    frames: film.frames,
    iterationLimit: iterations,
    seconds: performance.now() / 1000,
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
    workers: outcome.workers?.map(({ metrics: _, ...worker }) => worker),
  };
}
