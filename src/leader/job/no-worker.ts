/** The errors of a job that has too few workers left to wait for. */

import { FractalError } from '../../errors.js';

/** `missing`: why each of them is, by name. `left`: those that are not; at least `fewest` were wanted. */
export function noWorker(missing: ReadonlyMap<string, string>, left: number, fewest: number): FractalError {
  const found = left > 0 ? `only ${left} of ${fewest} workers` : 'no worker';
  const why = missing.size > 0 ? ` (${reasonsOf(missing)})` : '';
  const way = left > 0 ? 'or lower --min-workers' : 'or render with --local';
  return new FractalError('NO_WORKER', `${found} could be had${why}: start workers with "fractal worker", ${way}`);
}

/** The error where workers were reached, but lack the job's kernel; undefined where none is missing for that. */
export function noKernel(missing: ReadonlyMap<string, string>, kernel: string): FractalError | undefined {
  const lacking = new Map([...missing].filter(([, reason]) => /\b(kernel|GPU)\b/.test(reason)));
  if (lacking.size === 0) return undefined;
  return new FractalError('KERNEL_MISSING', `too few workers offer the ${kernel} kernel (${reasonsOf(lacking)})`);
}

/** The first few reasons, each once, with those it holds for. */
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
