/** The HTTP API, over real connections. */

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { httpService, raw } from './http-service.js';
import { until } from './runs.js';

const BOUNDED = { timeout: 60_000 };
const ORDER = { width: 16, height: 9, zoom: '1e300', outfile: 'x.png' };

test('a job is submitted, shown, listed, changed, cancelled, requeued and deleted', BOUNDED, async (t) => {
  const { send, runs } = await httpService(t);
  const made = await send('POST', '/v1/jobs', { ...ORDER, priority: 70, owner: 'ann' });
  assert.equal(made.status, 201);
  const { id } = made.json;
  assert.equal(made.headers.get('location'), `/v1/jobs/${id}`);
  assert.deepEqual(made.json.request, { width: '16', height: '9', zoom: '1e300', outfile: 'x.png' });
  assert.deepEqual([made.json.priority, made.json.owner], [70, 'ann']);
  const run = await runs.of(id);
  const waiting = await send('POST', '/v1/jobs', ORDER);
  const list = await send('GET', '/v1/jobs?state=queued&sort=priority');
  assert.deepEqual(
    list.json.jobs.map((job: { id: string }) => job.id),
    [waiting.json.id],
  );
  run.reports.progress({ framesDone: 0, frames: 1, samplesDone: 5, samples: 9, slots: 2 });
  assert.equal((await send('GET', `/v1/jobs/${id}`)).json.progress.samplesDone, 5);
  assert.equal((await send('PATCH', `/v1/jobs/${id}`, { priority: 10 })).json.priority, 10);
  assert.equal((await send('POST', `/v1/jobs/${id}/cancel`)).json.state, 'cancelled');
  run.endStopped();
  assert.equal((await send('POST', `/v1/jobs/${id}/requeue`)).json.state, 'queued');
  assert.equal((await send('DELETE', `/v1/jobs/${id}`)).status, 409);
  await send('POST', `/v1/jobs/${id}/cancel`);
  assert.equal((await send('DELETE', `/v1/jobs/${id}`)).status, 204);
  assert.equal((await send('GET', `/v1/jobs/${id}`)).status, 404);
});

test('the files of a deleted job are removed once its run has ended, whatever that still wrote', BOUNDED, async (t) => {
  const { send, runs, write, outputs, errors } = await httpService(t);
  const { id } = (await send('POST', '/v1/jobs', ORDER)).json;
  const run = await runs.of(id);
  await write(id, 'x.png', Buffer.from('a part'));
  await send('POST', `/v1/jobs/${id}/cancel`);
  assert.equal((await send('DELETE', `/v1/jobs/${id}`)).status, 204);
  await outputs.keepPicture(id, Buffer.from('late'));
  run.endStopped();
  await until(async () => (await outputs.list()).length === 0);
  assert.deepEqual(errors, []);
});

test('the same body under the same key is one job, another body is refused', BOUNDED, async (t) => {
  const { send } = await httpService(t);
  const key = { 'idempotency-key': 'a key' };
  const sent = await Promise.all(Array.from({ length: 8 }, () => send('POST', '/v1/jobs', ORDER, key)));
  assert.equal(new Set(sent.map(({ json }) => json.id)).size, 1);
  assert.deepEqual(sent.map(({ status }) => status).sort(), [200, 200, 200, 200, 200, 200, 200, 201]);
  const other = await send('POST', '/v1/jobs', { ...ORDER, zoom: '2' }, key);
  assert.deepEqual([other.status, other.json.code], [409, 'KEY_REUSED']);
});

test('a change is refused when the job has changed since it was read', BOUNDED, async (t) => {
  const { send, runs } = await httpService(t);
  const { json } = await send('POST', '/v1/jobs', ORDER);
  await runs.of(json.id);
  const path = `/v1/jobs/${json.id}`;
  const etag = (await send('GET', path)).headers.get('etag') ?? '';
  assert.equal((await send('GET', path, undefined, { 'if-none-match': etag })).status, 304);
  assert.equal((await send('PATCH', path, { priority: 1 }, { 'if-match': etag })).status, 200);
  const late = await send('PATCH', path, { priority: 2 }, { 'if-match': etag });
  assert.deepEqual([late.status, late.json.code], [412, 'JOB_CHANGED']);
  assert.equal((await send('PATCH', path, { priority: 2 }, { 'if-match': '*' })).json.priority, 2);
});

