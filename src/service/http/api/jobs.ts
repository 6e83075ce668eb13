/** Declarations of /v1/jobs. */

import * as z from 'zod';
import { revisionJsonSchema, submissionJsonSchema } from '../../../request/json-schema.js';
import { STATES } from '../../job.js';
import type { Command } from '../../life.js';
import { SORTS } from '../../queue.js';
import { type Answer, type Body, type Declaration, json } from './declaration.js';
import {
  ETAG,
  header,
  ifMatch,
  ifNoneMatch,
  inQuery,
  jobId,
  LOCATION,
  MOST_LISTED,
  USUAL_LIMIT,
} from './parameters.js';
import { JOB, JOBS } from './schemas.js';

const sorts = SORTS.flatMap((sort) => [sort, `-${sort}`] as const);

function theJob(describe: string, more: Answer['headers'] = {}): Answer {
  return { describe, content: json(JOB), headers: { ...more, ...ETAG } };
}

/** Of an empty file. */
const SOME_DIGEST = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const SUBMISSION: Body = {
  describe: 'Flags of a picture or film, as `fractal leader` has them, and those of the job itself.',
  content: {
    'application/json': {
      schema: { name: 'Submission', json: submissionJsonSchema() },
      examples: {
        still: {
          summary: 'A still',
          value: {
            xpos: '-0.7454286',
            ypos: '0.1130089',
            zoom: '1308000',
            width: 320,
            height: 180,
            outfile: 'seahorse.png',
          },
        },
        film: {
          summary: 'A zoom film of two seconds',
          value: {
            ...{ xpos: '-0.7454286', ypos: '0.1130089', 'zoom-end': '1308000', width: 160, height: 90 },
            ...{ frames: 50, fps: 25, outfile: 'zoom.mp4', priority: 40 },
          },
        },
        julia: {
          summary: 'A Julia set with another palette',
          value: { 'julia-re': '-0.8', 'julia-im': '0.156', zoom: 1.2, palette: 'Fiesta', outfile: 'julia.png' },
        },
        scene: {
          summary: 'An animation of a POV-Ray scene, whose file was sent before',
          value: {
            scene: { main: 'flight.pov', files: [{ path: 'flight.pov', digest: SOME_DIGEST }] },
            ...{ width: 320, height: 180, frames: 50, fps: 25, clock: '0:1', outfile: 'flight.mp4' },
          },
        },
      },
    },
  },
};

const REVISION: Body = {
  describe: 'What is to be changed.',
  content: {
    'application/json': {
      schema: { name: 'Revision', json: revisionJsonSchema() },
      examples: { priority: { summary: 'Another priority', value: { priority: 80 } } },
    },
  },
};

export const SUBMIT_JOB = {
  id: 'submitJob',
  method: 'POST',
  path: '/v1/jobs',
  role: 'submit',
  tag: 'Jobs',
  summary: 'Submits a job',
  description:
    'The answer comes when the job is on the disk. Sent again with the same `Idempotency-Key` and body, it returns the same job. Files of a POV-Ray scene, and a texture, are sent before, or when the answer 422 lists them as `missing`.',
  parameters: [
    header('Idempotency-Key', 'makes it safe to send the job again; 1 to 255 characters of ASCII', z.string().max(255)),
  ],
  body: SUBMISSION,
  answers: {
    200: theJob('It was accepted earlier, with the same key', LOCATION),
    201: theJob('It is accepted', LOCATION),
  },
  problems: [400, 408, 409, 413, 415, 422],
} as const satisfies Declaration;

export const LIST_JOBS = {
  id: 'listJobs',
  method: 'GET',
  path: '/v1/jobs',
  role: 'view',
  tag: 'Jobs',
  summary: 'Lists jobs, page by page',
  parameters: [
    inQuery('state', z.array(z.enum(STATES)), 'only jobs in these states'),
    inQuery('owner', z.string(), 'only jobs of this owner'),
    inQuery('sort', z.enum(sorts).default('-submitted'), 'with - the highest or latest first'),
    inQuery('limit', z.int().min(1).max(MOST_LISTED).default(USUAL_LIMIT), 'jobs in a page'),
    inQuery('cursor', z.string(), 'where the page begins: `next` of the one before'),
  ],
  answers: { 200: { describe: 'A page of the list', content: json(JOBS) } },
  problems: [400],
} as const satisfies Declaration;

export const GET_JOB = {
  id: 'getJob',
  method: 'GET',
  path: '/v1/jobs/:id',
  role: 'view',
  tag: 'Jobs',
  summary: 'Shows a job',
  parameters: [jobId, ifNoneMatch],
  answers: { 200: theJob('The job'), 304: { describe: 'It has not changed', headers: ETAG } },
  problems: [404],
} as const satisfies Declaration;

export const CHANGE_JOB = {
  id: 'changeJob',
  method: 'PATCH',
  path: '/v1/jobs/:id',
  role: 'submit',
  tag: 'Jobs',
  summary: 'Changes priority or owner of a job',
  description: 'Only operators give jobs to another owner.',
  parameters: [jobId, ifMatch],
  body: REVISION,
  answers: { 200: theJob('The job as it is now') },
  problems: [400, 404, 408, 409, 412, 413, 415],
} as const satisfies Declaration;

export const DELETE_JOB = {
  id: 'deleteJob',
  method: 'DELETE',
  path: '/v1/jobs/:id',
  role: 'submit',
  tag: 'Jobs',
  summary: 'Removes an ended job with its files',
  parameters: [jobId, ifMatch],
  answers: { 204: { describe: 'It is removed' } },
  problems: [400, 404, 409, 412],
} as const satisfies Declaration;

const SUMMARIES: Readonly<Record<Command, string>> = {
  pause: 'Stops a job, so that it can be resumed',
  resume: 'Queues a paused job again',
  cancel: 'Ends a job',
  requeue: 'Queues an ended job again, under the same id',
};

/** Asked for twice, the job stays as it is. */
export function commandOn<Name extends Command>(name: Name) {
  return {
    id: `${name}Job`,
    method: 'POST',
    path: `/v1/jobs/:id/${name}`,
    role: 'submit',
    tag: 'Jobs',
    summary: SUMMARIES[name],
    parameters: [jobId, ifMatch],
    answers: { 200: theJob('The job as it is now') },
    problems: [400, 404, 409, 412],
  } as const satisfies Declaration;
}
