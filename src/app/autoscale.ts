/**
 * `fractal autoscale`: the workers of a Kubernetes Deployment follow the work of a service. It looks again and again, and
 * each look is complete in itself: what was begun before (a drained worker, a cost) stands in the cluster, so that a restart
 * goes on with it.
 */

import { KubernetesError, type KubernetesOptions, kubernetesOf } from '../autoscale/kubernetes.js';
import type { Deployment } from '../autoscale/objects.js';
import { type Pod, removal } from '../autoscale/removal.js';
import { type Calm, decide, type Load, needOf, type Scale } from '../autoscale/rule.js';
import { pause } from '../cluster/pause.js';
import { FractalError, messageOf } from '../errors.js';
import { type ServicesOptions, servicesOf } from './autoscale-service.js';
import { logTo } from './events.js';
import { seldom } from './seldom.js';
import type { Context } from './stage.js';

export interface AutoscaleOptions {
  readonly services: ServicesOptions;
  readonly kubernetes: KubernetesOptions;
  readonly scale: Scale;
  /** Between two looks. */
  readonly intervalMs: number;
}

/** The longest wait after failures. */
const LONGEST_MS = 30_000;
/** The same failure in a row is reported again after so long. */
const REPORT_MS = 60_000;
/** For undoing drains at the end. */
const END_MS = 5_000;

/** Until the signal; failures are reported and tried again. Never rejects. */
export async function autoscale(options: AutoscaleOptions, { emit, signal }: Context): Promise<void> {
  const { scale, intervalMs } = options;
  const now = () => performance.now();
  const services = servicesOf(options.services);
  const kubernetes = kubernetesOf(options.kubernetes);
  const inform = logTo(emit, 'info');
  const warn = seldom(logTo(emit, 'warn'), REPORT_MS, now);
  const name = `${options.kubernetes.namespace}/${options.kubernetes.deployment}`;
  let calm: Calm | undefined;
  let failures = 0;

  async function look(): Promise<void> {
    const [load, deployment] = await Promise.all([services.load(signal), kubernetes.deployment(signal)]);
    const { replicas } = deployment;
    const need = needOf(load, scale);
    const decision = decide(calm, { now: now(), need, replicas }, scale);
    calm = decision.calm;
    const { wanted } = decision;
    if (wanted > replicas) await change(deployment, wanted, load);
    // A rollout replaces workers: which of them a smaller number would end is not known then.
    await shrink(deployment, deployment.isSettled ? Math.max(0, replicas - wanted) : 0, load);
  }

  /** Has `count` workers finish what they have, and removes those that have nothing left; 0: all are used again. */
  async function shrink(deployment: Deployment, count: number, load: Load): Promise<void> {
    const pods = await kubernetes.pods(deployment, signal);
    if (count === 0 && !pods.some(({ isMarked }) => isMarked)) return;
    const { marks, drain, undrain, removable } = removal(pods, await services.workers(signal), count);
    // Used again before the mark is gone, drained after it is there: a mark never lacks where a worker is drained.
    if (undrain.length > 0) await services.drain(undrain, false, signal);
    for (const mark of marks) await kubernetes.mark(mark, signal);
    if (drain.length > 0) await services.drain(drain, true, signal);
    if (removable > 0) await change(deployment, deployment.replicas - removable, load);
  }

  async function change(deployment: Deployment, replicas: number, { coreSeconds, jobs }: Load): Promise<void> {
    await kubernetes.scale(deployment, replicas, signal);
    const why = `${jobs} jobs, ${coreSeconds.toFixed(0)} core-seconds`;
    inform(`${name}: ${deployment.replicas} → ${replicas} workers (${why})`);
  }

  inform(`${name}: ${scale.min} to ${scale.max} workers, for the jobs of ${options.services.urls.join(', ')}`);
  while (!signal.aborted) {
    let wait = intervalMs;
    try {
      await look();
      if (failures > 0) inform(`${name}: service and Kubernetes answer again`);
      failures = 0;
    } catch (error) {
      if (signal.aborted) break;
      const isConflict = error instanceof KubernetesError && error.status === 409;
      // What is not known is no calm. A conflict is no failure: the Deployment has changed, and is read again.
      if (!isConflict) calm = undefined;
      if (!isConflict) wait = waitAfter(error, intervalMs, ++failures);
      warn(error instanceof FractalError ? error.toString() : messageOf(error));
    }
    await pause(wait, signal);
  }
  await useAll().catch((error) => warn(`drained workers are left as they are: ${messageOf(error)}`));

  /** Workers that were to go are used again: nothing else would do so. */
  async function useAll(): Promise<void> {
    const end = AbortSignal.timeout(END_MS);
    const pods: Pod[] = await kubernetes.pods(await kubernetes.deployment(end), end);
    const drained = pods.filter(({ isMarked }) => isMarked);
    if (drained.length === 0) return;
    await services.drain(drained, false, end);
    for (const pod of drained) await kubernetes.mark({ pod, cost: 0, isMarked: false }, end);
  }
}

function waitAfter(error: unknown, intervalMs: number, failures: number): number {
  const asked = error instanceof KubernetesError ? error.retryAfterMs : 0;
  return Math.max(asked, Math.min(LONGEST_MS, intervalMs * 2 ** Math.min(failures, 10)));
}
