/**
 * Where connections come in: bounded in number and in time, proved by certificate where TLS is wanted, and only then
 * handed to whoever speaks HTTP/2. A stranger is a connection that has not been welcomed yet; the oldest stranger makes
 * room for a new one, so that those who connect and say nothing keep nobody out.
 */

import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Tls } from './access.js';
import type { Address } from './transport.js';

export interface DoorOptions {
  readonly tls?: Tls | undefined;
  /** So many strangers at once. */
  readonly strangers: number;
  /** For a handshake, and for going when it is time to go. */
  readonly handshakeMs: number;
  enter(socket: Socket): void;
  /** Somebody did not get in: a line for the log. */
  refused(peer: string, reason: string): void;
}

export interface Door {
  readonly port: number;
  /** The connection of this peer is no stranger's any more. */
  welcome(peer: string): void;
  /** It is to go: what was said to it last still arrives, then it is ended. */
  showOut(peer: string): void;
  /** Resolves when the connections of all that were welcomed are gone. */
  left(): Promise<void>;
  /** Takes no more, and ends all. */
  close(): void;
}

/** Rejects with the system's error when the address cannot be listened on. */
export async function openDoor({ host, port }: Address, options: DoorOptions): Promise<Door> {
  const all = new Map<string, Socket>();
  /** In the order in which they came. */
  const strangers = new Map<string, Socket>();
  const guests = new Set<string>();
  const leaving = new Set<string>();
  let lastOne = '';
  let emptied = () => {};

  function arrived(socket: Socket): void {
    const peer = peerOf(socket);
    all.set(peer, socket);
    strangers.set(peer, socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      lastOne = peer;
      all.delete(peer);
      strangers.delete(peer);
      guests.delete(peer);
      leaving.delete(peer);
      if (guests.size === 0) emptied();
    });
    const [oldest] = strangers.values();
    if (strangers.size > options.strangers) oldest?.destroy();
  }

  const server = options.tls ? secureServer(options.tls, options, () => lastOne) : createServer(options.enter);
  server.prependListener('connection', arrived);
  await listening(server, host, port);
  return {
    port: (server.address() as { port: number }).port,
    welcome(peer) {
      strangers.delete(peer);
      if (all.has(peer)) guests.add(peer);
    },
    left: () =>
      new Promise((resolve) => {
        emptied = resolve;
        if (guests.size === 0) resolve();
      }),
    showOut(peer) {
      const socket = all.get(peer);
      if (!socket || leaving.has(peer)) return;
      leaving.add(peer);
      strangers.set(peer, socket);
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

/** `left`: who closed the connection last. */
function secureServer(tls: Tls, { handshakeMs, enter, refused }: DoorOptions, left: () => string): Server {
  // Not rejectUnauthorized: it would close the connection, too, but keep the reason to itself.
  const proof = { requestCert: true, rejectUnauthorized: false };
  const speech = { ALPNProtocols: ['h2'], minVersion: 'TLSv1.3', handshakeTimeout: handshakeMs } as const;
  const server = createTlsServer({ ...tls, ...proof, ...speech }, (socket) => {
    if (socket.authorized) return enter(socket);
    refused(peerOf(socket), certificateObjection(socket));
    socket.destroy();
  });
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    // A socket that is closed has no address any more; its closing was told just before.
    refused(socket.remoteAddress ? peerOf(socket) : left(), handshakeObjection(error.code ?? error.message));
    // Node leaves open the one whose handshake takes too long.
    socket.destroy();
  });
  return server;
}

function certificateObjection(socket: TLSSocket): string {
  if (Object.keys(socket.getPeerCertificate()).length === 0) return 'it sent no certificate';
  const code = String(socket.authorizationError);
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has expired';
  if (code === 'CERT_NOT_YET_VALID') return 'its certificate is not valid yet: are the clocks right?';
  if (code === 'INVALID_PURPOSE') return 'its certificate is not made for clients';
  return `its certificate is not signed by a CA of --tls-ca (${code})`;
}

function handshakeObjection(code: string): string {
  if (code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return 'it did not finish the TLS handshake in time';
  if (code === 'ECONNRESET') return 'it broke off the TLS handshake: it may not accept the certificate from here';
  if (/ALERT/.test(code)) return `it does not accept the certificate from here (${code})`;
  return `it does not speak TLS 1.3 (${code})`;
}

/** As gRPC names it. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}:${remotePort}`;
}
