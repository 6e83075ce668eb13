/** Objects of the Kubernetes API as far as an autoscaler reads them; what is missing in them is an error, not a guess. */

import { FractalError } from '../errors.js';
import type { Pod } from './removal.js';

export interface Deployment {
  readonly replicas: number;
  /** For the list of its pods. */
  readonly selector: string;
  /** Its resourceVersion. */
  readonly version: string;
  /** No rollout is under way: of two ReplicaSets both would lose pods. */
  readonly isSettled: boolean;
}

export interface PodList {
  readonly pods: readonly Pod[];
  /** The token of the next page; '': this is the last one. */
  readonly next: string;
}

export const COST = 'controller.kubernetes.io/pod-deletion-cost';
/** The worker of the pod was drained by `fractal autoscale`. */
export const MARK = 'fractal/drained';

const ENDED: readonly unknown[] = ['Succeeded', 'Failed'];

// biome-ignore lint/suspicious/noExplicitAny: parsed here
type Json = any;

/** @throws FractalError KUBERNETES */
export function deploymentOf(object: Json): Deployment {
  const { metadata, spec, status = {} } = object ?? {};
  const labels = Object.entries<unknown>(spec?.selector?.matchLabels ?? {});
  const version = metadata?.resourceVersion;
  const replicas = spec?.replicas ?? 1;
  if (object?.kind !== 'Deployment' || typeof version !== 'string' || !isCount(replicas) || labels.length === 0)
    throw notUnderstood('a Deployment with spec.selector.matchLabels');
  if (spec.selector.matchExpressions?.length > 0)
    throw new FractalError('KUBERNETES', 'the Deployment selects pods by matchExpressions: use matchLabels only');
  const isObserved = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  return {
    ...{ replicas, version },
    selector: labels.map(([name, value]) => `${name}=${value}`).join(','),
    isSettled: isObserved && (status.updatedReplicas ?? 0) >= (status.replicas ?? 0),
  };
}

/** @throws FractalError KUBERNETES */
export function podsOf(object: Json): PodList {
  if (!Array.isArray(object?.items)) throw notUnderstood('a list of pods');
  const items = (object.items as Json[]).filter(
    ({ metadata, status }) => metadata?.deletionTimestamp === undefined && !ENDED.includes(status?.phase),
  );
  return { pods: items.map(podOf), next: object.metadata?.continue ?? '' };
}

function podOf({ metadata, spec, status = {} }: Json): Pod {
  if (typeof metadata?.name !== 'string') throw notUnderstood('pods with names');
  const cost = Number(metadata.annotations?.[COST] ?? 0);
  const addresses = (status.podIPs ?? []).map(({ ip }: Json) => String(ip));
  const conditions: Json[] = status.conditions ?? [];
  return {
    name: metadata.name,
    addresses: addresses.length === 0 && status.podIP ? [String(status.podIP)] : addresses,
    phase: String(status.phase ?? 'Pending'),
    isAssigned: Boolean(spec?.nodeName),
    isReady: conditions.some((one) => one?.type === 'Ready' && one.status === 'True'),
    // The controller takes an annotation that is no number as 0.
    cost: Number.isInteger(cost) ? cost : 0,
    isMarked: metadata.annotations?.[MARK] === 'true',
    created: Date.parse(metadata.creationTimestamp ?? '') || 0,
  };
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0;
}

function notUnderstood(what: string): FractalError {
  return new FractalError('KUBERNETES', `the answer of the Kubernetes API is not ${what}: is --kubernetes its URL?`);
}
