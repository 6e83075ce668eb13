/** The body of a request, up to a limit of its length and of its time. */

import type { Readable } from 'node:stream';
import type { Context, Patience } from './env.js';
import { HttpError } from './problem.js';

/** As a request file may have. */
const MOST_BYTES = 1 << 20;

export const TEXT_PATIENCE: Patience = { whole: 30_000, silence: 30_000 };
/** For a file that is read whole: 64 MiB at 5 Mbit a second. */
const WHOLE_FILE_PATIENCE: Patience = { whole: 120_000, silence: 30_000 };
export const FILE_PATIENCE: Patience = { whole: 3_600_000, silence: 30_000 };

/** The text of a JSON body. @throws HttpError */
export async function bodyOf(context: Context, patience?: Patience): Promise<string> {
  const type = context.req.header('content-type') ?? '';
  // Pages of other sites cannot send this type without asking first.
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(type))
    throw new HttpError(415, 'HTTP_INVALID', `the body has the type "${type}": send application/json`);
  return textOf(context, patience);
}

/** The text of a body of any type. @throws HttpError */
export async function textOf(context: Context, patience = TEXT_PATIENCE): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of arriving(context, MOST_BYTES, patience)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new HttpError(400, 'HTTP_INVALID', 'the body is not UTF-8 text');
  }
}

/** The bytes of a file, which are read whole. @throws HttpError */
export async function fileOf(context: Context, most: number, patience = WHOLE_FILE_PATIENCE): Promise<Uint8Array> {
  requireBytes(context);
  const chunks: Uint8Array[] = [];
  for await (const chunk of arriving(context, most, patience)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Pages of other sites cannot send this type without asking first. @throws HttpError 415 */
export function requireBytes({ req }: Context): void {
  const type = req.header('content-type') ?? '';
  if (/^application\/octet-stream$/i.test(type)) return;
  throw new HttpError(415, 'HTTP_INVALID', `the body has the type "${type}": send application/octet-stream`);
}

/**
 * A body as it arrives, at most so many bytes. From the connection itself: a stream of the web for each request takes a fifth of
 * the time of a submission. @throws HttpError
 */
export async function* arriving(
  context: Context,
  most: number,
  { whole, silence }: Patience,
): AsyncGenerator<Uint8Array> {
  if (Number(context.req.header('content-length') ?? 0) > most) throw tooLong(most);
  // The connection stays open for the answer that the body is too long or too late.
  const body: Readable = context.env.incoming;
  const chunks: AsyncIterator<Uint8Array> = body.iterator({ destroyOnReturn: false });
  const end = performance.now() + whole;
  try {
    for (let bytes = 0; ; ) {
      const left = end - performance.now();
      const why = left < silence ? `did not arrive within ${whole / 1000} s` : `stopped for ${silence / 1000} s`;
      const { done, value } = await within(chunks.next(), Math.min(left, silence), `the body ${why}: send it again`);
      if (done) return;
      bytes += value.length;
      if (bytes > most) throw tooLong(most);
      yield value;
    }
  } finally {
    // Not awaited: it waits for a chunk that has been asked for, and that may never come.
    void chunks.return?.();
  }
}

/** @throws HttpError 408 after `ms`, 400 when the connection has ended */
function within<T>(next: Promise<T>, ms: number, why: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new HttpError(408, 'HTTP_INVALID', why, { connection: 'close' })), ms);
    next
      .finally(() => clearTimeout(late))
      .then(resolve, (error) => reject(new HttpError(400, 'HTTP_INVALID', `the body did not arrive: ${error}`)));
  });
}

function tooLong(most: number): HttpError {
  const why = `the body is longer than ${most} bytes, which is all that is read`;
  return new HttpError(413, 'HTTP_INVALID', why, { connection: 'close' });
}
