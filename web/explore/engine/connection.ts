/** The WebSocket to the service: connects again, ever more slowly, until it is closed or refused. */

import { type FromViewer, SUBPROTOCOL, TOKEN_PREFIX, type ToViewer } from '../../../src/tiles/protocol.js';
import type { Connection } from './contract.js';

export interface LinkOptions {
  readonly url: string;
  readonly token?: string;
  /** After each connection. */
  opened(): void;
  message(message: ToViewer): void;
  piece(bytes: Uint8Array): void;
  state(connection: Connection): void;
}

export interface Link {
  /** Without a connection nothing is sent: the look is asked for again after the next one. */
  send(message: FromViewer): void;
  close(): void;
}

const FIRST_MS = 500;
const MOST_MS = 15_000;
/** A connection that lasts so long counts as a good one. */
const STEADY_MS = 5_000;

export function openLink({ url, token, opened, message, piece, state }: LinkOptions): Link {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = FIRST_MS;
  let closed = false;

  function connect(): void {
    timer = undefined;
    const own = new WebSocket(url, [SUBPROTOCOL, ...(token === undefined ? [] : [TOKEN_PREFIX + token])]);
    socket = own;
    own.binaryType = 'arraybuffer';
    let openedAt: number | undefined;
    own.onopen = () => {
      openedAt = performance.now();
      state('open');
      opened();
    };
    own.onmessage = ({ data }) => {
      if (own !== socket) return;
      if (typeof data === 'string') message(JSON.parse(data));
      else piece(new Uint8Array(data));
    };
    own.onclose = async () => {
      if (closed || own !== socket) return;
      socket = undefined;
      if (openedAt !== undefined && performance.now() - openedAt > STEADY_MS) wait = FIRST_MS;
      if (openedAt === undefined && (await isRefused(url, token))) {
        if (!closed) state('refused');
        return;
      }
      if (closed) return;
      state('lost');
      timer = setTimeout(connect, wait * (0.75 + Math.random() / 2));
      wait = Math.min(MOST_MS, wait * 2);
    };
  }

  /** The network is back, or the page is looked at again. */
  function retry(): void {
    if (timer === undefined || document.visibilityState === 'hidden') return;
    clearTimeout(timer);
    connect();
  }

  state('connecting');
  connect();
  addEventListener('online', retry);
  document.addEventListener('visibilitychange', retry);
  return {
    send(sent) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(sent));
    },
    close() {
      closed = true;
      clearTimeout(timer);
      removeEventListener('online', retry);
      document.removeEventListener('visibilitychange', retry);
      socket?.close();
    },
  };
}

/** A browser does not say why a WebSocket was not opened: the same URL, asked for by HTTP, does. */
async function isRefused(url: string, token: string | undefined): Promise<boolean> {
  try {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const { status } = await fetch(url.replace(/^ws/, 'http'), { headers });
    return [401, 403, 404].includes(status);
  } catch {
    return false;
  }
}