test('what cannot be done is a problem with status, code and a sentence', BOUNDED, async (t) => {
  const { send, errors } = await httpService(t);
  const { json: job } = await send('POST', '/v1/jobs', ORDER);
  const cases: [number, string, RegExp, string, string, unknown?, Record<string, string>?][] = [
    [404, 'JOB_MISSING', /no job "nothing"/, 'GET', '/v1/jobs/nothing'],
    [404, 'HTTP_INVALID', /no GET \/v2/, 'GET', '/v2'],
    [409, 'JOB_STATE', /requeue is not possible .* pause, cancel/, 'POST', `/v1/jobs/${job.id}/requeue`],
    [400, 'REQUEST_INVALID', /--zoom "none" is not/, 'POST', '/v1/jobs', { zoom: 'none' }],
    [400, 'REQUEST_FILE', /the job:1:2: this is not JSON/, 'POST', '/v1/jobs', '{'],
    [400, 'REQUEST_FILE', /"widht" is not a flag: did you mean/, 'POST', '/v1/jobs', { widht: 3 }],
    [400, 'REQUEST_FILE', /"hostfile" is decided by the service/, 'POST', '/v1/jobs', { hostfile: 'x' }],
    [400, 'REQUEST_FILE', /"store" is decided by the service/, 'POST', '/v1/jobs', { store: '/' }],
    [400, 'REQUEST_FILE', /"audio" names a file/, 'POST', '/v1/jobs', { audio: '/etc/passwd' }],
    [400, 'REQUEST_FILE', /"location" names a file/, 'POST', '/v1/jobs', { location: '/etc/passwd' }],
    [400, 'REQUEST_INVALID', /--path "film.json" is not a path/, 'POST', '/v1/jobs', { path: 'film.json', frames: 3 }],
    [400, 'REQUEST_INVALID', /--palette "\/x.json" is a file/, 'POST', '/v1/jobs', { palette: '/x.json' }],
    [400, 'PALETTE_UNKNOWN', /no palette/, 'POST', '/v1/jobs', { palette: 'nothing' }],
    [400, 'OUTFILE_FORMAT', /holds one frame, not 3/, 'POST', '/v1/jobs', { outfile: 'x.png', frames: 3 }],
    ...['../x.png', '/x.png', '.x.png', 'a/x.png', 'a\\x.png', '-', 'x\u0000.png'].map(
      (outfile) =>
        [400, 'REQUEST_INVALID', /--outfile .* leave out folders/, 'POST', '/v1/jobs', { outfile }] as [
          number,
          string,
          RegExp,
          string,
          string,
          unknown,
        ],
    ),
    [
      413,
      'QUOTA',
      /pixels in all its frames/,
      'POST',
      '/v1/jobs',
      { width: 8000, height: 8000, frames: 99, 'zoom-end': 9 },
    ],
    [413, 'HTTP_INVALID', /longer than 1048576 bytes/, 'POST', '/v1/jobs', ' '.repeat(1 << 21)],
    [415, 'HTTP_INVALID', /send application\/json/, 'POST', '/v1/jobs', '{}', { 'content-type': 'text/plain' }],
    [400, 'HTTP_INVALID', /state=lost: the states are/, 'GET', '/v1/jobs?state=lost'],
    [400, 'HTTP_INVALID', /limit=0 is not/, 'GET', '/v1/jobs?limit=0'],
    [400, 'HTTP_INVALID', /cursor is not one/, 'GET', "/v1/jobs?cursor=1'--"],
    [400, 'HTTP_INVALID', /"stat" is no part/, 'GET', '/v1/jobs?stat=queued'],
    [400, 'HTTP_INVALID', /Last-Event-ID/, 'GET', `/v1/jobs/${job.id}/events`, undefined, { 'last-event-id': 'x' }],
    [404, 'JOB_MISSING', /no file "\.\.\/x"/, 'GET', `/v1/jobs/${job.id}/files/..%2fx`],
    [403, 'ACCESS_DENIED', /cannot use the service/, 'POST', '/v1/jobs', ORDER, { origin: 'http://evil.example' }],
  ];
  for (const [status, code, detail, method, path, body, headers] of cases) {
    const { json, headers: answered, ...answer } = await send(method, path, body, headers);
    assert.deepEqual(
      [answer.status, json.status, json.code],
      [status, status, code],
      `${method} ${path} ${json.detail}`,
    );
    assert.match(json.detail, detail);
    assert.equal(answered.get('content-type'), 'application/problem+json');
  }
  assert.deepEqual(errors, []);
  assert.equal((await send('GET', '/v1/jobs')).json.jobs.length, 1);
});

