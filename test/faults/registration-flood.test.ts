/** A caller that registers thousands of addresses at which there is no worker, beside one worker. */

import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type grpc from '@grpc/grpc-js';
import { thisProgram } from '../../src/app/version.js';
import { BOUNDS } from '../../src/cluster/bounds.js';
import { calling, Registration } from '../../src/cluster/grpc.js';
import { PROTOCOL } from '../../src/cluster/messages.js';
import { type Address, parseAddress } from '../../src/cluster/transport.js';
import { worker } from '../e2e/processes.js';
import { BOUNDED, endsOnSignal, leader, SHORT } from './job.js';

const JOINS = 10_000;
const AT_ONCE = 8;

const TOO_MANY = `${BOUNDS.unconfirmed.perCaller} addresses that were registered from 127.0.0.1 have not answered yet: it may register again`;

/** Registers these addresses over one connection, some at a time. How many were accepted; and refused, by reason. */
async function flood(leader: Address, addresses: Iterator<Address>) {
  const { client: clientOf, metadata } = calling({});
  const client = clientOf(Registration, leader);
  const refused = new Map<string, number>();
  let accepted = 0;
  const program = { protocol: PROTOCOL, ...thisProgram() };
  const registering = async () => {
    for (let next = addresses.next(); !next.done; next = addresses.next()) {
      const error = await new Promise<grpc.ServiceError | null>((resolve) => {
        client.register({ ...program, ...next.value }, metadata, resolve);
      });
      if (!error) accepted++;
      else refused.set(error.details, (refused.get(error.details) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, registering));
  client.close();
  return { accepted, refused };
}

function* addresses(count: number, at: (k: number) => Address): Generator<Address> {
  for (let k = 0; k < count; k++) yield at(k);
}

/** Takes connections on all addresses of the loopback interface, and is silent. */
async function silentPort(t: TestContext): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as { port: number }).port;
}

test(
  'a worker joins a leader with which 10,000 dead addresses are registered, and does its job',
  BOUNDED,
  async (t) => {
    const job = await leader(t, SHORT, [], ['--listen', '127.0.0.1:0']);
    const [, at] = await job.said(/workers may join at (\S+)/);
    const dead = addresses(JOINS, (k) => ({ host: '127.0.0.1', port: 1 + k }));
    const flooded = flood(parseAddress(at as string) as Address, dead);
    const joiner = await worker(t, ['--join', at as string]);
    const metrics = await job.whole();
    assert.equal(metrics['/cluster/workers/used:workers'], 1);
    const refusals = metrics.printed.match(/was refused/g) ?? [];
    assert.ok(refusals.length < 100, `${refusals.length} lines`);
    const { refused, accepted } = await flooded;
    assert.ok((refused.get(TOO_MANY) ?? 0) > 1_000);
    assert.ok(accepted >= BOUNDS.unconfirmed.perCaller && accepted < 2_000, `${accepted} addresses were accepted`);
    await endsOnSignal(joiner);
  },
);

test(
  'addresses that take connections and are silent are refused beyond a number; a worker joins later',
  BOUNDED,
  async (t) => {
    const job = await leader(t, SHORT, [], ['--listen', '127.0.0.1:0']);
    const [, at] = await job.said(/workers may join at (\S+)/);
    const port = await silentPort(t);
    const loopback = (k: number) => ({ host: `127.1.${k >> 8}.${k & 255}`, port });
    const { refused } = await flood(parseAddress(at as string) as Address, addresses(2_000, loopback));
    assert.ok((refused.get(TOO_MANY) ?? 0) > 1_000);
    const joiner = await worker(t, ['--join', at as string]);
    const metrics = await job.whole();
    assert.equal(metrics['/cluster/workers/used:workers'], 1);
    await endsOnSignal(joiner);
  },
);
