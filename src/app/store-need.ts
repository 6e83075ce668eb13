/** What a job keeps in the store, and whether that fits. */

import type { RenderJob } from '../leader/job/gathering.js';
import { bytesOfPixel } from '../shard/assemble.js';
import { wantedPixels } from './wanted.js';

/** Bytes of all parts of a job, without the heads of records: some 3 % more. */
export function bytesKept({ renders }: Pick<RenderJob, 'renders'>): number {
  return renders.reduce((sum, render) => sum + wantedPixels(render) * bytesOfPixel(render.answer, render), 0);
}

/** A sentence, where so many bytes are more than the store may hold: all in bytes. */
export function storeWarning(bytes: number, size: number): string | undefined {
  if (bytes <= size) return undefined;
  const enough = `${Math.ceil((bytes * 1.05) / 2 ** 30)}G`;
  return `this film needs ${decimal(bytes)} of store, --store-size is ${binary(size)}: what does not fit is not kept, and would be computed again; --store-size ${enough} keeps all`;
}

function decimal(bytes: number): string {
  return bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function binary(bytes: number): string {
  if (bytes < 2 ** 20) return `${bytes} bytes`;
  return bytes < 2 ** 30 ? `${Math.floor(bytes / 2 ** 20)} MiB` : `${Number((bytes / 2 ** 30).toFixed(1))} GiB`;
}
