/** `fractal serve` as a real process, with a client. */

import type { TestContext } from 'node:test';
import { type Running, start } from './processes.js';

export interface Serving extends Running {
  readonly url: string;
  /** Submits a job; its id. */
  submit(order: Readonly<Record<string, unknown>>, headers?: Readonly<Record<string, string>>): Promise<string>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it
  get(path: string): Promise<any>;
  post(path: string): Promise<number>;
  /** The job, once it is in the state. Throws when it has failed. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it
  reaches(id: string, state: string): Promise<any>;
  file(id: string, name: string): Promise<Buffer>;
}

/** On a free port, with one local worker unless `words` say otherwise. */
export async function serving(t: TestContext, data: string, words: readonly string[] = []): Promise<Serving> {
  const cluster = words.some((word) => /^--(local|host|hostfile|listen)$/.test(word)) ? [] : ['--local', '1'];
  const http = words.includes('--http') ? [] : ['--http', '127.0.0.1:0'];
  const running = start(t, ['serve', ...http, '--data', data, ...cluster, ...words]);
  const [, url = ''] = await running.said(/serving at (http:\S+)/);
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it
  const get = async (path: string): Promise<any> => (await fetch(url + path)).json();
  return {
    ...running,
    ...{ url, get },
    async submit(order, headers = {}) {
      const json = { 'content-type': 'application/json', ...headers };
      const response = await fetch(`${url}/v1/jobs`, { method: 'POST', headers: json, body: JSON.stringify(order) });
      const answer = (await response.json()) as { id?: string; detail?: string };
      if (answer.id === undefined) throw new Error(answer.detail);
      return answer.id;
    },
    post: async (path) => (await fetch(url + path, { method: 'POST' })).status,
    async reaches(id, state) {
      for (;;) {
        const job = await get(`/v1/jobs/${id}`);
        if (job.state === state) return job;
        if (job.state === 'failed') throw new Error(JSON.stringify(job.error));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    file: async (id, name) => Buffer.from(await (await fetch(`${url}/v1/jobs/${id}/files/${name}`)).arrayBuffer()),
  };
}
