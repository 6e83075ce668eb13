/** /v1/palettes and /v1/palette: colours for pages that paint samples themselves. */

import { createHash } from 'node:crypto';
import { GET_PALETTE, IMPORT_PALETTE, LIST_PALETTES, MAKE_PALETTE } from './api/palettes.js';
import { bodyOf, fileOf } from './body.js';
import { badRequest, type Context, type HttpOptions } from './env.js';
import { atMost, fileName } from './places.js';
import { type Routes, routes } from './routes.js';

const MOST_BYTES = 16 << 20;
/** Of a picture the pixels are in memory. */
const MOST_IMPORTS = 2;
/** Texts of a body: each flag of a picture once, and more. */
const MOST_FLAGS = 500;

export function paletteRoutes({ palettes, patience }: HttpOptions): Routes {
  const app = routes();
  const enter = atMost(MOST_IMPORTS, 'palettes of files are being read');
  app.add(LIST_PALETTES, (context) => cacheable(context, { palettes: palettes.list() }));
  app.add(GET_PALETTE, (context) => cacheable(context, palettes.table(queryOf(context))));
  app.add(MAKE_PALETTE, async (context) => context.json(palettes.table(flagsOf(await bodyOf(context, patience)))));
  app.add(IMPORT_PALETTE, async (context) => {
    const name = fileName(context);
    const leave = enter();
    try {
      return context.json(await palettes.imported(name, await fileOf(context, MOST_BYTES, patience)));
    } finally {
      leave();
    }
  });
  return app;
}

function cacheable(context: Context, answer: object): Response {
  const text = JSON.stringify(answer);
  const etag = `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`;
  // A browser asks again after a while: another version of the program may have other palettes.
  const headers = { etag, 'cache-control': 'private, max-age=600' };
  if (context.req.header('if-none-match') === etag) return context.body(null, 304, headers);
  return context.body(text, 200, { ...headers, 'content-type': 'application/json' });
}

/** @throws HttpError 400 */
function queryOf({ req }: Context): Record<string, string> {
  const flags: Record<string, string> = {};
  for (const [name, [value = '', ...others]] of Object.entries(req.queries())) {
    if (others.length > 0)
      throw badRequest(`"${name.slice(0, 60)}" was given ${others.length + 1} times: give it once`);
    flags[name] = value;
  }
  return flags;
}

/** @throws HttpError 400 */
function flagsOf(text: string): Record<string, string> {
  const wrong = () => badRequest('the body is no JSON object of texts: send flags by name, as {"palette": "Hippi"}');
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw wrong();
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw wrong();
  const entries = Object.entries(data);
  if (entries.length > MOST_FLAGS || entries.some(([, value]) => typeof value !== 'string')) throw wrong();
  return Object.fromEntries(entries);
}
