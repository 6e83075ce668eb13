/**
 * Text files of users: bytes from a path or from standard input, at most so many, and their decoding. UTF-8 and UTF-16
 * (with a byte order mark, or ASCII with every second byte zero) are understood, with or without a trailing Ctrl-Z.
 */

import { createReadStream } from 'node:fs';

/**
 * The bytes of a file, or of standard input for "-"; more than `max` are returned as `max` + 1, so that a device or a
 * pipe without an end is not read for ever. Throws what reading throws.
 */
export async function readAtMost(path: string, max: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of path === '-' ? process.stdin : createReadStream(path)) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer);
    chunks.push(bytes);
    length += bytes.length;
    if (length > max) break;
  }
  return Buffer.concat(chunks).subarray(0, max + 1);
}

/** Without a byte order mark; bytes that are no text become U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  return withoutPadding(new TextDecoder(encodingOf(bytes)).decode(bytes));
}

function encodingOf([first, second, third, fourth]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first && second === 0 && third && fourth === 0) return 'utf-16le';
  return first === 0 && second && third === 0 && fourth ? 'utf-16be' : 'utf-8';
}

/** DOS ends a text with Ctrl-Z, and fills the last block with it or with zeros. */
function withoutPadding(text: string): string {
  const body = text.trimEnd();
  let length = body.length;
  while (length > 0 && (body[length - 1] === '\u001a' || body[length - 1] === '\0')) length--;
  return length < body.length ? text.slice(0, length) : text;
}
