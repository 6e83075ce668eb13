/** What the service answers, of each route and status, compared with /openapi.json. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { FractalError } from '../../src/errors.js';
import { parseTokens } from '../../src/service/http/tokens.js';
import { type HttpService, httpService, MOST_FILES } from './http-service.js';
import { type ComparingClient, comparingClient, operationsOf, program } from './openapi-document.js';
import { useExplorer } from './openapi-explorer.js';
import { type TestRun, until } from './runs.js';

const BOUNDED = { timeout: 60_000 };
const ORDER = { width: 16, height: 9, outfile: 'x.png' };
const [OPERATOR, VIEWER] = ['o'.repeat(16), 'v'.repeat(16)];
const TOKENS = `operate ${OPERATOR}\nview ${VIEWER}`;

/** A build without pages, errors of the program itself, and what is a WebSocket: test/service/explore/socket.test.ts. */
const HAS_EXPLORER = existsSync(new URL('../../web/explore.html', import.meta.url));
const NOT_SEEN = [
  ...(HAS_EXPLORER ? [] : ['explore 200', 'explore 304']),
  ...[
    'openViewer 101',
    'openViewer 400',
    'docs 404',
    'dashboard 404',
    'explore 404',
    'getOlderImage 500',
    'submitOlderJob 500',
  ],
];

test('what the service answers is what the document declares', BOUNDED, async (t) => {
  const workers = [{ name: 'a:1', state: 'ready', slots: 2, shards: 0, version: '1.2.3' }];
  const isThere = (name: string) => name === 'a:1';
  const cluster = { workers: () => workers, drain: isThere, undrain: isThere };
  const { document } = await program({ older: true });
  const service = await httpService(t, { older: true, cluster });
  const client = comparingClient(service.url, document);
  const { call } = client;
  const idle = comparingClient((await httpService(t)).url, document);

  await useOutputs(client, service);
  await useOlder(client, service);
  await useJobs(client);
  await useUploads(client);
  await useExplorer(client);
  for (const id of ['getQueue', 'listWorkers', 'metrics', 'allEvents', 'getActivity', 'listFields', 'getAccess'])
    await call(id, 200);
  await call('drainWorker', 202, { at: { name: 'a:1' } });
  await call('drainWorker', 404, { at: { name: 'b:1' } });
  await call('useWorker', 204, { at: { name: 'a:1' } });
  await call('useWorker', 404, { at: { name: 'b:1' } });
  await call('openViewer', 426);
  await call('health', 200);
  await call('readiness', 200);
  await idle.call('readiness', 503);
  for (const id of ['dashboard', 'docs', 'openapi', ...(HAS_EXPLORER ? ['explore'] : [])]) {
    const { headers } = await call(id, 200);
    await call(id, 304, { headers: { 'if-none-match': headers.get('etag') ?? '' } });
  }
  await usePageFiles(client, service.url);
  const patience = { whole: 50, silence: 50 };
  const hasty = comparingClient((await httpService(t, { older: true, patience })).url, document);
  await useSlowBodies(hasty);

  const seen = new Set([...client.seen, ...hasty.seen]);
  const all = operationsOf(document).flatMap(({ id, responses }) =>
    Object.keys(responses)
      .filter((status) => !['401', '403', '429', 'default', '503'].includes(status))
      .map((status) => `${id} ${status}`),
  );
  assert.deepEqual(all.filter((one) => !seen.has(one) && !NOT_SEEN.includes(one)).sort(), []);
});

const LONG = ' '.repeat((1 << 20) + 1);
const NONE = { at: { id: 'none' } };

