/**
 * One answer to one request: the job of a request is submitted once, and what it has made is served to all who send the
 * same request again, as long as it is kept.
 */

import { createHash } from 'node:crypto';
import { FractalError } from '../../errors.js';
import { readSubmission } from '../../request/submission.js';
import { ANONYMOUS } from '../http/tokens.js';
import type { Order } from '../job.js';
import type { OpenOutput } from '../outputs.js';
import type { Service } from '../service.js';
import { ended, firstFile } from './ended.js';

export interface SequenceOptions {
  readonly service: Pick<Service, 'submit' | 'get' | 'act' | 'watch' | 'files'>;
  /** Pixels of all frames of a job. */
  readonly mostPixels: number;
}

export interface Sequence extends OpenOutput {
  /** The request as flags. */
  readonly order: Order;
  /** Of the file. */
  readonly name: string;
}

/**
 * `text`: a request file, also of an older service. `allowed`: the owner of the job, from the one that the request names.
 * @throws FractalError of a wrong request, QUOTA, JOB_STATE when the job has failed; the reason of the signal
 */
export async function sequenceOf(
  text: string,
  { service, mostPixels }: SequenceOptions,
  signal: AbortSignal,
  allowed = (wanted: string | undefined) => wanted ?? ANONYMOUS,
): Promise<Sequence> {
  const { pixels, owner: wanted, scene, files, ...rest } = readSubmission(text);
  if (scene) throw new FractalError('REQUEST_FILE', 'a POV-Ray scene is no request of older clients: POST /v1/jobs');
  if (files.length > 0)
    throw new FractalError('REQUEST_FILE', 'a texture is a file, which older clients do not send: POST /v1/jobs');
  if (pixels > mostPixels)
    throw new FractalError('QUOTA', `the job has ${pixels} pixels, and ${mostPixels} are allowed`);
  const submission = { ...rest, owner: allowed(wanted) };
  const { job, isNew } = await service.submit(submission, keyOf(submission));
  const { id, state, expired } = job;
  const isGone = state === 'failed' || state === 'cancelled' || expired === true;
  if (!isNew && isGone) await service.act(id, 'requeue');
  const file = await firstFile(service, await ended(service, id, signal));
  return { order: job.order, ...file };
}

/** Of all but the deadline: a request that is sent again has a later one. */
function keyOf({ order, owner }: { readonly order: Order; readonly owner: string }) {
  const body = createHash('sha256')
    .update(JSON.stringify([owner, Object.entries(order).sort()]))
    .digest('hex');
  return { text: `sequence ${body}`, body };
}
