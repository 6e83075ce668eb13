/** POST /api/request: a request file in, the film out; with `Accept: multipart/form-data` the request beside it. */

import { Readable } from 'node:stream';
import { type Sequence, sequenceOf } from '../../older/sequence.js';
import { RENDER_REQUEST } from '../api/older.js';
import { bodyOf } from '../body.js';
import { type HttpOptions, ownerOf } from '../env.js';
import { typeOf } from '../files.js';
import { type Routes, routes } from '../routes.js';

const BOUNDARY = 'fractal-4f1d2c6e9b7a4d05';

export function requestRoutes(options: HttpOptions): Routes {
  const app = routes();
  app.add(RENDER_REQUEST, async (context) => {
    const text = await bodyOf(context, options.patience);
    // Nothing moves on the connection while the film is made.
    context.env.incoming.socket.setTimeout(0);
    const { signal } = context.req.raw;
    const found = await sequenceOf(text, options, signal, (wanted) => ownerOf(context, wanted));
    const multipart = /\bmultipart\/form-data\b/i.test(context.req.header('accept') ?? '');
    const { head, tail, type } = multipart ? formOf(found) : { head: '', tail: '', type: typeOf(found.name) };
    const length = Buffer.byteLength(head) + found.bytes + Buffer.byteLength(tail);
    const body = Readable.toWeb(Readable.from(pieces(head, found, tail))) as ReadableStream<Uint8Array>;
    return context.body(body, 200, { 'content-type': type, 'content-length': String(length) });
  });
  return app;
}

async function* pieces(head: string, { read, bytes }: Sequence, tail: string): AsyncGenerator<Uint8Array> {
  if (head !== '') yield Buffer.from(head);
  yield* read(0, bytes - 1);
  if (tail !== '') yield Buffer.from(tail);
}

/** RFC 7578: the fields `request` and `video`. Names of files have no quotes. */
function formOf({ order, name }: Sequence): { head: string; tail: string; type: string } {
  const part = (field: string, type: string) =>
    `--${BOUNDARY}\r\nContent-Disposition: form-data; ${field}\r\nContent-Type: ${type}\r\n\r\n`;
  return {
    head: `${part('name="request"', 'application/json')}${JSON.stringify(order)}\r\n${part(`name="video"; filename="${name}"`, typeOf(name))}`,
    tail: `\r\n--${BOUNDARY}--\r\n`,
    type: `multipart/form-data; boundary=${BOUNDARY}`,
  };
}
