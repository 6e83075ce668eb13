/** /v1/locate, /v1/location and /v1/palettes of a real server: what bounds them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Places } from '../../src/service/explore/places.js';
import { httpService } from './http-service.js';

const BOUNDED = { timeout: 30_000 };
const VIEW = { scene: {}, re: '-1.76', im: '0', zoom: '50' };

test('the minibrot of a view is found, and files of locations are read with all their digits', BOUNDED, async (t) => {
  const { send } = await httpService(t);
  const { status, json } = await send('POST', '/v1/locate', VIEW);
  assert.deepEqual([status, json.period, Number(json.re).toFixed(4), Number(json.im)], [200, 3, '-1.7549', 0]);
  const re = `-1.${'7'.repeat(60)}`;
  const kfr = `Re: ${re}\r\nIm: 0.25\r\nZoom: 1E30\r\nIterations: 5000\r\n`;
  const read = await send('POST', '/v1/location?name=a.kfr', Buffer.from(kfr));
  assert.deepEqual([read.status, read.json.re, Number(read.json.zoom)], [200, re, 1e30]);
  assert.equal(read.json.scene.iters, '5000');
});

test('what is wrong is answered in one line that names it', BOUNDED, async (t) => {
  const { send } = await httpService(t);
  for (const [path, body, line] of [
    ['/v1/locate', { ...VIEW, zoom: 'deep' }, /zoom "deep"/],
    ['/v1/locate', { ...VIEW, re: '1'.repeat(50_000) }, /"re" of the body is wrong/],
    ['/v1/locate', { ...VIEW, scene: { iters: '-1' } }, /iters "-1"/],
    ['/v1/locate', '[', /is no JSON/],
    ['/v1/location', Buffer.from('x'), /has no name/],
    [`/v1/location?name=${'x'.repeat(300)}`, Buffer.from('x'), /300 characters/],
    ['/v1/location?name=%0A%1B[2J.kfr', Buffer.from('Re: 1'), /./],
    ['/v1/palettes?name=a.json', Buffer.from('{'), /a\.json/],
  ] as const) {
    const { status, json } = await send('POST', path, body);
    assert.equal(status, 400, `${path}: ${JSON.stringify(json)}`);
    assert.match(json.detail, line);
    assert.ok([...json.detail].every((character: string) => character >= ' '));
  }
  assert.match((await send('GET', '/v1/palette?step=1&step=2')).json.detail, /"step" was given 2 times/);
});

test('a client that leaves ends its search, and searches beyond the bound are refused at once', BOUNDED, async (t) => {
  const signals: AbortSignal[] = [];
  let begun = () => {};
  const four = new Promise<void>((resolve) => {
    begun = () => signals.length === 4 && resolve();
  });
  const places: Places = {
    locate: (_, signal) =>
      new Promise((_, reject) => {
        signals.push(signal);
        signal.addEventListener('abort', () => reject(signal.reason));
        begun();
      }),
    location: () => Promise.reject(new Error('not asked for')),
  };
  const { send, url } = await httpService(t, { places });
  const client = new AbortController();
  const body = JSON.stringify(VIEW);
  const headers = { 'content-type': 'application/json' };
  const searches = [1, 2, 3, 4].map(() =>
    fetch(`${url}/v1/locate`, { method: 'POST', headers, body, signal: client.signal }).catch(() => undefined),
  );
  await four;
  const fifth = await send('POST', '/v1/locate', VIEW);
  assert.deepEqual([fifth.status, fifth.headers.get('retry-after') !== null], [429, true]);
  const ended = Promise.all(signals.map((one) => new Promise((resolve) => one.addEventListener('abort', resolve))));
  client.abort();
  await Promise.all([ended, ...searches]);
  assert.ok(signals.every(({ aborted }) => aborted));
});

test('tables and palettes are not sent again while they are the same', BOUNDED, async (t) => {
  const { send } = await httpService(t);
  const first = await send('GET', '/v1/palette?palette=Hippi');
  const etag = first.headers.get('etag') ?? '';
  const again = await send('GET', '/v1/palette?palette=Hippi', undefined, { 'if-none-match': etag });
  assert.deepEqual([first.status, again.status, again.json], [200, 304, '']);
  const other = await send('GET', '/v1/palette?palette=Vivid', undefined, { 'if-none-match': etag });
  assert.equal(other.status, 200);
  const long = JSON.stringify(Array.from({ length: 4096 }, (_, i) => [i / 4096, '#102030']));
  const posted = await send('POST', '/v1/palette', { palette: long });
  assert.deepEqual([posted.status, posted.json.size], [200, 6000]);
});
