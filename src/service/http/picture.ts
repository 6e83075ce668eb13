/** /v1/jobs/{id}/preview: the picture of a job as far as it is. */

import { createHash } from 'node:crypto';
import type { Service } from '../service.js';
import { JOB_PICTURE } from './api/outputs.js';
import { HttpError } from './problem.js';
import { type Routes, routes } from './routes.js';

export function pictureRoutes(service: Pick<Service, 'get' | 'picture'>): Routes {
  const app = routes();
  app.add(JOB_PICTURE, async (context) => {
    const { id, state } = await service.get(context.req.param('id'));
    const picture = await service.picture(id);
    if (!picture) throw new HttpError(404, 'JOB_MISSING', `job ${id}, which is ${state}, has nothing to be seen yet`);
    const etag = `"${createHash('sha256').update(picture).digest('hex').slice(0, 16)}"`;
    if (context.req.header('if-none-match') === etag) return context.body(null, 304, { etag });
    return context.body(Uint8Array.from(picture), 200, { etag, 'content-type': 'image/webp' });
  });
  return app;
}
