/**
 * The order in which the ReplicaSet controller of Kubernetes deletes pods: ActivePodsWithRanks.Less in
 * pkg/controller/controller_utils.go, as the documentation of ReplicaSets describes it ("Scaling down a ReplicaSet").
 */

import type { Pod } from '../../src/autoscale/removal.js';

const PHASES = ['Pending', 'Unknown', 'Running'];

/** `seed`: pods that are equal in all this are in an order that the caller cannot know (node, age, restarts). */
export function inDeletionOrder<T extends Pod>(pods: readonly T[], seed: number): T[] {
  const chance = (at: number) => ((at + 1) * 7919 + seed * 104_729) % 10_007;
  const keyed = pods.map((pod, at) => ({
    pod,
    key: [+pod.isAssigned, PHASES.indexOf(pod.phase), +pod.isReady, pod.cost, chance(at)],
  }));
  keyed.sort((a, b) => {
    const at = a.key.findIndex((value, k) => value !== b.key[k]);
    return at < 0 ? 0 : (a.key[at] as number) - (b.key[at] as number);
  });
  return keyed.map(({ pod }) => pod);
}
