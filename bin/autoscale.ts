/** `fractal autoscale`: prints each change and each failure, and ends at a signal. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AutoscaleOptions, autoscale as run } from '../src/app/autoscale.js';
import type { AppEvent } from '../src/app/events.js';
import { oneLine } from '../src/errors.js';
import { AUTOSCALE_FLAGS } from '../src/request/flags/autoscale.js';
import { expected, invalid, type RawFlags, shorten, valuesOf } from '../src/request/values.js';
import { tokenOfEnvironment } from './environment.js';
import { interrupts } from './interrupts.js';
import { eventLine } from './lines.js';
import { shows, verbosityOf } from './verbosity.js';

/** Flags whose defaults stand in the environment. */
const ENVIRONMENT = {
  url: 'FRACTAL_URL',
  namespace: 'POD_NAMESPACE',
  max: 'NODE_COUNT',
  'slots-per-worker': 'SLOTS_PER_NODE',
  'jobs-per-worker': 'THRESHOLD',
} as const satisfies Partial<Record<keyof typeof AUTOSCALE_FLAGS, string>>;

/** Looks that may be late: after a longer time the calm begins anew. */
const LATE = 3;
const LEAST_GAP_MS = 15_000;

/** Exit code 0 after SIGINT or SIGTERM. */
export async function autoscale(flags: RawFlags): Promise<number> {
  const options = autoscaleOptions(flags, process.env, tokenOfEnvironment());
  const verbosity = verbosityOf(valuesOf(AUTOSCALE_FLAGS, flags).quiet ? { 'log-level': 'warn' } : {});
  const stop = interrupts(0);
  const emit = (event: AppEvent) => {
    const line = eventLine(event);
    if (!line || !shows(verbosity, line)) return;
    const stream = line.level === 'warn' ? process.stderr : process.stdout;
    stream.write(`${oneLine(line.text)}\n`);
  };
  try {
    await run(options, { emit, signal: stop.signal });
    return 0;
  } finally {
    stop.release();
  }
}

/** @throws FractalError REQUEST_INVALID */
export function autoscaleOptions(flags: RawFlags, env: NodeJS.ProcessEnv, token: string | undefined): AutoscaleOptions {
  const v = valuesOf(AUTOSCALE_FLAGS, { ...defaultsOf(env), ...flags });
  const { min, max = 4, interval } = v;
  if (min > max) throw invalid(`--min ${min} is more than --max ${max}: the most workers are at least the fewest`);
  const jobs = v['jobs-per-worker'];
  return {
    services: { urls: v.url ?? ['http://127.0.0.1:8080'], token },
    kubernetes: {
      url: v.kubernetes ?? apiOf(env),
      namespace: v.namespace ?? namespaceOf(v['service-account']),
      deployment: v.deployment,
      account: v['service-account'],
    },
    scale: {
      ...{ min, max, slotsPerWorker: v['slots-per-worker'] ?? 2, targetSeconds: v['target-seconds'] },
      ...(jobs === undefined ? {} : { jobsPerWorker: jobs }),
      calmMs: 1000 * v['calm-seconds'],
      gapMs: Math.max(LEAST_GAP_MS, 1000 * LATE * interval),
    },
    intervalMs: 1000 * interval,
  };
}

function defaultsOf(env: NodeJS.ProcessEnv): RawFlags {
  const given = Object.entries(ENVIRONMENT).flatMap(([flag, name]) => {
    const text = env[name];
    if (!text) return [];
    const wanted = expected(AUTOSCALE_FLAGS[flag as keyof typeof ENVIRONMENT], text);
    if (wanted !== undefined) throw invalid(`${name} "${shorten(text)}" in the environment is not ${wanted}`);
    return [[flag, text]];
  });
  return Object.fromEntries(given);
}

/** The kubelet names the API of its cluster in the environment of every pod. */
function apiOf({ KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' }: NodeJS.ProcessEnv): string {
  if (!host)
    throw invalid(
      'no Kubernetes API is known here: run in a pod, or start "kubectl proxy" and name it with --kubernetes',
    );
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function namespaceOf(account: string): string {
  try {
    return readFileSync(join(account, 'namespace'), 'utf8').trim() || 'default';
  } catch {
    return 'default';
  }
}
