/** The service behind HTTP with a queue in memory, and with runs that tests end. */

import { createWriteStream } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { TestContext } from 'node:test';
import { explorerPalettes } from '../../src/app/explorer-palettes.js';
import { locateFrom, locationOf } from '../../src/app/explorer-places.js';
import { checkScene } from '../../src/app/scene-check.js';
import type { HttpOptions } from '../../src/service/http/env.js';
import { listen } from '../../src/service/http/server.js';
import { parseTokens } from '../../src/service/http/tokens.js';
import type { Output } from '../../src/service/job.js';
import { type Outputs, openOutputs } from '../../src/service/outputs.js';
import type { Queue } from '../../src/service/queue.js';
import { startService } from '../../src/service/service.js';
import { openUploads, type Uploads } from '../../src/service/uploads.js';
import { folder } from '../e2e/processes.js';
import { FIXED_ESTIMATOR } from './estimator.js';
import { emptyMemory, memoryQueue } from './memory-queue.js';
import { type TestRuns, testRuns } from './runs.js';

export interface HttpService {
  readonly url: string;
  readonly port: number;
  readonly runs: TestRuns;
  readonly outputs: Outputs;
  readonly uploads: Uploads;
  /** Errors of the program itself. */
  readonly errors: readonly unknown[];
  /** Sends JSON, unless the body is text. */
  send(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Ends the server, once; the test does it otherwise. */
  close(): Promise<void>;
  /** Writes a file of a job, as its run does. */
  write(id: string, name: string, content: Uint8Array): Promise<Output>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Of JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it
  readonly json: any;
}

/** Bytes of the files of an owner. */
export const MOST_FILES = 1 << 20;
const NO_CLUSTER = { workers: () => [], drain: () => false, undrain: () => false };

export async function httpService(
  t: TestContext,
  { tokens, queue: given, ...options }: Partial<Omit<HttpOptions, 'tokens'>> & { tokens?: string; queue?: Queue } = {},
): Promise<HttpService> {
  const runs = testRuns();
  const errors: unknown[] = [];
  const now = () => performance.now();
  const failed = (error: unknown) => errors.push(error);
  const queue = given ?? memoryQueue(emptyMemory(), { service: 'test', now: Date.now });
  const outputs = await openOutputs(join(folder(t), 'outputs'));
  const service = await startService({
    ...{ queue, service: 'test', start: runs.start, atMost: 1, outputs, mostWaiting: 100, now: Date.now, failed },
    estimator: FIXED_ESTIMATOR,
    keep: { days: 1, jobs: 100, bytes: 2 ** 30 },
  });
  const uploads = await openUploads(join(folder(t), 'files'), { mostBytes: MOST_FILES, now: Date.now });
  const server = await listen({
    ...{ host: '127.0.0.1', port: 0, service, uploads, checkScene, cluster: NO_CLUSTER },
    ...{ palettes: explorerPalettes(), places: { locate: locateFrom, location: locationOf } },
    ...{ loopbackOnly: !tokens, mostPixels: 1e9, version: '0.0.0', now, report: failed },
    ...(tokens === undefined ? {} : { tokens: parseTokens(tokens, 'tokens') }),
    ...options,
  });
  const url = `http://127.0.0.1:${server.port}`;
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= server.close();
    return closed;
  };
  t.after(async () => {
    await close();
    const ended = service.close();
    for (const run of runs.all) run.endStopped();
    await ended;
  });
  return {
    ...{ url, port: server.port, runs, errors, outputs, uploads, close },
    async send(method, path, body, headers = {}) {
      const isBytes = body instanceof Uint8Array;
      const text = typeof body === 'string' || isBytes ? body : body === undefined ? undefined : JSON.stringify(body);
      const type =
        text === undefined ? {} : { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' };
      const init = { method, headers: { ...type, ...headers }, ...(text === undefined ? {} : { body: text }) };
      const response = await fetch(url + path, init);
      const answer = await response.text();
      const isJson = /json/.test(response.headers.get('content-type') ?? '');
      return { status: response.status, headers: response.headers, json: isJson ? JSON.parse(answer) : answer };
    },
    async write(id, name, content) {
      const file = createWriteStream(join(await outputs.prepare(await service.get(id)), name));
      file.end(content);
      await finished(file);
      return { name, bytes: content.length };
    },
  };
}

/** Sends text; the answer until the connection ends. */
export function raw(port: number, text: string | Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (data) => {
      answer += data;
    });
    socket.on('close', () => resolve(answer));
    // A server that refuses what is being sent ends the connection: `close` follows.
    socket.on('error', () => undefined);
  });
}
