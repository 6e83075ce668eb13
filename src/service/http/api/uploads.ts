/** Declaration of /v1/files. */

import * as z from 'zod';
import { type Declaration, json, raw } from './declaration.js';
import { UPLOAD } from './schemas.js';

export const PUT_FILE = {
  id: 'putFile',
  method: 'PUT',
  path: '/v1/files/:digest',
  role: 'submit',
  tag: 'Jobs',
  summary: 'Takes a file of a job: of a POV-Ray scene, or a texture',
  description:
    'Each file once, under its digest; jobs name it by that. It belongs to the owner of the token, and is removed when no job needs it any more. The answer comes when the file is on the disk.',
  parameters: [
    {
      in: 'path',
      name: 'digest',
      schema: z.string().regex(/^[0-9a-f]{64}$/),
      describe: 'SHA-256 of the bytes, 64 hexadecimal digits in lower case',
    },
  ],
  body: { describe: 'The bytes of the file', content: raw('application/octet-stream') },
  answers: {
    200: { describe: 'It was there already', content: json(UPLOAD) },
    201: { describe: 'It is stored', content: json(UPLOAD) },
  },
  problems: [400, 408, 413, 415],
} as const satisfies Declaration;
