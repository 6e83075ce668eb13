/** Who may do what: every route of the service, for every role; and requests that pages of other sites can make. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROLES, type Role } from '../../src/service/http/tokens.js';
import { httpService, raw } from './http-service.js';
import { program } from './openapi-document.js';

const BOUNDED = { timeout: 60_000 };
const ORDER = { width: 16, height: 9, outfile: 'x.png' };

/** Without a token. */
const PUBLIC = ['/healthz', '/readyz', '/', '/explore', '/web/:name', '/docs', '/openapi.json'].map(
  (path) => `GET ${path}`,
);
/** The least role of each other route. */
const NEEDS: Readonly<Record<string, Role>> = {
  'GET /v1/jobs': 'view',
  'GET /v1/jobs/:id': 'view',
  'GET /v1/jobs/:id/events': 'view',
  'GET /v1/jobs/:id/files/:name': 'view',
  'GET /v1/jobs/:id/preview': 'view',
  'GET /v1/jobs/:id/activity': 'view',
  'GET /v1/events': 'view',
  'GET /v1/activity': 'view',
  'GET /v1/fields': 'view',
  'GET /v1/access': 'view',
  'GET /v1/explore': 'view',
  'GET /v1/queue': 'view',
  'GET /v1/workers': 'view',
  'GET /metrics': 'view',
  'GET /v1/palettes': 'view',
  'POST /v1/palettes': 'view',
  'GET /v1/palette': 'view',
  'POST /v1/palette': 'view',
  'POST /v1/locate': 'view',
  'POST /v1/location': 'view',
  'POST /v1/jobs': 'submit',
  'PUT /v1/files/:digest': 'submit',
  'PATCH /v1/jobs/:id': 'submit',
  'DELETE /v1/jobs/:id': 'submit',
  'POST /v1/jobs/:id/pause': 'submit',
  'POST /v1/jobs/:id/resume': 'submit',
  'POST /v1/jobs/:id/cancel': 'submit',
  'POST /v1/jobs/:id/requeue': 'submit',
  'POST /v1/workers/:name/drain': 'operate',
  'DELETE /v1/workers/:name/drain': 'operate',
};

test(
  'every route takes the role that it needs, and refuses the one below, before it looks at anything',
  BOUNDED,
  async (t) => {
    const tokens = ROLES.map((role) => `${role} ${role.repeat(4)} ${role}`).join('\n');
    const { url } = await httpService(t, { tokens });
    const { routes } = await program();
    assert.deepEqual([...PUBLIC, ...Object.keys(NEEDS)].sort(), [...routes].sort(), 'each route has an expectation');
    for (const route of routes) {
      const [method = '', pattern = ''] = route.split(' ');
      const path = pattern.replaceAll(/:\w+/g, 'nothing');
      const statusAs = async (role?: Role) => {
        const headers = role ? { authorization: `Bearer ${role.repeat(4)}` } : {};
        const body = method === 'POST' || method === 'PATCH' ? '{}' : undefined;
        return fetchStatus(url, method, path, body, headers);
      };
      if (PUBLIC.includes(route)) {
        assert.notEqual(await statusAs(), 401, route);
        continue;
      }
      assert.equal(await statusAs(), 401, `${route} without a token`);
      const needed = NEEDS[route] as Role;
      for (const role of ROLES) {
        const status = await statusAs(role);
        const allowed = ROLES.indexOf(role) >= ROLES.indexOf(needed);
        assert.equal(status !== 401 && status !== 403, allowed, `${route} as ${role}: ${status}`);
      }
    }
  },
);

