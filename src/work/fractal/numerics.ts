/** The numerics of a job: its kernel, and the fingerprint that workers must have. */

import type { KernelName } from '../../kernel/kernel.js';
import { fingerprintOf } from '../../kernel/open.js';
import { openSimd } from '../../kernel/simd.js';

export interface Numerics {
  readonly kernel: KernelName;
  /** Absent: that of the first worker is used. */
  readonly fingerprint?: string;
}

/** Of this process: computed once, for all jobs of a service. */
let own: Promise<string> | undefined;

/**
 * The kernel of the whole job; f64 has one right result, whose fingerprint can be computed here. `offer`: of workers
 * in this process, which have it without measuring again.
 */
export async function numericsOf(
  kernel: KernelName | 'auto',
  offer?: (kernel: KernelName) => Promise<{ readonly fingerprint: string }>,
): Promise<Numerics> {
  if (kernel === 'gpu' || kernel === 'cpu') return { kernel };
  const fingerprint = offer ? (await offer('simd')).fingerprint : await (own ??= fingerprintOf(openSimd()));
  return { kernel: 'simd', fingerprint };
}
