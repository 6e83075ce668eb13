/**
 * As much of Kubernetes as an autoscaler sees: the API of one Deployment and its pods on a port of the loopback interface, and
 * the controller that starts pods and deletes them in the order of a ReplicaSet. What a pod runs is the caller's.
 */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { inDeletionOrder } from './replica-set.js';

export interface PodRun {
  readonly address: string;
  /** Resolves when its readiness probe would succeed. */
  readonly ready: Promise<unknown>;
  /** SIGTERM; resolves when its process has ended. */
  end(): Promise<unknown>;
}

export interface FakePod {
  readonly name: string;
  readonly address: string;
  isReady: boolean;
  isEnding: boolean;
  annotations: Readonly<Record<string, string>>;
  readonly run: PodRun;
}

export interface Fault {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FakeOptions {
  start(number: number): PodRun;
  /** Before a pod is deleted. */
  deleting?(pod: FakePod): Promise<void>;
  /** The pods that a headless Service lists have changed. */
  listed?(addresses: readonly string[]): void;
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface FakeKubernetes {
  readonly url: string;
  readonly pods: readonly FakePod[];
  /** Numbers of replicas that were asked for, with monotonic milliseconds. */
  readonly scales: readonly { readonly at: number; readonly replicas: number }[];
  readonly requests: readonly string[];
  /** Gives the answer to a request, in place of the API. */
  fault: ((request: IncomingMessage) => Fault | 'hang' | undefined) | undefined;
  /** As "kubectl scale" does. */
  scale(replicas: number): void;
  /** Resolves when the controller has nothing left to do. */
  settled(): Promise<void>;
}

const COST = 'controller.kubernetes.io/pod-deletion-cost';
const OWN = '/apis/apps/v1/namespaces/farm/deployments/fractal-worker';
const PODS = '/api/v1/namespaces/farm/pods';
/** Fewer than a real one, so that lists have several pages. */
const PAGE = 2;

export async function fakeKubernetes(t: TestContext, options: FakeOptions): Promise<FakeKubernetes> {
  const pods: FakePod[] = [];
  const scales: { at: number; replicas: number }[] = [];
  const requests: string[] = [];
  let [replicas, version, count] = [0, 1, 0];
  let controlling: Promise<void> = Promise.resolve();

  function setReplicas(wanted: number): void {
    [replicas, version] = [wanted, version + 1];
    scales.push({ at: performance.now(), replicas });
    controlling = controlling.then(control);
  }

  const living = () => pods.filter(({ isEnding }) => !isEnding);

  function list(): void {
    options.listed?.(living().flatMap(({ isReady, address }) => (isReady ? [address] : [])));
  }

  async function control(): Promise<void> {
    while (living().length < replicas) start();
    const extra = living().length - replicas;
    const order = inDeletionOrder(
      living().map((pod) => ({ ...seen(pod), pod })),
      version,
    );
    for (const { pod } of order.slice(0, Math.max(0, extra))) {
      await options.deleting?.(pod);
      pod.isEnding = true;
      version++;
      list();
      void pod.run.end().then(() => pods.splice(pods.indexOf(pod), 1));
    }
  }

  function start(): void {
    const run = options.start(++count);
    const pod: FakePod = {
      ...{ name: `fractal-worker-${count}`, address: run.address, isReady: false, isEnding: false },
      ...{ annotations: {}, run },
    };
    pods.push(pod);
    run.ready.then(
      () => {
        pod.isReady = true;
        version++;
        list();
      },
      () => undefined,
    );
  }

  function seen({ name, address, isReady, annotations }: FakePod) {
    const cost = Number(annotations[COST] ?? 0);
    const fixed = { isAssigned: true, isMarked: false, created: 0, phase: isReady ? 'Running' : 'Pending' };
    return { ...fixed, name, addresses: [address], isReady, cost };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://fake');
    requests.push(`${request.method} ${pathname}`);
    const fault = fake.fault?.(request);
    if (fault === 'hang') return;
    if (fault) return void response.writeHead(fault.status, fault.headers).end(fault.body);
    const reply = (status: number, body: unknown) => void response.writeHead(status).end(JSON.stringify(body));
    const refuse = (code: number, message: string) => reply(code, { kind: 'Status', code, message });
    // biome-ignore lint/suspicious/noExplicitAny: what a client sent
    const patch: any = request.method === 'PATCH' ? JSON.parse(await text(request)) : undefined;
    if (patch && request.headers['content-type'] !== 'application/merge-patch+json') return refuse(415, 'patch type');
    if (pathname === OWN && !patch) return reply(200, deployment());
    if (pathname === `${OWN}/scale` && patch) {
      if (patch.metadata?.resourceVersion !== String(version)) return refuse(409, 'the object has been modified');
      setReplicas(patch.spec.replicas);
      return reply(200, { kind: 'Scale' });
    }
    if (pathname === PODS && !patch) {
      if (searchParams.get('labelSelector') !== 'app=fractal,part=worker') return refuse(400, 'selector');
      const from = Number(searchParams.get('continue') ?? 0);
      const items = pods.slice(from, from + PAGE).map(podObject);
      const next = from + PAGE < pods.length ? { continue: String(from + PAGE) } : {};
      return reply(200, { kind: 'PodList', metadata: next, items });
    }
    const pod = pods.find(({ name }) => pathname === `${PODS}/${name}`);
    if (!pod || !patch) return refuse(404, `${pathname} not found`);
    const merged = Object.entries({ ...pod.annotations, ...patch.metadata.annotations });
    pod.annotations = Object.fromEntries(merged.filter((one): one is [string, string] => one[1] !== null));
    return reply(200, podObject(pod));
  }

  function deployment() {
    return {
      kind: 'Deployment',
      metadata: { name: 'fractal-worker', resourceVersion: String(version), generation: 1 },
      spec: { replicas, selector: { matchLabels: { app: 'fractal', part: 'worker' } } },
      status: { observedGeneration: 1, replicas: living().length, updatedReplicas: living().length },
    };
  }

  function podObject({ name, address, isReady, isEnding, annotations }: FakePod) {
    return {
      metadata: { name, annotations, ...(isEnding ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) },
      spec: { nodeName: 'node' },
      status: {
        phase: isReady ? 'Running' : 'Pending',
        podIPs: [{ ip: address }],
        conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
      },
    };
  }

  const listener: RequestListener = (request, response) => void answer(request, response);
  const server = options.tls ? createSecureServer(options.tls, listener) : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const fake: FakeKubernetes = {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ pods, scales, requests, fault: undefined, scale: setReplicas },
    async settled() {
      await controlling;
    },
  };
  return fake;
}
