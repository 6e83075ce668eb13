/** Requests that want to become WebSockets: they pass the routes as any other, and the one that is accepted becomes one. */

import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Hono } from 'hono';
import { type WebSocket, WebSocketServer } from 'ws';
import { LIMITS, SUBPROTOCOL, TOKEN_PREFIX } from '../../tiles/protocol.js';
import type { Admitted } from '../explore/explorer.js';
import type { Env, HttpOptions } from './env.js';
import { protocolsOf } from './explore.js';
import { HttpError, problemOf } from './problem.js';
import { serveViewer } from './viewer-socket.js';

export interface Sockets {
  /** Of the `upgrade` event of a server. */
  upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends all of them. */
  close(): void;
}

/** Going away: the service ends. */
const GOING_AWAY = 1001;
const CLOSE_MS = 500;

export function openSockets({ fetch }: Hono<Env>, { report, now }: Pick<HttpOptions, 'report' | 'now'>): Sockets {
  // Pieces are compressed already, and a compressor for each viewer would cost memory.
  const server = new WebSocketServer({
    ...{ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: LIMITS.message },
    handleProtocols: () => SUBPROTOCOL,
  });
  const open = new Set<WebSocket>();
  let isClosed = false;

  async function upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => undefined);
    let viewer: Admitted | undefined;
    const response = await answerTo(incoming, (admitted) => {
      viewer = admitted;
    });
    if (!viewer) return refuse(socket, response);
    const admitted = viewer;
    const leave = () => admitted.leave();
    socket.once('close', leave);
    if (isClosed || socket.destroyed) return void socket.destroy();
    server.handleUpgrade(incoming, socket, head, (webSocket) => {
      open.add(webSocket);
      webSocket.once('close', () => open.delete(webSocket));
      serveViewer(webSocket, admitted, now);
    });
  }

  /** What the routes answer. */
  async function answerTo(incoming: IncomingMessage, accept: (admitted: Admitted) => void): Promise<Response> {
    try {
      return await fetch(requestOf(incoming), { incoming, outgoing: undefined as never, upgrade: accept });
    } catch (error) {
      return problemOf(error, report);
    }
  }

  return {
    upgrade(incoming, socket, head) {
      upgrade(incoming, socket, head).catch((error) => {
        report(error);
        socket.destroy();
      });
    },
    close() {
      isClosed = true;
      for (const one of open) one.close(GOING_AWAY, 'the service ends');
      setTimeout(() => {
        for (const one of open) one.terminate();
      }, CLOSE_MS).unref();
    },
  };
}

/** As routes read it; a token among the subprotocols as the header that it stands for. @throws HttpError */
function requestOf({ method, url, headers }: IncomingMessage): Request {
  if (headers.upgrade?.toLowerCase() !== 'websocket' || method !== 'GET' || !url?.startsWith('/v1/explore'))
    throw new HttpError(400, 'HTTP_INVALID', 'only GET /v1/explore can be upgraded, to a WebSocket');
  const given = new Headers();
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) given.set(name, String(value));
  const token = protocolsOf(headers['sec-websocket-protocol']).find((one) => one.startsWith(TOKEN_PREFIX));
  if (token && !headers.authorization) given.set('authorization', `Bearer ${token.slice(TOKEN_PREFIX.length)}`);
  return new Request(new URL(url, 'http://service'), { headers: given });
}

async function refuse(socket: Duplex, response: Response): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  const lines = [...response.headers]
    .filter(([name]) => name !== 'connection')
    .map(([name, value]) => `${name}: ${value}`);
  const status = `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? 'Error'}`;
  const head = [status, ...lines, `content-length: ${body.length}`, 'connection: close', '', ''].join('\r\n');
  socket.end(Buffer.concat([Buffer.from(head), body]));
}
