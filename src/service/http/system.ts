/** The service itself: health, readiness, the queue as a whole, the workers, metrics. */

import { DRAIN_WORKER, GET_QUEUE, HEALTH, LIST_WORKERS, METRICS, READINESS, USE_WORKER } from './api/service.js';
import type { HttpOptions } from './env.js';
import { metricsText } from './metrics.js';
import { HttpError } from './problem.js';
import { type Routes, routes } from './routes.js';

/** For probes, which have no token. */
export function healthRoutes({ service, cluster }: HttpOptions): Routes {
  const app = routes();
  app.add(HEALTH, (context) => context.json({ status: 'ok' }));
  app.add(READINESS, async (context) => {
    await service.counts();
    const ready = cluster.workers().some(({ state }) => state === 'ready');
    return context.json({ status: ready ? 'ready' : 'no worker is ready' }, ready ? 200 : 503);
  });
  return app;
}

export function systemRoutes({ service, cluster, explorer }: HttpOptions): Routes {
  const app = routes();
  app.add(GET_QUEUE, async (context) => {
    const [jobs, work] = await Promise.all([service.counts(), service.work()]);
    return context.json({ jobs, work });
  });
  app.add(LIST_WORKERS, (context) => {
    const rates = service.meter.workers();
    return context.json({ workers: cluster.workers().map((one) => ({ ...one, ...rates.get(one.name) })) });
  });
  app.add(DRAIN_WORKER, (context) => {
    const name = context.req.param('name');
    if (!cluster.drain(name))
      throw new HttpError(404, 'WORKER_MISSING', `no worker "${name}" is ready: GET /v1/workers lists them`);
    return context.body(null, 202);
  });
  app.add(USE_WORKER, (context) => {
    const name = context.req.param('name');
    if (!cluster.undrain(name))
      throw new HttpError(404, 'WORKER_MISSING', `no worker "${name}" is drained: GET /v1/workers lists them`);
    return context.body(null, 204);
  });
  app.add(METRICS, async (context) => {
    const text = metricsText(await service.counts(), await service.work(), cluster.workers(), explorer?.counts);
    return context.text(text, 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  });
  return app;
}
