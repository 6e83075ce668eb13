/** Declarations of what the HTTP clients of older systems use. */

import { type Answer, type Declaration, json, raw } from './declaration.js';
import { inPath } from './parameters.js';
import { OLDER_ERROR, OLDER_JOB, OLDER_STATE } from './schemas.js';

const failed = (describe: string): Answer => ({ describe, content: json(OLDER_ERROR) });
const TEXT = { 'application/json': {}, 'text/plain': {} };

export const SUBMIT_PICTURE = {
  id: 'submitOlderJob',
  method: 'PUT',
  path: '/api/submit-job',
  role: 'submit',
  tag: 'Older',
  summary: 'Submits a picture, as an older system has it',
  body: { describe: 'Fields of the older system, as JSON under any type.', content: TEXT },
  answers: {
    202: { describe: 'It is accepted', content: json(OLDER_JOB) },
    400: failed('The request is wrong'),
    403: failed('Not allowed'),
    408: failed('Too slow'),
    413: failed('Too large'),
    429: failed('Too many'),
    500: failed('An error of the service'),
    503: failed('Not possible at the moment'),
  },
} as const satisfies Declaration;

export const GET_PICTURE = {
  id: 'getOlderImage',
  method: 'GET',
  path: '/api/get-image/:uuid',
  role: 'view',
  tag: 'Older',
  summary: 'Returns the picture of such a job when it is complete',
  parameters: [inPath('uuid', 'of the job')],
  answers: {
    200: { describe: 'The picture', content: raw('image/png') },
    202: { describe: 'It is not complete yet', content: json(OLDER_STATE) },
    403: failed('Not allowed'),
    404: failed('There is no such job'),
    422: failed('The job has failed'),
    500: failed('An error of the service'),
    503: failed('Not possible at the moment'),
  },
} as const satisfies Declaration;

export const RENDER_REQUEST = {
  id: 'renderOlderRequest',
  method: 'POST',
  path: '/api/request',
  role: 'submit',
  tag: 'Older',
  summary: 'Renders a request file, and returns its picture or film',
  description: 'With `Accept: multipart/form-data` the request beside it.',
  body: { describe: 'A request file.', content: { 'application/json': {} } },
  answers: {
    200: {
      describe: 'The picture or film',
      content: raw('image/*', 'video/*', 'multipart/form-data', 'application/octet-stream'),
    },
  },
  problems: [400, 408, 409, 413, 415],
} as const satisfies Declaration;

export const FORM_PAGE = {
  id: 'olderForm',
  method: 'GET',
  path: '/form',
  tag: 'Older',
  summary: 'Returns a form for one picture, which asks for the token',
  answers: { 200: { describe: 'The page', content: raw('text/html') } },
} as const satisfies Declaration;
