/**
 * Files that clients send for their jobs: each once, under the SHA-256 of its bytes, whole or not at all. An owner has the
 * files that it has sent, and only these: a file that another one has sent too lies here once, and counts for both.
 *
 *   files/<digest>               the bytes
 *   files/owners/<owner>/<digest>  an empty file: the owner has sent it; its time is that of its latest use
 */

import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FractalError } from '../errors.js';
import { replaceFile } from '../files.js';

export interface Upload {
  readonly owner: string;
  /** 64 hexadecimal digits in lower case. */
  readonly digest: string;
  /** As far as the client says. */
  readonly bytes?: number;
  readonly content: AsyncIterable<Uint8Array>;
}

export interface Uploads {
  /**
   * Resolves when the file is on the disk. false: the owner had sent it already; its content is read all the same.
   * @throws FractalError HTTP_INVALID for other bytes than the digest's, QUOTA for too many
   */
  put(upload: Upload): Promise<boolean>;
  /** Which of these an owner has not sent, each once. The others count as used now. */
  missing(owner: string, digests: Iterable<string>): Promise<readonly string[]>;
  /** The file of these bytes. undefined: there is none. */
  path(digest: string): Promise<string | undefined>;
  /** Removes what is not among the `needed` and was not used since a time, milliseconds since 1970. */
  sweep(needed: () => Promise<ReadonlySet<string>>, since: number): Promise<void>;
}

export interface UploadsOptions {
  /** Bytes of all files of an owner. */
  readonly mostBytes: number;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Of one file: as a scene may have in all. */
export const MOST_FILE_BYTES = 512 << 20;
export const DIGEST = /^[0-9a-f]{64}$/;
const OWNERS = 'owners';
/** What arrives has a name that begins so. */
const PART = '.part-';

export async function openUploads(folder: string, { mostBytes, now }: UploadsOptions): Promise<Uploads> {
  await mkdir(join(folder, OWNERS), { recursive: true });
  const fileOf = (digest: string) => join(folder, digest);
  // Names of owners may have any letters, and more bytes than a file's name.
  const folderOf = (owner: string) =>
    join(folder, OWNERS, createHash('sha256').update(owner).digest('hex').slice(0, 32));
  const markOf = (owner: string, digest: string) => join(folderOf(owner), digest);
  /** Of the uploads under way, by owner. */
  const arriving = new Map<string, number>();
  let publishing: Promise<unknown> = Promise.resolve();

  async function has(owner: string, digest: string): Promise<boolean> {
    return (await sizeOf(markOf(owner, digest))) !== undefined && (await sizeOf(fileOf(digest))) !== undefined;
  }

  async function bytesOf(owner: string): Promise<number> {
    const names = await namesIn(folderOf(owner));
    const sizes = await Promise.all(names.map((digest) => sizeOf(fileOf(digest))));
    return sizes.reduce<number>((sum, size = 0) => sum + size, 0);
  }

  const tooMany = (owner: string) =>
    new FractalError(
      'QUOTA',
      `the files of ${owner} would be more than ${mostBytes} bytes: delete ended jobs that need them, or ask for more`,
    );

  /** What arrives is counted while it arrives, so that uploads at the same time do not fill the disk. */
  async function receive({ owner, digest, bytes, content }: Upload, part: string, held: number): Promise<number> {
    if (held + (bytes ?? 0) > mostBytes) throw tooMany(owner);
    const hash = createHash('sha256');
    const file = await open(part, 'wx');
    let size = 0;
    try {
      for await (const chunk of content) {
        size += chunk.length;
        const all = (arriving.get(owner) ?? 0) + chunk.length;
        arriving.set(owner, all);
        if (held + all > mostBytes) throw tooMany(owner);
        hash.update(chunk);
        for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
      }
      await file.sync();
    } finally {
      await file.close();
      const rest = (arriving.get(owner) ?? 0) - size;
      if (rest > 0) arriving.set(owner, rest);
      else arriving.delete(owner);
    }
    const found = hash.digest('hex');
    if (found !== digest)
      throw new FractalError(
        'HTTP_INVALID',
        `the bytes that arrived (${size}) have the SHA-256 ${found}, not ${digest}`,
      );
    return size;
  }

  async function publish(owner: string, digest: string, part: string, size: number): Promise<void> {
    if (!(await has(owner, digest)) && (await bytesOf(owner)) + size > mostBytes) throw tooMany(owner);
    await mkdir(folderOf(owner), { recursive: true });
    await replaceFile(part, fileOf(digest));
    await writeFile(markOf(owner, digest), '');
    await sync(folder);
    await sync(folderOf(owner));
  }

  return {
    async put(upload) {
      const { owner, digest } = upload;
      const isNew = !(await has(owner, digest));
      const held = isNew ? await bytesOf(owner) : 0;
      const part = join(folder, `${PART}${randomUUID()}`);
      try {
        const size = await receive(upload, part, held);
        // One after another: others of this owner may have arrived meanwhile.
        const publishes = publishing.then(() => publish(owner, digest, part, size));
        publishing = publishes.catch(() => undefined);
        await publishes;
      } finally {
        await rm(part, { force: true });
      }
      return isNew;
    },
    async missing(owner, digests) {
      const gone: string[] = [];
      for (const digest of new Set(digests)) {
        if (!(await has(owner, digest))) gone.push(digest);
        else await utimes(markOf(owner, digest), new Date(now()), new Date(now())).catch(() => gone.push(digest));
      }
      return gone;
    },
    async path(digest) {
      return (await sizeOf(fileOf(digest))) === undefined ? undefined : fileOf(digest);
    },
    async sweep(needed, since) {
      const isOld = async (path: string) => ((await stat(path).catch(() => undefined))?.mtimeMs ?? Infinity) < since;
      const names = await namesIn(folder);
      for (const name of names.filter((one) => one.startsWith(PART))) {
        if (await isOld(join(folder, name))) await rm(join(folder, name), { force: true });
      }
      const files = names.filter((name) => DIGEST.test(name));
      const holders = await namesIn(join(folder, OWNERS));
      const marks = (digest: string) => holders.map((owner) => join(folder, OWNERS, owner, digest));
      const old: string[] = [];
      for (const digest of files) {
        const there = await only(marks(digest), async (mark) => (await sizeOf(mark)) !== undefined);
        const unused = (await only([fileOf(digest), ...there], isOld)).length === there.length + 1;
        if (unused) old.push(digest);
      }
      // Jobs are looked at only where there is something to remove.
      const kept = old.length > 0 ? await needed() : new Set<string>();
      for (const digest of old.filter((one) => !kept.has(one))) {
        for (const path of [...marks(digest), fileOf(digest)]) await rm(path, { force: true });
      }
    },
  };
}

async function only<T>(all: readonly T[], passes: (one: T) => Promise<boolean>): Promise<readonly T[]> {
  const found = await Promise.all(all.map(passes));
  return all.filter((_, k) => found[k]);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}

/** The names in a folder are on the disk, too. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