async function useJobs({ call }: ComparingClient): Promise<void> {
  const key = { 'idempotency-key': 'one' };
  const { json: job } = await call('submitJob', 201, { body: ORDER, headers: key });
  await call('submitJob', 200, { body: ORDER, headers: key });
  await call('submitJob', 409, { body: { ...ORDER, width: 17 }, headers: key });
  await call('submitJob', 400, { body: { zoom: 'none' } });
  await call('submitJob', 413, { body: LONG });
  const text = { 'content-type': 'text/plain' };
  await call('submitJob', 415, { body: '{}', headers: text });
  await call('listJobs', 200, { query: '?limit=1' });
  await call('listJobs', 400, { query: '?limit=none' });
  const at = { id: job.id };
  const { headers } = await call('getJob', 200, { at });
  await call('getJob', 304, { at, headers: { 'if-none-match': headers.get('etag') ?? '' } });
  await call('getJob', 404, NONE);
  await call('changeJob', 200, { at, body: { priority: 7 } });
  const older = { 'if-match': '"0"' };
  const odd = { 'if-match': 'odd' };
  await call('changeJob', 400, { at, body: { priority: 700 } });
  await call('changeJob', 404, { ...NONE, body: { priority: 7 } });
  await call('changeJob', 412, { at, body: { priority: 8 }, headers: older });
  await call('changeJob', 413, { at, body: LONG });
  await call('changeJob', 415, { at, body: '{}', headers: text });
  await call('requeueJob', 409, { at });
  for (const id of ['pauseJob', 'resumeJob', 'cancelJob']) await call(id, 200, { at });
  await call('pauseJob', 409, { at });
  await call('resumeJob', 409, { at });
  await call('changeJob', 409, { at, body: { priority: 9 } });
  for (const id of ['pauseJob', 'resumeJob', 'cancelJob', 'requeueJob', 'deleteJob']) {
    await call(id, 404, NONE);
    await call(id, 400, { at, headers: odd });
    await call(id, 412, { at, headers: older });
  }
  await call('requeueJob', 200, { at });
  await call('deleteJob', 409, { at });
  await call('cancelJob', 200, { at });
  await call('deleteJob', 204, { at });
}

async function useUploads({ call }: ComparingClient): Promise<void> {
  const body = Buffer.from('a scene');
  const at = { digest: createHash('sha256').update(body).digest('hex') };
  const scene = { main: 'a.pov', files: [{ path: 'a.pov', ...at }] };
  await call('submitJob', 422, { body: { ...ORDER, scene } });
  await call('putFile', 201, { at, body });
  await call('putFile', 200, { at, body });
  await call('submitJob', 201, { body: { ...ORDER, scene } });
  await call('putFile', 400, { at, body: Buffer.from('another') });
  await call('putFile', 400, { at: { digest: 'none' }, body });
  await call('putFile', 413, { at, body: Buffer.alloc(MOST_FILES + 1) });
  await call('putFile', 415, { at, body: 'a scene', headers: { 'content-type': 'text/plain' } });
}

/** Of a service that waits for no body. */
async function useSlowBodies({ call }: ComparingClient): Promise<void> {
  const body = () => new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('{')) });
  const headers = { 'content-type': 'application/json' };
  for (const id of ['submitJob', 'makePalette', 'locate', 'submitOlderJob', 'renderOlderRequest'])
    await call(id, 408, { body: body(), headers });
  await call('changeJob', 408, { ...NONE, body: body(), headers });
  for (const id of ['importPalette', 'readLocation']) await call(id, 408, { query: '?name=a.json', body: body() });
  await call('putFile', 408, { at: { digest: '0'.repeat(64) }, body: body() });
}

async function ended(
  client: ComparingClient,
  { send, runs, write }: HttpService,
  id: string,
  content: Uint8Array,
): Promise<void> {
  const run = await runs.of(id);
  run.reports.progress({ framesDone: 1, frames: 1, samplesDone: 9, samples: 9, slots: 2, coreSecondsLeft: 0.5 });
  run.reports.log('info', 'a line');
  run.picture = content;
  await client.call('getJob', 200, { at: { id } });
  const { headers } = await client.call('jobPicture', 200, { at: { id } });
  await client.call('jobPicture', 304, { at: { id }, headers: { 'if-none-match': headers.get('etag') ?? '' } });
  run.succeed([await write(id, 'x y.png', content)]);
  await until(async () => (await send('GET', `/v1/jobs/${id}`)).json.state === 'succeeded');
}

async function useOutputs(client: ComparingClient, service: HttpService): Promise<void> {
  const { call } = client;
  const { json: job } = await call('submitJob', 201, { body: { ...ORDER, deadline: '2100-01-01T00:00:00Z' } });
  const at = { id: job.id, name: 'x y.png' };
  await ended(client, service, job.id, Uint8Array.from([1, 2, 3]));
  const { json: failing } = await call('submitJob', 201, { body: { ...ORDER, webhook: 'https://hook.example/' } });
  (await service.runs.of(failing.id)).fail(new FractalError('DISK', 'full'));
  await until(async () => (await service.send('GET', `/v1/jobs/${failing.id}`)).json.state === 'failed');
  await call('getJob', 200, { at: { id: failing.id } });
  await call('jobEvents', 200, { at: { id: failing.id }, headers: { accept: 'application/json' } });
  const { json: events } = await call('jobEvents', 200, { at, headers: { accept: 'application/json' } });
  assert.deepEqual(new Set(events.events.map(({ kind }: { kind: string }) => kind)), new Set(['state', 'log']));
  await call('jobEvents', 200, { at });
  await call('jobEvents', 400, { at, headers: { 'last-event-id': 'x' } });
  await call('jobEvents', 404, NONE);
  const { headers } = await call('jobFile', 200, { at });
  const same = { 'if-none-match': headers.get('etag') ?? '' };
  await call('jobFile', 304, { at, headers: same });
  await call('jobFile', 206, { at, headers: { range: 'bytes=1-' } });
  await call('jobFile', 416, { at, headers: { range: 'bytes=3-' } });
  await call('jobFile', 404, { at: { ...at, name: 'y' } });
  await call('jobPicture', 404, { at: { id: failing.id } });
  await call('cancelJob', 409, { at });
  await call('jobActivity', 200, { at });
  await call('jobActivity', 404, NONE);
}

