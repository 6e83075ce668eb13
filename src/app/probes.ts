/** Computing a few points of any view of a job in this thread. */

import type { Reference } from '../kernel/perturbation/reference.js';
import type { View } from '../view/view.js';
import { type Compute, directProbe, perturbedProbe } from './probe.js';
import { referenceFor } from './references.js';

/** What computes a view: one probe for each reference orbit, opened when it is first needed. */
export type Probes = (view: View) => Compute;

export function probesAround(references: readonly Reference[]): Probes {
  const perturbed = new Map<Reference, Compute>();
  return (view) => {
    const reference = referenceFor(view, references);
    if (!reference) return directProbe;
    const compute = perturbed.get(reference) ?? perturbedProbe(reference);
    perturbed.set(reference, compute);
    return compute;
  };
}
