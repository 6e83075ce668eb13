/** Clients that send what they should not, or do not read what they asked for: others are served, nothing leaks out. */

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { httpService, raw } from './http-service.js';
import { until } from './runs.js';

const BOUNDED = { timeout: 120_000 };
const ORDER = { width: 16, height: 9, outfile: 'x.png' };
const get = (path: string, ...headers: string[]) =>
  [
    'GET ',
    path,
    ' HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n',
    ...headers.map((one) => `${one}\r\n`),
    '\r\n',
  ].join('');
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

/** A service with a job that has made a file of so many bytes. */
async function withFile(t: Parameters<typeof httpService>[0], bytes: number) {
  const service = await httpService(t);
  const { json } = await service.send('POST', '/v1/jobs', ORDER);
  const content = Uint8Array.from({ length: bytes }, (_, k) => k % 251);
  (await service.runs.of(json.id)).succeed([await service.write(json.id, 'x.png', content)]);
  await until(async () => (await service.send('GET', `/v1/jobs/${json.id}`)).json.state === 'succeeded');
  return { ...service, path: `/v1/jobs/${json.id}/files`, content };
}

test('no name of a file leads out of the folder of a job', BOUNDED, async (t) => {
  const { port, path, errors } = await withFile(t, 10);
  assert.equal(statusOf(await raw(port, get(`${path}/x.png`))), 200);
  const dots = [
    '..',
    '%2e%2e',
    '.%2e',
    '%252e%252e',
    '..%2f..',
    '..%5c..',
    '....',
    '%c0%ae%c0%ae',
    '.',
    '%2e',
    '%00',
    'x.png%00',
    '%2fetc%2fpasswd',
    'x.png%2f..%2fx.png',
    'x.png/',
    '%ff',
    '%',
    '%zz',
  ];
  for (const name of dots) {
    for (const target of [`${path}/${name}`, `${path}/${name}/x.png`, `${path}/${name}/${name}/queue.sqlite`]) {
      const status = statusOf(await raw(port, get(target)));
      assert.ok(
        [400, 404].includes(status) || (status === 200 && new URL(`http://x${target}`).pathname.endsWith('x.png')),
        `${target}: ${status}`,
      );
    }
  }
  for (const target of ['//etc/passwd', 'http://evil.example/v1/jobs', '/../../etc/passwd', '/v1/../../x'])
    assert.notEqual(statusOf(await raw(port, get(target))), 500, target);
  assert.deepEqual(errors, []);
});

test('ranges that are many, reversed or beyond every number cost one answer', BOUNDED, async (t) => {
  const { port, path, errors } = await withFile(t, 1_000);
  const many = Array.from({ length: 1_000 }, (_, k) => `${k % 10}-`).join(',');
  for (const [range, status] of [
    [many, 200],
    ['0-0,0-0', 200],
    ['-', 200],
    ['5-2', 200],
    ['0x0-0x9', 200],
    ['1e2-1e3', 200],
    ['-0', 416],
    ['1000-1000', 416],
    ['999999999999999-999999999999999', 416],
    ['99999999999999999999-', 200],
    ['0-999999999999999', 206],
    ['-999999999999999', 206],
  ] as const) {
    const answer = await raw(port, get(`${path}/x.png`, `Range: bytes=${range}`));
    assert.equal(statusOf(answer), status, range.slice(0, 40));
    assert.ok(answer.length < 2_000, 'no more than the file');
  }
  assert.deepEqual(errors, []);
});

test('headers without number or end, and lines that are no request, are refused by one line', BOUNDED, async (t) => {
  const { port, send, errors } = await httpService(t);
  const bomb = Array.from({ length: 5_000 }, (_, k) => `x${k}: y`);
  assert.equal(statusOf(await raw(port, get('/v1/jobs', ...bomb))), 431);
  assert.equal(statusOf(await raw(port, get(`/${'x'.repeat(1 << 16)}`))), 431);
  assert.equal(statusOf(await raw(port, get('/v1/jobs', `Authorization: Bearer ${'x'.repeat(1 << 15)}`))), 431);
  const both = 'Content-Type: application/json\r\nContent-Length: 2\r\nTransfer-Encoding: chunked';
  for (const text of [
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'GET\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    `POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\n${both}\r\n\r\n{}`,
    'POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n',
    'GET /v1/jobs HTTP/1.1\r\nHost: localhost\r\nX : y\r\n\r\n',
  ])
    assert.equal(statusOf(await raw(port, text)), 400, JSON.stringify(text));
  assert.equal((await send('GET', '/v1/jobs')).status, 200);
  assert.deepEqual(errors, []);
});

