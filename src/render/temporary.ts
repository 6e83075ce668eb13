/**
 * A file that appears whole or not at all: it is written under a hidden name in the same folder and takes its own name
 * at the end, in one step. A symbolic link stays, and what it points to is written. What is left when the process exits is
 * removed.
 */

import { randomBytes } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FractalError, messageOf } from '../errors.js';

export interface Temporary {
  /** Where to write; the file exists. */
  readonly path: string;
  /** Gives the file its own name, over an older one; answers that name. */
  publish(): Promise<string>;
  /** Removes the file; an older one of its own name stays. Does nothing after `publish`. */
  discard(): Promise<void>;
}

const alive = new Set<string>();
let watching = false;

/** Throws OUTFILE_UNWRITABLE when `outfile` cannot be made: found out by making the temporary file. */
export async function temporary(outfile: string): Promise<Temporary> {
  const target = await followed(resolve(outfile));
  const folder = dirname(target);
  const path = join(folder, `.${basename(target).slice(0, 200)}.${randomBytes(4).toString('hex')}.part`);
  await demandWritable(outfile, folder);
  try {
    await (await open(path, 'wx')).close();
  } catch (error) {
    throw unwritable(outfile, messageOf(error), error);
  }
  alive.add(path);
  if (!watching) process.once('exit', removeAll);
  watching = true;
  return {
    path,
    publish: async () => {
      try {
        await rename(path, target);
      } catch (error) {
        throw unwritable(outfile, messageOf(error), error);
      }
      alive.delete(path);
      return outfile;
    },
    discard: async () => {
      await rm(path, { force: true });
      alive.delete(path);
    },
  };
}

/** Where a file is, or will be once it is written. */
async function followed(path: string): Promise<string> {
  const found = await realpath(path).catch(() => undefined);
  if (found !== undefined) return found;
  // A link to what is not there yet.
  const link = await readlink(path).catch(() => undefined);
  return link === undefined ? path : resolve(dirname(path), link);
}

async function demandWritable(outfile: string, folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (!found) throw unwritable(outfile, `there is no folder "${folder}"; make it first: mkdir -p "${folder}"`);
  if (!found.isDirectory()) throw unwritable(outfile, `"${folder}" is not a folder`);
  const old = await stat(outfile).catch(() => undefined);
  if (old?.isDirectory()) throw unwritable(outfile, 'that is a folder; name a file in it');
}

function unwritable(outfile: string, why: string, cause?: unknown): FractalError {
  return new FractalError('OUTFILE_UNWRITABLE', `"${outfile}" cannot be written: ${why}`, { cause });
}

function removeAll(): void {
  for (const path of alive) {
    try {
      unlinkSync(path);
    } catch {
      // The process is going; there is nobody left to tell.
    }
  }
}
