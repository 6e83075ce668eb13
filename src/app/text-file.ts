/** A text that a command writes beside its picture, such as metrics: the file is published complete or not at all. */

import { FractalError } from '../errors.js';
import { streamTarget } from '../render/stream-target.js';
import { temporary, writeChunks } from '../render/temporary.js';
import { writeError } from '../render/write-error.js';
import { logTo } from './events.js';
import type { Context } from './stage.js';

export interface TextFile {
  /** Writes all of it. @throws FractalError DISK */
  publish(text: string): Promise<void>;
  /** Removes what is incomplete. Does nothing after `publish`. */
  discard(): Promise<void>;
}

/** @throws FractalError OUTFILE_UNWRITABLE when the file cannot be made */
export async function openTextFile(name: string, { emit, signal }: Context): Promise<TextFile> {
  const file = await temporary(name, { note: logTo(emit, 'info'), signal });
  return {
    async publish(text) {
      try {
        await writeChunks(file.path, [Buffer.from(text)]);
        await file.publish();
      } catch (error) {
        const reason = await writeError(name, file.path, error);
        if (!(reason instanceof FractalError) || reason.code !== 'ENCODER_FAILED') throw reason;
        throw new FractalError('DISK', reason.message, { cause: error });
      }
    },
    discard: () => file.discard(),
  };
}

const STDOUT = 1;

/** Whether a picture is written to standard output, so that text has to go elsewhere. */
export async function isStandardOutput(outfile: string): Promise<boolean> {
  const target = await streamTarget(outfile);
  return target !== undefined && 'receive' in target && target.descriptor === STDOUT;
}
