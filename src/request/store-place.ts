/** Where `--store` keeps what was computed: a folder, or a part of an S3 bucket. */

import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { FractalError } from '../errors.js';
import { someText } from './flags/schemas.js';

export type StorePlace =
  | { readonly kind: 'usual' | 'none' }
  | { readonly kind: 'folder'; readonly folder: string }
  /** `prefix`: without slashes at its ends; empty: none. */
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

const SCHEME = /^([a-z][a-z0-9+.-]*):/i;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Names that mean the same in URLs, in XML and to all servers. */
const PREFIX = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;
const LONGEST_PREFIX = 500;

/** @throws FractalError for an address with keys. A folder, file:/path, s3://bucket/prefix; `true`, or no value: the usual folder; `false`: nowhere. */
export const storePlace = someText('a folder or s3://bucket/prefix').transform((v, context): StorePlace => {
  const place = placeOf(v);
  if (typeof place !== 'string') return place;
  context.addIssue({ code: 'custom', message: place });
  return z.NEVER;
});

/** Or why it is none, as the end of a sentence. */
function placeOf(text: string): StorePlace | string {
  if (text === 'true') return { kind: 'usual' };
  if (text === 'false') return { kind: 'none' };
  const [, scheme = ''] = SCHEME.exec(text) ?? [];
  switch (scheme.toLowerCase()) {
    case 's3':
      return bucketOf(text);
    case 'file':
      return folderOf(text);
    default:
      // A folder may have a colon in its name.
      if (!text.includes('://')) return { kind: 'folder', folder: text };
      return 'a folder or s3://bucket/prefix';
  }
}

function bucketOf(text: string): StorePlace | string {
  const [, bucket = '', rest = ''] = /^s3:\/\/([^/]*)(.*)$/is.exec(text) ?? [];
  if (text.includes('@')) {
    const way = 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead';
    // Without the value, which has a secret.
    throw new FractalError(
      'REQUEST_INVALID',
      `--store s3://... takes no keys, since command lines can be read: ${way}`,
    );
  }
  if (!BUCKET.test(bucket))
    return 's3://bucket/prefix with the name of a bucket, 3 to 63 small letters, digits, dots and hyphens';
  const prefix = rest.replace(/^\/+|\/+$/g, '');
  if (prefix !== '' && !(prefix.length <= LONGEST_PREFIX && PREFIX.test(prefix)))
    return 's3://bucket/prefix with a prefix of letters, digits, dots, hyphens, underscores, and slashes between them';
  return { kind: 's3', bucket, prefix };
}

function folderOf(text: string): StorePlace | string {
  try {
    if (/^file:\/(?!\/)|^file:\/\/\//i.test(text)) return { kind: 'folder', folder: fileURLToPath(text) };
  } catch {
    // An escape that is none, or an encoded slash.
  }
  return 'a folder: write file:/path with a whole path';
}
