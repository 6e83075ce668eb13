/** grpc.health.v1, as any probe uses it. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import grpc from '@grpc/grpc-js';
import type { HealthClient } from '../../gen/grpc/health/v1/Health.js';
import { grpcDialer, Health } from '../../src/cluster/grpc.js';
import { grpcListen, type ListenOptions } from '../../src/cluster/listen.js';
import { addressText } from '../../src/cluster/transport.js';
import { testAuthority } from './credentials.js';
import { Scripted } from './scripted.js';

const LOCAL = { host: '127.0.0.1', port: 0 };

async function probed(t: TestContext, options: ListenOptions = {}, credentials = grpc.credentials.createInsecure()) {
  const listener = await grpcListen(LOCAL, (link) => void new Scripted(link), options);
  const probe = new Health(addressText(listener.address), credentials, { 'grpc.ssl_target_name_override': 'w' });
  t.after(async () => {
    probe.close();
    await listener.close();
  });
  return { listener, probe };
}

/** The answer, or the code of its error. */
function check(probe: HealthClient, service = ''): Promise<string | number | undefined> {
  return new Promise((resolve) => {
    const deadline = Date.now() + 5_000;
    probe.check({ service }, { deadline }, (error, answer) => resolve(error ? error.code : answer?.status));
  });
}

test('a worker is serving until it drains', async (t) => {
  const { listener, probe } = await probed(t);
  for (const service of ['', 'fractal.v1.Peer']) assert.equal(await check(probe, service), 'SERVING');
  assert.equal(await check(probe, 'someone.else'), grpc.status.NOT_FOUND);
  listener.drain();
  assert.equal(await check(probe), 'NOT_SERVING');
  assert.equal(await check(probe, 'someone.else'), grpc.status.NOT_FOUND);
  const leader = new Scripted(grpcDialer().dial(listener.address));
  assert.match((await leader.ended)?.message ?? '', /it is ending/);
});

test('a watcher gets the status at once, and at each change', async (t) => {
  const { listener, probe } = await probed(t);
  const watch = (service: string) => {
    const call = probe.watch({ service });
    call.on('error', () => undefined);
    t.after(() => call.cancel());
    return call[Symbol.asyncIterator]();
  };
  const [all, unknown] = [watch(''), watch('someone.else')];
  assert.equal((await all.next()).value.status, 'SERVING');
  assert.equal((await unknown.next()).value.status, 'SERVICE_UNKNOWN');
  listener.drain();
  assert.equal((await all.next()).value.status, 'NOT_SERVING');
});

test('beyond the limit of watchers the oldest is ended', async (t) => {
  const { listener } = await probed(t);
  const credentials = grpc.credentials.createInsecure();
  const watch = async (probe: HealthClient) => {
    const call = probe.watch({ service: '' });
    const error = new Promise<grpc.ServiceError>((resolve) => call.once('error', resolve as never));
    await new Promise((resolve) => call.once('data', resolve));
    return { error };
  };
  const calls: Awaited<ReturnType<typeof watch>>[] = [];
  for (let k = 0; k < 5; k++) {
    const probe = new Health(addressText(listener.address), credentials, { 'grpc.use_local_subchannel_pool': 1 });
    t.after(() => probe.close());
    for (let n = 0; n < 13; n++) calls.push(await watch(probe));
  }
  assert.equal((await calls[0]?.error)?.code, grpc.status.RESOURCE_EXHAUSTED);
  assert.equal(await Promise.race([calls[1]?.error, 'watches']), 'watches');
});

test('a probe needs no token; with TLS it needs a certificate like every client', async (t) => {
  const ours = await testAuthority();
  const [tls, mine] = [await ours.holder(['w']), await ours.holder(['probe'])];
  const open = await probed(t, { token: 'sixteen-characters' });
  assert.equal(await check(open.probe), 'SERVING');
  const pems = [mine.ca, mine.key, mine.cert].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];
  const known = await probed(t, { tls }, grpc.credentials.createSsl(...pems));
  assert.equal(await check(known.probe), 'SERVING');
  const unknown = await probed(t, { tls }, grpc.credentials.createSsl(pems[0]));
  assert.equal(await check(unknown.probe), grpc.status.UNAVAILABLE);
});
