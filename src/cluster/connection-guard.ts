/**
 * The listening socket of a server: connections are bounded in number and in time, authenticated by certificate where
 * TLS is used, and only then passed to HTTP/2. A connection is pending until a session is admitted on it; beyond the
 * bound the oldest pending one is closed, so that idle connections do not prevent sessions.
 */

import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Tls } from './access.js';
import type { Address } from './transport.js';

export interface GuardOptions {
  readonly tls?: Tls | undefined;
  /** So many pending connections at once. */
  readonly pending: number;
  /** For a handshake, and for closing after the last message. */
  readonly handshakeMs: number;
  /** Gets each connection that was accepted. */
  accept(socket: Socket): void;
  /** A connection was refused: a line for the log. */
  refused(peer: string, reason: string): void;
}

export interface ConnectionGuard {
  readonly port: number;
  /** The connection of this peer has a session: it is pending no more. */
  admit(peer: string): void;
  /** It should close: the last bytes sent still arrive, then it is ended. */
  release(peer: string): void;
  /** Resolves when the connections of all admitted peers are closed. */
  emptied(): Promise<void>;
  /** Accepts no more connections, and ends all. */
  close(): void;
}

/** Rejects with the system's error when the address cannot be listened on. */
export async function openConnectionGuard({ host, port }: Address, options: GuardOptions): Promise<ConnectionGuard> {
  const all = new Map<string, Socket>();
  /** In the order in which they came. */
  const pending = new Map<string, Socket>();
  const admitted = new Set<string>();
  const leaving = new Set<string>();
  let lastClosed = '';
  let noteEmpty = () => {};

  function connected(socket: Socket): void {
    const peer = peerOf(socket);
    all.set(peer, socket);
    pending.set(peer, socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      lastClosed = peer;
      all.delete(peer);
      pending.delete(peer);
      admitted.delete(peer);
      leaving.delete(peer);
      if (admitted.size === 0) noteEmpty();
    });
    const [oldest] = pending.values();
    if (pending.size > options.pending) oldest?.destroy();
  }

  const server = options.tls ? secureServer(options.tls, options, () => lastClosed) : createServer(options.accept);
  server.prependListener('connection', connected);
  await listening(server, host, port);
  return {
    port: (server.address() as { port: number }).port,
    admit(peer) {
      pending.delete(peer);
      if (all.has(peer)) admitted.add(peer);
    },
    emptied: () =>
      new Promise((resolve) => {
        noteEmpty = resolve;
        if (admitted.size === 0) resolve();
      }),
    release(peer) {
      const socket = all.get(peer);
      if (!socket || leaving.has(peer)) return;
      leaving.add(peer);
      pending.set(peer, socket);
      const timer = setTimeout(() => socket.destroy(), options.handshakeMs).unref();
      socket.once('close', () => clearTimeout(timer));
    },
    close() {
      server.close();
      for (const socket of all.values()) socket.destroy();
    },
  };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** `closed`: the peer whose connection was closed last. */
function secureServer(tls: Tls, { handshakeMs, accept, refused }: GuardOptions, closed: () => string): Server {
  // Not rejectUnauthorized: it would close the connection, too, but without the reason.
  const certificateOptions = { requestCert: true, rejectUnauthorized: false };
  const protocolOptions = { ALPNProtocols: ['h2'], minVersion: 'TLSv1.3', handshakeTimeout: handshakeMs } as const;
  const server = createTlsServer({ ...tls, ...certificateOptions, ...protocolOptions }, (socket) => {
    if (socket.authorized) return accept(socket);
    refused(peerOf(socket), validateCertificate(socket));
    socket.destroy();
  });
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    // A socket that is closed has no address any more; its closing was reported just before.
    refused(socket.remoteAddress ? peerOf(socket) : closed(), reasonOfHandshake(error.code ?? error.message));
    // Node leaves open the one whose handshake takes too long.
    socket.destroy();
  });
  return server;
}

function validateCertificate(socket: TLSSocket): string {
  if (Object.keys(socket.getPeerCertificate()).length === 0) return 'it sent no certificate';
  const code = String(socket.authorizationError);
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has expired';
  if (code === 'CERT_NOT_YET_VALID') return 'its certificate is not valid yet: are the clocks right?';
  if (code === 'INVALID_PURPOSE') return 'its certificate is not made for clients';
  return `its certificate is not signed by a CA of --tls-ca (${code})`;
}

function reasonOfHandshake(code: string): string {
  if (code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return 'it did not finish the TLS handshake in time';
  if (code === 'ECONNRESET') return 'it ended the TLS handshake: it may not accept the certificate of this side';
  if (/ALERT/.test(code)) return `it does not accept the certificate of this side (${code})`;
  return `it does not speak TLS 1.3 (${code})`;
}

/** As gRPC names it. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}:${remotePort}`;
}
