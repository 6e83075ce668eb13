/** All routes, behind what holds for every request: access and rate. */

import { Hono } from 'hono';
import type { Changes } from './changes.js';
import type { Context, Env, HttpOptions } from './env.js';
import { eventRoutes } from './events.js';
import { exploreRoutes } from './explore.js';
import { fileRoutes } from './files.js';
import { admit } from './guard.js';
import { jobRoutes } from './jobs.js';
import { olderRoutes } from './older/routes.js';
import { documentRoutes } from './openapi.js';
import { overviewRoutes } from './overview.js';
import { paletteRoutes } from './palettes.js';
import { pictureRoutes } from './picture.js';
import { placeRoutes } from './places.js';
import { HttpError, problemOf } from './problem.js';
import { rateLimit } from './rate.js';
import { type Routes, routes } from './routes.js';
import { healthRoutes, systemRoutes } from './system.js';
import { uploadRoutes } from './uploads.js';
import { webRoutes } from './web.js';

const RATE = { perSecond: 500, burst: 1_000 };

export function httpApp(options: HttpOptions, changes: Changes): Hono<Env> {
  const { report, now } = options;
  const all = allRoutes(options, changes);
  const app = new Hono<Env>();
  const wait = rateLimit(RATE, now);

  app.onError((error) => problemOf(error, report));
  app.notFound(({ req }) => {
    throw new HttpError(404, 'HTTP_INVALID', `there is no ${req.method} ${req.path}: /docs lists what there is`);
  });
  app.use(async (context, next) => {
    await next();
    context.header('x-content-type-options', 'nosniff');
    if (!context.res.headers.has('cache-control')) context.header('cache-control', 'no-cache');
  });
  all.mountPublic(app);
  app.use(async (context, next) => {
    context.set('grant', admit(context, options));
    const seconds = wait(clientOf(context));
    if (seconds > 0) {
      const headers = { 'retry-after': String(Math.ceil(seconds)) };
      throw new HttpError(429, 'QUOTA', `more than ${RATE.perSecond} requests a second: wait`, headers);
    }
    await next();
  });
  all.mountGuarded(app);
  return app;
}

/** In the order of the document. */
function allRoutes(options: HttpOptions, changes: Changes): Routes {
  const { service } = options;
  const all = routes();
  all.join(jobRoutes(options), eventRoutes(service, changes), fileRoutes(service), pictureRoutes(service));
  all.join(uploadRoutes(options));
  all.join(exploreRoutes(options));
  all.join(paletteRoutes(options), placeRoutes(options));
  all.join(overviewRoutes(options, changes), systemRoutes(options), healthRoutes(options), webRoutes());
  if (options.older) all.join(olderRoutes(options));
  all.join(documentRoutes(options, () => all.declarations));
  return all;
}

function clientOf({ env }: Pick<Context, 'env'> & { env: Env['Bindings'] }): string {
  return env.incoming?.socket.remoteAddress ?? '';
}
