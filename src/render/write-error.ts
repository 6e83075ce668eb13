/** Why a file could not be written, as one error: a full disk, a missing folder, or an encoder that failed. */

import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FractalError, messageOf } from '../errors.js';

/** Free bytes below which a disk counts as full: less than any picture needs. */
const FULL_BYTES = 1 << 16;

/** Messages of systems and libraries that there is no space: ENOSPC, EDQUOT, EFBIG; a process beyond ulimit -f gets SIGXFSZ. */
const NO_SPACE = /no space left|quota exceeded|file too large|file size limit|\b(ENOSPC|EDQUOT|EFBIG|SIGXFSZ)\b/i;

/**
 * The error to report when writing to `path`, on the way to `outfile`, failed: DISK, OUTFILE_UNWRITABLE or
 * ENCODER_FAILED. To be called before the incomplete file is removed, since the disk has room afterwards.
 */
export async function writeError(outfile: string, path: string, error: unknown): Promise<unknown> {
  if (error instanceof TypeError) return error;
  if (error instanceof FractalError && error.code !== 'ENCODER_FAILED') return error;
  const folder = dirname(path);
  const fail = (code: 'DISK' | 'ENCODER_FAILED' | 'OUTFILE_UNWRITABLE', why: string) =>
    new FractalError(code, `"${outfile}" ${why}`, { cause: error });
  if (!(await stat(folder).catch(() => undefined)))
    return fail('OUTFILE_UNWRITABLE', 'cannot be written: its folder was removed meanwhile');
  const message = messageOf(error);
  if (isErrno(error, 'EPIPE'))
    return fail('DISK', 'could not be written to its end: the program that reads it has closed it');
  if (isErrno(error, 'EIO')) return fail('DISK', `could not be written to its end: ${message}`);
  const stated = NO_SPACE.exec(message)?.[0];
  if (stated !== undefined || (await isFull(folder))) {
    const why = /^(file|EFBIG|SIGXFSZ)/i.test(stated ?? '')
      ? 'the file would be larger than allowed (ulimit -f, or the file system)'
      : stated === undefined || /^(no space|ENOSPC)/i.test(stated)
        ? `no space left on the disk of "${folder}"`
        : stated;
    return fail('DISK', `could not be written to its end: ${why}; make room, or name another folder`);
  }
  return error instanceof FractalError ? error : fail('ENCODER_FAILED', `could not be written: ${message}`);
}

function isErrno(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === code;
}

/** Some libraries report only that writing failed. */
async function isFull(folder: string): Promise<boolean> {
  const found = await statfs(folder).catch(() => undefined);
  return found !== undefined && found.bavail * found.bsize < FULL_BYTES;
}
