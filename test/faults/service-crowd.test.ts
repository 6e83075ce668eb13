/** Clients of the service in large numbers, and those that hold connections without using them. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder } from '../e2e/processes.js';
import { serving } from '../e2e/serve.js';
import { crowd } from '../service/crowd.js';

test('a minute of 1,000 clients of events: none is missed, memory does not grow', { timeout: 400_000 }, (t) =>
  crowd(t, { clients: 1_000, seconds: Number(process.env.SOAK_SECONDS ?? 60) }),
);

test('headers that come byte by byte, and bodies that do not come, end after a time; others are served meanwhile', {
  timeout: 120_000,
}, async (t) => {
  const service = await serving(t, join(folder(t), 'data'));
  const port = Number(new URL(service.url).port);
  const slow = [
    'GET /v1/jobs HTTP/1.1\r\nHost: localhost\r\n',
    'POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
  ].map((text) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('error', () => undefined);
    socket.resume();
    // Never silent: only the time for the whole request ends it.
    const timer = setInterval(() => socket.write(text.startsWith('GET') ? 'X: y\r\n' : ' '), 1_000);
    t.after(() => clearInterval(timer));
    // What is sent meanwhile may be answered by a reset, which is an end, too.
    return new Promise((resolve) => socket.on('close', resolve)).finally(() => clearInterval(timer));
  });
  let served = 0;
  let open = slow.length;
  for (const one of slow) void one.then(() => open--);
  while (open > 0) {
    assert.equal((await fetch(`${service.url}/v1/queue`)).status, 200);
    served++;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok(served > 0);
});

test('connections beyond the limit are closed at once, and none of the others is', { timeout: 120_000 }, async (t) => {
  const service = await serving(t, join(folder(t), 'data'));
  const port = Number(new URL(service.url).port);
  const sockets: ReturnType<typeof connect>[] = [];
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  let closed = 0;
  const beyond = new Promise<void>((resolve) => {
    const open = () => {
      const socket = connect(port, '127.0.0.1', () => void (sockets.length < 4_200 && open()));
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.resume();
      socket.on('close', () => ++closed === 50 && resolve());
    };
    for (let k = 0; k < 8; k++) open();
  });
  await beyond;
  assert.ok(sockets.filter(({ destroyed }) => !destroyed).length >= 4_000);
  // One of those that are open is used.
  const socket = sockets[0] as ReturnType<typeof connect>;
  socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const [answer] = await once(socket, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 200/);
  for (const one of sockets) one.destroy();
  // Places that are free again are given.
  for (;;) {
    const ok = await fetch(`${service.url}/v1/queue`).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (ok) break;
  }
});
