/** The JSON socket and `fractal request`, with the requests that the documents of two older zoom services print. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { folder, fractal } from './processes.js';
import { type Serving, serving } from './serve.js';

const BOUNDED = { timeout: 180_000 };
/** As printed, but smaller. */
const FIRST = `{   
    "point": "-1.338238635,-0.057237059",
    "num_frames": 5,
    "frame_width": 48,
    "frame_height": 48,
    "maxiter": 200,
    "fps": 20,
    "start_delta": 2.5,
    "end_delta": 0.0001
}`;
const SECOND = `{
  START: [0.29340, -1.3941],
  ZOOM: "8x",
  NUM_FRAMES: 4,
  FPS: 20,
  WIDTH: 48, HEIGHT: 32,
  THEME: "twilight_shifted",
  FORMAT: "mp4"
}`;

async function withSocket(t: TestContext, more: string[] = []): Promise<Serving & { address: string; port: number }> {
  const service = await serving(t, join(folder(t), 'data'), ['--older', '--socket', '127.0.0.1:0', ...more]);
  const [, address = ''] = await service.said(/requests are answered at (\S+)/);
  return { ...service, address, port: Number(address.split(':')[1]) };
}

/** The answer to these pieces, each sent in a packet of its own. */
function raw(port: number, pieces: readonly string[], halfClose = false): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    const answer: Buffer[] = [];
    socket.on('data', (piece) => answer.push(piece)).on('error', reject);
    socket.on('end', () => resolve(Buffer.concat(answer)) ?? socket.end());
    const send = ([first, ...rest]: readonly string[]) => {
      if (first !== undefined) socket.write(first, () => setImmediate(send, rest));
      else if (halfClose) socket.end();
    };
    socket.on('connect', () => send(pieces));
  });
}

async function leaderFilm(t: TestContext, json: string): Promise<Buffer> {
  const cwd = folder(t);
  writeFileSync(join(cwd, 'r.json'), json);
  const { code, stderr } = await fractal(
    t,
    ['leader', '--local', '1', '-q', '--request', 'r.json', '-o', 'f.mp4'],
    cwd,
  );
  assert.equal(code, 0, stderr);
  return readFileSync(join(cwd, 'f.mp4'));
}

test(
  'both requests get their films at the same time, over fractal request and over a plain socket',
  BOUNDED,
  async (t) => {
    const { address, port } = await withSocket(t);
    const cwd = folder(t);
    writeFileSync(join(cwd, 'second.json'), SECOND);
    const [first, second, pieces] = await Promise.all([
      fractal(t, ['request', '-', '--to', address], cwd, FIRST),
      fractal(t, ['request', 'second.json', '--to', address, '-o', 'second.mp4'], cwd),
      raw(port, [...FIRST]),
    ]);
    assert.equal(first.code, 0, first.stderr);
    assert.equal(second.code, 0, second.stderr);
    const [wantedFirst, wantedSecond] = [await leaderFilm(t, FIRST), await leaderFilm(t, SECOND)];
    assert.ok(readFileSync(join(cwd, 'received_video.mp4')).equals(wantedFirst));
    assert.ok(readFileSync(join(cwd, 'second.mp4')).equals(wantedSecond));
    assert.ok(pieces.equals(wantedFirst));
  },
);

test('the same request again is the same job, and is served from what was kept', BOUNDED, async (t) => {
  const { port, get } = await withSocket(t);
  const once = await raw(port, [FIRST], true);
  const again = await Promise.all([raw(port, [FIRST]), raw(port, [FIRST.replaceAll('\n', ' ')])]);
  for (const one of again) assert.ok(one.equals(once));
  const { jobs } = await get('/v1/jobs');
  assert.deepEqual(
    jobs.map(({ attempt }: { attempt: number }) => attempt),
    [1],
  );
});

test('HTTP answers a request with its film, or with a form of request and video', BOUNDED, async (t) => {
  const { url } = await withSocket(t);
  const post = (accept: string) =>
    fetch(`${url}/api/request`, {
      method: 'POST',
      body: FIRST,
      headers: { accept, 'content-type': 'application/json' },
    });
  const plain = await post('*/*');
  assert.equal(plain.headers.get('content-type'), 'video/mp4');
  const film = Buffer.from(await plain.arrayBuffer());
  const form = await (await post('multipart/form-data')).formData();
  assert.deepEqual([...form.keys()], ['request', 'video']);
  const video = form.get('video') as File;
  assert.equal(video.type, 'video/mp4');
  assert.ok(Buffer.from(await video.arrayBuffer()).equals(film));
  const order = form.get('request') as File | string;
  assert.equal(JSON.parse(typeof order === 'string' ? order : await order.text()).xpos, '-1.338238635');
});

test('what is wrong is answered by one line, and writes no file', BOUNDED, async (t) => {
  const { port, address } = await withSocket(t, ['--job-pixels', '1000000']);
  for (const [pieces, line] of [
    [['GET / HTTP/1.1\r\n'], /^error: HTTP_INVALID: the request is not a JSON object/],
    [['{"point": "1"}'], /^error: REQUEST_FILE: .*"point" is not a pair/],
    [['{"point": "0,0", "colour": 1}'], /^error: REQUEST_FILE: .*"colour" is not known here/],
    [['{"outfile": "../x.png"}'], /^error: REQUEST_INVALID: /],
    [['{"point": "0,0"}'], /^error: QUOTA: /],
    [[`{"x": "${'0'.repeat(70_000)}"}`], /^error: HTTP_INVALID: the request is longer than 65536 bytes/],
  ] as const) {
    const answer = (await raw(port, pieces)).toString();
    assert.match(answer, line);
    assert.match(answer, /^[^\n]+\n$/);
  }
  assert.match(
    (await raw(port, ['{"point"'], true)).toString(),
    /^error: HTTP_INVALID: the request ends in the middle/,
  );

  const cwd = folder(t);
  const refused = await fractal(t, ['request', '-', '--to', address], cwd, '{"fsp": 1}');
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /^error: JOB_STATE: the service: REQUEST_FILE: .*"fsp" is not a flag.*\n$/);
  const nowhere = await fractal(t, ['request', '-', '--to', '127.0.0.1:1'], cwd, '{}');
  assert.match(nowhere.stderr, /^error: NO_LEADER: .*127\.0\.0\.1:1/);
  assert.match((await fractal(t, ['request'], cwd, '')).stderr, /a request file is missing/);
  assert.ok(!existsSync(join(cwd, 'received_video.mp4')) && !existsSync(join(cwd, 'received_video.mp4.part')));
});

test('the socket listens on other machines only when that is asked for', BOUNDED, async (t) => {
  const { code, stderr } = await fractal(t, ['serve', '--socket', '0.0.0.0:0', '--data', join(folder(t), 'data')]);
  assert.equal(code, 2);
  assert.match(stderr, /EXPOSED: --socket 0\.0\.0\.0/);
});
