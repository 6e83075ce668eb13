/** The commands that talk to a service, as their users type them: real processes, a real service. */

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { folder, start } from './processes.js';
import { type Serving, serving } from './serve.js';

const BOUNDED = { timeout: 120_000 };
const STILL = ['--width', '160', '--height', '90', '--iters', '500'];
const SLOW = ['-x', '-0.7454286', '-y', '0.1130089', '--zoom', '1308000', '--iters', '9000', '--samples', '16'];

function client(t: TestContext, url: string) {
  const run = (words: readonly string[], cwd = '', input = '') =>
    start(t, words, cwd === '' ? undefined : cwd, input, { FRACTAL_URL: url });
  return {
    run,
    async ok(...words: string[]): Promise<string> {
      const { code, stdout, stderr } = await run(words).ended;
      assert.equal(code, 0, stderr);
      return stdout.trim();
    },
  };
}

async function started(service: Serving, id: string): Promise<void> {
  for (;;) if (((await service.get(`/v1/jobs/${id}`)).progress?.samplesDone ?? 0) > 0) return;
}

test(
  'submit, wait, get: the file of fractal leader, with palette and path of files of the client',
  BOUNDED,
  async (t) => {
    const service = await serving(t, join(folder(t), 'data'));
    const { run, ok } = client(t, service.url);
    const here = folder(t);
    writeFileSync(join(here, 'own.json'), '[[0, "#001122"], [0.5, "#ffcc00"]]');
    writeFileSync(join(here, 'job.json'), JSON.stringify({ palette: 'own.json', zoom: '2', priority: 70 }));
    const words = ['--request', 'job.json', ...STILL, '-o', 'a.png'];
    const submitted = await run(['submit', ...words, '--idempotency-key', 'k1'], here).ended;
    assert.equal(submitted.code, 0, submitted.stderr);
    const id = submitted.stdout.trim();
    const again = await run(['submit', ...words, '--idempotency-key', 'k1'], here).ended;
    assert.equal(again.stdout.trim(), id, 'the same key is the same job');
    assert.equal(await ok('wait', id), `${id} succeeded: a.png`);
    assert.equal((await service.get(`/v1/jobs/${id}`)).priority, 70);
    const got = await run(['get', id], here).ended;
    assert.deepEqual([got.code, got.stdout], [0, 'a.png\n']);
    const request = join(here, 'plain.json');
    writeFileSync(request, JSON.stringify({ palette: join(here, 'own.json'), zoom: '2' }));
    await ok('leader', '--local', '1', '-q', '--request', request, ...STILL, '-o', join(here, 'b.png'));
    assert.ok(readFileSync(join(here, 'a.png')).equals(readFileSync(join(here, 'b.png'))));
    assert.deepEqual(
      readdirSync(here).filter((name) => name.startsWith('.')),
      [],
    );
    const piped = await run(['submit', '--request', '-', '--wait', '--json'], here, '{"width": 64, "height": 36}')
      .ended;
    const job = JSON.parse(piped.stdout);
    assert.deepEqual([piped.code, job.state, job.outputs[0].name], [0, 'succeeded', 'fractal.png']);
  },
);

test('exit codes are those of the job, and of fractal leader', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'));
  const { run, ok } = client(t, service.url);
  const wrong = ['--width', '64', '--height', '36', '--zoom', '1e40', '--method', 'direct', '-o', 'x.png'];
  const here = await run(['leader', '--local', '1', ...wrong], folder(t)).ended;
  const there = await run(['submit', ...wrong, '--wait']).ended;
  assert.equal(there.code, here.code);
  assert.match(there.stderr, /^error: VIEW_TOO_DEEP: job \w+: /);
  const slow = await ok('submit', ...SLOW, '-o', 'x.png');
  const waiting = run(['wait', slow]);
  const followed = run(['logs', slow, '--follow']);
  await started(service, slow);
  const early = await run(['get', slow]).ended;
  assert.equal(early.code, 1);
  assert.match(early.stderr, /^error: JOB_STATE: job \w+ is running, and has no files yet: fractal wait \w+\n$/);
  assert.equal(await ok('pause', slow).then((text) => text.split(' ')[0]), slow);
  await service.reaches(slow, 'paused');
  assert.equal(await ok('resume', slow), `${slow} queued`);
  assert.equal(await ok('cancel', slow), `${slow} cancelled`);
  const waited = await waiting.ended;
  assert.deepEqual([waited.code, waited.stderr], [130, `error: job ${slow} is cancelled\n`]);
  const states = (await followed.ended).stdout.split('\n').map((line) => line.split(' ')[1]);
  for (const state of ['queued', 'running', 'paused', 'cancelled']) assert.ok(states.includes(state), state);
  assert.match(await ok('logs', slow), / queued\n.* running\n[\s\S]* cancelled$/);
  assert.equal(await ok('requeue', slow), `${slow} queued`);
  await ok('cancel', slow);
});

