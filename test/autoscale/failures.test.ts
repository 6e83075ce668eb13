/** What `autoscale` does when Kubernetes or the service fails: one line, tried again, and no worker is taken away meanwhile. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { autoscale } from '../../src/app/autoscale.js';
import { testAuthority } from '../cluster/credentials.js';
import { folder } from '../e2e/processes.js';
import { type FakeKubernetes, type FakeOptions, type Fault, fakeKubernetes } from './fake-kubernetes.js';

const BOUNDED = { timeout: 60_000 };
const PORT = 50051;

interface Shown {
  coreSeconds: number;
  jobs: Record<string, number>;
  /** By address. */
  workers: Map<string, { state: string; shards: number }>;
}

interface Stub extends Shown {
  readonly url: string;
  readonly asked: string[];
  answer: ((path: string) => Fault | undefined) | undefined;
}

/** The routes of a service that an autoscaler uses. */
async function stubService(t: TestContext): Promise<Stub> {
  const shown: Shown = { coreSeconds: 0, jobs: { queued: 0, running: 0 }, workers: new Map() };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    stub.asked.push(`${request.method} ${path}`);
    const fault = stub.answer?.(path);
    if (fault) return void response.writeHead(fault.status, fault.headers).end(fault.body);
    const [, name] = /^\/v1\/workers\/(.+)%3A\d+\/drain$/.exec(path) ?? [];
    if (path === '/v1/queue')
      response.end(JSON.stringify({ jobs: stub.jobs, work: { coreSeconds: stub.coreSeconds } }));
    else if (path === '/v1/workers') {
      const workers = [...stub.workers].map(([host, one]) => ({ name: `${host}:${PORT}`, slots: 1, ...one }));
      response.end(JSON.stringify({ workers }));
    } else if (name !== undefined) {
      const state = request.method === 'POST' ? 'draining' : 'ready';
      stub.workers.set(name, { shards: 0, ...stub.workers.get(name), state });
      response.writeHead(204).end();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stub: Stub = Object.assign(shown, { url, asked: [], answer: undefined });
  return stub;
}

interface Scaler {
  readonly service: Stub;
  readonly kubernetes: FakeKubernetes;
  readonly lines: string[];
  said(pattern: RegExp): Promise<void>;
  until(holds: () => boolean): Promise<void>;
  end(): Promise<void>;
}

async function scaler(
  t: TestContext,
  { fake = {}, account = '', calmMs = 300 }: { fake?: Partial<FakeOptions>; account?: string; calmMs?: number } = {},
): Promise<Scaler> {
  const service = await stubService(t);
  const kubernetes = await fakeKubernetes(t, {
    start(number) {
      const address = `10.0.0.${number}`;
      service.workers.set(address, { state: 'ready', shards: 0 });
      return {
        ...{ address, ready: Promise.resolve() },
        end: async () => void service.workers.delete(address),
      };
    },
    ...fake,
  });
  const stop = new AbortController();
  const lines: string[] = [];
  const running = autoscale(
    {
      services: { urls: [service.url], token: undefined },
      kubernetes: { url: kubernetes.url, namespace: 'farm', deployment: 'fractal-worker', account },
      scale: { min: 1, max: 4, slotsPerWorker: 1, targetSeconds: 1, calmMs, gapMs: 15_000 },
      intervalMs: 20,
    },
    { signal: stop.signal, emit: (event) => void lines.push(event.kind === 'log' ? event.text : event.kind) },
  );
  t.after(() => stop.abort());
  const until = async (holds: () => boolean) => {
    while (!holds() && !t.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return {
    ...{ service, kubernetes, lines, until },
    said: (pattern) => until(() => lines.some((line) => pattern.test(line))),
    async end() {
      stop.abort();
      await running;
    },
  };
}

/** Four workers, and nothing to do. */
async function calm(t: TestContext, options: Parameters<typeof scaler>[1] = {}): Promise<Scaler> {
  const all = await scaler(t, options);
  all.service.coreSeconds = 4;
  await all.until(() => all.kubernetes.pods.filter(({ isReady }) => isReady).length === 4);
  return all;
}

const sizes = ({ kubernetes }: Scaler) => kubernetes.scales.map(({ replicas }) => replicas);
const status = (code: number, headers: Record<string, string> = {}): Fault => ({
  ...{ status: code, headers },
  body: JSON.stringify({ kind: 'Status', code, message: 'no' }),
});

test('each refusal of the API is one line with a way out, and then it goes on', BOUNDED, async (t) => {
  const all = await scaler(t);
  await all.until(() => sizes(all).length === 1);
  for (const [fault, line] of [
    [status(401), /^KUBERNETES: .* with 401 \(no\): the token of the service account is not valid$/],
    [status(403), /^KUBERNETES: .* with 403 \(no\): give the service account the role/],
    [status(404), /^KUBERNETES: .* with 404 .*--deployment and --namespace$/],
    [status(429, { 'retry-after': '0' }), /^KUBERNETES: .* with 429 \(no\): it is busy and is asked later$/],
    [{ status: 500, body: '<html>\n' }, /^KUBERNETES: .* with 500: it is asked again$/],
    [{ status: 200, body: '<html>\n' }, /^KUBERNETES: .*\(its answer is not JSON\)/],
    [{ status: 200, body: '{}' }, /^KUBERNETES: the answer of the Kubernetes API is not a Deployment/],
  ] as const) {
    all.kubernetes.fault = () => fault;
    await all.said(line);
    all.kubernetes.fault = undefined;
    const before = all.kubernetes.requests.length;
    await all.until(() => all.kubernetes.requests.length > before + 1);
    await all.said(/service and Kubernetes answer again/);
  }
  all.service.coreSeconds = 3;
  await all.until(() => sizes(all).at(-1) === 3);
  assert.ok(all.lines.every((line) => !line.includes('\n')));
  await all.end();
});

test('a conflict is read again, and the change is made', BOUNDED, async (t) => {
  const all = await scaler(t);
  await all.until(() => sizes(all).length === 1);
  let refused = 0;
  all.kubernetes.fault = ({ method, url = '' }) =>
    method === 'PATCH' && url.endsWith('/scale') && refused++ < 3 ? status(409) : undefined;
  all.service.coreSeconds = 2;
  await all.until(() => sizes(all).at(-1) === 2);
  await all.said(/with 409 \(no\): it has changed meanwhile and is read again$/);
  assert.equal(refused, 4);
  await all.end();
});

test('a service that is away or says nothing of its work is no calm: no worker is taken away', BOUNDED, async (t) => {
  const all = await calm(t, { calmMs: 150 });
  for (const [fault, line] of [
    [{ status: 500, body: '' }, /^NO_SERVICE: .* answers with status 500/],
    [{ status: 200, body: '{"jobs":{}}' }, /^NO_SERVICE: .* does not say how much work its jobs are/],
    [{ status: 200, body: 'hello' }, /^NO_SERVICE: .* answers with other text than JSON/],
    [status(403), /^NO_SERVICE: .* answers with status 403/],
  ] as const) {
    all.service.answer = (path) => (path === '/v1/queue' ? fault : undefined);
    await all.said(line);
  }
  assert.equal(sizes(all).at(-1), 4);
  all.service.answer = undefined;
  all.service.coreSeconds = 0;
  await all.until(() => sizes(all).at(-1) === 1);
  await all.end();
});

test('where the workers are not known, more are started and none is taken away', BOUNDED, async (t) => {
  const all = await calm(t, { calmMs: 50 });
  all.service.answer = (path) =>
    path === '/v1/workers' ? { status: 200, body: '{"workers":[{"name":"a:1"}]}' } : undefined;
  all.service.coreSeconds = 0;
  await all.said(/^NO_SERVICE: .* does not say how many shards its workers have/);
  assert.equal(sizes(all).at(-1), 4);
  await all.end();
});

test(
  'busy workers stay; when they are idle they go; what was drained is used again when the load is back',
  BOUNDED,
  async (t) => {
    const all = await calm(t, { calmMs: 50 });
    const { service, kubernetes } = all;
    for (const [address] of service.workers) service.workers.set(address, { state: 'ready', shards: 1 });
    service.coreSeconds = 0;
    await all.until(() => [...service.workers.values()].filter(({ state }) => state === 'draining').length === 3);
    const before = kubernetes.requests.length;
    await all.until(() => kubernetes.requests.length > before + 20);
    assert.equal(sizes(all).at(-1), 4, 'nothing has finished');
    assert.equal(kubernetes.pods.filter(({ annotations }) => annotations['fractal/drained'] === 'true').length, 3);
    service.coreSeconds = 4;
    await all.until(() => [...service.workers.values()].every(({ state }) => state === 'ready'));
    await all.until(() => kubernetes.pods.every(({ annotations }) => annotations['fractal/drained'] === undefined));
    for (const [address] of service.workers) service.workers.set(address, { state: 'ready', shards: 0 });
    service.coreSeconds = 0;
    await all.until(() => sizes(all).at(-1) === 1);
    await all.end();
  },
);

test(
  'one that starts again goes on with what is marked, and one that ends uses drained workers again',
  BOUNDED,
  async (t) => {
    const all = await calm(t, { calmMs: 50 });
    const { service, kubernetes } = all;
    const [first] = kubernetes.pods;
    assert.ok(first);
    first.annotations = { 'fractal/drained': 'true', 'controller.kubernetes.io/pod-deletion-cost': '-1000' };
    service.workers.set(first.address, { state: 'draining', shards: 0 });
    await all.until(
      () => service.workers.get(first.address)?.state === 'ready' && Object.keys(first.annotations).length === 0,
    );
    for (const [address] of service.workers) service.workers.set(address, { state: 'ready', shards: 1 });
    service.coreSeconds = 0;
    await all.until(() => [...service.workers.values()].some(({ state }) => state === 'draining'));
    await all.end();
    assert.ok([...service.workers.values()].every(({ state }) => state === 'ready'));
    assert.ok(kubernetes.pods.every(({ annotations }) => annotations['fractal/drained'] === undefined));
  },
);

test('an API that does not answer at all holds nothing up: the end comes at once', BOUNDED, async (t) => {
  const all = await scaler(t);
  all.kubernetes.fault = ({ method }) => (method === 'GET' ? 'hang' : undefined);
  const before = all.kubernetes.requests.length;
  await all.until(() => all.kubernetes.requests.length > before);
  const ending = all.end();
  all.kubernetes.fault = undefined;
  await ending;
});

test('over TLS: the CA of the service account, and its token, which is replaced while it runs', BOUNDED, async (t) => {
  const authority = await testAuthority();
  const tls = await authority.holder(['127.0.0.1']);
  const account = folder(t);
  writeFileSync(join(account, 'ca.crt'), authority.cert);
  writeFileSync(join(account, 'token'), 'first\n');
  const all = await scaler(t, { account, fake: { tls } });
  let accepted = 'first';
  all.kubernetes.fault = ({ headers }) => (headers.authorization === `Bearer ${accepted}` ? undefined : status(401));
  await all.until(() => sizes(all).length === 1);
  accepted = 'second';
  await all.said(/with 401/);
  writeFileSync(join(account, 'token'), 'second\n');
  await all.said(/answer again/);
  const other = await testAuthority();
  writeFileSync(join(account, 'ca.crt'), other.cert);
  await all.said(
    /^KUBERNETES: the Kubernetes API at https.* cannot be used \((UNABLE_TO_VERIFY|SELF_SIGNED|CERT_|DEPTH)/,
  );
  rmSync(join(account, 'token'));
  await all.said(/^CREDENTIALS: .*token cannot be read .*--service-account$/);
  await all.end();
});