test('routes of older clients: the form is public, its pictures and jobs are not', BOUNDED, async (t) => {
  const tokens = `view ${'view'.repeat(4)}\nsubmit ${'submit'.repeat(4)} ann\noperate ${'operate'.repeat(4)}\n`;
  const { url } = await httpService(t, { tokens, older: true });
  const table = [
    ['GET', '/form', 200, 200, 200],
    ['GET', '/api/get-image/nothing', 401, 404, 404],
    ['PUT', '/api/submit-job', 401, 403, 400],
    ['POST', '/api/request', 401, 403, 400],
  ] as const;
  for (const [method, path, ...statuses] of table) {
    const body = method === 'GET' ? undefined : '{"no such": 1}';
    const found = ['', 'view', 'submit'].map((role) => {
      const headers: Record<string, string> = role ? { authorization: `Bearer ${role.repeat(4)}` } : {};
      return fetchStatus(url, method, path, body, headers);
    });
    assert.deepEqual(await Promise.all(found), statuses, `${method} ${path}`);
  }
});

/** Without the body, which does not end where it is a stream of events. */
async function fetchStatus(
  url: string,
  ...[method, path, body, headers]: [string, string, string | undefined, Record<string, string>]
): Promise<number> {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetch(url + path, {
    ...{ method, headers: { ...type, ...headers } },
    ...(body === undefined ? {} : { body }),
  });
  await response.body?.cancel();
  return response.status;
}

test('pages of other sites can neither use nor read the service', BOUNDED, async (t) => {
  const { send, port, url } = await httpService(t);
  const { json } = await send('POST', '/v1/jobs', ORDER);
  const own = { origin: `http://127.0.0.1:${port}` };
  assert.equal((await send('POST', '/v1/jobs', ORDER, own)).status, 201);
  const others = [
    'http://evil.example',
    'null',
    `https://127.0.0.1.evil.example:${port}`,
    `http://localhost:${port}`,
    `http://127.0.0.1:${port + 1}`,
  ];
  for (const origin of others) {
    for (const [method, path, body] of [
      ['POST', '/v1/jobs', ORDER],
      ['POST', `/v1/jobs/${json.id}/cancel`, undefined],
      ['GET', `/v1/jobs/${json.id}`, undefined],
      ['GET', `/v1/jobs/${json.id}/events`, undefined],
    ] as const) {
      const answer = await send(method, path, body, { origin });
      assert.equal(answer.status, 403, `${method} ${path} of ${origin}`);
      assert.equal(answer.headers.get('access-control-allow-origin'), null);
    }
  }
  // What a page asks before it sends JSON is not allowed.
  const asked = { origin: 'http://evil.example', 'access-control-request-method': 'POST' };
  const preflight = await fetch(`${url}/v1/jobs`, { method: 'OPTIONS', headers: asked });
  assert.deepEqual([preflight.ok, preflight.headers.get('access-control-allow-origin')], [false, null]);
  // Forms of old browsers, which state no origin, have other types.
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', '']) {
    const answer = await raw(
      port,
      [
        'POST /v1/jobs HTTP/1.1',
        'Host: 127.0.0.1',
        ...(type ? [`Content-Type: ${type}`] : []),
        'Content-Length: 2',
        'Connection: close\r\n\r\n{}',
      ].join('\r\n'),
    );
    assert.match(answer, /^HTTP\/1\.1 415/, type);
  }
  assert.equal((await send('GET', `/v1/jobs/${json.id}`)).json.state, 'running');
});

test('without tokens only names of this machine are answered, whatever leads here', BOUNDED, async (t) => {
  const { port } = await httpService(t);
  const statusOf = async (host: string) => {
    const answer = await raw(port, `GET /v1/jobs HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
  };
  for (const host of ['127.0.0.1', '127.0.0.1:80', 'localhost', 'LOCALHOST:8080', '[::1]:8080', '127.1.2.3'])
    assert.equal(await statusOf(host), 200, host);
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example:127.0.0.1',
    '127.0.0.1@evil.example',
    '192.168.0.1',
    '0.0.0.0',
    '[::]',
    '',
  ])
    assert.ok([400, 403].includes(await statusOf(host)), `${host}`);
  assert.match(await raw(port, 'GET /v1/jobs HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 40[03]/);
  assert.match(await raw(port, 'GET /v1/jobs HTTP/1.1\r\n\r\n'), /^HTTP\/1\.1 400/);
});
