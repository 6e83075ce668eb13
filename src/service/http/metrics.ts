/** Metrics in the text format of Prometheus. */

import type { Counts } from '../explore/explorer.js';
import type { JobState } from '../job.js';
import type { Work } from '../work.js';
import type { WorkerView } from './env.js';

export function metricsText(
  jobs: Readonly<Record<JobState, number>>,
  { queued, running, paused }: Work,
  workers: readonly WorkerView[],
  explorer?: Counts,
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
    ...(explorer ? explorerLines(explorer) : []),
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

function explorerLines({ viewers, computed, cached, stopped, bytes, memory, waiting }: Counts): string[] {
  return [
    ...gauge('fractal_viewers', 'Viewers of the explorer that are connected.', { '': viewers }),
    ...gauge('fractal_pieces_waiting', 'Pieces that viewers want, and that are not being computed.', { '': waiting }),
    ...gauge('fractal_pieces_memory_bytes', 'Pieces in memory.', { '': memory }),
    ...counter(
      'fractal_pieces_total',
      'Pieces of pictures for viewers: computed, sent from memory or the store, stopped.',
      byLabel('how', { computed, cached, stopped }),
    ),
    ...counter('fractal_pieces_sent_bytes_total', 'Bytes of pieces that were sent to viewers.', { '': bytes }),
  ];
}

function gauge(name: string, help: string, samples: Readonly<Record<string, number>>): string[] {
  return metric(name, 'gauge', help, samples);
}

function counter(name: string, help: string, samples: Readonly<Record<string, number>>): string[] {
  return metric(name, 'counter', help, samples);
}

function metric(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  samples: Readonly<Record<string, number>>,
): string[] {
  const lines = Object.entries(samples).map(([labels, value]) => `${name}${labels} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines];
}
