/**
 * Extension frames of HTTP/2 (RFC 9113, 5.5): gRPC has none, and nghttp2 before 1.68.1, which is part of Node, aborts the
 * process of a client at certain ALTSVC frames (CVE-2026-27135). With such a version a connection to a server that sends any is
 * ended.
 */

import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

const HEADER_BYTES = 9;
/** ALTSVC: the frames from here on are extensions. */
const FIRST_EXTENSION = 10;

/** The error that ends the connection. */
export const FOREIGN_FRAME = 'it sent a frame that gRPC does not have';

/** Whether Node's nghttp2 may abort the process at extension frames. */
export const ABORTS_ON_EXTENSIONS = older(process.versions.nghttp2 ?? '', [1, 68, 1]);

function older(version: string, than: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  const k = than.findIndex((part, at) => part !== parts[at]);
  return k >= 0 && !((parts[k] ?? 0) > (than[k] as number));
}

/** The socket of a client, destroyed at the first extension frame, before HTTP/2 gets it. */
export function withoutExtensions(socket: Socket): Duplex {
  const scan = scanner();
  /** Set while the rest of a chunk waits to be passed on. */
  let paused = false;
  const guarded = new Duplex({
    read() {
      if (!paused) socket.resume();
    },
    write: (chunk, _, done) => void socket.write(chunk, done),
    // Chunks that are written together are sent together: a message consists of several small ones.
    writev(chunks, done) {
      socket.cork();
      for (const { chunk } of chunks.slice(0, -1)) socket.write(chunk);
      socket.write(chunks.at(-1)?.chunk, done);
      socket.uncork();
    },
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy(error ?? undefined);
      done(error);
    },
  });
  const forward = (bytes: Buffer) => {
    if (!guarded.push(bytes)) socket.pause();
  };
  socket.on('data', (chunk: Buffer) => {
    const { extension, second } = scan(chunk);
    if (extension) return void guarded.destroy(new Error(FOREIGN_FRAME));
    if (second === undefined) return forward(chunk);
    // The first frame, the settings, is passed alone: at an error in a later frame before the call has begun, grpc-js
    // would repeat the call at once and without limit.
    if (second > 0) forward(chunk.subarray(0, second));
    paused = true;
    socket.pause();
    setImmediate(() => {
      paused = false;
      if (guarded.destroyed) return;
      socket.resume();
      forward(chunk.subarray(second));
    });
  });
  socket.on('end', () => guarded.push(null));
  socket.on('error', (error) => guarded.destroy(error));
  socket.on('close', () => guarded.destroy());
  return guarded;
}

export interface Scanned {
  /** Whether an extension frame begins here. */
  readonly extension: boolean;
  /** Where the second frame of the connection begins, if it does here. */
  readonly second: number | undefined;
}

/** A function that gets the bytes of a connection in order. */
export function scanner(): (chunk: Uint8Array) => Scanned {
  let frames = 0;
  /** Bytes of a frame's header read so far, its length, and the bytes of its payload still to come. */
  let header = 0;
  let length = 0;
  let left = 0;

  return (chunk) => {
    let second: number | undefined;
    for (let at = 0; at < chunk.length; ) {
      if (left > 0) {
        const here = Math.min(left, chunk.length - at);
        left -= here;
        at += here;
        continue;
      }
      if (header === 0 && ++frames === 2) second = at;
      const byte = chunk[at++] as number;
      if (header < 3) length = header === 0 ? byte : length * 256 + byte;
      if (header === 3 && byte >= FIRST_EXTENSION) return { extension: true, second };
      if (++header < HEADER_BYTES) continue;
      header = 0;
      left = length;
    }
    return { extension: false, second };
  };
}
