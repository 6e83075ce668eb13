/** The body of a request, up to a limit. */

import type { Context } from './env.js';
import { HttpError } from './problem.js';

/** As a request file may have. */
const MOST_BYTES = 1 << 20;

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
  if (Number(context.req.header('content-length') ?? 0) > MOST_BYTES) throw tooLong();
  const bytes = await read(context.req.raw.body);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new HttpError(400, 'HTTP_INVALID', 'the body is not UTF-8 text');
  }
}

async function read(body: ReadableStream<Uint8Array> | null): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = body?.getReader();
  while (reader) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw new HttpError(400, 'HTTP_INVALID', `the body did not arrive: ${error}`);
    });
    if (done) break;
    bytes += value.length;
    if (bytes > MOST_BYTES) throw tooLong();
    chunks.push(value);
  }
  return Buffer.concat(chunks);
}

function tooLong(): HttpError {
  const why = `the body is longer than ${MOST_BYTES} bytes, which is all that is read`;
  return new HttpError(413, 'HTTP_INVALID', why, { connection: 'close' });
}
