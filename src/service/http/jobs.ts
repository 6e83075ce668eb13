/** /v1/jobs: submit, list, show, change, delete. */

import { createHash } from 'node:crypto';
import { parseRevision, readSubmission } from '../../request/submission.js';
import type { Job } from '../job.js';
import { COMMANDS } from '../life.js';
import type { AcceptOptions } from '../queue.js';
import { CHANGE_JOB, commandOn, DELETE_JOB, GET_JOB, LIST_JOBS, SUBMIT_JOB } from './api/jobs.js';
import { bodyOf } from './body.js';
import {
  badRequest,
  type Context,
  type HttpOptions,
  ownerOf,
  requireOwner,
  requirePixels,
  versionWanted,
} from './env.js';
import { cursorText, queryOf } from './list.js';
import { HttpError } from './problem.js';
import { type Routes, routes } from './routes.js';
import { jobView } from './views.js';

export function jobRoutes({ service, mostPixels, uploads, checkScene, patience }: HttpOptions): Routes {
  const app = routes();

  app.add(SUBMIT_JOB, async (context) => {
    const text = await bodyOf(context, patience);
    const { pixels, owner, scene, files, ...wanted } = readSubmission(text);
    requirePixels(pixels, mostPixels);
    const submission = { ...wanted, owner: ownerOf(context, owner) };
    if (scene) checkScene(scene);
    requireFiles(await uploads.missing(context.var.grant.owner, files));
    const { job, isNew } = await service.submit(submission, keyOf(context, text));
    const headers = { location: `/v1/jobs/${job.id}`, etag: etag(job) };
    return context.json(jobView(job), isNew ? 201 : 200, headers);
  });

  app.add(LIST_JOBS, async (context) => {
    const { jobs, next } = await service.list(queryOf(context.req.queries()));
    return context.json({ jobs: jobs.map(jobView), ...(next ? { next: cursorText(next) } : {}) });
  });

  app.add(GET_JOB, async (context) => {
    const job = await service.get(context.req.param('id'));
    if (context.req.header('if-none-match') === etag(job)) return context.body(null, 304, { etag: etag(job) });
    return answer(context, job);
  });

  app.add(CHANGE_JOB, async (context) => {
    const id = context.req.param('id');
    const wanted = parseRevision(await bodyOf(context, patience));
    requireOwner(context.var.grant, await service.get(id));
    if (wanted.owner !== undefined) ownerOf(context, wanted.owner);
    return answer(context, await service.revise(id, wanted, versionWanted(context)));
  });

  app.add(DELETE_JOB, async (context) => {
    const id = context.req.param('id');
    requireOwner(context.var.grant, await service.get(id));
    await service.remove(id, versionWanted(context));
    return context.body(null, 204);
  });

  for (const name of COMMANDS) {
    app.add(commandOn(name), async (context) => {
      const id = context.req.param('id');
      requireOwner(context.var.grant, await service.get(id));
      return answer(context, await service.act(id, name, versionWanted(context)));
    });
  }
  return app;
}

function requireFiles(missing: readonly string[]): void {
  if (missing.length === 0) return;
  const why = `${missing.length === 1 ? 'a file' : `${missing.length} files`} of the job must be sent first: PUT /v1/files/SHA256`;
  throw new HttpError(422, 'SCENE_FILES', why, {}, { missing });
}

function answer(context: Context, job: Job): Response {
  return context.json(jobView(job), 200, { etag: etag(job) });
}

/** Of a job that runs, its progress changes as well. */
function etag({ version }: Job): string {
  return `"${version}"`;
}

function keyOf(context: Context, body: string): AcceptOptions['key'] {
  const text = context.req.header('idempotency-key');
  if (text === undefined) return undefined;
  if (!/^[\x20-\x7e]{1,255}$/.test(text))
    throw badRequest('the Idempotency-Key has more than 255 characters, or others than ASCII');
  return { text, body: createHash('sha256').update(body).digest('hex') };
}
