/** The store in a bucket: addresses and keys, lists, what a request costs, objects that are damaged. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { AwsV4Signer } from 'aws4fetch';
import fc from 'fast-check';
import { s3Blobs } from '../../src/store/s3/blobs.js';
import { bucketOf } from '../../src/store/s3/bucket.js';
import { errorCodeOf, pageOf } from '../../src/store/s3/listing.js';
import { Requests } from '../../src/store/s3/requests.js';
import { keepIn, open, pieceOf, REST, recall, TOP, WHOLE } from './frames.js';
import { BUCKET, bucketAt, front, isList, s3Server } from './s3-server.js';

const KEY = 'a'.repeat(64);
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'very-secret' };

test('a request is signed as the example of Signature Version 4 in the S3 documentation', async () => {
  // "GET Bucket (List Objects)", Amazon S3 API Reference, Signature Calculations: Examples.
  const { headers } = await new AwsV4Signer({
    url: 'https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    headers: { 'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
    ...{ service: 's3', region: 'us-east-1', datetime: '20130524T000000Z' },
  }).sign();
  const signature = '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7';
  assert.match(headers.get('authorization') ?? '', new RegExp(`Signature=${signature}$`));
});

test('the address of a bucket follows from region and endpoint', () => {
  const urlOf = (env: object, bucket = 'frames') => bucketOf({ bucket, prefix: '' }, { ...KEYS, ...env }).url;
  assert.equal(urlOf({}), 'https://frames.s3.us-east-1.amazonaws.com');
  assert.equal(urlOf({ AWS_REGION: 'eu-central-1' }), 'https://frames.s3.eu-central-1.amazonaws.com');
  assert.equal(urlOf({ AWS_DEFAULT_REGION: 'eu-west-1' }), 'https://frames.s3.eu-west-1.amazonaws.com');
  assert.equal(urlOf({}, 'a.b'), 'https://s3.us-east-1.amazonaws.com/a.b');
  assert.equal(urlOf({ AWS_ENDPOINT_URL: 'http://[::1]:9000/' }), 'http://[::1]:9000/frames');
  const both = { AWS_ENDPOINT_URL: 'https://x', AWS_ENDPOINT_URL_S3: 'https://minio/s3' };
  assert.equal(urlOf(both), 'https://minio/s3/frames');
});

test('keys that are missing and endpoints that are none are named, without their values', () => {
  const place = { bucket: 'frames', prefix: 'a/b' };
  const error = (env: object) => {
    try {
      bucketOf(place, env);
    } catch (caught) {
      return String(caught);
    }
    return 'none';
  };
  assert.match(error({}), /^CREDENTIALS: --store s3:\/\/frames\/a\/b .*: set AWS_ACCESS_KEY_ID$/);
  assert.match(error({ AWS_ACCESS_KEY_ID: 'x' }), /: set AWS_SECRET_ACCESS_KEY$/);
  for (const endpoint of ['minio:9000', 'https://user:pass@minio', 'ftp://minio', 'https://minio/?pass=1'])
    assert.match(error({ ...KEYS, AWS_ENDPOINT_URL: endpoint }), /^CREDENTIALS: AWS_ENDPOINT_URL is not .*9000$/);
  assert.match(error({ ...KEYS, AWS_REGION: 'eu central' }), /AWS_REGION is not/);
});

test('no form of a bucket that can be printed has the secret', () => {
  const bucket = bucketOf({ bucket: 'frames', prefix: '' }, { ...KEYS, AWS_SESSION_TOKEN: 'secret-token' });
  assert.doesNotMatch(`${JSON.stringify(bucket)}${inspect(bucket, { depth: 9 })}`, /secret/);
  assert.equal(bucket.credentials().sessionToken, 'secret-token');
});

test('a token of temporary keys is sent, and signed', async (t) => {
  const at = await front(t, await s3Server(t));
  const env = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'x', AWS_SESSION_TOKEN: 'the-token' };
  const bucket = bucketOf({ bucket: BUCKET, prefix: '' }, { ...env, AWS_ENDPOINT_URL: at.endpoint });
  await new Requests(bucket).list('');
  assert.equal(at.seen[0]?.headers['x-amz-security-token'], 'the-token');
  assert.match(at.seen[0]?.headers.authorization ?? '', /SignedHeaders=[^,]*x-amz-security-token/);
});

test('whatever text is an answer, reading it as a list or an error does not fail', () => {
  const word = fc.constantFrom(
    ...[
      '<ListBucketResult>',
      '</ListBucketResult>',
      '<Contents>',
      '</Contents>',
      '<Key>p/',
      '</Key>',
      '<Size>12</Size>',
    ],
    ...['<LastModified>2026-01-01T00:00:00Z</LastModified>', '<IsTruncated>true</IsTruncated>', '<Code>', '&amp;', 'x'],
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word).map((words) => words.join('')),
      ),
      (text) => {
        for (const { name, bytes } of pageOf(text, 'p/')?.objects ?? []) assert.ok(name.length >= 0 && bytes >= 0);
        assert.match(errorCodeOf(text) ?? 'None', /^[A-Za-z.]{1,60}$/);
      },
    ),
    { numRuns: 2_000, seed: 1 },
  );
  const one = '<Contents><Key>p/a</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>12</Size></Contents>';
  const whole = (end: string) => `<ListBucketResult xmlns="x">${one}<IsTruncated>false</IsTruncated>${end}`;
  const objects = [{ name: 'a', bytes: 12, putAt: Date.UTC(2026, 0) }];
  assert.deepEqual(pageOf(whole('</ListBucketResult>'), 'p/'), { objects, next: undefined });
  assert.equal(pageOf(whole(''), 'p/'), undefined, 'a list that was cut short is none');
});

test('a list of several pages is read to its end', async (t) => {
  const at = await front(t, await s3Server(t));
  // Three a page.
  at.fate = ({ url }) => ({ kind: 'pass', url: url.replace('max-keys=1000', 'max-keys=3') });
  const blobs = await s3Blobs(bucketAt(at.endpoint, 'p'));
  const writer = await blobs.put(KEY, 1);
  for (let batch = 0; batch < 11; batch++) await writer?.write([Buffer.from(`${batch},`)]);
  await writer?.close(true);
  at.seen.length = 0;
  let text = '';
  for await (const part of blobs.read(KEY)) text += Buffer.from(await part.take(9)).toString();
  assert.equal(text, '0,1,2,3,4,5,6,7,8,9,10,');
  assert.equal(at.seen.filter(isList).length, 4);
});

test('a render costs one list, and an object for each of its batches', async (t) => {
  const at = await front(t, await s3Server(t));
  const place = { open: () => s3Blobs(bucketAt(at.endpoint)) };
  const { archive, written, ...run } = await open(place);
  at.seen.length = 0;
  for (const frame of [0, 1, 2]) {
    await recall({ archive, ...run }, frame);
    for (const rect of [TOP, REST]) archive.keep(frame, pieceOf(frame, rect));
    archive.complete(frame);
  }
  await written();
  const count = (method: string) => at.seen.filter((seen) => seen.method === method && !isList(seen)).length;
  assert.equal(at.seen.filter(isList).length, 3);
  assert.deepEqual([count('PUT'), count('GET')], [3, 0]);
  at.seen.length = 0;
  const after = await open(place);
  for (const frame of [0, 1, 2]) assert.deepEqual((await recall(after, frame)).missing, []);
  assert.deepEqual([at.seen.filter(isList).length, count('PUT'), count('GET')], [1 + 3, 0, 3]);
});

test('the next renders are searched for while one is read, each once', async (t) => {
  const at = await front(t, await s3Server(t));
  const place = { open: () => s3Blobs(bucketAt(at.endpoint)) };
  for (let frame = 0; frame < 8; frame++) await keepIn(place, frame, [WHOLE]);
  const run = await open(place, undefined, 8);
  at.seen.length = 0;
  at.fate = () => ({ kind: 'pass', delayMs: 40 });
  for (let frame = 0; frame < 8; frame++) assert.deepEqual((await recall(run, frame)).missing, []);
  assert.equal(at.seen.filter(isList).length, 8);
  assert.equal(at.seen.length, 16);
  assert.equal(at.seen.slice(0, 5).filter(isList).length, 5, 'four of them before the first object is asked for');
});

test('at most sixteen requests are under way', async (t) => {
  const at = await front(t, await s3Server(t));
  const blobs = await s3Blobs(bucketAt(at.endpoint));
  const writers = await Promise.all(Array.from({ length: 40 }, () => blobs.put(KEY, 1)));
  at.fate = () => ({ kind: 'pass', delayMs: 20 });
  await Promise.all(writers.map((writer) => writer?.write([Buffer.from('x')])));
  for (const writer of writers) await writer?.close(true);
  await blobs.delete(KEY);
  assert.equal(at.mostOpen, 16);
  for await (const _ of blobs.list()) assert.fail('all are deleted');
});

test('objects that are cut short, changed, under another key or gone count as not there', async (t) => {
  const { endpoint, directory } = await s3Server(t);
  const place = { open: () => s3Blobs(bucketAt(endpoint)) };
  await keepIn(place, 0, [TOP]);
  await keepIn(place, 0, [REST]);
  await keepIn(place, 1, [WHOLE]);
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('_object'))
    .map((name) => join(directory, name));
  assert.equal(files.length, 3);
  const good = files.map((file) => readFileSync(file));
  const damage = fc.record({
    which: fc.nat(2),
    at: fc.nat(1000),
    kind: fc.constantFrom('cut', 'changed', 'gone', 'swapped'),
    flip: fc.integer({ min: 1, max: 255 }),
  });
  await fc.assert(
    fc.asyncProperty(damage, async ({ which, at, kind, flip }) => {
      const [file, bytes] = [files[which] as string, Buffer.from(good[which] as Buffer)];
      const place0 = at % bytes.length;
      bytes[place0] = (bytes[place0] as number) ^ flip;
      if (kind === 'gone') rmSync(file);
      else if (kind === 'swapped') writeFileSync(file, good[which === 2 ? 0 : 2] as Buffer);
      else writeFileSync(file, kind === 'cut' ? bytes.subarray(0, place0) : bytes);
      const run = await open(place);
      // `recall` compares every byte that is found.
      const found = [await recall(run, 0), await recall(run, 1)];
      assert.equal(found.filter(({ missing }) => missing.length > 0).length, 1, kind);
      assert.deepEqual(run.warnings, []);
      writeFileSync(file, good[which] as Buffer);
    }),
    { numRuns: 60, seed: 1 },
  );
});
