/** Pictures of one pixel that contain a text, made by hand. */

import { crc32, deflateSync } from 'node:zlib';

export function chunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(type, 'latin1'), data, Buffer.alloc(4)]);
  bytes.writeUInt32BE(data.length, 0);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
  return bytes;
}

/** A PNG of one pixel with further chunks before its data. */
export function png(...chunks: Buffer[]): Buffer {
  const header = Buffer.of(0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const pixel = chunk('IDAT', deflateSync(Buffer.of(0, 1, 2, 3)));
  return Buffer.concat([signature, chunk('IHDR', header), ...chunks, pixel, chunk('IEND', Buffer.alloc(0))]);
}

export function pngWith(keyword: string, text: string): Buffer {
  return png(chunk('tEXt', Buffer.from(`${keyword}\0${text}`, 'latin1')));
}

/** The start of a JPEG, up to its scan. */
export function jpegWith(comment: string): Buffer {
  const segment = (marker: number, data: Buffer) => {
    const head = Buffer.of(0xff, marker, 0, 0);
    head.writeUInt16BE(data.length + 2, 2);
    return Buffer.concat([head, data]);
  };
  const parts = [
    segment(0xe0, Buffer.from('JFIF\0')),
    segment(0xfe, Buffer.from(comment)),
    segment(0xda, Buffer.alloc(8)),
  ];
  return Buffer.concat([Buffer.of(0xff, 0xd8), ...parts]);
}
