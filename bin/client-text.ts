/** Jobs and workers of a service as lines of text. */

import type { JobAnswer } from '../src/client/api.js';
import { oneLine } from '../src/errors.js';

export interface WorkerAnswer {
  readonly name: string;
  readonly state: string;
  readonly slots: number;
  readonly reason?: string;
}

const HEAD = ['ID', 'STATE', 'PRIO', 'OWNER', 'DONE', 'SUBMITTED', 'FILES'];

export function jobTable(jobs: readonly JobAnswer[]): string[] {
  return columns([HEAD, ...jobs.map(row)]);
}

function row(job: JobAnswer): string[] {
  const { id, state, priority, owner, submitted, request, outputs } = job;
  const files = outputs.length > 0 ? outputs.map(({ name }) => name) : (request.outfile ?? '').split('\n');
  return [id, state, String(priority), owner, done(job), submitted.slice(0, 19), files.join(', ')].map(oneLine);
}

/** In percent: of the samples, and of a film half of those and half of its frames. */
export function done({ state, progress }: JobAnswer): string {
  if (state === 'succeeded') return '100%';
  if (!progress || progress.samples === 0) return '';
  const { samplesDone, samples, framesDone, frames } = progress;
  const share = frames > 1 ? (samplesDone / samples + framesDone / frames) / 2 : samplesDone / samples;
  return `${Math.floor(100 * share)}%`;
}

/** `fractal status ID`. */
export function jobLines(job: JobAnswer): string[] {
  const { progress, error, outputs, request, started, ended } = job;
  const rows: [string, string | undefined][] = [
    ['id', job.id],
    ['state', job.expired ? `${job.state}, its files were removed` : job.state],
    ['owner', job.owner],
    ['priority', String(job.priority)],
    ['attempt', String(job.attempt)],
    ['submitted', job.submitted],
    ['started', started],
    ['ended', ended],
    ['done', progress && `${done(job)}, frames ${progress.framesDone} of ${progress.frames}`],
    ['slots', progress && job.state === 'running' ? String(progress.slots) : undefined],
    ['error', error && `${error.code}: ${error.message}`],
    ['files', outputs.map(({ name, bytes }) => `${name} (${bytes} bytes)`).join(', ') || undefined],
    ['request', JSON.stringify(request)],
  ];
  return columns(rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** What the service says about its queue. An older one does not say how much work there is. */
export interface QueueAnswer {
  readonly jobs: Readonly<Record<string, number>>;
  readonly work?: { readonly coreSeconds: number };
}

/** `fractal status`: jobs by state, then the workers. */
export function queueText({ jobs, work }: QueueAnswer, workers: readonly WorkerAnswer[]): string[] {
  const counts = Object.entries(jobs).map(([state, count]) => `${count} ${state}`);
  const ready = workers.filter(({ state }) => state === 'ready');
  const slots = ready.reduce((sum, one) => sum + one.slots, 0);
  return [
    `jobs: ${counts.join(', ')}`,
    ...(work ? [`work: about ${work.coreSeconds.toFixed(1)} core-seconds queued and running`] : []),
    `workers: ${ready.length} of ${workers.length} ready, ${slots} slots`,
    ...columns(workers.map(({ name, state, slots: own, reason = '' }) => [`  ${name}`, state, `${own} slots`, reason])),
  ];
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (all, cells) => cells.map((cell, at) => Math.max(all[at] ?? 0, cell.length)),
    [],
  );
  return rows.map((cells) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
