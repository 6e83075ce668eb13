/** The dashboard, the explorer and the page of the API: the files of dist/web, which `make build` bundles from web/. They are public: what they show is not. */

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DASHBOARD, DOCS, EXPLORE, WEB_FILE } from './api/pages.js';
import type { Context } from './env.js';
import { HttpError } from './problem.js';
import { type Routes, routes } from './routes.js';

const FOLDER = fileURLToPath(new URL('../../../web/', import.meta.url));
const DASHBOARD_PAGE = 'index.html';
const DOCS_PAGE = 'docs.html';
const EXPLORE_PAGE = 'explore.html';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
};

/** Scripts, styles and connections of this service only; pictures and films also from memory, since they need a token. */
const POLICY = policy("'self' blob:");
/** Swagger UI has its icons in its style sheet. */
const DOCS_POLICY = policy("'self' blob: data:");
/** Pictures of saved places are data; what is sent is unpacked in a worker of the browser. */
const EXPLORE_POLICY = `${policy("'self' blob: data:")}; worker-src 'self' blob:`;

const POLICIES: Readonly<Record<string, string>> = { [DOCS_PAGE]: DOCS_POLICY, [EXPLORE_PAGE]: EXPLORE_POLICY };

interface WebFile {
  readonly bytes: Buffer;
  readonly etag: string;
}

export function webRoutes(): Routes {
  const app = routes();
  let files: Promise<ReadonlyMap<string, WebFile>> | undefined;
  const answer = async (context: Context, name: string) => {
    files ??= filesIn(FOLDER);
    const file = (await files).get(name);
    if (!file) throw new HttpError(404, 'HTTP_INVALID', `there is no file "${name}" of the dashboard`);
    const headers = {
      etag: file.etag,
      'content-security-policy': POLICIES[name] ?? POLICY,
      'referrer-policy': 'no-referrer',
      // Names of other files have a digest of their content.
      'cache-control': name.endsWith('.html') ? 'no-cache' : 'public, max-age=31536000, immutable',
    };
    if (context.req.header('if-none-match') === file.etag) return context.body(null, 304, headers);
    const type = TYPES[extname(name)] ?? 'application/octet-stream';
    return context.body(new Uint8Array(file.bytes), 200, { ...headers, 'content-type': type });
  };
  app.add(DASHBOARD, (context) => answer(context, DASHBOARD_PAGE));
  app.add(EXPLORE, (context) => answer(context, EXPLORE_PAGE));
  app.add(DOCS, (context) => answer(context, DOCS_PAGE));
  app.add(WEB_FILE, (context) => answer(context, context.req.param('name')));
  return app;
}

function policy(images: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    `img-src ${images}`,
    "media-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

async function filesIn(folder: string): Promise<ReadonlyMap<string, WebFile>> {
  const names = await readdir(folder).catch(() => []);
  const entries = names.map(async (name) => {
    const bytes = await readFile(folder + name);
    return [name, { bytes, etag: `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"` }] as const;
  });
  return new Map(await Promise.all(entries));
}
