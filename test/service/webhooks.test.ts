/** Webhooks against a real server. */

import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { begin, ended } from '../../src/service/life.js';
import type { Queue } from '../../src/service/queue.js';
import { signature, startWebhooks } from '../../src/service/webhooks.js';
import { emptyMemory, memoryQueue } from './memory-queue.js';
import { until } from './runs.js';

const SECRET = Buffer.alloc(32, 7);

interface Call {
  readonly request: IncomingMessage;
  readonly body: string;
}

async function receiver(t: TestContext, statuses: number[]) {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      calls.push({ request, body });
      response.writeHead(statuses.shift() ?? 204, { location: '/elsewhere' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { calls, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

async function endedJob(queue: Queue, webhook: string): Promise<string> {
  const submission = { order: {}, priority: 50, owner: 'ann', webhook };
  const { job } = await queue.accept(submission, { mostWaiting: 9 });
  await queue.change(job.id, (one) => begin(one, 'test', Date.now()));
  await queue.change(job.id, (one) => ended(one, 1, { kind: 'succeeded', outputs: [] }, Date.now()));
  return job.id;
}

function hooks(t: TestContext, queue: Queue, more: { allowPrivate?: boolean; waitsMs?: number[] } = {}) {
  const common = { queue, secret: SECRET, allowPrivate: true, waitsMs: [0, 1, 1], now: Date.now };
  const running = startWebhooks({ ...common, failed: (error) => assert.fail(String(error)), ...more });
  t.after(async () => (await running).close());
  return running;
}

test('an end is told once, signed, after tries that failed, and redirects are not followed', async (t) => {
  const queue = memoryQueue(emptyMemory(), { service: 'test', now: Date.now });
  const { calls, url } = await receiver(t, [500, 302]);
  await hooks(t, queue);
  const id = await endedJob(queue, url);
  await until(async () => (await queue.get(id))?.notified === 1);
  assert.deepEqual(
    calls.map(({ request }) => [request.url, request.headers['webhook-id']]),
    [1, 2, 3].map(() => ['/hook', `${id}.1`]),
  );
  const { request, body } = calls[2] as Call;
  const seconds = Number(request.headers['webhook-timestamp']);
  assert.equal(request.headers['webhook-signature'], signature(SECRET, `${id}.1`, seconds, body));
  const { type, data } = JSON.parse(body);
  assert.deepEqual([type, data.id, data.owner], ['job.succeeded', id, 'ann']);
  await hooks(t, queue);
  await endedJob(queue, `${url}/second`);
  await until(() => calls.some((one) => one.request.url === '/hook/second'));
  assert.equal(calls.filter((one) => one.request.url === '/hook').length, 3, 'not again after a restart');
});

test('what was not told before the service ended is told by the next one', async (t) => {
  const queue = memoryQueue(emptyMemory(), { service: 'test', now: Date.now });
  const { calls, url } = await receiver(t, [500]);
  const first = await hooks(t, queue, { waitsMs: [0, 1_000_000] });
  const id = await endedJob(queue, url);
  await until(() => calls.length === 1);
  first.close();
  await hooks(t, queue);
  await until(async () => (await queue.get(id))?.notified === 1);
  assert.equal(calls.length, 2);
});

test('private addresses are refused, as literals and behind names, and the log of the job says so', async (t) => {
  const queue = memoryQueue(emptyMemory(), { service: 'test', now: Date.now });
  const { calls, url } = await receiver(t, []);
  await hooks(t, queue, { allowPrivate: false });
  const hosts = ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '169.254.169.254', '10.0.0.1', '2130706433'];
  for (const host of hosts) {
    const id = await endedJob(queue, url.replace('127.0.0.1', host));
    await until(async () => (await queue.get(id))?.notified === 1);
    const last = (await queue.events(id, 0, 100)).at(-1);
    assert.match(
      last?.kind === 'log' ? last.text : '',
      /is a private address, which needs --webhook-allow-private$/,
      host,
    );
  }
  assert.equal(calls.length, 0);
});
