/** Waiting for the end of a job, and reading what it has made. */

import { FractalError } from '../../errors.js';
import { hasEnded, type Job } from '../job.js';
import type { Service } from '../service.js';

/**
 * The job when it has ended, whatever its state is then.
 * @throws FractalError JOB_MISSING when it has been removed; the reason of the signal
 */
export async function ended(service: Pick<Service, 'get' | 'watch'>, id: string, signal: AbortSignal): Promise<Job> {
  let changed = () => {};
  const stop = service.watch((one) => one === id && changed());
  const abort = () => changed();
  signal.addEventListener('abort', abort);
  try {
    for (;;) {
      const next = new Promise<void>((resolve) => (changed = resolve));
      signal.throwIfAborted();
      const job = await service.get(id);
      if (hasEnded(job)) return job;
      await next;
    }
  } finally {
    stop();
    signal.removeEventListener('abort', abort);
  }
}

/** The first file of a job. @throws FractalError its error when it has failed, JOB_MISSING when the file is gone */
export async function firstFile({ files }: Pick<Service, 'files'>, job: Job) {
  const { id, state, error, outputs } = job;
  if (error) throw new FractalError('JOB_STATE', `the job has failed: ${error.code}: ${error.message}`);
  if (state !== 'succeeded') throw new FractalError('JOB_STATE', `job ${id} is ${state}: submit it again`);
  const name = outputs[0]?.name;
  const file = name === undefined ? undefined : await files.open(job, name);
  if (name !== undefined && file) return { name, ...file };
  throw new FractalError('JOB_MISSING', `the file of job ${id} has been removed: submit it again`);
}
