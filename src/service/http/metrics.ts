/** Metrics in the text format of Prometheus. */

import type { JobState } from '../job.js';
import type { Work } from '../work.js';
import type { WorkerView } from './env.js';

export function metricsText(
  jobs: Readonly<Record<JobState, number>>,
  { queued, running, paused }: Work,
  workers: readonly WorkerView[],
): string {
  const ready = workers.filter(({ state }) => state === 'ready');
  const slots = ready.reduce((sum, one) => sum + one.slots, 0);
  return [
    ...gauge('fractal_jobs', 'Jobs by state, those of the history included.', byLabel('state', jobs)),
    ...gauge(
      'fractal_work_core_seconds',
      'Estimated computing time of slots that jobs still take, by state.',
      byLabel('state', { queued, running, paused }),
    ),
    ...gauge('fractal_workers', 'Workers that are known, and ready.', {
      '{state="known"}': workers.length,
      '{state="ready"}': ready.length,
    }),
    ...gauge('fractal_slots', 'Slots of the workers that are ready.', { '': slots }),
    ...gauge('process_resident_memory_bytes', 'Memory of the service.', { '': process.memoryUsage.rss() }),
    ...gauge('process_start_time_seconds', 'Seconds since 1970.', {
      '': Math.round(Date.now() / 1000 - process.uptime()),
    }),
    '',
  ].join('\n');
}

function byLabel(label: string, values: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`{${label}="${name}"}`, value]));
}

function gauge(name: string, help: string, samples: Readonly<Record<string, number>>): string[] {
  const lines = Object.entries(samples).map(([labels, value]) => `${name}${labels} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines];
}
