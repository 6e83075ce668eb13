/** Names of files, and files that replace others, under the rules of Windows; which any system can be asked about. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { refusedName, replaceFile, type System } from '../src/files.js';
import { folder } from './e2e/processes.js';

const busy = (code: string) => Object.assign(new Error(`${code}: refused`), { code });

/** A system that refuses so many times; `asked` counts. */
function refusing(platform: NodeJS.Platform, times: number, code = 'EPERM') {
  const seen = { asked: 0, paused: 0 };
  const system: System = {
    platform,
    async rename(from, to) {
      if (seen.asked++ < times) throw busy(code);
      await rename(from, to);
    },
    pause: async (ms) => void (seen.paused += ms),
  };
  return { seen, system };
}

test('a file replaces another, on Windows also when that is open in another program for a moment', async (t) => {
  const [from, to] = ['new', 'old'].map((name) => join(folder(t), name)) as [string, string];
  for (const code of ['EPERM', 'EACCES', 'EBUSY']) {
    writeFileSync(from, code);
    writeFileSync(to, 'old');
    await replaceFile(from, to, refusing('win32', 4, code).system);
    assert.equal(readFileSync(to, 'utf8'), code);
  }
});

test('other errors are not waited for, nor any on other systems, and one that stays is reported', async () => {
  for (const [platform, code] of [
    ['linux', 'EPERM'],
    ['darwin', 'EACCES'],
    ['win32', 'ENOENT'],
  ] as const) {
    const { seen, system } = refusing(platform, 1, code);
    await assert.rejects(replaceFile('a', 'b', system), { code });
    assert.deepEqual(seen, { asked: 1, paused: 0 });
  }
  const { seen, system } = refusing('win32', 1_000);
  await assert.rejects(replaceFile('a', 'b', system), { code: 'EPERM' });
  assert.ok(seen.paused <= 1_000, 'no longer than a second');
});

test('Windows refuses devices, characters of paths and streams, and trailing dots; other systems do not', () => {
  const wrong = [
    'NUL',
    'nul.png',
    'con.tar.gz',
    'Com1.mp4',
    'lpt9',
    'aux .png',
    'a:b.png',
    'a?.png',
    '"x".png',
    'x.',
    'x ',
    'a\tb',
  ];
  for (const name of wrong) {
    assert.match(refusedName(name, 'win32') ?? '', /^on Windows /, name);
    for (const platform of ['linux', 'darwin'] as const) assert.equal(refusedName(name, platform), undefined);
  }
  for (const name of [
    'null.png',
    'con-1.png',
    'console.mp4',
    'com10.png',
    'film-00001.png',
    '.picture.webp',
    'ä b.png',
  ])
    assert.equal(refusedName(name, 'win32'), undefined, name);
});

test('names of letters, digits and ._- that the service takes are refused on Windows as devices only, or for a last dot', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,20}$/);
  fc.assert(
    fc.property(name, (text) => {
      const [first = ''] = text.split('.');
      const device = /^(con|prn|aux|nul|com[1-9]|lpt[1-9])$/i.test(first);
      assert.equal(refusedName(text, 'win32') !== undefined, device || text.endsWith('.'));
    }),
  );
});
