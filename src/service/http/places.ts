/** /v1/locate and /v1/location: where to go from a view, and what a file shows. */

import { LOCATE, LOCATE_ORDER, READ_LOCATION } from './api/places.js';
import { bodyOf, fileOf } from './body.js';
import { badRequest, type Context, type HttpOptions } from './env.js';
import { HttpError } from './problem.js';
import { type Routes, routes } from './routes.js';

const MOST_BYTES = 64 << 20;
/** They compute in the process of the service. */
const MOST_SEARCHES = 4;
/** Their bytes are in memory. */
const MOST_FILES = 4;
/** Searches end themselves before; this is the bound of any. */
const SEARCH_MS = 25_000;

export function placeRoutes({ places, patience }: HttpOptions): Routes {
  const app = routes();
  const search = atMost(MOST_SEARCHES, 'minibrots are being looked for');
  const read = atMost(MOST_FILES, 'files are being read');
  app.add(LOCATE, async (context) => {
    const order = orderOf(await bodyOf(context, patience));
    const leave = search();
    try {
      return context.json(await whileWanted(context, (signal) => places.locate(order, signal)));
    } finally {
      leave();
    }
  });
  app.add(READ_LOCATION, async (context) => {
    const name = fileName(context);
    const leave = read();
    try {
      const content = await fileOf(context, MOST_BYTES, patience);
      return context.json(await whileWanted(context, (signal) => places.location(name, content, signal)));
    } finally {
      leave();
    }
  });
  return app;
}

function orderOf(text: string) {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw badRequest('the body is no JSON: send {"scene": {}, "re": "-1.76", "im": "0", "zoom": "50"}');
  }
  const result = LOCATE_ORDER.safeParse(data);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.length ? `"${issue.path.join('.').slice(0, 60)}" of the body` : 'the body';
  throw badRequest(`${where} is wrong: ${issue?.message}`);
}

/** Ends the work when the client has left, or after SEARCH_MS. */
async function whileWanted<T>({ env }: Context, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const left = () => controller.abort(new HttpError(400, 'HTTP_INVALID', 'the client has left'));
  const late = `it took longer than ${SEARCH_MS / 1000} s: look at a larger view, or give a lower --iters`;
  const timer = setTimeout(() => controller.abort(new HttpError(503, 'TIMEOUT', late)), SEARCH_MS);
  env.outgoing.once('close', left);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    env.outgoing.off('close', left);
  }
}

/** Characters of a file's name. */
const MOST_NAME = 255;

/** @throws HttpError 400 */
export function fileName({ req }: Context): string {
  const name = req.query('name');
  if (name === undefined || name === '') throw badRequest('the query has no name: add ?name=FILE, with the ending');
  if (name.length > MOST_NAME) throw badRequest(`the name has ${name.length} characters, and ${MOST_NAME} are allowed`);
  return name;
}

/** Of work that takes time or memory, so much at once. What it returns is called before and after it. @throws HttpError 429 */
export function atMost(most: number, what: string): () => () => void {
  let under = 0;
  return () => {
    // The body is not read.
    if (under >= most)
      throw new HttpError(429, 'QUOTA', `${most} ${what}: try again in some seconds`, { connection: 'close' });
    under++;
    return () => {
      under--;
    };
  };
}
