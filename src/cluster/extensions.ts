/**
 * Extension frames of HTTP/2 (RFC 9113, 5.5) are to be ignored by whoever does not know them, and gRPC knows none. nghttp2
 * before 1.68.1, which is part of Node, aborts the process of a client at certain ALTSVC frames (CVE-2026-27135): there
 * none reaches it.
 */

import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

const HEADER_BYTES = 9;
/** ALTSVC: the frames from here on are extensions. */
const FIRST_EXTENSION = 10;

/** Whether Node's nghttp2 does not bear extension frames. */
export const FRAGILE = older(process.versions.nghttp2 ?? '', [1, 68, 1]);

function older(version: string, than: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  const k = than.findIndex((part, at) => part !== parts[at]);
  return k >= 0 && !((parts[k] ?? 0) > (than[k] as number));
}

/** What comes through the socket of a client, without extension frames; what goes, as it is. */
export function withoutExtensions(socket: Socket): Duplex {
  const drop = extensionFilter();
  const guarded = new Duplex({
    read: () => void socket.resume(),
    write: (chunk, _, done) => void socket.write(chunk, done),
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy(error ?? undefined);
      done(error);
    },
  });
  socket.on('data', (chunk: Buffer) => {
    for (const part of drop(chunk)) if (!guarded.push(part)) socket.pause();
  });
  socket.on('end', () => guarded.push(null));
  socket.on('error', (error) => guarded.destroy(error));
  socket.on('close', () => guarded.destroy());
  return guarded;
}

/** Takes the bytes of a connection as they come, gives those of its other frames. */
export function extensionFilter(): (chunk: Buffer) => Buffer[] {
  /** The beginning of a header whose rest has not come. */
  let header: Buffer = Buffer.alloc(0);
  /** What is still to come of a frame's payload. */
  let left = 0;
  let dropped = false;

  return (chunk) => {
    const bytes = header.length > 0 ? Buffer.concat([header, chunk]) : chunk;
    const kept: Buffer[] = [];
    let from = 0;
    let at = 0;
    const keep = (to: number) => {
      if (!dropped && to > from) kept.push(bytes.subarray(from, to));
      from = to;
    };
    while (at < bytes.length) {
      if (left > 0) {
        const here = Math.min(left, bytes.length - at);
        at += here;
        left -= here;
        continue;
      }
      if (bytes.length - at < HEADER_BYTES) break;
      const extension = (bytes[at + 3] as number) >= FIRST_EXTENSION;
      if (extension !== dropped) keep(at);
      dropped = extension;
      left = bytes.readUIntBE(at, 3);
      at += HEADER_BYTES;
    }
    keep(at);
    header = bytes.subarray(at);
    return kept;
  };
}
