/** Files that clients send for their jobs: whole or not at all, each owner's own, within a quota, removed when nothing needs them. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { digestsOf } from '../../src/service/history.js';
import { command } from '../../src/service/life.js';
import { openUploads, type Uploads } from '../../src/service/uploads.js';
import { folder } from '../e2e/processes.js';
import { httpService, MOST_FILES, raw } from './http-service.js';
import { emptyMemory, memoryQueue } from './memory-queue.js';

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const [ONE, TWO] = [Buffer.from('one'), Buffer.from('two')];

async function* inPieces(bytes: Uint8Array, piece = 2): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
}

const put = (uploads: Uploads, owner: string, bytes: Uint8Array, digest = digestOf(bytes)) =>
  uploads.put({ owner, digest, content: inPieces(bytes) });

test('a file is there whole under its digest, or not at all', async (t) => {
  const at = folder(t);
  const uploads = await openUploads(at, { mostBytes: 100, now: Date.now });
  const one = digestOf(ONE);
  assert.deepEqual(await uploads.missing('ann', [one, one]), [one]);
  assert.equal(await put(uploads, 'ann', ONE), true);
  assert.equal(await put(uploads, 'ann', ONE), false);
  assert.deepEqual(readFileSync((await uploads.path(one)) ?? ''), ONE);
  await assert.rejects(put(uploads, 'ann', TWO, one), /HTTP_INVALID: the bytes that arrived \(3\) have the SHA-256/);
  const broken = async function* () {
    yield ONE;
    throw new Error('the line is cut');
  };
  await assert.rejects(uploads.put({ owner: 'ann', digest: digestOf(TWO), content: broken() }), /the line is cut/);
  assert.equal(await uploads.path(digestOf(TWO)), undefined);
  assert.deepEqual(readdirSync(at).sort(), [one, 'owners'].sort());
  // Another process on the same folder, as after kill -9.
  const again = await openUploads(at, { mostBytes: 100, now: Date.now });
  assert.deepEqual(await again.missing('ann', [one]), []);
});

test('an owner has only what it has sent itself, and what two have sent counts for both', async (t) => {
  const uploads = await openUploads(folder(t), { mostBytes: 5, now: Date.now });
  assert.equal(await put(uploads, 'ann', ONE), true);
  assert.deepEqual(await uploads.missing('Ann', [digestOf(ONE)]), [digestOf(ONE)]);
  assert.equal(await put(uploads, 'bo/../ann', ONE), true);
  assert.deepEqual(await uploads.missing('bo/../ann', [digestOf(ONE)]), []);
  for (const owner of ['ann', 'bo/../ann'])
    await assert.rejects(put(uploads, owner, TWO), /QUOTA: the files of .* would be more than 5 bytes/);
  assert.equal(await put(uploads, 'ann', ONE), false, 'what is there needs no more');
  assert.equal(await put(uploads, 'cy', TWO), true);
});

test('uploads at the same time do not pass the quota together', async (t) => {
  const mostBytes = 1000;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 2, maxLength: 8 }), async (sizes) => {
      const at = folder(t);
      const uploads = await openUploads(at, { mostBytes, now: Date.now });
      const files = sizes.map((size, k) => Buffer.alloc(size, k + 1));
      const ends = await Promise.allSettled(files.map((bytes) => put(uploads, 'ann', bytes)));
      const kept = readdirSync(at).filter((name) => name !== 'owners');
      const bytes = kept.reduce((sum, name) => sum + readFileSync(join(at, name)).length, 0);
      assert.ok(bytes <= mostBytes, `${bytes}`);
      assert.equal(kept.length, ends.filter(({ status }) => status === 'fulfilled').length);
    }),
    { numRuns: 20 },
  );
});

test('what no job needs is removed some time after its latest use', async (t) => {
  const at = folder(t);
  const uploads = await openUploads(at, { mostBytes: 100, now: Date.now });
  const [one, two] = [digestOf(ONE), digestOf(TWO)];
  for (const bytes of [ONE, TWO]) await put(uploads, 'ann', bytes);
  await put(uploads, 'bo', ONE);
  const needs =
    (...digests: string[]) =>
    async () =>
      new Set(digests);
  const old = new Date('2020-01-01');
  const age = () => {
    for (const name of readdirSync(at, { recursive: true })) utimesSync(join(at, String(name)), old, old);
  };
  await uploads.sweep(needs(), Date.now() - 60_000);
  assert.equal(readdirSync(at).length, 3, 'just sent: its job is still to come');
  age();
  assert.deepEqual(await uploads.missing('bo', [one]), []);
  await uploads.sweep(needs(), Date.now() - 60_000);
  assert.deepEqual([await uploads.path(two), await uploads.missing('ann', [one])], [undefined, []]);
  age();
  await uploads.sweep(needs(one), Date.now() - 60_000);
  assert.ok(await uploads.path(one));
  await uploads.sweep(needs(), Date.now() - 60_000);
  assert.deepEqual(readdirSync(at), ['owners']);
  assert.deepEqual(await uploads.missing('ann', [one, two]), [one, two]);
});

test('the files of every job are needed, those of ended ones among them', async () => {
  const queue = memoryQueue(emptyMemory(), { service: 'test', now: Date.now });
  const sceneOf = (...files: Buffer[]) =>
    JSON.stringify({ main: 'a0', files: files.map((bytes, k) => ({ path: `a${k}`, digest: digestOf(bytes) })) });
  const accept = (order: Record<string, string>) =>
    queue.accept({ order, priority: 50, owner: 'ann' }, { mostWaiting: 1000 });
  for (let k = 0; k < 250; k++) await accept({ zoom: '3' });
  const { job } = await accept({ scene: sceneOf(ONE) });
  await accept({ scene: sceneOf(ONE, TWO) });
  await accept({ scene: 'not one' });
  const three = digestOf(Buffer.from('three'));
  await accept({ texture: `wood.png#sha256=${three}` });
  await accept({ texture: 'wood.png' });
  await queue.change(job.id, (one) => command(one, 'cancel', Date.now()));
  assert.deepEqual([...(await digestsOf(queue))].sort(), [digestOf(ONE), digestOf(TWO), three].sort());
});

test('over HTTP: what is cut, too long or nameless leaves nothing', { timeout: 60_000 }, async (t) => {
  const { send, port, uploads, errors } = await httpService(t);
  const one = digestOf(ONE);
  assert.deepEqual((await send('PUT', `/v1/files/${one}`, ONE)).json, { digest: one });
  assert.equal((await send('PUT', `/v1/files/${one}`, ONE)).status, 200);
  assert.equal((await send('PUT', `/v1/files/${digestOf(Buffer.alloc(0))}`, Buffer.alloc(0))).status, 201);
  const long = Buffer.alloc(MOST_FILES);
  assert.equal((await send('PUT', `/v1/files/${digestOf(long)}`, long)).json.code, 'QUOTA');
  for (const name of ['..%2fx', one.toUpperCase(), `${one}0`, '%00'])
    assert.ok([400, 404].includes((await send('PUT', `/v1/files/${name}`, ONE)).status), name);
  const two = digestOf(TWO);
  const head = (length: number) =>
    `PUT /v1/files/${two} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/octet-stream\r\nContent-Length: ${length}\r\n`;
  assert.match(await raw(port, `${head(3)}Connection: close\r\n\r\nxyz`), /^HTTP\/1\.1 400 [\s\S]*have the SHA-256/);
  assert.match(await raw(port, `${head(2 ** 40)}\r\nxyz`), /^HTTP\/1\.1 413 /);
  assert.equal(await uploads.path(two), undefined);
  assert.deepEqual(errors, []);
});
