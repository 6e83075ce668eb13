/** Server-sent events of a job. */

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { eventSource, type SentEvent } from './event-source.js';
import { httpService } from './http-service.js';
import { until } from './runs.js';

const BOUNDED = { timeout: 60_000 };
const isState = (state: string) => (event: SentEvent) => event.kind === 'state' && event.data.state === state;
const progress = (samplesDone: number) => ({ framesDone: 0, frames: 1, samplesDone, samples: 900, slots: 2 });

test('a client gets what has happened, then what happens, and goes on behind its last event', BOUNDED, async (t) => {
  const { url, send, runs } = await httpService(t);
  const { json } = await send('POST', '/v1/jobs', {});
  const run = await runs.of(json.id);
  const path = `${url}/v1/jobs/${json.id}/events`;
  const first = await eventSource(path);
  const begun = await first.until(isState('running'));
  assert.deepEqual(
    begun.map(({ id, kind, data }) => [id, kind, data.state]),
    [
      [1, 'state', 'queued'],
      [2, 'state', 'running'],
    ],
  );
  run.reports.log('warn', 'two\nlines');
  const [logged] = await first.until(({ kind }) => kind === 'log');
  assert.deepEqual([logged?.id, logged?.data.level, logged?.data.text], [3, 'warn', 'two\nlines']);
  run.reports.progress(progress(7));
  const moved = await first.until(({ kind }) => kind === 'progress');
  assert.deepEqual(moved, [{ kind: 'progress', data: progress(7) }]);
  await first.close();
  run.succeed([]);
  const second = await eventSource(path, 3);
  const rest = await second.until(isState('succeeded'));
  assert.deepEqual(
    rest.filter(({ id }) => id !== undefined).map(({ id }) => id),
    [4],
  );
  await second.close();
});

test('of progress that comes faster than it is sent only the latest is sent', BOUNDED, async (t) => {
  const { url, send, runs } = await httpService(t);
  const { json } = await send('POST', '/v1/jobs', {});
  const run = await runs.of(json.id);
  const client = await eventSource(`${url}/v1/jobs/${json.id}/events`);
  await client.until(isState('running'));
  for (let k = 0; k <= 900; k++) run.reports.progress(progress(k));
  const sent = await client.until(({ data }) => data.samplesDone === 900);
  assert.ok(sent.length <= 2, `${sent.length} events`);
  await client.close();
});

test('the stream ends when the job is removed', BOUNDED, async (t) => {
  const { url, send, runs } = await httpService(t);
  const { json } = await send('POST', '/v1/jobs', {});
  (await runs.of(json.id)).succeed([]);
  const client = await eventSource(`${url}/v1/jobs/${json.id}/events`);
  await client.until(isState('succeeded'));
  await send('DELETE', `/v1/jobs/${json.id}`);
  assert.deepEqual(await client.until(() => false), []);
});

test('clients that read nothing, and those that leave, cost others nothing', BOUNDED, async (t) => {
  const { url, port, send, runs, errors } = await httpService(t);
  const { json } = await send('POST', '/v1/jobs', {});
  const run = await runs.of(json.id);
  const request = `GET /v1/jobs/${json.id}/events HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  const silent = Array.from({ length: 20 }, () => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.on('error', () => undefined);
    return socket.pause();
  });
  const reader = await eventSource(`${url}/v1/jobs/${json.id}/events`);
  const long = 'x'.repeat(10_000);
  for (let k = 0; k < 300; k++) run.reports.log('info', long);
  for (const socket of silent.slice(0, 10)) socket.destroy();
  run.succeed([]);
  const events = await reader.until(isState('succeeded'));
  assert.equal(events.filter(({ kind }) => kind === 'log').length, 300);
  for (const socket of silent) socket.destroy();
  await reader.close();
  await until(async () => (await send('GET', '/healthz')).status === 200);
  assert.deepEqual(errors, []);
});
