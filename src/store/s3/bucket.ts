/** Where objects are, and how requests for them are signed: from s3://bucket/prefix and the usual environment variables. */

import { FractalError } from '../../errors.js';

/** What `--store s3://bucket/prefix` names. */
export interface BucketPlace {
  readonly bucket: string;
  /** Without slashes at its ends; empty: none. */
  readonly prefix: string;
}

export interface Bucket extends BucketPlace {
  /** Of the bucket, without a slash at the end. */
  readonly url: string;
  readonly region: string;
  /** A function, so that the secret is in no printed or serialized form of this object. */
  readonly credentials: () => Credentials;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

/** The variables that decide where requests go, and as whose. */
export type S3Environment = Readonly<
  Partial<
    Record<
      | 'AWS_ENDPOINT_URL'
      | 'AWS_ENDPOINT_URL_S3'
      | 'AWS_REGION'
      | 'AWS_DEFAULT_REGION'
      | 'AWS_ACCESS_KEY_ID'
      | 'AWS_SECRET_ACCESS_KEY'
      | 'AWS_SESSION_TOKEN',
      string
    >
  >
>;

/** @throws FractalError CREDENTIALS */
export function bucketOf(place: BucketPlace, env: S3Environment): Bucket {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  const missing = accessKeyId ? (secretAccessKey ? undefined : 'AWS_SECRET_ACCESS_KEY') : 'AWS_ACCESS_KEY_ID';
  if (missing) throw mistake(`--store ${textOf(place)} is used with the keys of the environment: set ${missing}`);
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1';
  if (!/^[a-z0-9-]{1,40}$/.test(region)) throw mistake('AWS_REGION is not the name of a region, such as eu-central-1');
  const credentials = { accessKeyId, secretAccessKey, sessionToken: env.AWS_SESSION_TOKEN || undefined } as Credentials;
  return { ...place, region, url: urlOf(place, region, env), credentials: () => credentials };
}

/** s3://bucket/prefix */
export function textOf({ bucket, prefix }: BucketPlace): string {
  return prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
}

/** An endpoint of the environment has the bucket in its path; Amazon's in its host, where the certificate allows it. */
function urlOf({ bucket }: BucketPlace, region: string, env: S3Environment): string {
  const [name, endpoint] = env.AWS_ENDPOINT_URL_S3
    ? ['AWS_ENDPOINT_URL_S3', env.AWS_ENDPOINT_URL_S3]
    : ['AWS_ENDPOINT_URL', env.AWS_ENDPOINT_URL];
  if (!endpoint) {
    const host = `s3.${region}.amazonaws.com`;
    return bucket.includes('.') ? `https://${host}/${bucket}` : `https://${bucket}.${host}`;
  }
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const plain = url && ['http:', 'https:'].includes(url.protocol) && !url.username && !url.password && !url.search;
  // Not the value: it may have a password.
  if (!plain) throw mistake(`${name} is not the address of an S3 server, such as https://minio.example.org:9000`);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}/${bucket}`;
}

function mistake(sentence: string): FractalError {
  return new FractalError('CREDENTIALS', sentence);
}
