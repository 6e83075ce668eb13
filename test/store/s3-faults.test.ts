/** A server that is busy, slow, down or no S3 server: what can be is repeated, the rest is left out with one warning. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { s3Blobs } from '../../src/store/s3/blobs.js';
import { keepIn, open, pieceOf, recall, WHOLE } from './frames.js';
import { bucketAt, type Fate, front, isList, PASS, s3Server } from './s3-server.js';

const PIECE = pieceOf(0, WHOLE);
const answer = (status: number, body = ''): Fate => ({ kind: 'answer', status, body });
const codeOf = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>secret</Message></Error>`;

test('a server that is busy, or cuts connections, is asked again', async (t) => {
  const at = await front(t, await s3Server(t));
  const place = { open: () => s3Blobs(bucketAt(at.endpoint)) };
  const fates = [answer(503, codeOf('SlowDown')), answer(500), answer(429), { kind: 'cut' } as const];
  for (const [frame, fate] of fates.entries()) {
    const first = new Set<string>();
    // Each kind of request fails once.
    at.fate = ({ method, url }) => {
      const request = `${method} ${url}`;
      if (first.has(request)) return PASS;
      first.add(request);
      return fate;
    };
    assert.deepEqual(await keepIn(place, frame, [WHOLE]), []);
    assert.deepEqual((await recall(await open(place), frame)).missing, []);
    assert.equal(first.size, 4, 'opening, a list, an object written and read');
  }
});

test('what a server refuses is not asked for again, and one warning has the code of its answer', async (t) => {
  const at = await front(t, await s3Server(t));
  const place = { open: () => s3Blobs(bucketAt(at.endpoint, 'p')) };
  at.fate = () => answer(403, codeOf('SignatureDoesNotMatch'));
  const warnings = await keepIn(place, 0, [WHOLE]);
  assert.deepEqual(warnings, [`the store "place" is not used any more: 403 SignatureDoesNotMatch from ${at.endpoint}`]);
  assert.equal(at.seen.length, 1);
});

for (const [what, fate, why] of [
  ['is busy', answer(503, codeOf('SlowDown')), /: 503 SlowDown from http/],
  ['does not answer', { kind: 'hang' }, /: no answer within 1 s$/],
  ['cuts connections', { kind: 'cut' }, /: (ECONNRESET)$/],
  ['answers with another page', answer(200, '<html><body>Welcome</body></html>'), /not an S3 server with this bucket$/],
  ['redirects', answer(301, codeOf('PermanentRedirect')), /: 301 PermanentRedirect from/],
  ['has an error without words', answer(400, 'no XML'), /: 400 from http/],
] as const) {
  test(`a server that ${what} for longer, at any time, is left out with one warning, and nothing fails`, async (t) => {
    const at = await front(t, await s3Server(t));
    const place = { open: () => s3Blobs(bucketAt(at.endpoint), { patienceMs: 300, answerMs: 200 }) };
    await keepIn(place, 0, [WHOLE]);
    const fails = {
      'when it is opened': () => fate,
      'when it is listed': (seen: Parameters<typeof isList>[0], index: number) =>
        isList(seen) && index > 0 ? fate : PASS,
      'when it is written': ({ method }: { readonly method: string }) =>
        // An answer with any text to a put means that it is kept.
        method === 'PUT' ? (fate.kind === 'answer' && fate.status === 200 ? answer(404) : fate) : PASS,
    };
    for (const [when, fateOf] of Object.entries(fails)) {
      at.seen.length = 0;
      at.fate = fateOf;
      const warnings = await keepIn(place, 1, [WHOLE]);
      assert.equal(warnings.length, 1, `${when}: ${warnings.join()}`);
      assert.match(warnings[0] as string, why, when);
      assert.doesNotMatch(warnings[0] as string, /secret/);
    }
  });
}

test('an object that does not come is no wrong object: the store is left out, and the rest is missing', async (t) => {
  const at = await front(t, await s3Server(t));
  const place = { open: () => s3Blobs(bucketAt(at.endpoint), { patienceMs: 200, answerMs: 200 }) };
  await keepIn(place, 0, [WHOLE]);
  at.fate = (seen) => (seen.method === 'GET' && !isList(seen) ? { kind: 'hang' } : PASS);
  const run = await open(place);
  assert.deepEqual(await recall(run, 0), { found: [], missing: [WHOLE] });
  assert.equal(run.warnings.length, 1);
});

test('what waits for a slow server is bounded: the rest is not kept, with one warning', async (t) => {
  const at = await front(t, await s3Server(t));
  const run = await open({ open: () => s3Blobs(bucketAt(at.endpoint)) });
  at.fate = ({ method }) => (method === 'PUT' ? { kind: 'hang' } : PASS);
  const entry = run.store.begin('a'.repeat(64), 1);
  const bytes = new Uint8Array(8 << 20);
  for (let piece = 0; piece < 40; piece++) run.store.add(entry, { ...PIECE, bytes });
  assert.equal(entry.incomplete, true);
  assert.equal(entry.pending.length, 16, '128 MiB of them wait');
  assert.deepEqual(run.warnings, ['the store "place" is slower than the workers: not everything is kept']);
  await run.store.close(1);
});

test('writing the rest ends after the time that it is given, with a warning, and so do the requests', async (t) => {
  const at = await front(t, await s3Server(t));
  const run = await open({ open: () => s3Blobs(bucketAt(at.endpoint)) });
  at.fate = ({ method }) => (method === 'PUT' ? { kind: 'hang' } : PASS);
  run.archive.keep(0, PIECE);
  run.archive.suspend();
  await run.store.close(50);
  assert.deepEqual(run.warnings, ['the store "place" is not used any more: writing the rest took longer than 0.05 s']);
  assert.equal(run.store.keeps, 'none');
});
