/** The errors of a job that has too few workers left to wait for. */

import { FractalError } from '../../errors.js';

/** `missing`: the reason for each missing worker, by name. `left`: number of workers that are not missing, of at least
 * `fewest` that are needed. */
export function noWorker(missing: ReadonlyMap<string, string>, left: number, fewest: number): FractalError {
  const found = left > 0 ? `only ${left} of ${fewest} workers are available` : 'no worker is available';
  const why = missing.size > 0 ? ` (${reasonsOf(missing)})` : '';
  const way = left > 0 ? 'or lower --min-workers' : 'or render with --local';
  return new FractalError('NO_WORKER', `${found}${why}: start workers with "fractal worker", ${way}`);
}

/**
 * The error where workers were reached, but do not have the job's kernel; undefined where no worker is missing for that reason.
 */
export function noKernel(missing: ReadonlyMap<string, string>, kernel: string): FractalError | undefined {
  const withoutKernel = new Map([...missing].filter(([, reason]) => /\b(kernel|GPU)\b/.test(reason)));
  if (withoutKernel.size === 0) return undefined;
  return new FractalError('KERNEL_MISSING', `too few workers offer the ${kernel} kernel (${reasonsOf(withoutKernel)})`);
}

/** The first few reasons, each once, with the names of the workers. */
function reasonsOf(missing: ReadonlyMap<string, string>): string {
  const names = new Map<string, string[]>();
  for (const [name, reason] of missing) names.set(reason, [...(names.get(reason) ?? []), name]);
  const all = [...names].map(([reason, workers]) => {
    const more = workers.length > 3 ? ` and ${workers.length - 3} more` : '';
    return `${workers.slice(0, 3).join(', ')}${more}: ${reason}`;
  });
  const rest = all.length > 3 ? `; and ${all.length - 3} more` : '';
  return `${all.slice(0, 3).join('; ')}${rest}`;
}
