/** Parameters and headers that several routes share. */

import * as z from 'zod';
import type { Parameter } from './declaration.js';

/** Jobs in a page of the list. */
export const USUAL_LIMIT = 50;
export const MOST_LISTED = 1000;

export const jobId: Parameter = {
  in: 'path',
  name: 'id',
  schema: z.string(),
  describe: 'of a job',
};

export function inPath(name: string, describe: string): Parameter {
  return { in: 'path', name, schema: z.string(), describe };
}

export function inQuery(name: string, schema: z.ZodType, describe: string): Parameter {
  return { in: 'query', name, schema, describe };
}

export function header(name: string, describe: string, schema: z.ZodType = z.string()): Parameter {
  return { in: 'header', name, schema, describe };
}

export const ifMatch = header('If-Match', 'the ETag of an earlier answer, or *: only if the job has not changed since');
export const ifNoneMatch = header('If-None-Match', 'the ETag of an earlier answer: 304 when it is still the same');

export const ETAG = { ETag: 'the version, for If-Match and If-None-Match' };
export const LOCATION = { Location: 'path of the job' };
