/** The HTTP server: what it listens on, and its limits for slow and silent clients. */

import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { FractalError, messageOf, whyNotListening } from '../../errors.js';
import { httpApp } from './app.js';
import { FILE_PATIENCE } from './body.js';
import { changesOf } from './changes.js';
import type { Env, HttpOptions } from './env.js';
import { openSockets, type Sockets } from './sockets.js';

export interface ServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** PEM texts. Absent: HTTP without TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Gets errors of the program itself. */
  report(error: unknown): void;
}

export type ListenOptions = ServerOptions & HttpOptions;

export interface HttpServer {
  readonly host: string;
  readonly port: number;
  /** Ends all connections; answers under way may still be sent for a short time. */
  close(): Promise<void>;
}

const MOST_CONNECTIONS = 4_096;
/** A request must be complete after so long. Before that a body that is too slow has got an answer (body.ts). */
const REQUEST_MS = FILE_PATIENCE.whole + 60_000;
/** A connection on which nothing moves for so long is closed: half-open ones, and readers that stopped. */
const SILENT_MS = 60_000;
const CLOSE_MS = 1_000;

const LIMITS = {
  connectionsCheckingInterval: 5_000,
  headersTimeout: 10_000,
  requestTimeout: REQUEST_MS,
  keepAliveTimeout: 10_000,
  maxHeaderSize: 16 << 10,
};

/** All of the service. @throws FractalError PORT_IN_USE, CREDENTIALS */
export async function listen({ host, port, tls, ...options }: ListenOptions): Promise<HttpServer> {
  const changes = changesOf(options.service, options.now);
  const place = { host, port, ...(tls ? { tls } : {}), report: options.report };
  const app = httpApp(options, changes);
  const sockets = openSockets(app, options);
  const server = await openServer(app, place, 'http', sockets);
  return {
    ...server,
    close() {
      changes.close();
      sockets.close();
      return server.close();
    },
  };
}

/** Answers by these routes. `flag`: the one that names the address, for messages. @throws FractalError PORT_IN_USE, CREDENTIALS */
export async function openServer(
  { fetch }: Hono<Env>,
  { host, port, tls, report }: ServerOptions,
  flag: string,
  sockets?: Sockets,
): Promise<HttpServer> {
  const listener = getRequestListener(fetch, { overrideGlobalObjects: false });
  const server = tls ? secureServer(tls, listener) : createServer(LIMITS, listener);
  server.maxConnections = MOST_CONNECTIONS;
  server.timeout = SILENT_MS;
  if (sockets) server.on('upgrade', sockets.upgrade);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    const why = whyNotListening(messageOf(error), { host: `--${flag}`, port: `--${flag}` });
    throw new FractalError('PORT_IN_USE', `${host}:${port} ${why}`, { cause: error });
  }
  server.on('error', report);
  return {
    host,
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** @throws FractalError CREDENTIALS */
function secureServer(tls: { readonly cert: string; readonly key: string }, listener: RequestListener): Server {
  try {
    return createSecureServer({ ...LIMITS, ...tls, minVersion: 'TLSv1.2' }, listener);
  } catch (error) {
    const why = `--http-cert and --http-key are no certificate and its key, as PEM: ${messageOf(error)}`;
    throw new FractalError('CREDENTIALS', why, { cause: error });
  }
}
