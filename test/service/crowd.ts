/** Many clients of the events of one job, on a real service: each gets every event, and the memory of the service stays. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { folder } from '../e2e/processes.js';
import { type Serving, serving } from '../e2e/serve.js';

export interface Crowd {
  readonly clients: number;
  /** At least so long. */
  readonly seconds: number;
}

/** Rounds before memory is first read: buffers of connections, code that is compiled. */
const WARM_ROUNDS = 10;
/** Resident memory is read once in so many rounds: it rises and falls by a quarter as garbage is collected. */
const READ_EACH = 5;
const MOST_GROWTH = 1.3;

/** It checks that each event is the next one. */
interface Client {
  readonly socket: Socket;
  /** Of the last event. */
  seq: number;
  /** Of the job, as the events say. */
  priority: number;
}

export async function crowd(t: TestContext, { clients, seconds }: Crowd): Promise<void> {
  // Its host is down, so that the job runs on, and its priority changes as often as the test wants.
  const hosts = join(folder(t), 'hosts');
  writeFileSync(hosts, '127.0.0.1 port=9\n');
  const service = await serving(t, join(folder(t), 'data'), ['--hostfile', hosts]);
  const id = await service.submit({ width: 16, height: 9, outfile: 'x.png' });
  await service.reaches(id, 'running');
  const { port } = new URL(service.url);
  const all: Client[] = [];
  let arrived = () => {};
  t.after(() => {
    for (const { socket } of all) socket.destroy();
  });
  for (let k = 0; k < clients; k++) all.push(await client(Number(port), id, () => arrived()));
  /** Changes the priority; resolves when every client has the event. */
  const round = async (priority: number) => {
    assert.equal((await patch(service, id, priority)).status, 200);
    while (all.some((one) => one.priority !== priority)) await new Promise<void>((resolve) => (arrived = resolve));
  };
  for (let k = 0; k < WARM_ROUNDS; k++) await round(k);
  const from = performance.now();
  const memory: number[] = [];
  let rounds = 0;
  while (performance.now() - from < seconds * 1000) {
    await round(20 + (rounds++ % 2));
    if (rounds % READ_EACH === 0) memory.push(await memoryOf(service));
  }
  // No event is kept for a client: what was reached in the beginning is enough at the end.
  const third = Math.ceil(memory.length / 3);
  const [begin, end] = [Math.max(...memory.slice(0, third)), Math.min(...memory.slice(-third))];
  t.diagnostic(`${clients} clients, ${rounds} events each: at most ${mib(begin)} MiB, in the end ${mib(end)} MiB`);
  assert.ok(memory.length >= 3 && end <= MOST_GROWTH * begin, `${mib(begin)} MiB grew to ${mib(end)}`);
}

async function client(port: number, id: string, arrived: () => void): Promise<Client> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const one: Client = { socket, seq: 0, priority: -1 };
  let text = '';
  socket.on('error', () => undefined);
  socket.on('data', (data) => {
    text += data;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      one.priority = Number(/^data: .*"priority":(\d+)/.exec(line)?.[1] ?? one.priority);
      const seq = /^id: (\d+)$/.exec(line)?.[1];
      if (seq === undefined) continue;
      assert.equal(Number(seq), one.seq + 1, 'events in order, without gaps');
      one.seq++;
    }
    arrived();
  });
  socket.write(`GET /v1/jobs/${id}/events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await once(socket, 'data');
  return one;
}

function patch({ url }: Serving, id: string, priority: number): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${url}/v1/jobs/${id}`, { method: 'PATCH', headers, body: JSON.stringify({ priority }) });
}

async function memoryOf({ url }: Serving): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\d+)/m.exec(text)?.[1]);
}

function mib(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
