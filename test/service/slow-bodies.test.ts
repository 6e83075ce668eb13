/** Bodies that arrive too slowly: an answer says so, and the connection ends. */

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { arriving, FILE_PATIENCE } from '../../src/service/http/body.js';
import type { Context } from '../../src/service/http/env.js';
import { httpService, raw } from './http-service.js';

const BOUNDED = { timeout: 60_000 };
const HOUR = 3_600_000;
const FILE = `/v1/files/${'0'.repeat(64)}`;
const ROUTES = [
  ['POST', '/v1/jobs', 'application/json'],
  ['PATCH', '/v1/jobs/none', 'application/json'],
  ['PUT', FILE, 'application/octet-stream'],
  ['POST', '/api/request', 'application/json'],
  ['PUT', '/api/submit-job', 'text/plain'],
] as const;

const headOf = ([method, path, type]: (typeof ROUTES)[number]) =>
  `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: 1000000\r\n\r\n`;

/** Sends a byte now and then until the connection ends; what was answered. */
function trickle(port: number, head: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(head));
    const pace = setInterval(() => socket.write(' '), 5);
    let answer = '';
    socket.on('data', (data) => {
      answer += data;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(pace);
      resolve(answer);
    });
  });
}

function refused(answer: string, path: string, why: string): void {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  assert.match(head, /^HTTP\/1\.1 408 /, path);
  assert.match(head, /\r\nconnection: close(\r\n|$)/i, path);
  const older = path === '/api/submit-job';
  const { detail, error, code, status } = JSON.parse(body);
  assert.equal(older ? error : detail, `the body ${why}: send it again`, path);
  if (!older) assert.deepEqual([code, status], ['HTTP_INVALID', 408]);
}

test('a body that stops is answered with 408, and the connection ends', BOUNDED, async (t) => {
  const { port, errors } = await httpService(t, { older: true, patience: { whole: HOUR, silence: 50 } });
  for (const route of ROUTES) refused(await raw(port, `${headOf(route)}{`), route[1], 'stopped for 0.05 s');
  assert.deepEqual(errors, []);
});

test('a body that comes without end is answered with 408, and the connection ends', BOUNDED, async (t) => {
  const { port, errors } = await httpService(t, { older: true, patience: { whole: 100, silence: HOUR } });
  for (const route of ROUTES) refused(await trickle(port, headOf(route)), route[1], 'did not arrive within 0.1 s');
  assert.deepEqual(errors, []);
});

test('a file may take longer than a pause may, if it has none', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const incoming = new PassThrough();
  const context = { req: { header: () => undefined }, env: { incoming } } as unknown as Context;
  const body = arriving(context, 100, FILE_PATIENCE);
  for (let k = 0; k < 5; k++) {
    const next = body.next();
    t.mock.timers.tick(FILE_PATIENCE.silence - 1);
    incoming.write('x');
    assert.deepEqual(await next, { done: false, value: Buffer.from('x') });
  }
  const late = body.next();
  t.mock.timers.tick(FILE_PATIENCE.silence);
  await assert.rejects(late, /the body stopped for 30 s/);
});
