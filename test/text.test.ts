import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeText, readAtMost } from '../src/text.js';

const TEXT = 'Re: -1.75\r\nIm: 0.5 é\r\n';
const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16();

test('UTF-8 and UTF-16 are decoded, with a byte order mark or without, up to a trailing Ctrl-Z', () => {
  const utf16 = Buffer.from(`\uFEFF${TEXT}`, 'utf16le');
  const files: Readonly<Record<string, Buffer>> = {
    plain: Buffer.from(TEXT),
    'UTF-8, marked': Buffer.from(`\uFEFF${TEXT}`),
    'UTF-16LE, marked': utf16,
    'UTF-16BE, marked': swapped(utf16),
    'UTF-16LE': utf16.subarray(2),
    'UTF-16BE': swapped(utf16.subarray(2)),
    'Ctrl-Z': Buffer.from(`${TEXT}\u001a`),
    'a filled block': Buffer.from(`${TEXT}\u001a\u001a\0\0\r\n`),
  };
  for (const [name, bytes] of Object.entries(files)) assert.equal(decodeText(bytes), TEXT, name);
  assert.equal(decodeText(Buffer.from([0x61, 0xff])), 'a\uFFFD');
  assert.equal(decodeText(Buffer.from('a\u001ab')), 'a\u001ab');
  assert.equal(decodeText(new Uint8Array()), '');
});

test('a stream without an end is read up to a limit', async () => {
  assert.equal((await readAtMost('/dev/zero', 1000)).length, 1001);
  await assert.rejects(readAtMost('/no/such/file', 10), { code: 'ENOENT' });
});
