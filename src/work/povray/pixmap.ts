/**
 * A rectangle of a picture that POV-Ray writes to its standard output, as PPM with 8 or 16 bits (netpbm, ppm(5): "P6", width,
 * height and the largest value as text, then rows of red, green, blue, the high byte first). Only the rectangle is kept.
 */

import type { Rect } from '../../shard/shard.js';

/** Of the header, in which POV-Ray writes some comments. */
const HEADER_BYTES = 4_096;

export class PixmapCrop {
  private header: Buffer | undefined = Buffer.alloc(0);
  /** Bytes of rows so far. */
  private at = 0;
  private readonly pixels: Buffer;
  private readonly bytesPerPixel: number;

  constructor(
    private readonly picture: { readonly width: number; readonly height: number; readonly bits: 8 | 16 },
    private readonly rect: Rect,
  ) {
    this.bytesPerPixel = picture.bits === 16 ? 6 : 3;
    this.pixels = Buffer.alloc(rect.width * rect.height * this.bytesPerPixel);
  }

  /** The next bytes. @throws Error for what is no such picture, or one of another size */
  push(chunk: Buffer): void {
    if (!this.header) return this.rows(chunk);
    const header = Buffer.concat([this.header, chunk]);
    const end = headerEnd(header, this.picture);
    if (end === undefined) this.header = header;
    else {
      this.header = undefined;
      this.rows(header.subarray(end));
    }
  }

  /** 3 bytes, or 3 numbers of 16 bits, little endian, a pixel. @throws Error unless the picture is complete */
  result(): Uint8Array<ArrayBuffer> {
    if (this.at !== this.length) throw new Error(`POV-Ray wrote ${this.at} of ${this.length} bytes of its picture`);
    if (this.picture.bits === 16) this.pixels.swap16();
    return new Uint8Array(this.pixels.buffer as ArrayBuffer, this.pixels.byteOffset, this.pixels.length);
  }

  private get length(): number {
    return this.picture.width * this.picture.height * this.bytesPerPixel;
  }

  private rows(chunk: Buffer): void {
    const { rect, bytesPerPixel } = this;
    if (this.at + chunk.length > this.length) throw new Error('POV-Ray wrote more than one picture');
    const stride = this.picture.width * bytesPerPixel;
    const [left, length] = [rect.x * bytesPerPixel, rect.width * bytesPerPixel];
    const from = this.at;
    this.at += chunk.length;
    const first = Math.max(rect.y, Math.floor(from / stride));
    const last = Math.min(rect.y + rect.height - 1, Math.floor((this.at - 1) / stride));
    for (let row = first; row <= last; row++) {
      const begin = row * stride + left;
      const [a, b] = [Math.max(begin, from), Math.min(begin + length, this.at)];
      if (a < b) chunk.copy(this.pixels, (row - rect.y) * length + a - begin, a - from, b - from);
    }
  }
}

/** Where the rows begin; undefined: more bytes are needed. @throws Error for another header */
function headerEnd(bytes: Buffer, { width, height, bits }: PixmapCrop['picture']): number | undefined {
  const text = bytes.subarray(0, HEADER_BYTES).toString('latin1');
  const [header] = /^P6\s+(?:#[^\n]*\n)*\d+\s+\d+\s+(?:#[^\n]*\n)*\d+\s/.exec(text) ?? [];
  if (header === undefined) {
    if (bytes.length < HEADER_BYTES && 'P6'.startsWith(text.slice(0, 2))) return undefined;
    throw new Error('POV-Ray wrote no picture');
  }
  const [w, h, most] = header
    .replace(/#[^\n]*\n/g, '')
    .slice(2)
    .trim()
    .split(/\s+/)
    .map(Number);
  if (w === width && h === height && most === 2 ** bits - 1) return header.length;
  throw new Error(
    `POV-Ray wrote a picture of ${w}x${h} up to ${most}, not of ${width}x${height} up to ${2 ** bits - 1}`,
  );
}