test(
  'bodies: too deep, too long, of no text, cut off, under odd keys; none is a job, none is an error of the program',
  BOUNDED,
  async (t) => {
    const { port, send, errors } = await httpService(t);
    const deep = 1 << 18;
    const bodies = [
      '['.repeat(deep) + ']'.repeat(deep),
      `{"zoom": ${'['.repeat(deep)}${']'.repeat(deep)}}`,
      '{"a":'.repeat(deep),
      `{"zoom": "${'9'.repeat(900_000)}"}`,
      `{"xpos": "0.${'1'.repeat(900_000)}"}`,
      '{"zoom": 1e999999999}',
      `{"zoom": ${'9'.repeat(500_000)}}`,
      '{"__proto__": {"zoom": 2}}',
      '{"constructor": 1}',
      '{"toString": 1}',
      '{"zoom": "1", "zoom": "2"}',
      '"x"',
      'null',
      '',
      '{"outfile": "\\ud800.png"}',
      '{"webhook": "javascript:alert(1)"}',
      '{"webhook": "file:///etc/passwd"}',
      `{"owner": "${'x'.repeat(100_000)}"}`,
      '{"width": 1e9, "height": 1e9}',
      '{"frames": 1e15, "outfile": "x.mp4"}',
      '{"iters": -1}',
      `{"palette": "${'#000,'.repeat(100_000)}"}`,
      `{${Array.from({ length: 50_000 }, (_, k) => `"k${k}": 1`).join(',')}}`,
    ];
    for (const body of bodies) {
      const { status, json } = await send('POST', '/v1/jobs', body);
      assert.ok(status >= 400 && status < 500, `${status} for ${body.slice(0, 60)}`);
      assert.ok(json.detail.length < 2_000, `a short sentence for ${body.slice(0, 60)}`);
    }
    const head = 'POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n';
    const invalid = Buffer.concat([
      Buffer.from(`${head}Content-Length: 4\r\n\r\n`),
      Buffer.from([0x22, 0xff, 0xfe, 0x22]),
    ]);
    assert.equal(statusOf(await raw(port, invalid)), 400);
    assert.equal(statusOf(await raw(port, `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`)), 400);
    // Without an announced length it is read up to the limit only.
    const chunk = `10000\r\n${' '.repeat(1 << 16)}\r\n`;
    assert.equal(statusOf(await raw(port, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(20)}`)), 413);
    assert.equal((await send('GET', '/v1/jobs')).json.jobs.length, 0);
    assert.deepEqual(errors, []);
  },
);

test(
  'of a large file, clients that stop reading keep nothing in memory, and others get all of it',
  BOUNDED,
  async (t) => {
    const { port, path, url, content, errors } = await withFile(t, 8 << 20);
    const before = process.memoryUsage();
    const silent = Array.from({ length: 30 }, () => {
      const socket = connect(port, '127.0.0.1', () => socket.write(get(`${path}/x.png`)));
      socket.on('error', () => undefined);
      return socket.pause();
    });
    // 30 times 8 MiB would be 240 MiB.
    const whole = new Uint8Array(await (await fetch(`${url}${path}/x.png`)).arrayBuffer());
    assert.ok(Buffer.from(whole).equals(content));
    const { arrayBuffers } = process.memoryUsage();
    assert.ok(arrayBuffers - before.arrayBuffers < 100 << 20, `${arrayBuffers - before.arrayBuffers} bytes more`);
    for (const socket of silent) socket.destroy();
    assert.deepEqual(errors, []);
  },
);
