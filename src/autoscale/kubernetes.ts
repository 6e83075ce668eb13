/**
 * The few requests to the Kubernetes API that an autoscaler makes. The token and the CA of the service account are read for
 * each request, since the kubelet replaces them while the program runs.
 */

import { readFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { FractalError, messageOf, oneLine } from '../errors.js';
import { COST, type Deployment, deploymentOf, MARK, type PodList, podsOf } from './objects.js';
import type { Mark, Pod } from './removal.js';

export interface KubernetesOptions {
  /** Without a slash at the end. */
  readonly url: string;
  readonly namespace: string;
  readonly deployment: string;
  /** Folder with `token` and `ca.crt`. */
  readonly account: string;
}

export interface Kubernetes {
  deployment(signal: AbortSignal): Promise<Deployment>;
  /** Those of the Deployment that are neither ended nor being deleted. */
  pods(of: Deployment, signal: AbortSignal): Promise<Pod[]>;
  /** Fails with status 409 when the Deployment has changed since it was read. */
  scale(of: Deployment, replicas: number, signal: AbortSignal): Promise<void>;
  /** A pod that is not there any more is no error. */
  mark(mark: Mark, signal: AbortSignal): Promise<void>;
}

/** The API does not answer, or refuses. */
export class KubernetesError extends FractalError {
  constructor(
    message: string,
    /** Of the answer, if there was one. */
    readonly status?: number,
    /** The API asks to wait so long. */
    readonly retryAfterMs = 0,
    options?: { cause?: unknown },
  ) {
    super('KUBERNETES', message, options);
  }
}

const ANSWER_MS = 10_000;
const MOST_BYTES = 32 << 20;
/** Pods of one answer. */
const PAGE = 500;
const LONGEST_WAIT_S = 60;

export function kubernetesOf({ url, namespace, deployment, account }: KubernetesOptions): Kubernetes {
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const own = `/apis/apps/v1/namespaces/${namespace}/deployments/${deployment}`;
  const send = async (path: string, signal: AbortSignal, patch?: unknown): Promise<unknown> => {
    const asked = { method: patch === undefined ? 'GET' : 'PATCH', ...(await accessOf(url, account)) };
    return answerOf(url, path, asked, patch === undefined ? undefined : JSON.stringify(patch), signal);
  };
  return {
    deployment: async (signal) => deploymentOf(await send(own, signal)),
    async pods({ selector }, signal) {
      const found: Pod[] = [];
      for (let next = ''; ; ) {
        const query = new URLSearchParams({ labelSelector: selector, limit: String(PAGE) });
        if (next !== '') query.set('continue', next);
        const list: PodList = podsOf(await send(`${pods}?${query}`, signal));
        found.push(...list.pods);
        if (list.next === '') return found;
        next = list.next;
      }
    },
    async scale({ version }, replicas, signal) {
      await send(`${own}/scale`, signal, { metadata: { resourceVersion: version }, spec: { replicas } });
    },
    async mark({ pod, cost, isMarked }, signal) {
      const annotations = { [COST]: cost === 0 ? null : String(cost), [MARK]: isMarked ? 'true' : null };
      try {
        await send(`${pods}/${pod.name}`, signal, { metadata: { annotations } });
      } catch (error) {
        if (!(error instanceof KubernetesError && error.status === 404)) throw error;
      }
    },
  };
}

type Access = Pick<RequestOptions, 'headers'> & { readonly ca?: Buffer };

/** @throws FractalError CREDENTIALS */
async function accessOf(url: string, account: string): Promise<Access> {
  // "kubectl proxy" adds its own; a token must not travel without TLS.
  if (!url.startsWith('https:')) return {};
  const read = async (name: string) => {
    try {
      return await readFile(join(account, name));
    } catch (error) {
      const why = `${join(account, name)} cannot be read (${messageOf(error)})`;
      const way = 'run in a pod with a service account, or name another folder with --service-account';
      throw new FractalError('CREDENTIALS', `${why}: ${way}`, { cause: error });
    }
  };
  const [token, ca] = await Promise.all([read('token'), read('ca.crt')]);
  return { headers: { authorization: `Bearer ${token.toString('utf8').trim()}` }, ca };
}

async function answerOf(
  url: string,
  path: string,
  { headers, ...asked }: RequestOptions,
  body: string | undefined,
  signal: AbortSignal,
): Promise<unknown> {
  const content = body === undefined ? {} : { 'content-type': 'application/merge-patch+json' };
  const until = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  const options = { ...asked, headers: { accept: 'application/json', ...content, ...headers }, signal: until };
  const request = (url.startsWith('https:') ? httpsRequest : httpRequest)(url + path, options);
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request.on('response', resolve).on('error', reject).end(body);
    });
    const text = await textOf(answer);
    if (answer.statusCode !== 200) throw refusal(answer, asked.method, path, text);
    return JSON.parse(text);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof FractalError) throw error;
    const why = until.aborted ? `no answer within ${ANSWER_MS / 1000} s` : reasonOf(error);
    const way = 'in a pod it is found by itself, elsewhere start "kubectl proxy" and name it with --kubernetes';
    throw new KubernetesError(`the Kubernetes API at ${url} cannot be used (${oneLine(why)}): ${way}`, undefined, 0, {
      cause: error,
    });
  } finally {
    request.destroy();
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'its answer is not JSON';
  return (error as NodeJS.ErrnoException).code ?? messageOf(error);
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Error(`its answer has more than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

const WAYS: Readonly<Record<number, string>> = {
  401: 'the token of the service account is not valid',
  403: 'give the service account the role of deploy/kubernetes/components/autoscale',
  404: 'name the Deployment of the workers with --deployment and --namespace',
  409: 'it has changed meanwhile and is read again',
  429: 'it is busy and is asked later',
};

function refusal(
  { statusCode = 0, headers }: IncomingMessage,
  method = '',
  path: string,
  text: string,
): KubernetesError {
  const seconds = Number(headers['retry-after'] ?? 0);
  const retryMs = 1000 * Math.min(LONGEST_WAIT_S, Math.max(0, seconds || 0));
  const what = `the Kubernetes API answers ${method} ${path.split('?', 1)[0]} with ${statusCode}`;
  const why = oneLine(messageIn(text)).slice(0, 300);
  const way = WAYS[statusCode] ?? 'it is asked again';
  return new KubernetesError(`${what}${why === '' ? '' : ` (${why})`}: ${way}`, statusCode, retryMs);
}

/** Of a `Status` object. */
function messageIn(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: unknown }).message ?? '');
  } catch {
    return '';
  }
}
