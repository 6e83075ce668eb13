/**
 * Whether a film is complete: an encoder may end with exit code 0 though the disk was full. Two checks that do not depend
 * on its exit code: the lengths that the container states fit the file, and every frame is found in it.
 *
 * MP4, MOV: boxes, ISO/IEC 14496-12, 4.2. Matroska, WebM: EBML elements, RFC 8794, 9342. GIF89a: a trailer, 3B hex. APNG: a chunk IEND.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Film } from './outfile.js';

/** What is wrong with a film of so many frames; undefined: it is complete. `ffmpeg`: path of one that reads it. */
export async function flawOf(
  ffmpeg: string,
  path: string,
  container: Film,
  frames: number,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const file = await open(path, 'r');
  try {
    const flaw = await lengthFlaw(file, container);
    if (flaw !== undefined) return flaw;
  } finally {
    await file.close();
  }
  // Frames of a GIF state no lengths: what is missing inside them shows only when they are decoded, which is quick.
  const packets = container === 'gif' ? undefined : await count(ffmpeg, path, ['-c', 'copy'], signal);
  if (packets?.frames === frames && packets.error === '') return undefined;
  // Packets are no frames with every codec: only decoding decides then.
  const decoded = await count(ffmpeg, path, [], signal);
  if (decoded.frames === frames && decoded.error === '') return undefined;
  const why = decoded.error === '' ? '' : `: ${decoded.error}`;
  return `it holds ${decoded.frames} of ${frames} frames${why}`;
}

async function lengthFlaw(file: FileHandle, container: Film): Promise<string | undefined> {
  const { size } = await file.stat();
  switch (container) {
    case 'mp4':
    case 'mov':
      return boxFlaw(file, size);
    case 'matroska':
    case 'webm':
      return segmentFlaw(file, size);
    case 'gif':
      return (await read(file, size - 1, 1))[0] === 0x3b ? undefined : 'it has no end';
    case 'apng':
      return (await read(file, size - 8, 4)).toString('latin1') === 'IEND' ? undefined : 'it has no end';
  }
}

/** Boxes follow one another to the end of the file: a length of 32 bits, four letters, for length 1 one of 64 bits. */
async function boxFlaw(file: FileHandle, size: number): Promise<string | undefined> {
  const seen = new Set<string>();
  let at = 0;
  while (at < size) {
    const head = await read(file, at, 16);
    if (head.length < 8) return 'it is cut short';
    const short = head.readUInt32BE(0);
    const length = short === 1 && head.length === 16 ? Number(head.readBigUInt64BE(8)) : short;
    if (length < 8) return 'it is cut short';
    seen.add(head.toString('latin1', 4, 8));
    at += length;
  }
  if (at > size) return `it is cut short: ${size} of ${at} bytes`;
  return seen.has('moov') && seen.has('mdat') ? undefined : 'it has no index of its frames';
}

const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;

/** A header and a segment, whose length is filled in at the end. */
async function segmentFlaw(file: FileHandle, size: number): Promise<string | undefined> {
  let at = 0;
  for (const id of [EBML, SEGMENT]) {
    const head = await read(file, at, 12);
    const first = head[4] ?? 0;
    if (head.length < 12 || head.readUInt32BE(0) !== id || first === 0) return 'it has no header';
    const bytes = Math.clz32(first) - 23;
    let length = BigInt(first & (0xff >> bytes));
    for (let k = 1; k < bytes; k++) length = (length << 8n) | BigInt(head[4 + k] as number);
    // All bits set: a length that was never filled in.
    if (length === (1n << BigInt(7 * bytes)) - 1n) return 'it was never completed';
    at += 4 + bytes + Number(length);
  }
  return at === size ? undefined : `it is cut short: ${size} of ${at} bytes`;
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  if (position < 0) return Buffer.alloc(0);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** Frames, or packets, that ffmpeg finds in the film, and the first line of its errors. */
async function count(
  ffmpeg: string,
  path: string,
  options: readonly string[],
  signal?: AbortSignal,
): Promise<{ frames: number; error: string }> {
  const args = ['-v', 'error', '-nostdin', '-i', path, '-map', '0:v:0', ...options, '-f', 'framecrc', '-'];
  const child = spawn(ffmpeg, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal ? { signal, killSignal: 'SIGKILL' } : {}),
  });
  let error = '';
  child.stderr.on('data', (data) => (error += error.length < 1_000 ? data : ''));
  const closed = once(child, 'close').catch((reason: Error) => (error ||= reason.message));
  let frames = 0;
  for await (const line of createInterface(child.stdout)) if (!line.startsWith('#')) frames++;
  await closed;
  return { frames, error: error.trim().split('\n', 1)[0] ?? '' };
}
