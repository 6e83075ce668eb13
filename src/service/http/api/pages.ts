/** Declarations of what browsers show. The files are public; what they show is not. */

import { type Answer, type Declaration, raw } from './declaration.js';
import { ETAG, ifNoneMatch, inPath } from './parameters.js';

const UNCHANGED: Answer = { describe: 'It has not changed', headers: ETAG };
const HTML: Answer = { describe: 'The page', content: raw('text/html'), headers: ETAG };

export const DASHBOARD = {
  id: 'dashboard',
  method: 'GET',
  path: '/',
  tag: 'Pages',
  summary: 'Returns the dashboard',
  parameters: [ifNoneMatch],
  answers: { 200: HTML, 304: UNCHANGED },
  problems: [404],
} as const satisfies Declaration;

export const EXPLORE = {
  id: 'explore',
  method: 'GET',
  path: '/explore',
  tag: 'Pages',
  summary: 'Returns the explorer: pictures at any depth, computed while one looks',
  parameters: [ifNoneMatch],
  answers: { 200: HTML, 304: UNCHANGED },
  problems: [404],
} as const satisfies Declaration;

export const DOCS = {
  id: 'docs',
  method: 'GET',
  path: '/docs',
  tag: 'Pages',
  summary: 'Returns the page that shows this document, to read and to try',
  parameters: [ifNoneMatch],
  answers: { 200: HTML, 304: UNCHANGED },
  problems: [404],
} as const satisfies Declaration;

export const WEB_FILE = {
  id: 'webFile',
  method: 'GET',
  path: '/web/:name',
  tag: 'Pages',
  summary: 'Returns a script, style or image of the pages',
  parameters: [inPath('name', 'with a digest of its content'), ifNoneMatch],
  answers: {
    200: { describe: 'The file', content: raw('text/*', 'image/*', 'application/octet-stream'), headers: ETAG },
    304: UNCHANGED,
  },
  problems: [404],
} as const satisfies Declaration;

export const OPENAPI = {
  id: 'openapi',
  method: 'GET',
  path: '/openapi.json',
  tag: 'Pages',
  summary: 'Returns this document: OpenAPI 3.1',
  parameters: [ifNoneMatch],
  answers: { 200: { describe: 'The document', content: raw('application/json'), headers: ETAG }, 304: UNCHANGED },
} as const satisfies Declaration;
