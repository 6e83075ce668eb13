/** The HTTP interface and the form page of an older system, as its clients use them. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, fractal } from './processes.js';
import { serving } from './serve.js';

const BOUNDED = { timeout: 120_000 };
/** As its web page sends them. */
const FIELDS = {
  width: 64,
  height: 48,
  block_size: 4,
  samples: 4,
  camerax: -0.5,
  cameray: 0,
  zoom: 0.25,
  type: 0,
  color_mode: 5,
};

async function put(url: string, body: unknown, type = 'application/json') {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(`${url}/api/submit-job`, { method: 'PUT', headers: { 'content-type': type }, body: text });
  return { status: answer.status, json: (await answer.json()) as { uuid?: string; error?: string } };
}

/** The first answer that is not 202. */
async function image(url: string, uuid: string): Promise<Response> {
  for (;;) {
    const answer = await fetch(`${url}/api/get-image/${uuid}`);
    if (answer.status !== 202) return answer;
    assert.deepEqual(await answer.json(), { message: 'Still processing' });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a picture is submitted, polled for, and fetched as often as its client likes', BOUNDED, async (t) => {
  const { url } = await serving(t, join(folder(t), 'data'), ['--older']);
  const { status, json } = await put(url, FIELDS);
  assert.equal(status, 202);
  const answer = await image(url, json.uuid!);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'image/png');
  const picture = Buffer.from(await answer.arrayBuffer());
  const again = await fetch(`${url}/api/get-image/${json.uuid}`);
  assert.ok(Buffer.from(await again.arrayBuffer()).equals(picture));

  const out = join(folder(t), 'same.png');
  const words = '--width 64 --height 48 -x -0.5 -y 0 --zoom 1 --iters 128 --smoothness 2 --color-mode 5 --bailout 2';
  const { code, stderr } = await fractal(t, ['leader', '--local', '1', '-q', '-o', out, ...words.split(' ')]);
  assert.equal(code, 0, stderr);
  assert.ok(readFileSync(out).equals(picture));

  // Numbers as text, under the type that forms have.
  const texts = Object.fromEntries(Object.entries(FIELDS).map(([name, value]) => [name, String(value)]));
  const second = await put(url, texts, 'text/plain');
  assert.equal(second.status, 202);
  assert.ok(Buffer.from(await (await image(url, second.json.uuid!)).arrayBuffer()).equals(picture));

  const julia = await put(url, { ...FIELDS, type: 1, julia_cx: '-0.8', julia_cy: 0.156, iterations: 60 });
  assert.ok(!Buffer.from(await (await image(url, julia.json.uuid!)).arrayBuffer()).equals(picture));
});

test('wrong jobs and unknown names are refused with the statuses of the older system', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'), ['--older']);
  const { zoom, ...rest } = FIELDS;
  const wrong: [unknown, RegExp][] = [
    [rest, /"zoom" is missing/],
    [{ ...FIELDS, zoom: 0 }, /zoom "0" is not a number above 0/],
    [{ ...FIELDS, type: 2 }, /type "2" is neither 0/],
    [{ ...FIELDS, width: 'wide' }, /--width "wide" is not/],
    [{ ...FIELDS, color_mode: 9 }, /--color-mode "9" is not/],
    [{ ...FIELDS, colour: 1 }, /"colour" is not a field/],
    [{ ...FIELDS, width: [1] }, /"width" is not a number/],
    ['{', /not JSON/],
    ['[]', /not a JSON object/],
  ];
  for (const [body, why] of wrong) {
    const { status, json } = await put(service.url, body);
    assert.equal(status, 400, JSON.stringify(body));
    assert.match(json.error ?? '', why);
  }
  const missing = await fetch(`${service.url}/api/get-image/0a0e1a2c-7a52-4c7c-8f3e-111111111111`);
  assert.equal(missing.status, 404);
  assert.deepEqual(await missing.json(), { error: 'UUID not found' });

  const { json } = await put(service.url, { ...FIELDS, width: 4000, height: 4000, iterations: 100000 });
  assert.equal(await service.post(`/v1/jobs/${json.uuid}/cancel`), 200);
  const cancelled = await image(service.url, json.uuid!);
  assert.equal(cancelled.status, 422);
  assert.deepEqual(await cancelled.json(), { error: 'The job has failed', details: 'the job is cancelled' });
});

test('without --older the service has none of it; with it, a page', BOUNDED, async (t) => {
  const plain = await serving(t, join(folder(t), 'data'));
  assert.equal((await fetch(`${plain.url}/api/submit-job`, { method: 'PUT', body: '{}' })).status, 404);
  assert.equal((await fetch(`${plain.url}/form`)).status, 404);
  const { url } = await serving(t, join(folder(t), 'data'), ['--older']);
  const page = await fetch(`${url}/form`);
  assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
  const text = await page.text();
  for (const name of Object.keys(FIELDS)) assert.ok(text.includes(`name="${name}"`), name);
});
