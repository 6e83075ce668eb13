/** All routes, behind what holds for every request: access and rate. */

import { Hono } from 'hono';
import type { Changes } from './changes.js';
import type { Context, Env, HttpOptions } from './env.js';
import { eventRoutes } from './events.js';
import { fileRoutes } from './files.js';
import { jobRoutes } from './jobs.js';
import { olderRoutes } from './older/routes.js';
import { documentRoutes } from './openapi.js';
import { overviewRoutes } from './overview.js';
import { pictureRoutes } from './picture.js';
import { HttpError, problemOf } from './problem.js';
import { rateLimit } from './rate.js';
import { type Routes, routes } from './routes.js';
import { healthRoutes, systemRoutes } from './system.js';
import { ANONYMOUS, type Grant, grantOf } from './tokens.js';
import { webRoutes } from './web.js';

const RATE = { perSecond: 500, burst: 1_000 };
/** Names of this machine, with which nothing of another one's can be meant. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;
const OPERATOR: Grant = { role: 'operate', owner: ANONYMOUS };

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
    refuseOtherSites(context, options);
    context.set('grant', access(context, options));
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
  all.join(overviewRoutes(options, changes), systemRoutes(options), healthRoutes(options), webRoutes());
  if (options.older) all.join(olderRoutes(options));
  all.join(documentRoutes(options, () => all.declarations));
  return all;
}

/**
 * A browser sends requests of any page to this machine. Those of other origins are refused; and without tokens those
 * under a name that is not the machine's own, which a page can make to lead here.
 */
function refuseOtherSites({ req }: Context, { loopbackOnly }: HttpOptions): void {
  const host = req.header('host') ?? '';
  if (loopbackOnly && !LOOPBACK.test(host))
    throw new HttpError(
      403,
      'ACCESS_DENIED',
      `"${host}" is not this machine: use 127.0.0.1 or localhost, or give the service tokens`,
    );
  const origin = req.header('origin');
  if (origin !== undefined && origin.replace(/^https?:\/\//, '') !== host)
    throw new HttpError(403, 'ACCESS_DENIED', `pages of ${origin} cannot use the service at ${host}`);
}

function access({ req }: Context, { tokens }: HttpOptions): Grant {
  if (!tokens) return OPERATOR;
  const header = req.header('authorization');
  const grant = grantOf(tokens, header);
  if (grant) return grant;
  const why = header === undefined ? 'the request has no token' : 'the token is not known';
  throw new HttpError(401, 'ACCESS_DENIED', `${why}: send "Authorization: Bearer TOKEN"`, {
    'www-authenticate': 'Bearer',
  });
}

function clientOf({ env }: Pick<Context, 'env'> & { env: Env['Bindings'] }): string {
  return env.incoming?.socket.remoteAddress ?? '';
}
