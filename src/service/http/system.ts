/** The service itself: health, readiness, the queue as a whole, the workers, metrics. */

import { type HttpOptions, needs, type Routes, routes } from './env.js';
import { metricsText } from './metrics.js';
import { HttpError } from './problem.js';

/** For probes, which have no token. */
export function healthRoutes({ service, cluster }: HttpOptions): Routes {
  const app = routes();
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) => {
    await service.counts();
    const ready = cluster.workers().some(({ state }) => state === 'ready');
    return context.json({ status: ready ? 'ready' : 'no worker is ready' }, ready ? 200 : 503);
  });
  return app;
}

export function systemRoutes({ service, cluster }: HttpOptions): Routes {
  const app = routes();
  app.get('/v1/queue', needs('view'), async (context) => {
    const [jobs, work] = await Promise.all([service.counts(), service.work()]);
    return context.json({ jobs, work });
  });
  app.get('/v1/workers', needs('view'), (context) => {
    const rates = service.meter.workers();
    return context.json({ workers: cluster.workers().map((one) => ({ ...one, ...rates.get(one.name) })) });
  });
  app.post('/v1/workers/:name/drain', needs('operate'), (context) => {
    const name = context.req.param('name');
    if (!cluster.drain(name))
      throw new HttpError(404, 'WORKER_MISSING', `no worker "${name}" is ready: GET /v1/workers lists them`);
    return context.body(null, 202);
  });
  app.delete('/v1/workers/:name/drain', needs('operate'), (context) => {
    const name = context.req.param('name');
    if (!cluster.undrain(name))
      throw new HttpError(404, 'WORKER_MISSING', `no worker "${name}" is drained: GET /v1/workers lists them`);
    return context.body(null, 204);
  });
  app.get('/metrics', needs('view'), async (context) => {
    const text = metricsText(await service.counts(), await service.work(), cluster.workers());
    return context.text(text, 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  });
  return app;
}
