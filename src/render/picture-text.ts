/**
 * Texts inside pictures: PNG's tEXt, zTXt and iTXt chunks (PNG, third edition, 11.3.3) and JPEG's comments. A chunk is
 * its length, four letters, its data and a CRC-32 over letters and data.
 */

import { crc32, inflateSync } from 'node:zlib';

export interface PictureText {
  /** Empty for a comment of a JPEG. */
  readonly keyword: string;
  readonly text: string;
}

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** Of a text that is stored compressed. */
const MAX_TEXT = 1 << 22;

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.equals(bytes.subarray(0, SIGNATURE.length));
}

/** The texts of a PNG or JPEG in their order; `whole`: the picture has its end, as far as its format shows. Never throws. */
export function pictureTexts(bytes: Uint8Array): { texts: PictureText[]; whole: boolean } {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = data.toString('latin1', 0, 4);
  if (start === 'RIFF') return { texts: [], whole: data.length >= 12 && data.length >= 8 + data.readUInt32LE(4) };
  // A TIFF does not state its length.
  if (start === 'II*\0' || start === 'MM\0*') return { texts: [], whole: true };
  return data.subarray(0, 2).equals(Buffer.of(0xff, 0xd8)) ? jpegTexts(data) : pngTexts(data);
}

/** A PNG with a text added as its last chunk before the end, in chunks: its other bytes stay the same. */
export function withPngText(png: Buffer, { keyword, text }: PictureText): Buffer[] {
  const end = chunk('IEND', Buffer.alloc(0));
  const at = png.length - end.length;
  if (at < 0 || !png.subarray(at).equals(end)) throw new Error('the PNG does not end as PNGs do');
  return [png.subarray(0, at), chunk('tEXt', Buffer.from(`${keyword}\0${text}`, 'latin1')), end];
}

function chunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  data.copy(bytes, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}

function pngTexts(data: Buffer): { texts: PictureText[]; whole: boolean } {
  const texts: PictureText[] = [];
  if (!isPng(data)) return { texts, whole: false };
  for (let at = 8; at + 12 <= data.length; ) {
    const length = data.readUInt32BE(at);
    const type = data.toString('latin1', at + 4, at + 8);
    const end = at + 12 + length;
    if (end > data.length) break;
    if (type === 'IEND') return { texts, whole: true };
    if (/^(tEXt|zTXt|iTXt)$/.test(type) && crc32(data.subarray(at + 4, end - 4)) === data.readUInt32BE(end - 4)) {
      const text = textOf(type, data.subarray(at + 8, end - 4));
      if (text) texts.push(text);
    }
    at = end;
  }
  return { texts, whole: false };
}

function textOf(type: string, data: Buffer): PictureText | undefined {
  const zero = data.indexOf(0);
  if (zero < 0) return undefined;
  const keyword = data.toString('latin1', 0, zero);
  const rest = data.subarray(zero + 1);
  try {
    if (type === 'tEXt') return { keyword, text: rest.toString('latin1') };
    if (type === 'zTXt') return { keyword, text: inflated(rest.subarray(1)).toString('latin1') };
    // Compressed or not, the method, a language and a translated keyword, each ended by a zero, and the text.
    const language = rest.indexOf(0, 2);
    const translated = language < 0 ? -1 : rest.indexOf(0, language + 1);
    if (translated < 0) return undefined;
    const text = rest.subarray(translated + 1);
    return { keyword, text: (rest[0] === 1 ? inflated(text) : text).toString('utf8') };
  } catch {
    // Data that is not compressed data: there is no text.
    return undefined;
  }
}

function inflated(data: Buffer): Buffer {
  return inflateSync(data, { maxOutputLength: MAX_TEXT });
}

/** Segments up to the scan: FF, a marker, and a length that counts itself; FE is a comment, DA the scan. */
function jpegTexts(data: Buffer): { texts: PictureText[]; whole: boolean } {
  const texts: PictureText[] = [];
  for (let at = 2; at + 4 <= data.length && data[at] === 0xff; ) {
    const marker = data[at + 1];
    if (marker === 0xda) return { texts, whole: true };
    const end = at + 2 + Math.max(2, data.readUInt16BE(at + 2));
    if (marker === 0xfe && end <= data.length) texts.push({ keyword: '', text: data.toString('utf8', at + 4, end) });
    at = end;
  }
  return { texts, whole: false };
}
