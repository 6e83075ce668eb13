/** Declarations of what a job makes: events, files, its picture. */

import * as z from 'zod';
import { type Answer, type Declaration, json, raw } from './declaration.js';
import { ETAG, header, ifNoneMatch, inPath, jobId } from './parameters.js';
import { EVENTS, JOB_ACTIVITY } from './schemas.js';

export const JOB_EVENTS = {
  id: 'jobEvents',
  method: 'GET',
  path: '/v1/jobs/:id/events',
  role: 'view',
  tag: 'Outputs',
  summary: 'Streams the events of a job, or lists those so far',
  description:
    'With `Accept: application/json` the events so far, otherwise server-sent events: `state`, `changed` and `log` with ids, and `progress`.',
  parameters: [jobId, header('Last-Event-ID', 'the stream begins behind this event', z.string().regex(/^\d{1,15}$/))],
  answers: { 200: { describe: 'Events', content: { ...json(EVENTS), ...raw('text/event-stream') } } },
  problems: [400, 404],
} as const satisfies Declaration;

const ABOUT_FILE = {
  ...ETAG,
  'Last-Modified': 'of the file',
  'Accept-Ranges': 'bytes',
  'Content-Disposition': 'the name of the file',
};
const FILE: Answer['content'] = raw('image/*', 'video/*', 'application/octet-stream');

export const JOB_FILE = {
  id: 'jobFile',
  method: 'GET',
  path: '/v1/jobs/:id/files/:name',
  role: 'view',
  tag: 'Outputs',
  summary: 'Returns a file that a job has made, whole or a part',
  parameters: [
    jobId,
    inPath('name', 'of one of the `outputs` of the job'),
    header('Range', 'one range of bytes, such as bytes=0-1023'),
    header('If-Range', 'the ETag of an earlier answer: the part only if the file is still the same'),
    ifNoneMatch,
  ],
  answers: {
    200: { describe: 'The file', content: FILE, headers: ABOUT_FILE },
    206: {
      describe: 'A part of it',
      content: FILE,
      headers: { ...ABOUT_FILE, 'Content-Range': 'which bytes these are' },
    },
    304: { describe: 'It has not changed', headers: ETAG },
  },
  problems: [404, 416],
} as const satisfies Declaration;

export const JOB_PICTURE = {
  id: 'jobPicture',
  method: 'GET',
  path: '/v1/jobs/:id/preview',
  role: 'view',
  tag: 'Outputs',
  summary: 'Returns the picture of a job as far as it is computed',
  description:
    'At most 640 pixels wide and high. What is not computed yet is transparent. It is made anew at most once a second.',
  parameters: [jobId, ifNoneMatch],
  answers: {
    200: { describe: 'The picture', content: raw('image/webp'), headers: ETAG },
    304: { describe: 'It has not changed', headers: ETAG },
  },
  problems: [404],
} as const satisfies Declaration;

export const GET_JOB_ACTIVITY = {
  id: 'jobActivity',
  method: 'GET',
  path: '/v1/jobs/:id/activity',
  role: 'view',
  tag: 'Outputs',
  summary: 'Shows what each worker has computed for a job, and how it progressed',
  description: 'Kept in memory, of the latest 200 jobs.',
  parameters: [jobId],
  answers: { 200: { describe: 'Points over time, and shares of workers', content: json(JOB_ACTIVITY) } },
  problems: [404],
} as const satisfies Declaration;
