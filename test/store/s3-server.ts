/** An S3 server for tests (npm s3rver) as a process of its own, and an address in front of it at which requests can fail. */

import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Bucket, bucketOf } from '../../src/store/s3/bucket.js';
import { folder, type Running, run } from '../e2e/processes.js';

const PROGRAM = fileURLToPath(new URL('../../../node_modules/s3rver/bin/s3rver.js', import.meta.url));
/** The server makes the tokens of its lists with a cipher that OpenSSL 3 counts as legacy. */
const DES = ['--openssl-legacy-provider'];
export const BUCKET = 'kept-parts';
/** The only account that the server knows; it does not check signatures. */
const KEYS = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER-secret', AWS_REGION: 'us-east-1' };

export interface S3Server {
  readonly endpoint: string;
  /** Of a process that uses it. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it has its objects: as files, with others that describe them. */
  readonly directory: string;
  readonly running: Running;
}

/** Resolves once it listens. `directory`, `port`: of a server that was here before. */
export async function s3Server(t: TestContext, directory = folder(t), port = '0'): Promise<S3Server> {
  const words = ['-d', directory, '-a', '127.0.0.1', '-p', port, '--configure-bucket', BUCKET];
  const running = run(t, [process.execPath, ...DES, PROGRAM, '--silent', ...words]);
  const [, address] = await running.said(/listening on (127\.0\.0\.1:\d+)/);
  const endpoint = `http://${address}`;
  return { endpoint, env: environmentOf(endpoint), directory, running };
}

export function environmentOf(endpoint: string): Readonly<Record<string, string>> {
  return { ...KEYS, AWS_ENDPOINT_URL_S3: endpoint };
}

export function bucketAt(endpoint: string, prefix = ''): Bucket {
  return bucketOf({ bucket: BUCKET, prefix }, environmentOf(endpoint));
}

/** What happens to a request: it goes on, now or later, perhaps to another path; is answered with a status and a body; is cut; is never answered. */
export type Fate =
  | { readonly kind: 'pass'; readonly delayMs?: number; readonly url?: string }
  | { readonly kind: 'answer'; readonly status: number; readonly body: string }
  | { readonly kind: 'cut' | 'hang' };

export const PASS: Fate = { kind: 'pass' };

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

export interface Front {
  readonly endpoint: string;
  readonly seen: Seen[];
  /** Requests that are not answered yet, at most so many at a time. */
  mostOpen: number;
  fate: (seen: Seen, index: number) => Fate;
}

export const isList = ({ url }: Seen) => url.includes('list-type=2');

/** In front of a server. */
export async function front(t: TestContext, { endpoint }: Pick<S3Server, 'endpoint'>): Promise<Front> {
  const state: Front = { endpoint: '', seen: [], mostOpen: 0, fate: () => PASS };
  let open = 0;
  const server = createServer((asked, answer) => {
    open++;
    state.mostOpen = Math.max(state.mostOpen, open);
    answer.on('close', () => open--);
    const { method = '', url = '', headers } = asked;
    const seen = { method, url, headers };
    const fate = state.fate(seen, state.seen.push(seen) - 1);
    asked.on('error', () => undefined);
    switch (fate.kind) {
      case 'pass':
        setTimeout(() => forward(`${endpoint}${fate.url ?? url}`, asked, answer), fate.delayMs ?? 0);
        return;
      case 'answer':
        asked.resume();
        answer.writeHead(fate.status).end(fate.body);
        return;
      case 'cut':
        asked.socket.destroy();
        return;
      case 'hang':
        asked.resume();
    }
  });
  await listening(server);
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return Object.assign(state, { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

function forward(to: string, asked: IncomingMessage, answer: ServerResponse): void {
  const { method, headers } = asked;
  const onward = request(to, { ...(method ? { method } : {}), headers }, (response) => {
    answer.writeHead(response.statusCode ?? 500, response.headers);
    response.pipe(answer);
  });
  onward.on('error', () => answer.destroy());
  asked.pipe(onward);
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}
