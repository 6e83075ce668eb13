/**
 * Extension frames of HTTP/2 (RFC 9113, 5.5): gRPC has none, and nghttp2 before 1.68.1, which is part of Node, aborts the
 * process of a client at certain ALTSVC frames (CVE-2026-27135). There a server that sends any is left.
 */

import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

const HEADER_BYTES = 9;
/** ALTSVC: the frames from here on are extensions. */
const FIRST_EXTENSION = 10;

/** What the connection ends with. */
export const FOREIGN_FRAME = 'it sent a frame that gRPC does not have';

/** Whether Node's nghttp2 does not bear extension frames. */
export const FRAGILE = older(process.versions.nghttp2 ?? '', [1, 68, 1]);

function older(version: string, than: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  const k = than.findIndex((part, at) => part !== parts[at]);
  return k >= 0 && !((parts[k] ?? 0) > (than[k] as number));
}

/** The socket of a client, which breaks at the first extension frame, before HTTP/2 gets it. */
export function withoutExtensions(socket: Socket): Duplex {
  const scan = scanner();
  /** Set while the rest of a chunk waits for its turn. */
  let holding = false;
  const guarded = new Duplex({
    read() {
      if (!holding) socket.resume();
    },
    write: (chunk, _, done) => void socket.write(chunk, done),
    // What was written together leaves together: a message is several small pieces.
    writev(pieces, done) {
      socket.cork();
      for (const { chunk } of pieces.slice(0, -1)) socket.write(chunk);
      socket.write(pieces.at(-1)?.chunk, done);
      socket.uncork();
    },
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy(error ?? undefined);
      done(error);
    },
  });
  const give = (bytes: Buffer) => {
    if (!guarded.push(bytes)) socket.pause();
  };
  socket.on('data', (chunk: Buffer) => {
    const { extension, second } = scan(chunk);
    if (extension) return void guarded.destroy(new Error(FOREIGN_FRAME));
    if (second === undefined) return give(chunk);
    // The first frame, the settings, alone: at an error behind it before the call has begun grpc-js would begin the
    // call again, at once and without end.
    if (second > 0) give(chunk.subarray(0, second));
    holding = true;
    socket.pause();
    setImmediate(() => {
      holding = false;
      if (guarded.destroyed) return;
      socket.resume();
      give(chunk.subarray(second));
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

/** Takes the bytes of a connection as they come. */
export function scanner(): (chunk: Uint8Array) => Scanned {
  let frames = 0;
  /** Bytes that are there of a frame's header, its length, and what is still to come of its payload. */
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
