/** The routes of a leader that waits for `POST /start`. GET says its state in one line. */

import { Hono } from 'hono';
import { FractalError } from '../../errors.js';
import { readOverrides } from '../../request/overrides.js';
import type { RawFlags } from '../../request/values.js';
import { textOf } from './body.js';
import { type Context, type Env, needs } from './env.js';
import { type Admission, admit } from './guard.js';
import { HttpError, problemOf } from './problem.js';

export interface StartOptions extends Admission {
  /** One line. */
  state(): string;
  /**
   * Begins with these flags in the place of the leader's own. Throws when they are no request: nothing has begun then.
   * Resolves when the first shards are handed out; rejects when it has ended before.
   */
  start(flags: RawFlags): Promise<void>;
  /** Gets errors of the program itself. */
  report(error: unknown): void;
}

export function startRoutes({ state, start, report, ...admission }: StartOptions): Hono<Env> {
  const app = new Hono<Env>();
  let begun = false;
  const stateLine = (context: Context) => context.text(`${state()}\n`);

  app.onError((error) => problemOf(error, report));
  app.notFound(({ req }) => {
    throw new HttpError(404, 'HTTP_INVALID', `there is no ${req.method} ${req.path}: POST /start begins`);
  });
  app.use(async (context, next) => {
    context.set('grant', admit(context, admission));
    await next();
  });
  app.get('/', needs('view'), stateLine);
  app.get('/start', needs('view'), stateLine);
  app.post('/start', needs('submit'), async (context) => {
    // curl sends JSON under another type; a page of another site is refused by its origin.
    const flags = readOverrides(await textOf(context));
    if (begun) throw new FractalError('JOB_STATE', 'the leader has begun already, and it renders one job');
    const started = start(flags);
    begun = true;
    await started;
    return stateLine(context);
  });
  return app;
}
