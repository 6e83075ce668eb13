/**
 * Which workers a smaller Deployment loses: only idle ones. A worker that is to go gets no more shards (it is drained) and,
 * as the annotation of its pod, the lowest deletion cost; when nothing is left on it, the number of replicas is lowered.
 *
 * The order in which the ReplicaSet controller deletes pods: not assigned to a node, pending, unknown, not ready, then the lowest
 * `controller.kubernetes.io/pod-deletion-cost` (Kubernetes documentation, "ReplicaSet", section "Scaling down a ReplicaSet";
 * ActivePodsWithRanks in pkg/controller/controller_utils.go). What decides after that does not matter: costs differ.
 */

export interface Pod {
  readonly name: string;
  readonly addresses: readonly string[];
  /** Pending, Running, Unknown. */
  readonly phase: string;
  readonly isAssigned: boolean;
  readonly isReady: boolean;
  /** Its deletion cost. */
  readonly cost: number;
  /** This program drained its worker. */
  readonly isMarked: boolean;
  /** Milliseconds since 1970. */
  readonly created: number;
}

/** A worker in the list of a service. */
export interface Worker {
  readonly host: string;
  readonly state: string;
  /** Assigned to it and not answered. */
  readonly shards: number;
}

/** What a pod's annotations should be. */
export interface Mark {
  readonly pod: Pod;
  readonly cost: number;
  readonly isMarked: boolean;
}

export interface Removal {
  /** Pods whose annotations change. */
  readonly marks: readonly Mark[];
  /** Pods whose workers are drained, and those whose workers are used again. */
  readonly drain: readonly Pod[];
  readonly undrain: readonly Pod[];
  /** So many pods can go now: the first ones in the controller's order have nothing to do and get nothing more. */
  readonly removable: number;
}

/** `done`: it has finished what it had. So it goes before those that have not. */
export const COSTS = { done: -2000, going: -1000, idle: 0, busy: 1000 } as const;

/** States in which a service gives a worker no shards. */
const UNUSED: readonly string[] = ['draining', 'given up', 'left out'];
const PHASES: readonly string[] = ['Pending', 'Unknown', 'Running'];

/** `lists`: the workers of each service. `count`: the pods that should go; 0 undoes what was begun. */
export function removal(pods: readonly Pod[], lists: readonly (readonly Worker[])[], count: number): Removal {
  const all = pods.map((pod) => stateOf(pod, lists));
  const going = new Set(all.toSorted(bySuitability).slice(0, count));
  const marks = all.map((one) => ({ ...one, ...markOf(one, going.has(one), count > 0) }));
  // By the annotations as they were read: the controller may not have seen those that change now.
  const kept = all.filter((one) => !(going.has(one) && one.isFree && (one.pod.isMarked || !one.pod.isReady)));
  // Of pods that are equal any may be the next.
  const before = all.filter(({ pod }) => kept.every((one) => byController(pod, one.pod) < 0));
  return {
    marks: marks
      .filter(({ pod, cost, isMarked }) => pod.cost !== cost || pod.isMarked !== isMarked)
      .map(({ pod, cost, isMarked }) => ({ pod, cost, isMarked })),
    drain: marks.filter(({ isMarked, isUsed }) => isMarked && isUsed).map(({ pod }) => pod),
    undrain: marks.filter(({ pod, isMarked }) => pod.isMarked && !isMarked).map(({ pod }) => pod),
    removable: Math.min(count, before.length),
  };
}

interface PodState {
  readonly pod: Pod;
  readonly shards: number;
  /** A service may give it shards. */
  readonly isUsed: boolean;
  /** No service has shards there, or gives it any. */
  readonly isFree: boolean;
}

function stateOf(pod: Pod, lists: readonly (readonly Worker[])[]): PodState {
  const found = lists.map((list) => list.filter(({ host }) => pod.addresses.includes(host)));
  const workers = found.flat();
  const shards = workers.reduce((sum, one) => sum + one.shards, 0);
  const isUsed = workers.some(({ state }) => state === 'ready');
  // A pod that is ready will be found by a service that does not list it yet.
  const isKnown = found.every((list) => list.length > 0 && list.every(({ state }) => UNUSED.includes(state)));
  return { pod, shards, isUsed, isFree: shards === 0 && !isUsed && (isKnown || !pod.isReady) };
}

/** Those first that the controller deletes first in any case, then those that have begun to go, then the idle and the young ones. */
function bySuitability(a: PodState, b: PodState): number {
  return (
    byReadiness(a.pod, b.pod) ||
    Number(b.pod.isMarked) - Number(a.pod.isMarked) ||
    a.shards - b.shards ||
    b.pod.created - a.pod.created ||
    (a.pod.name < b.pod.name ? -1 : 1)
  );
}

/** Costs are written only when workers are to go: each change is a write of the API. */
function markOf({ pod, shards, isUsed, isFree }: PodState, isGoing: boolean, isScaling: boolean): Mark {
  if (isGoing && (pod.isReady || isUsed || pod.isMarked))
    return { pod, isMarked: true, cost: pod.isMarked && isFree ? COSTS.done : COSTS.going };
  if (isScaling && shards > 0) return { pod, isMarked: false, cost: COSTS.busy };
  return { pod, isMarked: false, cost: pod.isMarked ? COSTS.idle : pod.cost };
}

function byController(a: Pod, b: Pod): number {
  return byReadiness(a, b) || a.cost - b.cost;
}

function byReadiness(a: Pod, b: Pod): number {
  return (
    Number(a.isAssigned) - Number(b.isAssigned) ||
    PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase) ||
    Number(a.isReady) - Number(b.isReady)
  );
}
