/** What dashboards read of the service. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { submissionFields } from '../../src/request/fields.js';
import { readSubmission } from '../../src/request/submission.js';
import { httpService } from './http-service.js';

const STILL = { width: 16, height: 16, outfile: 'x.png' };

/** Follows a stream, from its first event on. `reads` resolves with all of it so far, when a text stands in it. */
async function follow(t: TestContext, url: string): Promise<{ reads(text: string): Promise<string> }> {
  const ended = new AbortController();
  t.after(() => ended.abort());
  const { body } = await fetch(url, { signal: ended.signal });
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  let all = '';
  const reads = async (text: string) => {
    while (!all.includes(text)) all += Buffer.from((await reader.read()).value ?? []).toString();
    return all;
  };
  await reads('event: status');
  return { reads };
}

test('one stream has the changes of all jobs, and how many are in which state', async (t) => {
  const service = await httpService(t);
  const stream = await follow(t, `${service.url}/v1/events`);
  const { json } = await service.send('POST', '/v1/jobs', STILL);
  (await service.runs.of(json.id)).succeed();
  const text = await stream.reads('"succeeded":1');
  assert.match(text, new RegExp(`event: jobs\ndata: \\{"jobs":\\[\\{[^\n]*"id":"${json.id}"`));
  assert.equal((await service.send('DELETE', `/v1/jobs/${json.id}`)).status, 204);
  await stream.reads(`"removed":["${json.id}"]`);
});

test('what workers did for a job is kept when it has ended', async (t) => {
  const service = await httpService(t);
  const { json } = await service.send('POST', '/v1/jobs', STILL);
  (await service.runs.of(json.id)).succeed();
  while ((await service.send('GET', `/v1/jobs/${json.id}`)).json.state !== 'succeeded');
  const { json: activity } = await service.send('GET', `/v1/jobs/${json.id}/activity`);
  assert.deepEqual(activity.workers, []);
  assert.equal(activity.points[0].shards, 0);
  assert.equal((await service.send('GET', '/v1/jobs/none/activity')).status, 404);
  assert.deepEqual(Object.keys((await service.send('GET', '/v1/activity')).json), ['recent', 'day', 'slots']);
});

test('a form has the fields that a job may have, and each default is a value that it takes', async (t) => {
  const fields = await submissionFields();
  const names = fields.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const name of ['xpos', 'zoom', 'palette', 'frames', 'priority', 'webhook'])
    assert.ok(names.includes(name), name);
  for (const name of ['hostfile', 'audio', 'location', 'store', 'quiet']) assert.ok(!names.includes(name), name);
  for (const { name, kind, choices = [] } of fields) {
    const values = kind === 'boolean' ? ['true', 'false'] : kind === 'choice' ? choices : [];
    for (const value of values) {
      // With a value of another flag it may be refused, but never as an unknown one.
      const text = JSON.stringify({ outfile: 'x.png', [name]: value });
      const error = attempt(() => readSubmission(text));
      assert.doesNotMatch(String(error ?? ''), /is not one of|unknown|is decided by/, `${name} ${value}`);
    }
  }
  const service = await httpService(t);
  assert.deepEqual((await service.send('GET', '/v1/fields')).json, { fields });
});

function attempt(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}

test('the page is public, everything that it shows is not', async (t) => {
  const service = await httpService(t, { tokens: 'view abcdefghijklmnopqrst eve' });
  const { status, headers, json: page } = await service.send('GET', '/');
  assert.equal(status, 200);
  assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'; script-src 'self'; style-src 'self'/);
  assert.doesNotMatch(page, /<script(?! type="module" src="web\/)|<style|https?:/);
  const etag = headers.get('etag') ?? '';
  assert.equal((await service.send('GET', '/', undefined, { 'if-none-match': etag })).status, 304);
  for (const [, name] of page.matchAll(/"(web\/[^"]+)"/g)) {
    const file = await service.send('GET', `/${name}`);
    assert.equal(file.status, 200, name);
    assert.match(file.headers.get('cache-control') ?? '', /immutable/);
  }
  for (const path of ['/web/..%2F..%2Fpackage.json', '/web/none.js'])
    assert.equal((await service.send('GET', path)).status, 404, path);
  for (const path of ['/v1/events', '/v1/activity', '/v1/fields', '/v1/access'])
    assert.equal((await service.send('GET', path)).status, 401, path);
  const bearer = { authorization: 'Bearer abcdefghijklmnopqrst' };
  assert.deepEqual((await service.send('GET', '/v1/access', undefined, bearer)).json, { role: 'view', owner: 'eve' });
});