async function useOlder({ call }: ComparingClient, service: HttpService): Promise<void> {
  const picture = { width: 16, height: 9, block_size: 4, samples: 1, camerax: 0, cameray: 0, zoom: 1, type: 0 };
  const { json: wanted } = await call('submitOlderJob', 202, { body: { ...picture, color_mode: 5 } });
  const at = { uuid: wanted.uuid };
  await call('submitOlderJob', 400, { body: { width: 'none' } });
  await call('submitOlderJob', 413, { body: LONG });
  await call('getOlderImage', 202, { at });
  const run = await service.runs.of(wanted.uuid);
  run.succeed([await service.write(wanted.uuid, 'fractal.png', Uint8Array.from([1]))]);
  await until(async () => (await service.send('GET', `/v1/jobs/${wanted.uuid}`)).json.state === 'succeeded');
  await call('getOlderImage', 200, { at });
  await call('getOlderImage', 404, { at: { uuid: 'none' } });
  const { json: lost } = await call('submitOlderJob', 202, { body: { ...picture, color_mode: 6 } });
  (await service.runs.of(lost.uuid)).fail(new FractalError('DISK', 'full'));
  await until(async () => (await service.send('GET', `/v1/jobs/${lost.uuid}`)).json.state === 'failed');
  await call('getOlderImage', 422, { at: lost });
  await call('olderForm', 200);

  const runOf = async (outfile: string) => {
    const find = () => service.runs.all.find(({ job }) => job.order.outfile === outfile);
    await until(() => find() !== undefined);
    return find() as TestRun;
  };
  const rendered = call('renderOlderRequest', 200, { body: { ...ORDER, outfile: 'y.png' } });
  const first = await runOf('y.png');
  first.succeed([await service.write(first.job.id, 'y.png', Uint8Array.from([1]))]);
  await rendered;
  const failed = call('renderOlderRequest', 409, { body: { ...ORDER, outfile: 'z.png' } });
  (await runOf('z.png')).fail(new FractalError('DISK', 'full'));
  await failed;
  await call('renderOlderRequest', 400, { body: { zoom: 'none' } });
  await call('renderOlderRequest', 413, { body: LONG });
  await call('renderOlderRequest', 415, { body: '{}', headers: { 'content-type': 'text/plain' } });
}

async function usePageFiles({ call }: ComparingClient, url: string): Promise<void> {
  for (const path of ['/', '/docs']) {
    const page = await (await fetch(url + path)).text();
    for (const [, name = ''] of page.matchAll(/"web\/([^"]+)"/g)) {
      const { headers } = await call('webFile', 200, { at: { name } });
      await call('webFile', 304, { at: { name }, headers: { 'if-none-match': headers.get('etag') ?? '' } });
    }
  }
  await call('webFile', 404, { at: { name: 'none.js' } });
}

test('what a token may not do is answered as the document declares', BOUNDED, async (t) => {
  const { document } = await program({ tokens: parseTokens(TOKENS, 'tokens'), older: true });
  const { url } = await httpService(t, { tokens: TOKENS, older: true });
  const client = comparingClient(url, document);
  for (const { id, role, path } of operationsOf(document)) {
    if (role === undefined) continue;
    const at = Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, 'none']));
    await client.call(id, 401, { at });
    if (role !== 'view') await client.call(id, 403, { at, headers: { authorization: `Bearer ${VIEWER}` } });
  }
});

test('too many jobs of an owner are answered as the document declares', BOUNDED, async (t) => {
  const { url } = await httpService(t);
  const { document } = await program();
  const client = comparingClient(url, document);
  for (let k = 0; k < 101; k++) await client.call('submitJob', 201, { body: ORDER });
  await client.call('submitJob', 429, { body: ORDER });
});
