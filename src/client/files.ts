/** Files that jobs need: the service says which of them it lacks, and gets these once. */

import { type Api, FilesMissing, type JobAnswer } from './api.js';

export interface SentFile {
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** `body`: of the job, JSON. `key`: sent again, it is the same job. @throws FractalError */
export async function submitWithFiles(
  api: Api,
  body: string,
  files: readonly SentFile[],
  key: string,
): Promise<JobAnswer> {
  const asked = { method: 'POST', body, headers: { 'idempotency-key': key } } as const;
  try {
    return await api.json<JobAnswer>('/v1/jobs', asked);
  } catch (error) {
    if (!(error instanceof FilesMissing)) throw error;
    const lacks = new Set(error.missing);
    const sent = new Map(files.map((one) => [one.digest, one.bytes]));
    for (const [digest, bytes] of sent) {
      if (lacks.has(digest)) await api.json(`/v1/files/${digest}`, { method: 'PUT', body: bytes });
    }
    return api.json<JobAnswer>('/v1/jobs', asked);
  }
}
