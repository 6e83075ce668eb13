/**
 * A file that appears complete or not at all: it is written under a hidden name in the same folder and takes its own name
 * at the end, in one step, once the disk has all of it. A symbolic link stays, and what it points to is written. A pipe
 * or a device receives the bytes at the end, from a file in the folder for temporary files. What is left when the
 * process exits is removed.
 */

import { randomBytes } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { type FileHandle, open, readlink, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { asResourceError, FractalError, messageOf } from '../errors.js';
import { refusedName, replaceFile } from '../files.js';
import { type StreamTarget, streamTarget } from './stream-target.js';
import { writeError } from './write-error.js';

export interface Temporary {
  /** Where to write; the file exists. */
  readonly path: string;
  /**
   * Gives the file its own name, over an older one, or sends it to the pipe or device of its name. Throws DISK when
   * not all of it can be written, OUTFILE_UNWRITABLE.
   */
  publish(): Promise<Written>;
  /** Removes the file; an older one of its own name stays. Does nothing after `publish`. */
  discard(): Promise<void>;
}

/** A file that was written. */
export interface Written {
  /** As it was named. */
  readonly path: string;
  readonly bytes: number;
  /** There was an older file of that name. */
  readonly replaced: boolean;
}

export interface TemporaryOptions {
  /** Stops waiting for a program that reads a pipe. */
  readonly signal?: AbortSignal | undefined;
  /** Receives a line while a pipe has no reader. */
  readonly note?: ((line: string) => void) | undefined;
}

/** The longest name of a file on nearly every file system. */
const MAX_NAME_BYTES = 255;
/** The part of it that is in the name of the temporary file. */
const BEGINNING_BYTES = 200;

/** Temporary files that are removed when the process exits. */
const pending = new Set<string>();
let removing = false;

/** Throws OUTFILE_UNWRITABLE when `outfile` cannot be made, which making the temporary file shows. */
export async function temporary(outfile: string, options: TemporaryOptions = {}): Promise<Temporary> {
  const stream = await streamTarget(outfile);
  if (stream && 'refused' in stream) throw unwritable(outfile, stream.refused);
  const target = stream ? undefined : await targetOf(resolve(outfile));
  const folder = target === undefined ? tmpdir() : dirname(target);
  const name = basename(target ?? outfile);
  const path = join(folder, `.${beginning(name)}.${randomBytes(4).toString('hex')}.part`);
  const refused = refusedName(name);
  if (refused !== undefined) throw unwritable(outfile, refused);
  await requireFolder(outfile, folder);
  const length = Buffer.byteLength(name);
  if (length > MAX_NAME_BYTES) throw unwritable(outfile, `its name has ${length} bytes, at most ${MAX_NAME_BYTES} fit`);
  try {
    await (await open(path, 'wx', target === undefined ? 0o600 : 0o666)).close();
  } catch (error) {
    const full = ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
    if (full) throw await writeError(outfile, path, error);
    throw asResourceError(error) ?? unwritable(outfile, messageOf(error), error);
  }
  pending.add(path);
  if (!removing) process.once('exit', removeAll);
  removing = true;
  const discard = async () => {
    await rm(path, { force: true });
    pending.delete(path);
  };
  return {
    path,
    publish: async () => {
      const bytes = await synced(outfile, path);
      if (target === undefined) {
        await send(stream as StreamTarget, outfile, path, options);
        await discard();
        return { path: outfile, bytes, replaced: false };
      }
      const replaced = (await stat(target).catch(() => undefined)) !== undefined;
      try {
        await replaceFile(path, target);
      } catch (error) {
        throw unwritable(outfile, messageOf(error), error);
      }
      pending.delete(path);
      return { path: outfile, bytes, replaced };
    },
    discard,
  };
}

/** Writes a whole file at once, as `temporary` does. Throws DISK, OUTFILE_UNWRITABLE. */
export async function writeWhole(outfile: string, bytes: Uint8Array, options?: TemporaryOptions): Promise<Written> {
  const file = await temporary(outfile, options);
  try {
    await writeChunks(file.path, [bytes]);
    return await file.publish();
  } catch (error) {
    const reason = await writeError(outfile, file.path, error);
    await file.discard();
    throw reason;
  }
}

/** Writes chunks one after another to an existing path, every byte. Rejects with the system's error. */
export async function writeChunks(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const chunk of chunks) await writeAll(file, chunk);
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at);
    if (bytesWritten === 0)
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    at += bytesWritten;
  }
}

/** Errors of file systems without sync, which are no errors of the file. */
const NO_SYNC: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Some file systems report only here that there is no space; resolves with the size. */
async function synced(outfile: string, path: string): Promise<number> {
  try {
    const file = await open(path, 'r+');
    try {
      await file.sync().catch((error: NodeJS.ErrnoException) => {
        if (!NO_SYNC.has(error.code ?? '')) throw error;
      });
      return (await file.stat()).size;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw await writeError(outfile, path, error);
  }
}

async function send(
  stream: StreamTarget,
  outfile: string,
  path: string,
  { signal, note }: TemporaryOptions,
): Promise<void> {
  const waiting = () => note?.(`"${outfile}" is a pipe that no program reads yet: waiting for one`);
  try {
    await stream.receive(path, { signal, waiting });
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || code === 'EACCES') throw unwritable(outfile, messageOf(error), error);
    const why = code === 'ENOSPC' ? 'no space left on the device' : undefined;
    if (why) throw new FractalError('DISK', `"${outfile}" could not be written to its end: ${why}`, { cause: error });
    throw await writeError(outfile, outfile, error);
  }
}

/** Where a file is, or will be once it is written. */
async function targetOf(path: string): Promise<string> {
  const found = await realpath(path).catch(() => undefined);
  if (found !== undefined) return found;
  // A link to what is not there yet.
  const link = await readlink(path).catch(() => undefined);
  return link === undefined ? path : resolve(dirname(path), link);
}

/** As much of a name as fits, in whole characters. */
function beginning(name: string): string {
  let bytes = 0;
  return [...name].filter((letter) => (bytes += Buffer.byteLength(letter)) <= BEGINNING_BYTES).join('');
}

async function requireFolder(outfile: string, folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (!found) throw unwritable(outfile, `there is no folder "${folder}"; make it first: mkdir -p "${folder}"`);
  if (!found.isDirectory()) throw unwritable(outfile, `"${folder}" is not a folder`);
}

function unwritable(outfile: string, why: string, cause?: unknown): FractalError {
  return new FractalError('OUTFILE_UNWRITABLE', `"${outfile}" cannot be written: ${why}`, { cause });
}

function removeAll(): void {
  for (const path of pending) {
    try {
      unlinkSync(path);
    } catch {
      // The process is ending: nothing can be reported any more.
    }
  }
}
