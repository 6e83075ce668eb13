/**
 * Reference orbits that jobs in a row have in common, as those of viewers: their numbers are an asset, which a worker is sent
 * once, and they stay ready with their tables.
 */

import { createHash } from 'node:crypto';
import { FractalError } from '../../errors.js';
import type { ReferenceData } from '../../kernel/perturbation/kernel.js';
import type { Reference } from '../../kernel/perturbation/reference.js';
import { type Asset, assetOf } from '../asset.js';
import type { FractalScene, KeptReference } from './scene.js';

export interface Kept {
  readonly reference: KeptReference;
  readonly asset: Asset;
}

/** Bytes of an entry of the orbit, and of the underflow list. */
const ORBIT_BYTES = 16;
const UNDERFLOW_BYTES = 40;

/** Jobs name the same object again and again. */
const known = new WeakMap<Reference, Kept>();

export function keptReference(reference: Reference): Kept {
  const kept = known.get(reference) ?? made(reference);
  known.set(reference, kept);
  return kept;
}

/** In memory that threads share, so that workers of this process do not copy it. */
function made({ orbit, underflow, ...rest }: Reference): Kept {
  const bytes = new Uint8Array(new SharedArrayBuffer(orbit.byteLength + underflow.byteLength));
  bytes.set(bytesOf(orbit));
  bytes.set(bytesOf(underflow), orbit.byteLength);
  const asset = assetOf(bytes);
  return { asset, reference: { ...rest, asset: asset.digest, underflowBytes: underflow.byteLength } };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

export function isKept(reference: ReferenceData | KeptReference): reference is KeptReference {
  return 'asset' in reference;
}

/** `assets`: by digest. @throws FractalError PROTOCOL for an asset that is not there, or is no orbit */
export function wholeReference(
  reference: ReferenceData | KeptReference,
  assets: ReadonlyMap<string, Uint8Array>,
): ReferenceData {
  if (!isKept(reference)) return reference;
  const { asset, underflowBytes, ...rest } = reference;
  const bytes = assets.get(asset);
  if (!bytes) throw new FractalError('PROTOCOL', `the scene lacks asset ${asset}, its reference orbit`);
  const orbitBytes = bytes.length - underflowBytes;
  const isWhole = orbitBytes % ORBIT_BYTES === 0 && underflowBytes % UNDERFLOW_BYTES === 0;
  if (!isWhole || orbitBytes < 2 * ORBIT_BYTES || ORBIT_BYTES * rest.start >= orbitBytes)
    throw new FractalError('PROTOCOL', `asset ${asset} of ${bytes.length} bytes is no whole reference orbit`);
  return { ...rest, orbit: bytes.subarray(0, orbitBytes), underflow: bytes.subarray(orbitBytes) };
}

/** Equal for scenes with equal kept orbits; undefined for others. */
export function lastingKey({ paint, reference, packed }: FractalScene): string | undefined {
  if (paint || !reference || !isKept(reference)) return undefined;
  const { formula, re, im, start, extended, asset, underflowBytes } = reference;
  const { step, power, julia } = formula;
  const what = [step, power, julia?.re, julia?.im, re, im, start, extended, asset, underflowBytes, packed];
  return createHash('sha256').update(JSON.stringify(what)).digest('hex');
}
