/** The WebSocket of viewers: what is let in, and what hostile or slow clients come to. Real sockets. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOST_VIEWERS } from '../../../src/service/explore/explorer.js';
import { LIMITS, SUBPROTOCOL, TOKEN_PREFIX } from '../../../src/tiles/protocol.js';
import { raw } from '../http-service.js';
import { until } from '../runs.js';
import { type TestViewer, vanish, viewer } from './client.js';
import { lookAt, tile, tiles } from './looks.js';
import { served } from './served.js';

const BOUNDED = { timeout: 60_000 };
const TOKEN = 'v'.repeat(16);

test('a viewer is greeted, told about workers, and gets what it looks at', BOUNDED, async (t) => {
  const { url, setWorkers } = await served(t, { pace: 0 });
  const one = await viewer(t, url);
  assert.equal(one.socket.protocol, SUBPROTOCOL);
  assert.equal(one.socket.extensions, '', 'nothing is compressed twice');
  assert.deepEqual(await one.next('hello'), { type: 'hello', version: '1.2.3' });
  assert.deepEqual(await one.next('workers'), { type: 'workers', ready: 1, slots: 2 });
  one.send(lookAt(1, [tile(0, 0, 8), ...tiles(0, 3)]));
  const { computed, cached } = await one.next('done');
  assert.deepEqual([computed, cached, one.pieces.length], [4, 0, 4]);
  one.send({ type: 'probe', id: 9, scene: {}, point: { re: '0.25', im: '0' }, level: 3 });
  assert.equal((await one.next('value')).nu, 0.25);
  setWorkers(0, 0);
  await one.next('workers', ({ ready }) => ready === 0);
});

test('only viewers with a token and of the own page are let in', BOUNDED, async (t) => {
  const { url, explorer, port } = await served(t, { tokens: `view ${TOKEN}` });
  await assert.rejects(viewer(t, url), /401/);
  await assert.rejects(viewer(t, url, { protocols: [SUBPROTOCOL, `${TOKEN_PREFIX}${'x'.repeat(16)}`] }), /401/);
  await assert.rejects(viewer(t, url, { protocols: [`${TOKEN_PREFIX}${TOKEN}`] }), /400/);
  const withToken = [SUBPROTOCOL, `${TOKEN_PREFIX}${TOKEN}`];
  for (const origin of ['http://evil.example', 'null', `http://localhost:${port}`])
    await assert.rejects(viewer(t, url, { protocols: withToken, origin }), /403/, origin);
  assert.equal(explorer.counts.viewers, 0);
  const browser = await viewer(t, url, { protocols: withToken, origin: `http://127.0.0.1:${port}` });
  assert.equal(browser.socket.protocol, SUBPROTOCOL, 'the token is not sent back');
  await viewer(t, url, { headers: { authorization: `Bearer ${TOKEN}` } });
  assert.equal(explorer.counts.viewers, 2);
});

test('without tokens only names of this machine are answered', BOUNDED, async (t) => {
  const { url } = await served(t);
  await assert.rejects(viewer(t, url, { headers: { host: 'evil.example' } }), /403/);
});

test('requests that are no WebSocket, or of another version, are refused in one line', BOUNDED, async (t) => {
  const { url, port } = await served(t);
  const plain = await fetch(`${url}/v1/explore`);
  assert.deepEqual([plain.status, plain.headers.get('upgrade')], [426, 'websocket']);
  const lines = (path: string, ...headers: string[]) =>
    raw(port, [`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: Upgrade', ...headers, '', ''].join('\r\n'));
  assert.match(await lines('/v1/explore', 'Upgrade: h2c'), /^HTTP\/1\.1 400 [\s\S]*only GET \/v1\/explore/);
  assert.match(await lines('/v1/jobs', 'Upgrade: websocket'), /^HTTP\/1\.1 400/);
  assert.match(await lines('//', 'Upgrade: websocket'), /^HTTP\/1\.1 400/);
  const named = ['Upgrade: websocket', `Sec-WebSocket-Protocol: ${SUBPROTOCOL}`];
  assert.match(await lines('/v1/explore', ...named, 'Sec-WebSocket-Version: 7'), /^HTTP\/1\.1 400/);
  await viewer(t, url);
});

const look = lookAt(1, tiles(0, 1));
const WRONG: Readonly<Record<string, unknown>> = {
  'truncated JSON': '{"type": "look", "id": 1',
  'no object': '7',
  'an unknown type': { type: 'explode' },
  'another field': { ...look, more: 1 },
  'an id that is no number': { ...look, id: '1' },
  'an id of 2^53': { ...look, id: 2 ** 53 },
  'an infinite level': JSON.stringify(look).replace('"level":160', '"level":1e999'),
  'a level too deep': { ...look, lattice: { ...look.lattice, level: 1e9 } },
  'NaN as a coordinate': { ...look, centre: { re: 'NaN', im: '0' } },
  'a huge exponent': { ...look, centre: { re: '1e999999', im: '0' } },
  'a tiny exponent': { ...look, centre: { re: '1e-999999', im: '0' } },
  'too many digits': { ...look, centre: { re: `0.${'1'.repeat(40_000)}`, im: '0' } },
  'a centre far from the anchor': { ...look, centre: { re: '9999', im: '0' } },
  'a picture without pixels': { ...look, width: 0 },
  'a picture too large': { ...look, height: LIMITS.side + 1 },
  'an empty piece': { ...look, pieces: [{ ...tile(0, 0), right: 0 }] },
  'a piece far away': { ...look, pieces: [tile(2 ** 31, 0)] },
  'a piece of half a tile': { ...look, pieces: [{ ...tile(0, 0), right: 0.5 }] },
  'a piece too large': { ...look, pieces: [{ left: 0, top: 0, right: 5, bottom: 4, scale: 1 }] },
  'a scale of 3': { ...look, pieces: [tile(0, 0, 3)] },
  'too many pieces': { ...look, pieces: tiles(0, LIMITS.pieces + 1, 32) },
  'too many pixels': {
    ...look,
    pieces: Array.from({ length: 65 }, (_, k) => ({ ...tile(4 * k, 0), right: 4 * k + 4, bottom: 4 })),
  },
  'a deformation without an inverse': { ...look, lattice: { ...look.lattice, deformation: [1, 1, 1, 1] } },
  'a flag that is a number': { ...look, scene: { iters: 7 } },
  'the name of a prototype': { ...look, scene: JSON.parse('{"__proto__": "x", "Constructor": "y"}') },
  'too many flags': { ...look, scene: Object.fromEntries(tiles(0, 200).map((_, k) => [`a${k}`, ''])) },
};

test('each message that is wrong is answered in one line, and the connection goes on', BOUNDED, async (t) => {
  const { url, lookout, errors } = await served(t, { pace: 0 });
  let one = await viewer(t, url);
  for (const [what, message] of Object.entries(WRONG)) {
    const before = one.messages.length;
    one.send(typeof message === 'string' ? message : JSON.stringify(message));
    await one.until(() => one.messages.length > before);
    const answer = one.messages.at(-1);
    assert.ok(answer?.type === 'failed' && answer.code === 'HTTP_INVALID', `${what}: ${JSON.stringify(answer)}`);
    assert.doesNotMatch(answer.message, /\n/);
  }
  one.send(new Uint8Array(10));
  await one.next('failed', ({ message }) => /binary/.test(message));
  assert.equal(lookout.orders.length, 0);
  one = await viewer(t, url);
  one.send(look);
  await one.next('done');
  one.send(look);
  await one.next('failed', ({ id }) => id === 1);
  assert.deepEqual(errors, []);
});

test('floods and messages of megabytes end the connection, and no other one', BOUNDED, async (t) => {
  const { url, explorer } = await served(t, { pace: 0 });
  const other = await viewer(t, url);
  const flood = await viewer(t, url);
  for (let k = 1; k <= 1000; k++) flood.send(lookAt(k, tiles(k, 2)));
  assert.equal(await flood.closed, 1008);
  const large = await viewer(t, url);
  large.send(`"${'x'.repeat(10 << 20)}"`);
  assert.equal(await large.closed, 1009);
  await until(() => explorer.counts.viewers === 1);
  other.send(look);
  await other.next('done');
});

test(
  'of messages that take long only the latest are read, and other viewers are answered meanwhile',
  BOUNDED,
  async (t) => {
    const { url, lookout, errors } = await served(t, { pace: 0 });
    const [slow, other] = [await viewer(t, url), await viewer(t, url)];
    const digits = '7'.repeat(31_000);
    const anchor = { re: `-1.${digits}`, im: `0.${digits}` };
    const lattice = { anchor, level: 1_600_000, rotation: 0 };
    for (let id = 1; id <= 40; id++) slow.send({ ...lookAt(id, tiles(0, 1)), lattice, centre: anchor });
    slow.send({ type: 'probe', id: 41, scene: {}, point: anchor, level: 16 });
    other.send(look);
    await other.next('done');
    await slow.next('done', ({ id }) => id === 40);
    await slow.next('value', ({ id }) => id === 41);
    assert.ok(lookout.orders.length < 20, `${lookout.orders.length} looks were begun`);
    assert.deepEqual(errors, []);
  },
);

test('a viewer that vanishes has its work stopped, and one that comes back gets it from memory', BOUNDED, async (t) => {
  const { url, lookout, explorer } = await served(t, { pace: 5 });
  const one = await viewer(t, url);
  one.send(lookAt(1, tiles(0, 60)));
  await one.until(() => one.pieces.length >= 3);
  await vanish(one);
  await until(() => explorer.counts.viewers === 0 && lookout.running.length === 0);
  const again = await viewer(t, url);
  again.send(lookAt(1, tiles(0, 60)));
  assert.ok((await again.next('done')).cached >= 3);
});

test('a viewer that does not read costs bounded memory, and goes on when it reads again', BOUNDED, async (t) => {
  const { url, explorer } = await served(t, { pace: 0, bytes: 256 << 10, memory: 0 });
  const slow = await viewer(t, url);
  slow.socket.pause();
  slow.send(lookAt(1, tiles(0, 400)));
  let [before, still] = [-1, 0];
  // Nothing is computed any more once the buffers are full.
  while (still < 20) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    still = before > 0 && explorer.counts.computed === before ? still + 1 : 0;
    before = explorer.counts.computed;
  }
  assert.ok(before < 200, `${before} pieces were computed`);
  slow.socket.resume();
  await slow.next('done');
  assert.equal(slow.pieces.length, 400);
});

test('viewers of a place and in all are bounded', BOUNDED, async (t) => {
  const { url } = await served(t);
  const all: TestViewer[] = [];
  for (let k = 0; k < MOST_VIEWERS.place; k++) all.push(await viewer(t, url));
  await assert.rejects(viewer(t, url), /429/);
  await vanish(all[0] as TestViewer);
  let came = false;
  while (!came) came = await viewer(t, url).then(Boolean, () => false);
});

test('a service that ends closes its viewers', BOUNDED, async (t) => {
  const { url, close, lookout } = await served(t);
  const one = await viewer(t, url);
  one.send(look);
  await until(() => lookout.running.length === 1);
  const from = performance.now();
  await close();
  assert.equal(await one.closed, 1001);
  assert.ok(performance.now() - from < 5000);
});