test(
  'get fetches what a cancelled job had made, and says so; of one without files it says what to do',
  BOUNDED,
  async (t) => {
    const service = await serving(t, join(folder(t), 'data'));
    const { run, ok } = client(t, service.url);
    const here = folder(t);
    const film = [
      '--zoom-end',
      '1308001',
      '--frames',
      '500',
      '--assembly',
      'frames',
      '--width',
      '160',
      '--height',
      '90',
    ];
    const id = await ok('submit', ...SLOW.slice(0, -2), ...film, '-o', 'f-%03d.png');
    for (let done = 0; done < 2; ) done = (await service.get(`/v1/jobs/${id}`)).progress?.framesDone ?? 0;
    await ok('cancel', id);
    for (let files = 0; files === 0; ) files = (await service.get(`/v1/jobs/${id}`)).outputs.length;
    const { outputs } = await service.get(`/v1/jobs/${id}`);
    const got = await run(['get', id], here).ended;
    assert.equal(got.code, 130);
    assert.equal(
      got.stderr,
      `warning: job ${id} is cancelled: these are the ${outputs.length} files that it had made\n`,
    );
    assert.deepEqual(
      readdirSync(here).sort(),
      outputs.map(({ name }: { name: string }) => name),
    );
    assert.ok(outputs.length >= 2 && outputs.length < 500);
    const early = await ok('submit', ...SLOW, '-o', 'x.png');
    await ok('cancel', early);
    const none = await run(['get', early], here).ended;
    assert.equal(none.code, 1);
    assert.match(none.stderr, /^error: JOB_STATE: job \w+ is cancelled, and has made no file: fractal requeue \w+\n$/);
  },
);

test('jobs, status and top show what there is, for people and for scripts', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'));
  const { run, ok } = client(t, service.url);
  const ids: string[] = [];
  for (const k of [1, 2, 3]) ids.push(await ok('submit', ...STILL, '--priority', `${k}0`, '-o', `${k}.png`));
  await ok('wait', ...ids);
  const [head, ...rows] = (await ok('jobs', '--sort=-priority', '--limit', '2')).split('\n');
  assert.match(head ?? '', /^ID +STATE +PRIO/);
  assert.deepEqual(
    rows.map((row) => row.split(/ +/)[0]),
    [ids[2], ids[1]],
  );
  const listed = JSON.parse(await ok('jobs', '--json', '--state', 'succeeded', '--owner', 'anonymous'));
  assert.equal(listed.jobs.length, 3);
  assert.equal(JSON.parse(await ok('jobs', '--json', '--state', 'failed')).jobs.length, 0);
  assert.match(
    await ok('status'),
    /^jobs: .*3 succeeded.*\nwork: about 0\.0 core-seconds queued and running\nworkers: 1 of 1 ready, 1 slots\n/,
  );
  const one = ids[0] ?? '';
  assert.match(await ok('status', one), /^state +succeeded$/m);
  assert.equal(JSON.parse(await ok('status', one, '--json')).id, one);
  const seen = (await ok('top', '--count', '2', '--interval', '1')).split('\n');
  assert.equal(seen.length, 2);
  assert.match(seen[1] ?? '', /^\S+Z {2}0 running, 0 queued, 0 paused, 0 slots in use of 1 {2}0 samples\/s$/);
  const forever = run(['top', '--interval', '1']);
  await forever.said(/running/);
  forever.process.kill('SIGINT');
  assert.equal((await forever.ended).code, 0);
});

