/** PUT /api/submit-job and GET /api/get-image/UUID, with the statuses and bodies of the older system. */

import { Readable } from 'node:stream';
import { FractalError, oneLine } from '../../../errors.js';
import { mpiFields, mpiOrder } from '../../../request/mpi.js';
import { orderSubmission } from '../../../request/submission.js';
import { hasEnded } from '../../job.js';
import { firstFile } from '../../older/ended.js';
import { GET_PICTURE, SUBMIT_PICTURE } from '../api/older.js';
import { textOf } from '../body.js';
import { type HttpOptions, requirePixels } from '../env.js';
import { problemOf } from '../problem.js';
import { type Routes, routes } from '../routes.js';

/** The one file of such a job. */
const OUTFILE = 'fractal.png';

export function pictureRoutes({ service, mostPixels, patience, report }: HttpOptions): Routes {
  const app = routes();
  app.onError(async (error) => {
    const problem = problemOf(error, report);
    const { status, headers } = problem;
    const { detail } = (await problem.json()) as { detail: string };
    headers.delete('content-type');
    return Response.json({ error: detail }, { status, headers });
  });

  app.add(SUBMIT_PICTURE, async (context) => {
    // The older clients send JSON under any type; a page of another site is refused by its origin.
    const { order } = mpiOrder(mpiFields(await textOf(context, patience)));
    const submission = orderSubmission({ ...order, outfile: OUTFILE });
    requirePixels(submission.pixels, mostPixels);
    const { pixels, ...wanted } = submission;
    const { job } = await service.submit({ ...wanted, owner: context.var.grant.owner });
    return context.json({ uuid: job.id }, 202);
  });

  app.add(GET_PICTURE, async (context) => {
    const job = await service.get(context.req.param('uuid')).catch((error: unknown) => {
      if (error instanceof FractalError && error.code === 'JOB_MISSING') return undefined;
      throw error;
    });
    if (!job || job.expired) return context.json({ error: 'UUID not found' }, 404);
    if (!hasEnded(job)) return context.json({ message: 'Still processing' }, 202);
    if (job.state !== 'succeeded') {
      const details = job.error ? oneLine(`${job.error.code}: ${job.error.message}`) : `the job is ${job.state}`;
      return context.json({ error: 'The job has failed', details }, 422);
    }
    try {
      const { bytes, read } = await firstFile(service, job);
      const headers = { 'content-type': 'image/png', 'content-length': String(bytes) };
      return context.body(Readable.toWeb(read(0, bytes - 1)) as ReadableStream<Uint8Array>, 200, headers);
    } catch (error) {
      return context.json({ error: 'Error retrieving the image', details: oneLine(String(error)) }, 500);
    }
  });
  return app;
}
