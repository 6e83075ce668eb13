/** `fractal top`: jobs, workers and speed of a service, drawn again and again; plain lines where stdout is no terminal. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, JobAnswer } from '../src/client/api.js';
import { TOP_FLAGS } from '../src/request/flags/client.js';
import { type RawFlags, valuesOf } from '../src/request/values.js';
import { withService } from './client.js';
import { jobTable, queueText, type WorkerAnswer } from './client-text.js';

interface Look {
  readonly seconds: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly workers: readonly WorkerAnswer[];
  /** Those that are to be done. */
  readonly jobs: readonly JobAnswer[];
}

const SHOWN = 100;
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';

/** Ctrl-C is its usual end: exit code 0. */
export function top(flags: RawFlags): Promise<number> {
  const { interval, count = Infinity } = valuesOf(TOP_FLAGS, flags);
  const { stdout } = process;
  const drawn = stdout.isTTY === true;
  return withService(flags, async (api) => {
    let before: Look | undefined;
    try {
      for (let at = 0; at < count; at++) {
        if (at > 0) await sleep(1000 * interval, undefined, { signal: api.signal });
        const look = await lookAt(api);
        if (drawn && at === 0) stdout.write(ENTER);
        stdout.write(drawn ? screen(api, look, before, stdout) : `${line(look, before)}\n`);
        before = look;
      }
      return 0;
    } catch (error) {
      if (api.signal.aborted) return 0;
      throw error;
    } finally {
      if (drawn && before) stdout.write(LEAVE);
    }
  });
}

async function lookAt(api: Api): Promise<Look> {
  const states = 'running,pausing,queued,paused';
  const [{ jobs: counts }, { workers }, { jobs }] = await Promise.all([
    api.json<{ jobs: Readonly<Record<string, number>> }>('/v1/queue'),
    api.json<{ workers: readonly WorkerAnswer[] }>('/v1/workers'),
    api.json<{ jobs: readonly JobAnswer[] }>(`/v1/jobs?state=${states}&sort=-priority&limit=${SHOWN}`),
  ]);
  const first = (job: JobAnswer) => (job.state === 'running' || job.state === 'pausing' ? 0 : 1);
  return { seconds: performance.now() / 1000, counts, workers, jobs: [...jobs].sort((a, b) => first(a) - first(b)) };
}

/** Samples a second since the look before, of jobs that run; undefined: not known. */
function speed(look: Look, before: Look | undefined): number | undefined {
  if (!before) return undefined;
  const earlier = new Map(before.jobs.map(({ id, progress }) => [id, progress?.samplesDone ?? 0]));
  const samples = look.jobs.reduce(
    (sum, { id, progress }) => sum + Math.max(0, (progress?.samplesDone ?? 0) - (earlier.get(id) ?? 0)),
    0,
  );
  return samples / Math.max(0.001, look.seconds - before.seconds);
}

function speedText(look: Look, before: Look | undefined): string {
  const value = speed(look, before);
  return value === undefined ? '' : `${Math.round(value)} samples/s`;
}

function busySlots({ jobs }: Look): number {
  return jobs.reduce((sum, { state, progress }) => sum + (state === 'running' ? (progress?.slots ?? 0) : 0), 0);
}

function line(look: Look, before: Look | undefined): string {
  const { running = 0, queued = 0, paused = 0 } = look.counts;
  const slots = look.workers.reduce((sum, one) => sum + (one.state === 'ready' ? one.slots : 0), 0);
  const text = `${running} running, ${queued} queued, ${paused} paused, ${busySlots(look)} slots in use of ${slots}`;
  return [new Date().toISOString(), text, speedText(look, before)].filter((part) => part !== '').join('  ');
}

function screen(api: Api, look: Look, before: Look | undefined, size: { rows?: number; columns?: number }): string {
  const { rows = 24, columns = 80 } = size;
  const head = `fractal ${api.url}  ${new Date().toTimeString().slice(0, 8)}  ${speedText(look, before)}`;
  const jobs = look.jobs.length > 0 ? jobTable(look.jobs) : ['no jobs to be done'];
  const lines = [head, ...queueText({ jobs: look.counts }, look.workers), '', ...jobs].slice(0, rows - 1);
  return `\x1b[H${lines.map((one) => `${one.slice(0, columns)}\x1b[K`).join('\n')}\n\x1b[J`;
}
