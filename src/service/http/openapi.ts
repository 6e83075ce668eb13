/** /openapi.json: the declarations of all routes as OpenAPI 3.1. */

import { createHash } from 'node:crypto';
import type { Declaration } from './api/declaration.js';
import { openApi } from './api/document.js';
import { OPENAPI } from './api/pages.js';
import type { HttpOptions } from './env.js';
import { type Routes, routes } from './routes.js';

export function documentRoutes(
  { version, tokens }: Pick<HttpOptions, 'version' | 'tokens'>,
  declarations: () => readonly Declaration[],
): Routes {
  const app = routes();
  let made: { readonly text: string; readonly etag: string } | undefined;
  app.add(OPENAPI, (context) => {
    made ??= documentOf(openApi(declarations(), { version, tokens: tokens !== undefined }));
    const { text, etag } = made;
    if (context.req.header('if-none-match') === etag) return context.body(null, 304, { etag });
    return context.body(text, 200, { etag, 'content-type': 'application/json' });
  });
  return app;
}

function documentOf(document: object): { readonly text: string; readonly etag: string } {
  const text = JSON.stringify(document);
  return { text, etag: `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"` };
}
