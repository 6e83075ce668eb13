/** /v1/files/{digest}: files that clients send for their jobs. */

import { FractalError } from '../../errors.js';
import { DIGEST, MOST_FILE_BYTES } from '../uploads.js';
import { PUT_FILE } from './api/uploads.js';
import { arriving, FILE_PATIENCE, requireBytes } from './body.js';
import { badRequest, type HttpOptions } from './env.js';
import { HttpError } from './problem.js';
import { type Routes, routes } from './routes.js';

export function uploadRoutes({ uploads, patience = FILE_PATIENCE }: HttpOptions): Routes {
  const app = routes();
  app.add(PUT_FILE, async (context) => {
    const digest = context.req.param('digest');
    if (!DIGEST.test(digest))
      throw badRequest(`"${digest.slice(0, 80)}" is not a SHA-256: 64 hexadecimal digits in lower case`);
    requireBytes(context);
    const { owner } = context.var.grant;
    const length = context.req.header('content-length');
    const bytes = length === undefined ? {} : { bytes: Number(length) };
    const content = arriving(context, MOST_FILE_BYTES, patience);
    try {
      const isNew = await uploads.put({ owner, digest, ...bytes, content });
      return context.json({ digest }, isNew ? 201 : 200);
    } catch (error) {
      // Waiting is of no use, and the rest of the body is not read.
      if (error instanceof FractalError && error.code === 'QUOTA')
        throw new HttpError(413, 'QUOTA', error.message, { connection: 'close' });
      throw error;
    }
  });
  return app;
}
