/** The body of a request, up to a limit. */

import type { Readable } from 'node:stream';
import type { Context } from './env.js';
import { HttpError } from './problem.js';

/** As a request file may have. */
const MOST_BYTES = 1 << 20;
const MOST_MS = 30_000;

/** The text of a JSON body. @throws HttpError */
export async function bodyOf(context: Context): Promise<string> {
  const type = context.req.header('content-type') ?? '';
  // Pages of other sites cannot send this type without asking first.
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(type))
    throw new HttpError(415, 'HTTP_INVALID', `the body has the type "${type}": send application/json`);
  return textOf(context);
}

/** The text of a body of any type. @throws HttpError */
export async function textOf(context: Context): Promise<string> {
  const chunks: Uint8Array[] = [];
  const { incoming } = context.env;
  // Longer bodies, which are files, may take longer.
  const late = setTimeout(() => incoming.destroy(new Error(`it took longer than ${MOST_MS / 1000} s`)), MOST_MS);
  try {
    for await (const chunk of arriving(context, MOST_BYTES)) chunks.push(chunk);
  } finally {
    clearTimeout(late);
  }
  const bytes = Buffer.concat(chunks);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new HttpError(400, 'HTTP_INVALID', 'the body is not UTF-8 text');
  }
}

/**
 * A body as it arrives, at most so many bytes. From the connection itself: a stream of the web for each request takes a fifth of
 * the time of a submission. @throws HttpError
 */
export async function* arriving(context: Context, most: number): AsyncGenerator<Uint8Array> {
  if (Number(context.req.header('content-length') ?? 0) > most) throw tooLong(most);
  const body: Readable = context.env.incoming;
  let bytes = 0;
  try {
    // The connection stays open for the answer that the body is too long.
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length;
      if (bytes > most) break;
      yield chunk;
    }
  } catch (error) {
    throw new HttpError(400, 'HTTP_INVALID', `the body did not arrive: ${error}`);
  }
  if (bytes > most) throw tooLong(most);
}

function tooLong(most: number): HttpError {
  const why = `the body is longer than ${most} bytes, which is all that is read`;
  return new HttpError(413, 'HTTP_INVALID', why, { connection: 'close' });
}
