/** What an autoscaler reads from services and has them do. Several services of one queue have the same jobs, and each its own workers. */

import type { Pod, Worker } from '../autoscale/removal.js';
import type { Load } from '../autoscale/rule.js';
import { type Api, apiOf } from '../client/api.js';
import { parseAddress } from '../cluster/transport.js';
import { FractalError } from '../errors.js';

export interface ServicesOptions {
  readonly urls: readonly string[];
  readonly token: string | undefined;
}

export interface Services {
  /** Of the first service that answers. @throws FractalError of the last one when none does */
  load(signal: AbortSignal): Promise<Load>;
  /** Of each service, in the order of the URLs. @throws FractalError when one of them does not answer */
  workers(signal: AbortSignal): Promise<readonly (readonly Worker[])[]>;
  /** The workers of these pods get no more shards from any service, or again some. */
  drain(pods: readonly Pod[], isDrained: boolean, signal: AbortSignal): Promise<void>;
}

/** For one question to a service, tries included. */
const ANSWER_MS = 10_000;

interface WorkerAnswer {
  readonly name: string;
  readonly state: string;
  readonly shards: number;
}

export function servicesOf({ urls, token }: ServicesOptions): Services {
  const ask = async <T>(url: string, signal: AbortSignal, act: (api: Api) => Promise<T>): Promise<T> => {
    const late = new AbortController();
    const why = new FractalError('NO_SERVICE', `${url} has not answered within ${ANSWER_MS / 1000} s`);
    const timer = setTimeout(() => late.abort(why), ANSWER_MS);
    try {
      return await act(apiOf({ url, token, signal: AbortSignal.any([signal, late.signal]) }));
    } finally {
      clearTimeout(timer);
    }
  };
  const listed = async (api: Api): Promise<readonly WorkerAnswer[]> => {
    const { workers } = await api.json<{ workers?: WorkerAnswer[] }>('/v1/workers');
    if (Array.isArray(workers) && workers.every(({ shards }) => Number.isInteger(shards))) return workers;
    throw notKnown(api.url, 'how many shards its workers have');
  };
  return {
    async load(signal) {
      for (const [k, url] of urls.entries()) {
        try {
          return await ask(url, signal, async (api) => loadOf(await api.json('/v1/queue'), url));
        } catch (error) {
          if (signal.aborted || k === urls.length - 1) throw error;
        }
      }
      throw new TypeError('no service is named');
    },
    workers: (signal) =>
      Promise.all(urls.map(async (url) => (await ask(url, signal, listed)).map((worker) => workerOf(worker)))),
    async drain(pods, isDrained, signal) {
      const addresses = new Set(pods.flatMap((pod) => pod.addresses));
      const changed = urls.map((url) =>
        ask(url, signal, async (api) => {
          const own = (await listed(api)).filter((worker) => addresses.has(workerOf(worker).host));
          for (const { name } of own) await drainOn(api, name, isDrained);
        }),
      );
      await Promise.all(changed);
    },
  };
}

async function drainOn(api: Api, name: string, isDrained: boolean): Promise<void> {
  const method = isDrained ? 'POST' : 'DELETE';
  try {
    await api.send(`/v1/workers/${encodeURIComponent(name)}/drain`, { method });
  } catch (error) {
    // It was lost meanwhile: the next look shows what is there.
    if (!(error instanceof FractalError && error.code === 'WORKER_MISSING')) throw error;
  }
}

function workerOf({ name, state, shards }: WorkerAnswer): Worker {
  return { host: parseAddress(name)?.host ?? name, state, shards };
}

interface QueueAnswer {
  readonly jobs?: Readonly<Record<string, number>>;
  readonly work?: { readonly coreSeconds?: unknown };
}

function loadOf({ jobs, work }: QueueAnswer, url: string): Load {
  const coreSeconds = work?.coreSeconds;
  if (jobs === undefined || typeof coreSeconds !== 'number' || !(coreSeconds >= 0))
    throw notKnown(url, 'how much work its jobs are');
  const { queued = 0, running = 0, pausing = 0 } = jobs;
  return { coreSeconds, jobs: queued + running + pausing, waiting: queued };
}

function notKnown(url: string, what: string): FractalError {
  return new FractalError('NO_SERVICE', `${url} does not say ${what}: run a service of this version there`);
}
