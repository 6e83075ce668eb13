/** Where a command keeps what was computed, and how the store there is opened. */

import { existsSync } from 'node:fs';
import type { StorePlace } from '../request/store-place.js';
import { openOnDisk } from '../store/disk.js';
import { openOnS3 } from '../store/s3/blobs.js';
import { type Bucket, bucketOf, type S3Environment, textOf } from '../store/s3/bucket.js';
import type { Store } from '../store/store.js';
import { type Emit, logTo } from './events.js';

export interface StoreOptions {
  /** undefined: nothing is kept or looked for. */
  readonly place: KeptPlace | undefined;
  /** Bytes; undefined: the usual number, which grows for a job that needs more, or of a bucket. */
  readonly size: number | undefined;
  /** Raw samples are kept rather than finished pixels. */
  readonly samples: boolean;
}

export type KeptPlace =
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 's3'; readonly bucket: Bucket };

/** `usual`: the folder of a user. undefined: nowhere. @throws FractalError CREDENTIALS where the environment has none */
export function keptPlace(place: StorePlace, usual: string, env: S3Environment): KeptPlace | undefined {
  switch (place.kind) {
    case 'none':
      return undefined;
    case 'usual':
      return { kind: 'folder', folder: usual };
    case 'folder':
      return place;
    case 's3':
      return { kind: 's3', bucket: bucketOf(place, env) };
  }
}

export function nameOf(place: KeptPlace): string {
  return place.kind === 'folder' ? place.folder : textOf(place.bucket);
}

/** Whether something may be there. */
export function exists(place: KeptPlace): boolean {
  return place.kind === 's3' || existsSync(place.folder);
}

/** undefined: nothing is kept. */
export async function openStore({ place, size }: StoreOptions, emit: Emit): Promise<Store | undefined> {
  const lines = { warn: logTo(emit, 'warn'), note: logTo(emit, 'info') };
  switch (place?.kind) {
    case undefined:
      return undefined;
    case 'folder':
      return openOnDisk({ folder: place.folder, size, ...lines });
    case 's3':
      return openOnS3(place.bucket, lines);
  }
}
