/**
 * Outfiles that are not regular files. A named pipe, a character device or a descriptor of this process (/dev/stdout)
 * receives the bytes of the finished file; a socket, a block device and a terminal are refused.
 */

import { closeSync, constants, createReadStream, createWriteStream, fstatSync, openSync, type Stats } from 'node:fs';
import { access, readlink, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { dirname, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isatty } from 'node:tty';
import { messageOf } from '../errors.js';

export interface StreamTarget {
  /** Descriptor of this process, for names such as /dev/stdout. */
  readonly descriptor?: number;
  /** Copies the file at `path` into the target, to its end. Rejects with the system's error, or the signal's reason. */
  receive(path: string, options: ReceiveOptions): Promise<void>;
}

export interface ReceiveOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called when no program reads the pipe yet. */
  readonly waiting?: () => void;
}

/** A reason why nothing can be written to a path. */
export interface Refused {
  readonly refused: string;
}

const MOST_LINKS = 40;
/** Between two attempts to open a pipe that no program reads. */
const RETRY_MS = 50;

/** undefined: a regular file, or nothing yet. */
export async function streamTarget(outfile: string): Promise<StreamTarget | Refused | undefined> {
  const path = resolve(outfile);
  const descriptor = await descriptorOf(path);
  if (descriptor !== undefined) return ofDescriptor(descriptor);
  const found = await stat(path).catch(() => undefined);
  if (!found || found.isFile()) return undefined;
  const refused = refusal(found);
  if (refused) return { refused };
  try {
    await access(path, constants.W_OK);
  } catch (error) {
    return { refused: messageOf(error) };
  }
  return { receive: (from, options) => (found.isFIFO() ? intoPipe : intoDevice)(path, from, options) };
}

function refusal(found: Stats): string | undefined {
  if (found.isDirectory()) return 'that is a folder; name a file in it';
  if (found.isSocket()) return 'that is a socket; name a file, or a pipe made with mkfifo';
  if (found.isBlockDevice()) return 'that is a block device; name a file';
  return undefined;
}

/** The descriptor that a path stands for, through symbolic links. */
async function descriptorOf(path: string): Promise<number | undefined> {
  let at = path;
  for (let links = 0; links < MOST_LINKS; links++) {
    if (at === '/dev/stdout') return 1;
    if (at === '/dev/stderr') return 2;
    const own = new RegExp(`^/(?:dev|proc/(?:self|thread-self|${process.pid}))/fd/(\\d+)$`).exec(at);
    if (own) return Number(own[1]);
    const link = await readlink(at).catch(() => undefined);
    if (link === undefined) return undefined;
    at = resolve(dirname(at), link);
  }
  return undefined;
}

function ofDescriptor(descriptor: number): StreamTarget | Refused {
  if (isatty(descriptor)) return { refused: 'that is a terminal; name a file, or redirect it' };
  let found: Stats;
  try {
    found = fstatSync(descriptor);
  } catch {
    return { refused: `descriptor ${descriptor} is not open` };
  }
  return {
    descriptor,
    receive: (path, { signal }) => pipeline(createReadStream(path), sinkOf(descriptor, found), { end: false, signal }),
  };
}

function sinkOf(descriptor: number, found: Stats): Writable {
  if (descriptor === 1) return process.stdout;
  if (descriptor === 2) return process.stderr;
  if (found.isFIFO() || found.isSocket()) return new Socket({ fd: descriptor, readable: false, writable: true });
  return createWriteStream('', { fd: descriptor, autoClose: false });
}

/** Opened without blocking: a thread that waits for a reader would keep the process from ending. */
async function intoPipe(path: string, from: string, { signal, waiting }: ReceiveOptions): Promise<void> {
  let descriptor = openPipe(path);
  if (descriptor === undefined) waiting?.();
  while (descriptor === undefined) {
    await delay(RETRY_MS, undefined, { signal });
    descriptor = openPipe(path);
  }
  const sink = new Socket({ fd: descriptor, readable: false, writable: true });
  await pipeline(createReadStream(from), sink, { signal });
}

/** undefined: no program reads the pipe. */
function openPipe(path: string): number | undefined {
  try {
    return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return undefined;
    throw error;
  }
}

async function intoDevice(path: string, from: string, { signal }: ReceiveOptions): Promise<void> {
  const descriptor = openSync(path, constants.O_WRONLY | constants.O_NOCTTY);
  if (isatty(descriptor)) {
    closeSync(descriptor);
    throw new Error('that is a terminal; name a file');
  }
  await pipeline(createReadStream(from), createWriteStream('', { fd: descriptor }), { signal });
}