test(
  'what goes wrong is one line: no service, no such job, no token, files that a job cannot have',
  BOUNDED,
  async (t) => {
    const nowhere = client(t, 'http://127.0.0.1:9');
    for (const words of [['jobs'], ['submit'], ['wait', 'a1'], ['top']]) {
      const { code, stdout, stderr } = await nowhere.run(words).ended;
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(
        stderr,
        /^error: NO_SERVICE: no service answers at http:\/\/127\.0\.0\.1:9 \(.*\): start .*--url.*\n$/,
      );
    }
    const tokens = join(folder(t), 'tokens');
    writeFileSync(tokens, 'view 0123456789abcdef01 eve\n');
    const service = await serving(t, join(folder(t), 'data'), ['--http-tokens', tokens]);
    const { run } = client(t, service.url);
    for (const [words, line, code] of [
      [['status'], /^error: ACCESS_DENIED: the request has no token.*\n$/, 2],
      [['wait'], /^error: REQUEST_INVALID: the id of a job is missing: write fractal wait ID\n$/, 2],
      [['submit', '--audio', 'x.mp3'], /^error: REQUEST_INVALID: --audio is not a flag of this command.*\n$/, 2],
      [['submit', '--request', 'no.json'], /^error: REQUEST_FILE: no\.json cannot be read.*\n$/, 2],
      [['jobs', '--url', 'ftp://x'], /^error: REQUEST_INVALID: --url "ftp:\/\/x" is not an http or https URL\n$/, 2],
    ] as const) {
      const outcome = await run(words).ended;
      assert.match(outcome.stderr, line);
      assert.equal(outcome.code, code);
    }
    const view = { FRACTAL_URL: service.url, FRACTAL_TOKEN: '0123456789abcdef01' };
    const missing = await start(t, ['wait', 'a1'], undefined, undefined, view).ended;
    assert.match(missing.stderr, /^error: JOB_MISSING: there is no job "a1".*\n$/);
    const refused = await start(t, ['submit'], undefined, undefined, view).ended;
    assert.match(refused.stderr, /^error: ACCESS_DENIED: the token has the role view.*\n$/);
  },
);

test('a download goes on where the connection broke, and appears whole', BOUNDED, async (t) => {
  const content = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7919) % 251));
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const job = { id: 'a1', state: 'succeeded', outputs: [{ name: 'x.bin', bytes: content.length, href: '/x' }] };
    if (request.url === '/v1/jobs/a1') return response.end(JSON.stringify(job));
    response.setHeader('etag', '"1"');
    if (request.method === 'HEAD') return response.end();
    ranges.push(request.headers.range);
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? 'bytes=0-')?.[1]);
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': content.length - from });
    // Each connection breaks after a part.
    response.write(content.subarray(from, from + 100_000), () => response.socket?.end());
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const here = folder(t);
  const { port } = server.address() as AddressInfo;
  const { run } = client(t, `http://127.0.0.1:${port}`);
  const { code, stderr } = await run(['get', 'a1', '-o', join(here, 'y.bin')]).ended;
  assert.equal(code, 0, stderr);
  assert.ok(ranges.length >= 3 && ranges[0] === undefined && ranges[1] !== undefined, String(ranges));
  assert.ok(readFileSync(join(here, 'y.bin')).equals(content));
  assert.deepEqual(readdirSync(here), ['y.bin']);
});

test('wait outlives a service that is killed and starts again', BOUNDED, async (t) => {
  const data = join(folder(t), 'data');
  const first = await serving(t, data);
  const { host } = new URL(first.url);
  const { run, ok } = client(t, first.url);
  const waiting = run(['submit', '--wait', ...SLOW, '--width', '300', '--height', '300', '-o', 'x.png']);
  const [, id = ''] = await waiting.said(/^(\w+)\n/);
  await started(first, id);
  first.process.kill('SIGKILL');
  await first.ended;
  await serving(t, data, ['--http', host]);
  await ok('cancel', id);
  const { code, stderr } = await waiting.ended;
  assert.deepEqual([code, stderr], [130, `error: job ${id} is cancelled\n`]);
});

test('a service calls the webhook of a job, signed with the secret of its folder', BOUNDED, async (t) => {
  const got: { headers: NodeJS.Dict<string | string[]>; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      got.push({ headers: request.headers, body });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const data = join(folder(t), 'data');
  const service = await serving(t, data, ['--webhook-allow-private']);
  const { port } = server.address() as AddressInfo;
  const id = await client(t, service.url).ok(
    'submit',
    ...STILL,
    '--webhook',
    `http://127.0.0.1:${port}/`,
    '-o',
    'x.png',
  );
  await service.reaches(id, 'succeeded');
  while ((await service.get(`/v1/jobs/${id}`)).notified !== 1);
  const [{ headers, body } = assert.fail('no call')] = got;
  const secret = Buffer.from(
    readFileSync(join(data, 'webhook.secret'), 'utf8').trim().slice('whsec_'.length),
    'base64',
  );
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const expected = `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`;
  assert.equal(headers['webhook-signature'], expected);
  assert.deepEqual(JSON.parse(body).data.outputs[0].name, 'x.png');
});
