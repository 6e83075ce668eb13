/**
 * Blobs in a bucket: each batch is an object `<key>/<writer>-<number>` of its own, which is never changed. Names of writers
 * are unique and begin with the time, so any number of programs may write under one key at once. Nothing is evicted: that is
 * for the bucket's lifecycle rules.
 */

import { randomBytes } from 'node:crypto';
import type { Blobs, Expectation, Listed, Part, PartWriter, Traits } from '../blobs.js';
import { Store, type StoreOptions } from '../store.js';
import { type Bucket, textOf } from './bucket.js';
import { Fetching } from './fetching.js';
import type { S3Object } from './listing.js';
import { type RequestOptions, Requests } from './requests.js';

const NAME = /^([0-9a-f]{64})\/([0-9a-f]{24})-[0-9]{8}$/;

/** An object costs a request, and a request waits for the network: few of them, several at once. */
const TRAITS: Traits = { batchBytes: 4 << 20, batchMs: 1000, lanes: 8, merges: false };

/** Keys that are read soon; the first objects of each are in memory. */
const MOST_COMING = 8;
/** A larger object is none of ours: no record is longer. */
const MOST_BYTES = 2 ** 31;
/** Before a job waits for the first answer, a server that is down is waited for so long. */
const OPENING_MS = 3_000;

/** A store in a bucket, which has to exist. */
export function openOnS3(bucket: Bucket, lines: Pick<StoreOptions, 'warn' | 'note'>): Promise<Store> {
  return Store.open({ name: `"${textOf(bucket)}"`, blobs: () => s3Blobs(bucket), ...lines });
}

/** @throws Error in words for users, where the bucket cannot be listed */
export async function s3Blobs(bucket: Bucket, options?: RequestOptions): Promise<Blobs> {
  const opening = new Requests(bucket, { patienceMs: OPENING_MS, answerMs: OPENING_MS, ...options });
  await opening.list('', undefined, 1).finally(() => opening.close());
  return new S3Blobs(new Requests(bucket, options));
}

class S3Blobs implements Blobs {
  readonly traits = TRAITS;
  readonly limit = Infinity;
  /** Writers that are not closed. */
  private readonly writing = new Set<string>();

  /** Searches for keys that are read soon. */
  private readonly coming = new Map<string, Promise<Fetching>>();

  constructor(private readonly requests: Requests) {}

  async *read(key: string): AsyncGenerator<Part> {
    const search = this.coming.get(key) ?? this.search(key);
    this.coming.delete(key);
    const found = await search;
    for (const [at, { name }] of found.objects.entries()) {
      const body = await found.take(at);
      // It may have been deleted, or cut short: then there are fewer bytes, and its checksums show it.
      if (body) yield this.partOf(name, body);
    }
  }

  ahead(key: string): void {
    if (this.coming.has(key)) return;
    if (this.coming.size === MOST_COMING) this.coming.delete([...this.coming.keys()][0] as string);
    const search = this.search(key);
    // An error is one of `read`, if that is called.
    search.catch(() => undefined);
    this.coming.set(key, search);
  }

  async put(key: string): Promise<PartWriter> {
    const writer = Date.now().toString(16).padStart(12, '0') + randomBytes(6).toString('hex');
    this.writing.add(writer);
    let batches = 0;
    return {
      write: async (chunks) => {
        const name = `${key}/${writer}-${String(batches++).padStart(8, '0')}`;
        await this.requests.put(name, Buffer.concat(chunks));
      },
      close: async () => void this.writing.delete(writer),
    };
  }

  /** A bucket has room for all. */
  async expect(): Promise<Expectation> {
    return { room: 'fits', bytes: 0 };
  }

  async delete(key: string): Promise<void> {
    this.coming.delete(key);
    const objects = await this.objectsOf(key);
    await Promise.all(objects.map(({ name }) => this.requests.delete(name)));
  }

  async *list(): AsyncGenerator<Listed> {
    for await (const { name, bytes, putAt } of this.objects('')) {
      const [, key] = NAME.exec(name) ?? [];
      if (key) yield { key, bytes, usedAt: putAt };
    }
  }

  async close(): Promise<void> {
    this.writing.clear();
    this.requests.close();
  }

  private async search(key: string): Promise<Fetching> {
    return new Fetching(await this.objectsOf(key), this.requests);
  }

  /** Those that may be read, the first written first. */
  private async objectsOf(key: string): Promise<S3Object[]> {
    const objects: S3Object[] = [];
    for await (const one of this.objects(`${key}/`)) {
      const name = `${key}/${one.name}`;
      const [, , writer] = NAME.exec(name) ?? [];
      if (writer && !this.writing.has(writer) && one.bytes <= MOST_BYTES) objects.push({ ...one, name });
    }
    return objects;
  }

  /** Their names are those below `prefix`. */
  private async *objects(prefix: string): AsyncGenerator<S3Object> {
    let from: string | undefined;
    do {
      const page = await this.requests.list(prefix, from);
      yield* page.objects;
      from = page.next;
    } while (from !== undefined);
  }

  private partOf(name: string, body: Buffer): Part {
    let position = 0;
    return {
      size: body.length,
      async take(bytes) {
        const taken = body.subarray(position, position + bytes);
        position += taken.length;
        return taken;
      },
      // The time of an object is that at which it was put.
      used: async () => undefined,
      delete: () => this.requests.delete(name),
    };
  }
}
