/** Reads OpenEXR files of scan lines, uncompressed or ZIP; written from the file layout, independent of the writer. */

import { inflateSync } from 'node:zlib';

export interface Exr {
  readonly width: number;
  readonly height: number;
  /** By name; in the order of the file. */
  readonly channels: ReadonlyMap<string, { readonly type: 'uint' | 'half' | 'float'; readonly values: number[] }>;
  /** Attributes of the types int and string. */
  readonly attributes: Readonly<Record<string, string | number>>;
}

export function readExr(file: Buffer): Exr {
  if (file.readInt32LE(0) !== 20000630 || file.readInt32LE(4) !== 2) throw new Error('not an EXR of scan lines');
  let at = 8;
  const name = () => {
    const end = file.indexOf(0, at);
    const text = file.toString('latin1', at, end);
    at = end + 1;
    return text;
  };
  const raw = new Map<string, { type: string; value: Buffer }>();
  while (file[at] !== 0) {
    const [key, type] = [name(), name()];
    const length = file.readInt32LE(at);
    raw.set(key, { type, value: file.subarray(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  at++;
  const bytesOf = (key: string) => raw.get(key)?.value ?? Buffer.alloc(0);
  const window = [0, 4, 8, 12].map((k) => bytesOf('dataWindow').readInt32LE(k)) as [number, number, number, number];
  const [width, height] = [window[2] - window[0] + 1, window[3] - window[1] + 1];
  const lines = bytesOf('compression')[0] === 3 ? 16 : 1;
  const list: { name: string; type: 'uint' | 'half' | 'float'; values: number[] }[] = [];
  const chlist = bytesOf('channels');
  for (let k = 0; chlist[k] !== 0; ) {
    const end = chlist.indexOf(0, k);
    const type = (['uint', 'half', 'float'] as const)[chlist.readInt32LE(end + 1)];
    if (!type) throw new Error('a channel of an unknown type');
    list.push({ name: chlist.toString('latin1', k, end), type, values: new Array(width * height).fill(0) });
    k = end + 17;
  }
  for (let block = 0; block < Math.ceil(height / lines); block++) {
    const from = Number(file.readBigUInt64LE(at + 8 * block));
    const [top, length] = [file.readInt32LE(from), file.readInt32LE(from + 4)];
    const rows = Math.min(lines, height - top);
    const size = rows * width * list.reduce((sum, { type }) => sum + (type === 'half' ? 2 : 4), 0);
    const bytes = unpacked(file.subarray(from + 8, from + 8 + length), size);
    let k = 0;
    for (let y = top; y < top + rows; y++) {
      for (const { type, values } of list) {
        for (let x = 0; x < width; x++) {
          values[y * width + x] =
            type === 'uint'
              ? bytes.readUInt32LE(k)
              : type === 'float'
                ? bytes.readFloatLE(k)
                : ofHalf(bytes.readUInt16LE(k));
          k += type === 'half' ? 2 : 4;
        }
      }
    }
  }
  const attributes = [...raw].flatMap(([key, { type, value }]) =>
    type === 'int' ? [[key, value.readInt32LE()]] : type === 'string' ? [[key, value.toString('latin1')]] : [],
  );
  return {
    width,
    height,
    channels: new Map(list.map(({ name: key, ...rest }) => [key, rest])),
    attributes: Object.fromEntries(attributes) as Record<string, string | number>,
  };
}

function unpacked(data: Buffer, size: number): Buffer {
  if (data.length === size) return data;
  const split = inflateSync(data);
  for (let i = 1; i < split.length; i++) split[i] = (split[i - 1]! + split[i]! - 128) & 255;
  const bytes = Buffer.alloc(size);
  const half = Math.ceil(size / 2);
  for (let i = 0; i < size; i++) bytes[i] = split[i % 2 === 0 ? i / 2 : half + (i - 1) / 2]!;
  return bytes;
}

/** The number that 16 bits are. */
export function ofHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, mantissa] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return mantissa ? Number.NaN : sign * Infinity;
  return sign * (exponent === 0 ? mantissa * 2 ** -24 : (1 + mantissa / 1024) * 2 ** (exponent - 15));
}
