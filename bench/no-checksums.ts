/**
 * Loaded into a process before the program (`NODE_OPTIONS=--import`): its checksums cost nothing and say nothing. Short
 * ones stay, since a PNG's end is known by its own.
 */

import { createRequire, syncBuiltinESMExports } from 'node:module';

const zlib = createRequire(import.meta.url)('node:zlib');
const { crc32 } = zlib;
zlib.crc32 = (data: string | Uint8Array) => (data.length < 64 ? crc32(data) : 0);
syncBuiltinESMExports();
