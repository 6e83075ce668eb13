/** `fractal leader --wait-start`: real workers, and the requests that users of an older leader send with curl. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { folder, fractal, hostfileOf, run, start, worker } from './processes.js';

const BOUNDED = { timeout: 120_000 };
const PICTURE = '--width 96 --height 54 --iters 300'.split(' ');

async function waiting(t: TestContext, words: readonly string[], cwd = folder(t)) {
  const leader = start(t, ['leader', '--wait-start', '127.0.0.1:0', ...PICTURE, ...words], cwd);
  const [, url = ''] = await leader.said(/waiting for POST (http:\S+)/);
  return { ...leader, url, root: new URL('/', url).href, cwd };
}

const post = (url: string, body?: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(url, { method: 'POST', headers, ...(body === undefined ? {} : { body }) });
const codeOf = async (response: Response) => [response.status, ((await response.json()) as { code: string }).code];

test(
  'workers are connected before, POST /start begins, and the picture is the one that the flags ask for',
  BOUNDED,
  async (t) => {
    const workers = [await worker(t), await worker(t)];
    const cwd = folder(t);
    writeFileSync(join(cwd, 'hostfile'), hostfileOf(workers));
    const leader = await waiting(t, ['-o', 'mandelbrot.png'], cwd);
    for (let line = ''; line !== 'waiting for POST /start, 2 of 2 workers ready\n'; )
      line = await (await fetch(leader.root)).text();
    assert.ok(!existsSync(join(cwd, 'mandelbrot.png')));
    const answer = await post(leader.url);
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /^(rendering|encoding|done), \d+ %, 2 of 2 workers ready\n$/);
    assert.equal((await leader.ended).code, 0);
    assert.equal((await fractal(t, ['leader', '--local', '1', '-q', ...PICTURE, '-o', 'same.png'], cwd)).code, 0);
    assert.ok(readFileSync(join(cwd, 'mandelbrot.png')).equals(readFileSync(join(cwd, 'same.png'))));
  },
);

test('a body overrides flags; a wrong one is refused, and the leader goes on waiting', BOUNDED, async (t) => {
  const leader = await waiting(t, ['--local', '1', '--zoom', '5', '-o', 'a.png']);
  for (const [body, why] of [
    ['{"widht": 5}', /"widht" is not a flag: did you mean "width"/],
    ['{"width": 0}', /--width "0" is not a whole number/],
    ['{"outfile": "../x.png"}', /leave out folders/],
    ['{"hostfile": "other"}', /"hostfile" is decided by the service/],
    ['{"location": "/etc/passwd"}', /names a file/],
    ['[', /this is not JSON/],
  ] as const) {
    const answer = await post(leader.url, body);
    const { detail } = (await answer.json()) as { detail: string };
    assert.equal(answer.status, 400, detail);
    assert.match(detail, why);
  }
  assert.equal((await fetch(`${leader.root}other`)).status, 404);
  assert.match(await (await fetch(leader.url)).text(), /^waiting for POST \/start, /);
  // As curl -d sends it. The width takes the place of the zoom.
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  assert.equal((await post(leader.url, '{"view-width": 2, "outfile": "b.png"}', type)).status, 200);
  assert.equal((await leader.ended).code, 0);
  const words = [...PICTURE, '--view-width', '2', '-o', 'same.png'];
  assert.equal((await fractal(t, ['leader', '--local', '1', '-q', ...words], leader.cwd)).code, 0);
  assert.ok(readFileSync(join(leader.cwd, 'b.png')).equals(readFileSync(join(leader.cwd, 'same.png'))));
  assert.ok(!existsSync(join(leader.cwd, 'a.png')));
});

test('a second POST is a conflict; Ctrl-C ends the job that was begun', BOUNDED, async (t) => {
  const leader = await waiting(t, ['--local', '1', '--frames', '100000', '--zoom-end', '1e9', '--assembly', 'frames']);
  assert.equal((await post(leader.url)).status, 200);
  assert.deepEqual(await codeOf(await post(leader.url)), [409, 'JOB_STATE']);
  assert.match(await (await fetch(leader.root)).text(), /^rendering, 0 %, 1 of 1 workers ready\n$/);
  leader.process.kill('SIGINT');
  const { code, stderr } = await leader.ended;
  assert.equal(code, 130);
  assert.match(stderr, /error: INTERRUPTED: interrupted, no incomplete file is left; /);
});

test('Ctrl-C ends the waiting, also with a client that has sent half of a request', BOUNDED, async (t) => {
  const leader = await waiting(t, ['--local', '1']);
  const socket = connect(Number(new URL(leader.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write('POST /start HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 10\r\n\r\n{');
  await fetch(leader.root);
  leader.process.kill('SIGINT');
  const { code, stderr } = await leader.ended;
  assert.equal(code, 130);
  assert.match(stderr, /error: INTERRUPTED: interrupted, no incomplete file is left\n$/);
});

test('a job that cannot begin is the answer of the client, and the error of the leader', BOUNDED, async (t) => {
  const leader = await waiting(t, ['--local', '1', '-o', 'missing/a.png']);
  assert.deepEqual(await codeOf(await post(leader.url)), [400, 'OUTFILE_UNWRITABLE']);
  const { code, stderr } = await leader.ended;
  assert.equal(code, 2);
  assert.match(stderr, /error: OUTFILE_UNWRITABLE: /);
});

test(
  'pages of other sites and names that lead here are refused; beyond loopback clients need a token',
  BOUNDED,
  async (t) => {
    const leader = await waiting(t, ['--local', '1']);
    assert.deepEqual(await codeOf(await post(leader.url, '', { origin: 'http://elsewhere.example' })), [
      403,
      'ACCESS_DENIED',
    ]);
    const exposed = await fractal(t, ['leader', '--local', '1', '--wait-start', '0.0.0.0:18201']);
    assert.equal(exposed.code, 2);
    assert.match(exposed.stderr, /EXPOSED: --wait-start 0\.0\.0\.0 .*--http-tokens FILE/);
    const tokens = join(folder(t), 'tokens');
    const [view, submit] = ['view-view-view-view', 'submit-submit-submit'];
    writeFileSync(tokens, `view ${view}\nsubmit ${submit} ann\n`);
    const open = start(
      t,
      ['leader', '--local', '1', ...PICTURE, '--wait-start', '0.0.0.0:0', '--http-tokens', tokens],
      folder(t),
    );
    const [, port] = await open.said(/waiting for POST http:\/\/0\.0\.0\.0:(\d+)/);
    const url = `http://127.0.0.1:${port}/start`;
    assert.deepEqual(await codeOf(await post(url)), [401, 'ACCESS_DENIED']);
    assert.deepEqual(await codeOf(await post(url, '', { authorization: `Bearer ${view}` })), [403, 'ACCESS_DENIED']);
    assert.equal((await fetch(url, { headers: { authorization: `Bearer ${view}` } })).status, 200);
    assert.equal((await post(url, '', { authorization: `Bearer ${submit}` })).status, 200);
    assert.equal((await open.ended).code, 0);
  },
);

test('flags that contradict it are refused in one line', BOUNDED, async (t) => {
  for (const [words, line] of [
    [['--wait-start', '--dry-run'], /^error: REQUEST_INVALID: --dry-run renders nothing: leave out --wait-start\n$/],
    [['--http-tokens', 'x'], /^error: REQUEST_INVALID: --http-tokens is for clients of --wait-start: give that too\n$/],
    [['--wait-start', 'here'], /^error: REQUEST_INVALID: --wait-start "here" is not host:port: .*\n$/],
  ] as const) {
    const { code, stderr } = await fractal(t, ['leader', '--local', '1', ...words]);
    assert.equal(code, 2);
    assert.match(stderr, line);
  }
});

test('make leader takes it', BOUNDED, async (t) => {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const outfile = join(folder(t), 'a.png');
  const words = ['--wait-start', '127.0.0.1:18202', ...PICTURE, '-o', outfile].join(' ');
  const hosts = join(folder(t), 'hosts');
  writeFileSync(hosts, hostfileOf([await worker(t)]));
  // Only the recipe: the build is that of the test.
  const made = run(t, ['make', '-s', '-o', 'build', '-C', root, 'leader', `HOSTFILE=${hosts}`, `ARGS=${words}`]);
  await made.said(/waiting for POST/);
  assert.equal((await post('http://127.0.0.1:18202/start')).status, 200);
  assert.equal((await made.ended).code, 0);
  assert.ok(existsSync(outfile));
});
