/** /v1/jobs/{id}/files/{name}: an output, whole or a part (RFC 9110, one range). */

import { Readable } from 'node:stream';
import type { Service } from '../service.js';
import { JOB_FILE } from './api/outputs.js';
import { HttpError } from './problem.js';
import { type Routes, routes } from './routes.js';

/** By extension, in lower case. */
const TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  apng: 'image/apng',
  gif: 'image/gif',
  webp: 'image/webp',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  exr: 'image/x-exr',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
  webm: 'video/webm',
};

export function fileRoutes(service: Pick<Service, 'get' | 'files'>): Routes {
  const app = routes();
  app.add(JOB_FILE, async (context) => {
    const job = await service.get(context.req.param('id'));
    const { id, outputs } = job;
    const name = context.req.param('name');
    // Only what the job has made: no path leads out of its folder.
    const isOutput = outputs.some((one) => one.name === name);
    const file = isOutput ? await service.files.open(job, name) : undefined;
    if (!file) throw new HttpError(404, 'JOB_MISSING', `job ${id} has no file "${name}"`);
    let reading = false;
    try {
      const etag = `"${file.bytes}-${Math.round(file.modified)}"`;
      const common = {
        etag,
        'last-modified': new Date(file.modified).toUTCString(),
        'accept-ranges': 'bytes',
        'content-type': typeOf(name),
        'content-disposition': `inline; filename*=UTF-8''${encodeURIComponent(name)}`,
      };
      const condition = context.req.header('if-range');
      const header = condition === undefined || condition === etag ? context.req.header('range') : undefined;
      if (context.req.header('if-none-match') === etag) return context.body(null, 304, common);
      const range = rangeOf(header, file.bytes);
      const [first, last] = range ?? [0, file.bytes - 1];
      const length = { 'content-length': String(last - first + 1) };
      const part = range ? { 'content-range': `bytes ${first}-${last}/${file.bytes}` } : {};
      const headers = { ...common, ...length, ...part };
      if (context.req.method === 'HEAD' || file.bytes === 0) return context.body(null, 200, headers);
      const stream = Readable.toWeb(file.read(first, last)) as ReadableStream<Uint8Array>;
      reading = true;
      return context.body(stream, range ? 206 : 200, headers);
    } finally {
      if (!reading) await file.close();
    }
  });
  return app;
}

/** Of a file, by its name. */
export function typeOf(name: string): string {
  return TYPES[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream';
}

/** The first and last byte; undefined: all of it, as for ranges that are not understood. @throws HttpError 416 */
function rangeOf(header: string | undefined, bytes: number): [first: number, last: number] | undefined {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined;
  const first = from === '' ? Math.max(0, bytes - Number(to)) : Number(from);
  const last = from === '' || to === '' ? bytes - 1 : Math.min(bytes - 1, Number(to));
  if (first <= last) return [first, last];
  // A range that ends before it begins is not one.
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  const why = `the range ${header} is not in the file, which has ${bytes} bytes`;
  throw new HttpError(416, 'HTTP_INVALID', why, { 'content-range': `bytes */${bytes}` });
}
