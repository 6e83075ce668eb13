/** HTTP/2 by hand (RFC 9113), for clients and servers that violate the protocol. */

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
export const TYPE = { data: 0, headers: 1, settings: 4, ping: 6, continuation: 9 } as const;
export const FLAG = { ack: 1, endStream: 1, endHeaders: 4 } as const;

export function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A header block without a table (RFC 7541, 6.2.2); names and values shorter than 127 bytes. */
export function headerBlock(headers: Readonly<Record<string, string>>): Buffer {
  const text = (value: string) => [Buffer.from([value.length]), Buffer.from(value)];
  const parts = Object.entries(headers).flatMap(([name, value]) => [Buffer.from([0]), ...text(name), ...text(value)]);
  return Buffer.concat(parts);
}

/** The headers of a call. */
export function call(path: string, more: Readonly<Record<string, string>> = {}): Buffer {
  return headerBlock({
    ':method': 'POST',
    ':scheme': 'http',
    ':path': path,
    ':authority': 'x',
    te: 'trailers',
    'content-type': 'application/grpc',
    ...more,
  });
}

/** A message as gRPC frames it; `length` as announced. */
export function message(bytes: Uint8Array, compressed = false, length = bytes.length): Buffer {
  const head = Buffer.alloc(5);
  head[0] = compressed ? 1 : 0;
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, bytes]);
}