test('a name that a page can make to lead here is refused where there are no tokens', BOUNDED, async (t) => {
  const { port } = await httpService(t);
  const answer = await raw(port, 'GET /v1/jobs HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
  assert.match(answer, /^HTTP\/1.1 403 .*"evil\.example\\" is not this machine/s);
});

test('tokens: each role may do what it should, and submitters change their own jobs only', BOUNDED, async (t) => {
  const [view, ann, bob, operate] = ['v', 'a', 'b', 'o'].map((letter) => letter.repeat(16)) as string[];
  const tokens = `# clients\nview ${view}\nsubmit ${ann} ann\nsubmit ${bob} bob\noperate ${operate}\n`;
  const { send } = await httpService(t, { tokens });
  const as = (token: string | undefined) => ({ authorization: `Bearer ${token}` });
  assert.equal((await send('GET', '/healthz')).status, 200);
  const none = await send('GET', '/v1/jobs');
  assert.deepEqual([none.status, none.headers.get('www-authenticate')], [401, 'Bearer']);
  assert.equal((await send('GET', '/v1/jobs', undefined, as('x'.repeat(16)))).status, 401);
  assert.equal((await send('GET', '/metrics', undefined, as(view))).status, 200);
  assert.equal((await send('POST', '/v1/jobs', ORDER, as(view))).status, 403);
  const made = await send('POST', '/v1/jobs', ORDER, as(ann));
  assert.deepEqual([made.status, made.json.owner], [201, 'ann']);
  const path = `/v1/jobs/${made.json.id}`;
  assert.equal((await send('POST', '/v1/jobs', { ...ORDER, owner: 'bob' }, as(ann))).status, 403);
  for (const [method, to, body] of [
    ['POST', `${path}/cancel`],
    ['PATCH', path, { priority: 1 }],
    ['DELETE', path],
  ] as const) {
    assert.equal((await send(method, to, body, as(bob))).status, 403, method);
    assert.equal((await send(method, to, body, as(view))).status, 403, method);
  }
  assert.equal((await send('PATCH', path, { owner: 'bob' }, as(ann))).status, 403);
  assert.equal((await send('PATCH', path, { owner: 'bob' }, as(operate))).json.owner, 'bob');
  assert.equal((await send('POST', `${path}/cancel`, undefined, as(bob))).status, 200);
  assert.equal((await send('POST', '/v1/workers/x/drain', undefined, as(bob))).status, 403);
});

test('files come whole and in parts', BOUNDED, async (t) => {
  const { send, runs, write, url } = await httpService(t);
  const { json } = await send('POST', '/v1/jobs', ORDER);
  const content = Uint8Array.from({ length: 1_000 }, (_, k) => k % 251);
  (await runs.of(json.id)).succeed([await write(json.id, 'x y.png', content)]);
  await until(async () => (await send('GET', `/v1/jobs/${json.id}`)).json.state === 'succeeded');
  const [{ href }] = (await send('GET', `/v1/jobs/${json.id}`)).json.outputs;
  const get = async (range?: string, more = {}) => {
    const response = await fetch(url + href, { headers: { ...(range ? { range } : {}), ...more } });
    return { status: response.status, headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) };
  };
  const whole = await get();
  assert.deepEqual([whole.status, whole.headers.get('content-type')], [200, 'image/png']);
  assert.deepEqual(whole.bytes, content);
  for (const [range, from, to] of [
    ['bytes=0-0', 0, 1],
    ['bytes=10-19', 10, 20],
    ['bytes=990-', 990, 1_000],
    ['bytes=-5', 995, 1_000],
    ['bytes=-5000', 0, 1_000],
    ['bytes=900-5000', 900, 1_000],
  ] as const) {
    const part = await get(range);
    assert.equal(part.status, 206, range);
    assert.deepEqual(part.bytes, content.slice(from, to), range);
    assert.equal(part.headers.get('content-range'), `bytes ${from}-${to - 1}/1000`);
  }
  assert.equal((await get('bytes=1000-')).status, 416);
  assert.equal((await get('lines=1-2')).status, 200);
  const etag = whole.headers.get('etag') as string;
  assert.equal((await get('bytes=0-0', { 'if-range': etag })).status, 206);
  assert.equal((await get('bytes=0-0', { 'if-range': '"other"' })).status, 200);
  assert.equal((await get(undefined, { 'if-none-match': etag })).status, 304);
  const head = await fetch(url + href, { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers.get('content-length')], [200, '1000']);
});

test(
  'a request that does not end, and one with a header that does not, get an answer or an end',
  BOUNDED,
  async (t) => {
    const { port, send } = await httpService(t);
    const broken = await raw(port, 'POST /v1/jobs HTTP/1.1\r\nbroken\r\n\r\n');
    assert.match(broken, /^HTTP\/1.1 400/);
    const large = await raw(port, `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(1 << 15)}\r\n\r\n`);
    assert.match(large, /^HTTP\/1.1 431/);
    // A body that is announced and does not come leaves others alone.
    const silent = connect(port, '127.0.0.1');
    const type = 'Content-Type: application/json';
    silent.write(`POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\n${type}\r\nContent-Length: 100\r\n\r\n{`);
    assert.equal((await send('GET', '/healthz')).status, 200);
    silent.destroy();
  },
);
