/** All routes, behind what holds for every request: access and rate. */

import type { Changes } from './changes.js';
import { type Context, type Env, type HttpOptions, type Routes, routes } from './env.js';
import { eventRoutes } from './events.js';
import { fileRoutes } from './files.js';
import { admit } from './guard.js';
import { jobRoutes } from './jobs.js';
import { formRoutes, olderRoutes } from './older/routes.js';
import { overviewRoutes } from './overview.js';
import { pictureRoutes } from './picture.js';
import { HttpError, problemOf } from './problem.js';
import { rateLimit } from './rate.js';
import { healthRoutes, systemRoutes } from './system.js';
import { webRoutes } from './web.js';

const RATE = { perSecond: 500, burst: 1_000 };

export function httpApp(options: HttpOptions, changes: Changes): Routes {
  const { service, report, now } = options;
  const app = routes();
  const wait = rateLimit(RATE, now);

  app.onError((error) => problemOf(error, report));
  app.notFound(({ req }) => {
    throw new HttpError(
      404,
      'HTTP_INVALID',
      `there is no ${req.method} ${req.path}: docs/service.md lists what there is`,
    );
  });
  app.use(async (context, next) => {
    await next();
    context.header('x-content-type-options', 'nosniff');
    if (!context.res.headers.has('cache-control')) context.header('cache-control', 'no-cache');
  });
  app.route('/', healthRoutes(options));
  app.route('/', webRoutes());
  if (options.older) app.route('/', formRoutes());
  app.use(async (context, next) => {
    context.set('grant', admit(context, options));
    const seconds = wait(clientOf(context));
    if (seconds > 0) {
      const headers = { 'retry-after': String(Math.ceil(seconds)) };
      throw new HttpError(429, 'QUOTA', `more than ${RATE.perSecond} requests a second: wait`, headers);
    }
    await next();
  });
  for (const group of [jobRoutes(options), eventRoutes(service, changes), fileRoutes(service), pictureRoutes(service)])
    app.route('/v1/jobs', group);
  app.route('/', systemRoutes(options));
  if (options.older) app.route('/', olderRoutes(options));
  app.route('/', overviewRoutes(options, changes));
  return app;
}

function clientOf({ env }: Pick<Context, 'env'> & { env: Env['Bindings'] }): string {
  return env.incoming?.socket.remoteAddress ?? '';
}
