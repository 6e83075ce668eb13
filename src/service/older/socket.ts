/**
 * The TCP socket of an older zoom service: a client sends a JSON object, and gets the film as raw bytes, then the end of
 * the connection. What is wrong is answered by one line that begins with "error: ".
 */

import { type AddressInfo, createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { FractalError, messageOf, oneLine, whyNotListening } from '../../errors.js';
import { objectEnd } from './object-end.js';
import { type SequenceOptions, sequenceOf } from './sequence.js';

export interface SocketOptions extends SequenceOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Gets errors of the program itself. */
  report(error: unknown): void;
}

export interface SocketServer {
  readonly port: number;
  /** Ends all connections. */
  close(): Promise<void>;
}

const MOST_BYTES = 64 << 10;
/** A request must be complete after so long. */
const REQUEST_MS = 10_000;
/** A client that takes nothing of its answer for so long is left. */
const SILENT_MS = 60_000;
const MOST_CONNECTIONS = 1_024;

/** @throws FractalError PORT_IN_USE */
export async function listenSocket({ host, port, report, ...options }: SocketOptions): Promise<SocketServer> {
  const open = new Map<Socket, AbortController>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const gone = new AbortController();
    open.set(socket, gone);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      open.delete(socket);
      gone.abort(new Error('the client has closed the connection'));
    });
    answer(socket, options, gone.signal).catch((error: unknown) => {
      if (gone.signal.aborted) return;
      if (!(error instanceof FractalError) || error.code === 'INTERNAL') report(error);
      const known = error instanceof FractalError ? error.toString() : 'INTERNAL: an error of the service';
      socket.end(`error: ${oneLine(known)}\n`);
      socket.setTimeout(SILENT_MS, () => socket.destroy());
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    const why = whyNotListening(messageOf(error), { host: '--socket', port: '--socket' });
    throw new FractalError('PORT_IN_USE', `${host}:${port} ${why}`, { cause: error });
  }
  server.on('error', report);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open.keys()) socket.destroy();
      await closed;
    },
  };
}

async function answer(socket: Socket, options: SequenceOptions, signal: AbortSignal): Promise<void> {
  const text = await requestOf(socket);
  // What a client sends behind its request is not read.
  socket.resume();
  const { bytes, read, close } = await sequenceOf(text, options, signal);
  if (signal.aborted) return close();
  socket.setTimeout(SILENT_MS, () => socket.destroy());
  await pipeline(read(0, bytes - 1), socket);
}

function requestOf(socket: Socket): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const end = objectEnd();
  return new Promise<string>((resolve, reject) => {
    const wrong = (why: string) => {
      done();
      reject(new FractalError('HTTP_INVALID', `${why}: send a JSON object such as {"point": "-0.75,0.1"}`));
    };
    const timer = setTimeout(() => wrong(`no complete request came within ${REQUEST_MS / 1000} s`), REQUEST_MS);
    const take = (piece: Uint8Array) => {
      const found = end(piece);
      pieces.push(typeof found === 'number' ? piece.subarray(0, found) : piece);
      bytes += piece.length;
      if (found === 'other') wrong('the request is not a JSON object');
      else if (bytes > MOST_BYTES) wrong(`the request is longer than ${MOST_BYTES} bytes`);
      else if (found !== 'more') {
        done();
        resolve(Buffer.concat(pieces).toString());
      }
    };
    const cut = () => wrong('the request ends in the middle');
    const done = () => {
      clearTimeout(timer);
      socket.off('data', take).off('end', cut).off('close', cut);
    };
    socket.on('data', take).on('end', cut).on('close', cut);
  });
}
