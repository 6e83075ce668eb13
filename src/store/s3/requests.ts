/**
 * Requests to an S3 server: signed (AWS Signature Version 4), few at once, each with a time limit, repeated while the server
 * is busy or does not answer. What a server answers is bounded, and never printed but for the code of its errors.
 */

import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import type { Bucket } from './bucket.js';
import { Connections } from './exchange.js';
import { errorCodeOf, type Page, pageOf } from './listing.js';

export interface RequestOptions {
  /** A request that failed is repeated for so long. */
  readonly patienceMs?: number;
  /** For the answer to a request without bytes; at least so many bytes a millisecond are expected of the others. */
  readonly answerMs?: number;
}

/** Requests at once. */
const MOST = 16;
const PATIENCE_MS = 10_000;
const ANSWER_MS = 5_000;
const BYTES_PER_MS = 256;
const FIRST_PAUSE_MS = 100;
/** Of a page of a list, or an error. */
const MOST_XML = 4 << 20;
const NO_BUCKET = 'what answers is not an S3 server with this bucket';
/** Statuses of a server that is busy. */
const BUSY = [408, 429, 500, 502, 503, 504];

interface Order {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  /** After the URL of the bucket. */
  readonly path: string;
  readonly body?: Uint8Array;
  /** Of the answer, where an object is asked for: at most so many. */
  readonly bytes?: number;
}

export class Requests {
  private readonly keys: Omit<ConstructorParameters<typeof AwsV4Signer>[0], 'url'>;
  private readonly connections: Connections;
  private readonly waiting: (() => void)[] = [];
  private readonly running = new Set<AbortController>();
  private free = MOST;
  private closed = false;

  constructor(
    private readonly bucket: Bucket,
    private readonly options: RequestOptions = {},
  ) {
    const { sessionToken, ...keys } = bucket.credentials();
    this.keys = {
      ...keys,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      // The key of a day is derived once.
      ...{ service: 's3', region: bucket.region, cache: new Map() },
    };
    this.connections = new Connections(bucket.url.startsWith('https:'), MOST);
  }

  /** All bytes of an object; undefined: it does not exist, or has more than these. */
  get(name: string, bytes: number): Promise<Buffer | undefined> {
    return this.send({ method: 'GET', path: this.path(name), bytes });
  }

  async put(name: string, body: Uint8Array): Promise<void> {
    const done = await this.send({ method: 'PUT', path: this.path(name), body });
    if (!done) throw new Error(NO_BUCKET);
  }

  /** Nothing happens where it does not exist. */
  async delete(name: string): Promise<void> {
    await this.send({ method: 'DELETE', path: this.path(name) });
  }

  /** At most a thousand objects whose names begin so, in the order of their names. `from`: `next` of the page before. */
  async list(prefix: string, from?: string, most = 1000): Promise<Page> {
    const full = this.path(prefix).slice(1);
    const query = new URLSearchParams({ 'list-type': '2', prefix: full, 'max-keys': String(most) });
    if (from !== undefined) query.set('continuation-token', from);
    // Spaces as %20: signatures know no plus sign.
    const path = `/?${query.toString().replaceAll('+', '%20')}`;
    const xml = await this.send({ method: 'GET', path });
    const page = xml && pageOf(xml.toString(), full);
    if (!page) throw new Error(NO_BUCKET);
    return page;
  }

  /** Ends what is under way, which rejects; nothing is sent afterwards. */
  close(): void {
    this.closed = true;
    for (const one of this.running) one.abort(new Error('the store was closed'));
    for (const proceed of this.waiting.splice(0)) proceed();
    this.connections.close();
  }

  private get origin(): string {
    return new URL(this.bucket.url).origin;
  }

  private path(name: string): string {
    const { prefix } = this.bucket;
    return `/${prefix}${prefix === '' ? '' : '/'}${name}`;
  }

  /** The bytes of the answer; undefined: 404, or too many. @throws Error in words for users */
  private async send(order: Order): Promise<Buffer | undefined> {
    if (this.free === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.free--;
    try {
      return await this.patiently(order);
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }

  private async patiently(order: Order): Promise<Buffer | undefined> {
    const end = performance.now() + (this.options.patienceMs ?? PATIENCE_MS);
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
      const { done, bytes, why } = await this.once(order);
      if (done) return bytes;
      // Several leaders do not come back at the same time.
      const wait = pauseMs * (0.5 + Math.random() / 2);
      if (this.closed || performance.now() + wait > end) throw new Error(why);
      await pause(wait);
    }
  }

  /** `why`: it may succeed later. @throws Error where it will not */
  private async once(order: Order): Promise<{ done: boolean; bytes?: Buffer | undefined; why?: string }> {
    if (this.closed) throw new Error('the store was closed');
    const attempt = new AbortController();
    this.running.add(attempt);
    const { body, bytes: expected } = order;
    const limitMs = (this.options.answerMs ?? ANSWER_MS) + (body?.length ?? expected ?? 0) / BYTES_PER_MS;
    const late = setTimeout(() => attempt.abort(new Error(`no answer within ${Math.ceil(limitMs / 1000)} s`)), limitMs);
    try {
      const { url, headers } = await this.signed(order);
      const { method } = order;
      const most = { ok: expected || MOST_XML, other: MOST_XML };
      const { signal } = attempt;
      const { status, bytes } = await this.connections.exchange({ method, url, headers, body, signal, most });
      if (status >= 200 && status < 300) return { done: true, bytes };
      const code = errorCodeOf(bytes?.toString() ?? '');
      if (status === 404 && code !== 'NoSuchBucket') return { done: true };
      const why = code ? `${status} ${code}` : `${status}`;
      if (BUSY.includes(status)) return { done: false, why: `${why} from ${this.origin}` };
      throw new Refusal(`${why} from ${this.origin}`);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      return { done: false, why: `${this.origin}: ${wordsOf(error, attempt.signal)}` };
    } finally {
      clearTimeout(late);
      this.running.delete(attempt);
    }
  }

  private async signed({ method, path, body }: Order) {
    const hash = createHash('sha256')
      .update(body ?? '')
      .digest('hex');
    const signer = new AwsV4Signer({
      ...{ ...this.keys, method, url: `${this.bucket.url}${path}` },
      headers: { 'x-amz-content-sha256': hash },
    });
    const { url, headers } = await signer.sign();
    return { url, headers: Object.fromEntries(headers) };
  }
}

/** The server will not do it, however often it is asked. */
class Refusal extends Error {}

function wordsOf(error: unknown, { aborted, reason }: AbortSignal): string {
  if (aborted) return (reason as Error).message;
  const { code, message } = error as { code?: string; message: string };
  return code ?? message;
}
