/**
 * The kernel of a whole job: the one that was asked for, or simd where that one cannot compute all of it. A job never
 * mixes kernels: their samples differ.
 */

import { type ErrorCode, FractalError } from '../errors.js';
import { CPU_LIMIT } from '../kernel/gpu/backend.js';
import { tooClose } from '../kernel/precision.js';
import { landmarks, type Request, viewAt } from '../request/request.js';

export interface FallbackOptions {
  /** Refuse rather than take another kernel. */
  readonly strict: boolean;
  /** Gets a line with the reason for another kernel. */
  warn(line: string): void;
}

/**
 * The request with a kernel that can compute all of its frames.
 * @throws FractalError VIEW_TOO_DEEP, VIEW_TOO_LARGE with `strict`
 */
export function withFittingKernel(request: Request, { strict, warn }: FallbackOptions): Request {
  const unfit = unfitness(request);
  if (!unfit) return request;
  if (strict) throw new FractalError(unfit.code, `${unfit.why}: use --kernel simd, or drop --strict`);
  warn(`${unfit.why}: ${INSTEAD}`);
  return { ...request, kernel: 'simd' };
}

/** The request for simd, where an error means that no worker has its kernel. @throws the error, where it does not */
export function withoutKernel(request: Request, error: unknown, { strict, warn }: FallbackOptions): Request {
  const missing = error instanceof FractalError && error.code === 'KERNEL_MISSING';
  if (!missing || strict || request.kernel === 'auto' || request.kernel === 'simd') throw error;
  warn(`${error.message}: ${INSTEAD}`);
  return { ...request, kernel: 'simd' };
}

const INSTEAD = 'the whole job is computed by the simd kernel';

/** Why the kernel cannot compute every frame. The deepest view is at one of the landmarks. */
function unfitness(request: Request): { readonly code: ErrorCode; readonly why: string } | undefined {
  const { kernel, iterations } = request;
  if (kernel === 'auto' || kernel === 'simd') return undefined;
  if (kernel === 'cpu' && iterations > CPU_LIMIT) {
    return { code: 'VIEW_TOO_LARGE', why: `the cpu kernel counts up to ${CPU_LIMIT} iterations, not ${iterations}` };
  }
  for (const frame of landmarks(request)) {
    const close = tooClose(viewAt(request, frame), kernel);
    if (close) return { code: 'VIEW_TOO_DEEP', why: close.why };
  }
  return undefined;
}
