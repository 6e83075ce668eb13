/** A viewer on a real WebSocket. */

import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { type ClientOptions, WebSocket } from 'ws';
import {
  type FromViewer,
  type PieceMessage,
  readPiece,
  SUBPROTOCOL,
  type ToViewer,
} from '../../../src/tiles/protocol.js';

type Of<T extends ToViewer['type']> = Extract<ToViewer, { readonly type: T }>;

export interface TestViewer {
  readonly socket: WebSocket;
  readonly messages: readonly ToViewer[];
  readonly pieces: readonly PieceMessage[];
  send(message: FromViewer | string | Uint8Array): void;
  /** The first message of this type that is accepted, come or to come. Rejects when the connection ends before. */
  next<T extends ToViewer['type']>(type: T, accepts?: (message: Of<T>) => boolean): Promise<Of<T>>;
  /** Resolves when a condition holds; looked at after each message. */
  until(holds: () => boolean): Promise<void>;
  /** The code with which the connection ends. */
  readonly closed: Promise<number>;
}

export interface ViewerOptions extends ClientOptions {
  readonly protocols?: readonly string[];
}

/** `url`: of the service. @throws Error with the status of a refusal */
export async function viewer(
  t: Pick<TestContext, 'after'>,
  url: string,
  { protocols = [SUBPROTOCOL], ...options }: ViewerOptions = {},
): Promise<TestViewer> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/explore`, [...protocols], options);
  t.after(() => socket.terminate());
  const messages: ToViewer[] = [];
  const pieces: PieceMessage[] = [];
  const waiting = new Set<() => void>();
  const look = () => {
    for (const one of [...waiting]) one();
  };
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) pieces.push(readPiece(data) as PieceMessage);
    else messages.push(JSON.parse(data.toString()));
    look();
  });
  let isClosed = false;
  const closed = new Promise<number>((resolve) => {
    socket.on('close', (code) => {
      isClosed = true;
      look();
      resolve(code);
    });
  });
  socket.on('error', () => undefined);
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        if (!holds() && !isClosed) return;
        waiting.delete(check);
        if (holds()) resolve();
        else reject(new Error('the connection has ended'));
      };
      waiting.add(check);
      check();
    });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (_, response) => {
      response.resume();
      reject(new Error(String(response.statusCode)));
      socket.terminate();
    });
    socket.once('error', reject);
  });
  return {
    ...{ socket, messages, pieces, until, closed },
    send: (message) =>
      socket.send(typeof message === 'string' || message instanceof Uint8Array ? message : JSON.stringify(message)),
    async next<T extends ToViewer['type']>(type: T, accepts: (message: Of<T>) => boolean = () => true) {
      const find = () => messages.find((one): one is Of<T> => one.type === type && accepts(one as Of<T>));
      await until(() => find() !== undefined);
      return find() as Of<T>;
    },
  };
}

/** Ends the connection without a word. */
export async function vanish({ socket }: TestViewer): Promise<void> {
  const gone = once(socket, 'close');
  socket.terminate();
  await gone;
}
