/**
 * The files of a job: each appears whole, under its name, or not at all. What has arrived is kept in a hidden file beside
 * it, whose name holds the version of the output, and from which a later download goes on.
 */

import { createHash } from 'node:crypto';
import { mkdir, open, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FractalError, messageOf } from '../errors.js';
import { refusedName, replaceFile } from '../files.js';
import type { Api, JobAnswer } from './api.js';
import { ENDINGS } from './follow.js';

/** Attempts that bring nothing, one after another, until it is given up. */
const FRUITLESS = 5;

/** `target`: a folder, or the name of the file when there is one. Resolves with the paths. @throws FractalError */
export async function download(api: Api, job: JobAnswer, target: string | undefined): Promise<readonly string[]> {
  const { id, state, outputs, expired } = job;
  if (expired) throw new FractalError('JOB_MISSING', `the files of job ${id} were removed by the service: requeue it`);
  if (!ENDINGS.includes(state))
    throw new FractalError('JOB_STATE', `job ${id} is ${state}, and has no files yet: fractal wait ${id}`);
  if (state !== 'succeeded' && outputs.length === 0)
    throw new FractalError('JOB_STATE', `job ${id} is ${state}, and has made no file: fractal requeue ${id}`);
  const paths: string[] = [];
  for (const { name, href, bytes } of outputs) {
    if (name !== basename(name) || /^\.|[\\/\0]/.test(name))
      throw new FractalError('PROTOCOL', `the service names a file "${name}", which is not a plain name`);
    const path = await pathOf(name, target, outputs.length);
    const refused = refusedName(basename(path));
    if (refused !== undefined)
      throw new FractalError('OUTFILE_UNWRITABLE', `${path}: ${refused}: name another with -o`);
    await downloadFile(api, href, path, bytes);
    paths.push(path);
  }
  return paths;
}

async function pathOf(name: string, target: string | undefined, count: number): Promise<string> {
  if (target === undefined) return name;
  const isFolder = /[\\/]$/.test(target) || ((await stat(target).catch(() => undefined))?.isDirectory() ?? false);
  if (!isFolder && count === 1) return target;
  await mkdir(target, { recursive: true }).catch((error: unknown) => {
    throw unwritable(target, error);
  });
  return join(target, name);
}

async function downloadFile(api: Api, href: string, path: string, bytes: number): Promise<void> {
  const etag = (await api.send(href, { method: 'HEAD' })).headers.get('etag') ?? '';
  const version = createHash('sha256').update(`${api.url}${href} ${etag}`).digest('hex').slice(0, 12);
  const part = join(dirname(path), `.${basename(path)}.${version}.part`);
  const sizeOf = async () => (await stat(part).catch(() => undefined))?.size ?? 0;
  for (let fruitless = 0, size = await sizeOf(); size < bytes; ) {
    await fetchInto(api, href, etag, part, size);
    const now = await sizeOf();
    fruitless = now > size ? 0 : fruitless + 1;
    if (fruitless >= FRUITLESS)
      throw new FractalError('NO_SERVICE', `${path}: after ${now} of ${bytes} bytes no more arrived: run it again`);
    size = now;
  }
  try {
    if (bytes === 0) await writeFile(part, '');
    await replaceFile(part, path);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** Adds what arrives behind the first `size` bytes, until the connection ends. */
async function fetchInto(api: Api, href: string, etag: string, part: string, size: number): Promise<void> {
  const range: Readonly<Record<string, string>> = size > 0 ? { range: `bytes=${size}-`, 'if-range': etag } : {};
  const response = await api.send(href, { headers: range });
  const file = await open(part, size > 0 ? 'r+' : 'w').catch((error: unknown) => {
    throw unwritable(part, error);
  });
  try {
    // Changed meanwhile: from the beginning.
    let at = response.status === 206 ? size : 0;
    if (at === 0) await file.truncate(0);
    const reader = response.body?.getReader();
    for (;;) {
      const { done, value } = (await reader?.read().catch(() => undefined)) ?? { done: true, value: undefined };
      if (done || !value) break;
      for (let from = 0; from < value.length; )
        from += (await file.write(value, from, undefined, at + from)).bytesWritten;
      at += value.length;
    }
    await file.sync();
  } catch (error) {
    throw unwritable(part, error);
  } finally {
    await file.close();
  }
  api.signal.throwIfAborted();
}

function unwritable(path: string, error: unknown): FractalError {
  const disk = /ENOSPC|EDQUOT|EIO/.test((error as NodeJS.ErrnoException).code ?? '');
  return new FractalError(disk ? 'DISK' : 'OUTFILE_UNWRITABLE', `${path}: ${messageOf(error)}`, { cause: error });
}
