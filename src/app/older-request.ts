/** The client of the JSON socket: sends a request, and writes the answer to a file, which appears when it is complete. */

import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { type Address, addressText } from '../cluster/transport.js';
import { FractalError, messageOf, oneLine } from '../errors.js';
import { replaceFile } from '../files.js';

const ERROR = 'error: ';
const MOST_ERROR = 4_096;

/**
 * Resolves to the number of bytes.
 * @throws FractalError NO_LEADER when nothing answers, JOB_STATE with the service's error, OUTFILE_UNWRITABLE
 */
export async function requestFilm(text: string, to: Address, path: string, signal: AbortSignal): Promise<number> {
  const socket = connect({ host: to.host, port: to.port, signal, allowHalfOpen: true });
  socket.on('error', () => undefined);
  const part = `${path}.part`;
  let bytes = 0;
  let refusal = '';
  const arriving = async function* (source: AsyncIterable<Buffer>) {
    for await (const piece of source) {
      // Neither films nor pictures begin with this text.
      if (refusal !== '' || (bytes === 0 && ERROR.startsWith(piece.toString('latin1', 0, ERROR.length)))) {
        refusal = (refusal + piece.toString()).slice(0, MOST_ERROR);
        continue;
      }
      bytes += piece.length;
      yield piece;
    }
  };
  try {
    socket.end(text);
    await pipeline(socket, arriving, createWriteStream(part));
    if (refusal.startsWith(ERROR))
      throw new FractalError('JOB_STATE', `the service: ${oneLine(refusal.slice(ERROR.length))}`);
    if (bytes === 0) throw noAnswer(to, 'it closed the connection');
    await replaceFile(part, path);
    return bytes;
  } catch (error) {
    await rm(part, { force: true });
    if (error instanceof FractalError) throw error;
    signal.throwIfAborted();
    const { syscall = '' } = error as NodeJS.ErrnoException;
    if (/open|write|rename/.test(syscall) && socket.remoteAddress !== undefined)
      throw new FractalError('OUTFILE_UNWRITABLE', `${path}: ${messageOf(error)}`, { cause: error });
    throw noAnswer(to, messageOf(error));
  } finally {
    socket.destroy();
  }
}

function noAnswer(to: Address, why: string): FractalError {
  const way = 'start it with "fractal serve --socket", or name it with --to';
  return new FractalError('NO_LEADER', `no film came from the service at ${addressText(to)}: ${why}: ${way}`);
}
