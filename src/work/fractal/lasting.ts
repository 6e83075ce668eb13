/** Scenes of viewers, which jobs of few renders have in common: their reference orbits stay ready with their tables. */

import { createHash } from 'node:crypto';
import type { ReferenceData } from '../../kernel/perturbation/kernel.js';
import type { FractalScene } from './scene.js';

/** Workers of one process get the same object again and again. */
const digests = new WeakMap<ReferenceData, string>();

/** Equal for equal orbits; undefined for scenes that are not for viewers. */
export function lastingKey({ packed, reference }: FractalScene): string | undefined {
  if (!packed || !reference) return undefined;
  const digest = digests.get(reference) ?? digestOf(reference);
  digests.set(reference, digest);
  return digest;
}

function digestOf({ formula, re, im, orbit, underflow, start, extended }: ReferenceData): string {
  const { step, power, julia } = formula;
  const hash = createHash('sha256');
  hash.update(JSON.stringify([step, power, julia?.re, julia?.im, re, im, orbit.byteLength, start, extended]));
  for (const { buffer, byteOffset, byteLength } of [orbit, underflow])
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex');
}
