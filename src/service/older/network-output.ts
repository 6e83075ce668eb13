/**
 * The network output of the older MPI renderer, over TCP: the length of a name, the name, the length of a PNG, the PNG. Lengths
 * are 32-bit, big-endian.
 */

import { connect } from 'node:net';
import { FractalError, messageOf } from '../../errors.js';

export interface Receiver {
  readonly host: string;
  readonly port: number;
  /** Of the picture. */
  readonly uuid: string;
}

const SILENT_MS = 10_000;

/** Resolves when the receiver has closed the connection, or all was sent. @throws FractalError OUTFILE_UNWRITABLE */
export async function sendPicture({ host, port, uuid }: Receiver, picture: Uint8Array): Promise<void> {
  const failed = (why: string, cause?: unknown) => {
    const where = `the picture could not be sent to ${host}:${port}`;
    return new FractalError('OUTFILE_UNWRITABLE', `${where}: ${why}: start the program that receives it there`, {
      cause,
    });
  };
  const socket = connect({ host, port, noDelay: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.setTimeout(SILENT_MS, () => reject(failed(`no answer for ${SILENT_MS / 1000} s`)));
      socket.on('error', (error) => reject(failed(messageOf(error), error)));
      // A receiver that sends something is not a reason to wait.
      socket.on('finish', resolve).resume();
      const name = Buffer.from(uuid);
      socket.end(Buffer.concat([lengthOf(name), name, lengthOf(picture), picture]));
    });
    await new Promise<void>((resolve) => {
      if (socket.closed) return resolve();
      socket.once('close', () => resolve());
      socket.setTimeout(SILENT_MS, () => socket.destroy());
    });
  } finally {
    socket.destroy();
  }
}

function lengthOf({ length }: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  return bytes;
}
