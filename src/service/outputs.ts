/**
 * The files that jobs have made, in a folder for each job, and there in one for each attempt: what an attempt writes that was
 * replaced by a later one is seen by no client.
 */

import { constants, type ReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job, Output } from './job.js';

export interface Outputs {
  /** An empty folder for a run: what earlier attempts left is removed. */
  prepare(job: Attempt): Promise<string>;
  /** The files of an attempt that are complete, in order. */
  files(job: Attempt): Promise<readonly Output[]>;
  /** undefined: there is no such file. `name`: of an output of the job. */
  open(job: Attempt, name: string): Promise<OpenOutput | undefined>;
  /** A small picture of what the job has made: WebP. */
  keepPicture(id: string, picture: Uint8Array): Promise<void>;
  picture(id: string): Promise<Uint8Array | undefined>;
  remove(id: string): Promise<void>;
  /** Ids of the jobs that have a folder. */
  list(): Promise<readonly string[]>;
}

export type Attempt = Pick<Job, 'id' | 'attempt'>;

/** To be read or closed. */
export interface OpenOutput {
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** From the first to the last of these bytes, counted from 0; closes the file at the end. */
  read(first: number, last: number): ReadStream;
  close(): Promise<void>;
}

/** No outfile begins with a dot. */
const PICTURE = '.picture.webp';

export async function openOutputs(folder: string): Promise<Outputs> {
  await mkdir(folder, { recursive: true });
  const folderOf = (id: string) => join(folder, id);
  const attemptOf = ({ id, attempt }: Attempt) => join(folderOf(id), String(attempt));
  const remove = (id: string) => rm(folderOf(id), { recursive: true, force: true });
  return {
    async prepare({ id, attempt }) {
      await mkdir(folderOf(id), { recursive: true });
      const earlier = (await readdir(folderOf(id))).filter((name) => !(Number(name) > attempt));
      for (const name of earlier) await rm(join(folderOf(id), name), { recursive: true, force: true });
      await mkdir(attemptOf({ id, attempt }));
      return attemptOf({ id, attempt });
    },
    async files(job) {
      const names = (await readdir(attemptOf(job))).filter((name) => !name.startsWith('.')).sort();
      const sizeOf = async (name: string) => ({ name, bytes: (await stat(join(attemptOf(job), name))).size });
      return Promise.all(names.map(sizeOf));
    },
    async open(job, name) {
      try {
        const file = await open(join(attemptOf(job), name), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
        const { size, mtimeMs } = await file.stat();
        return {
          bytes: size,
          modified: mtimeMs,
          read: (first, last) => file.createReadStream({ start: first, end: last }),
          close: () => file.close(),
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    keepPicture: (id, picture) => writeFile(join(folderOf(id), PICTURE), picture),
    async picture(id) {
      try {
        return await readFile(join(folderOf(id), PICTURE));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    remove,
    list: () => readdir(folder),
  };
}
