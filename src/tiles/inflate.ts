/** Inflates packed pieces by the streams that browsers and Node.js have. */

/** Never gives more than `length` bytes. @throws Error for bytes that are no deflated ones, or more */
export async function inflateStream(deflated: Uint8Array, length: number): Promise<Uint8Array> {
  const stream = new DecompressionStream('deflate-raw');
  const writer = stream.writable.getWriter();
  // What is wrong is told by the reading side.
  writer.write(Uint8Array.from(deflated)).catch(() => undefined);
  writer.close().catch(() => undefined);
  const reader = stream.readable.getReader();
  const bytes = new Uint8Array(length);
  let have = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, have);
    if (have + value.length > length) {
      await reader.cancel().catch(() => undefined);
      throw new Error(`it has more than ${length} bytes`);
    }
    bytes.set(value, have);
    have += value.length;
  }
}
