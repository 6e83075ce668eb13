/**
 * What would work on one operating system only, found in the sources; and what reads paths and text as other systems write
 * them. docs/platforms.md says what else was checked.
 */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, win32 } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cacheFolder, dataFolder } from '../bin/environment.js';
import { SIGNALS } from '../bin/interrupts.js';
import { parseHostfile } from '../src/cluster/hostfile.js';
import { outfileOf } from '../src/render/outfile.js';
import { storePlace } from '../src/request/store-place.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCES = ['src', 'bin'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|mjs)$/.test(name) && !name.includes('assembly/'))
    .map((name) => ({ name: `${folder}/${name}`, text: readFileSync(join(ROOT, folder, name), 'utf8') })),
);

/** What must not stand in the sources, with a line that it finds, and the files that may have it. */
const WRONG: readonly (readonly [what: string, pattern: RegExp, example: string, except: RegExp])[] = [
  [
    'the path of a file URL, which has %20 and on Windows a slash before the drive',
    /import\.meta\.url\)\.pathname/,
    "new URL('x', import.meta.url).pathname",
    /^$/,
  ],
  ['a file URL made of text', /file:\/\/\$\{/, `new URL(\`file://${'$'}{path}\`)`, /^$/],
  [
    'a shell',
    /shell: true|(?<![.\w])(exec|execSync)\(|(spawn|execFile)(Sync)?\(\s*'(ba|z|da)?sh'/,
    "spawn('bash', [])",
    /^$/,
  ],
  // The sandbox of POV-Ray scenes is Linux only.
  [
    'rename, which Windows refuses for a moment: replaceFile does it',
    /\brename(Sync)?\b.* from 'node:fs/,
    "import { rename } from 'node:fs/promises';",
    /^src\/(files|work\/povray\/scene-folder)\.ts$/,
  ],
  ['a separator of PATH', /PATH\w*[^\n]*split\('[:;]'\)/, "process.env.PATH.split(':')", /^$/],
  ['the home folder of one system', /env\.HOME\b|env\.USERPROFILE/, 'process.env.HOME', /^$/],
  // Of systemd units, which Linux alone has.
  ['a folder for temporary files', /'\/tmp/, "join('/tmp', name)", /^src\/app\/unit-of\.ts$/],
  ['a socket in the file system', /\.sock'/, "listen('/run/x.sock')", /^$/],
  // Both read what may be missing.
  ['/proc', /'\/proc\//, "readFileSync('/proc/self/status')", /^src\/(metrics\/runtime|worker\/address-space)\.ts$/],
  ['/dev', /'\/dev\//, "open('/dev/null')", /^src\/render\/stream-target\.ts$/],
  ['signals by name: SIGNALS has all', /\.(on|once)\('SIG/, "process.on('SIGTERM', stop)", /^bin\/request\.ts$/],
];

for (const [what, pattern, example, except] of WRONG) {
  test(`the sources do not use ${what}`, () => {
    assert.match(example, pattern);
    const found = SOURCES.filter(({ name, text }) => pattern.test(text) && !except.test(name)).map(({ name }) => name);
    assert.deepEqual(found, []);
  });
}

test('Ctrl-Break ends a run as Ctrl-C does', () => {
  assert.deepEqual([...SIGNALS].sort(), ['SIGBREAK', 'SIGHUP', 'SIGINT', 'SIGTERM']);
});

test('folders of users are those of their system', () => {
  const env = { LOCALAPPDATA: 'C:\\Users\\ann\\AppData\\Local' };
  assert.deepEqual([cacheFolder(env, 'win32'), dataFolder(env, 'win32')], [env.LOCALAPPDATA, env.LOCALAPPDATA]);
  assert.match(cacheFolder({}, 'darwin'), /Library.Caches$/);
  assert.match(dataFolder({}, 'darwin'), /Library.Application Support$/);
});

test('paths with a drive and backslashes are outfiles and stores', () => {
  const frames = outfileOf('C:\\films\\f-%05d.png', 9, 64, 36);
  assert.equal(frames.path(3), 'C:\\films\\f-00003.png');
  assert.equal(win32.basename(frames.path(3)), 'f-00003.png');
  assert.throws(() => outfileOf('C:\\films\\%05d\\f.png', 9, 64, 36), { code: 'OUTFILE_FORMAT' });
  assert.deepEqual(storePlace.parse('D:\\store'), { kind: 'folder', folder: 'D:\\store' });
});

test('a hostfile with the line ends of Windows is the same hostfile', () => {
  const text = 'a slots=2\nb:4 # four\n\n[c]\nnode[01-03] port=50052\n'.replace('[c]\n', 'c\n');
  assert.deepEqual(parseHostfile(text.replaceAll('\n', '\r\n'), 'hosts'), parseHostfile(text, 'hosts'));
});
