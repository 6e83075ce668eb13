/**
 * An image of Debian with Node and npm, made of the packages that are installed here: the base of the Dockerfile where no
 * registry of images can be reached.
 */

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGES = 'base-files bash coreutils dash libc6 libc-bin libstdc++6 tar gzip sed grep findutils'.split(' ');
const NPM = 'npm@10.9.4';
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** Writes the files of the image and its Dockerfile into an empty folder. */
export function writeBase(folder: string): void {
  const root = join(folder, 'root');
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(root, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, join(root, name));
  }
  const files = output('dpkg-query', ['-L', ...closure()])
    .filter(isFile)
    .map(merged);
  execFileSync('tar', ['-C', '/', '-cf', join(folder, 'files.tar'), '-T', '-'], { input: files.join('\n') });
  execFileSync('tar', ['-C', root, '-xf', join(folder, 'files.tar')]);
  for (const name of ['etc/ssl/certs', 'root', 'tmp', 'proc', 'sys', 'dev', 'run', 'usr/local/bin', 'usr/local/lib'])
    mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/tmp:/bin/sh\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnode:x:1000:\n');
  cpSync(realpathSync(process.execPath), join(root, 'usr/local/bin/node'));
  const [archive = ''] = output('npm', ['pack', '--silent', '--pack-destination', folder, NPM]);
  execFileSync('tar', ['-C', join(root, 'usr/local/lib'), '-xzf', join(folder, archive)]);
  symlinkSync('../lib/package/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
  const certificates = existsSync(CERTIFICATES);
  if (certificates) cpSync(CERTIFICATES, join(root, CERTIFICATES));
  const lines = ['FROM scratch', 'COPY root/ /', 'ENV PATH=/usr/local/bin:/usr/bin:/bin'];
  if (certificates) lines.push(`ENV NODE_EXTRA_CA_CERTS=${CERTIFICATES}`);
  writeFileSync(join(folder, 'Dockerfile'), `${lines.join('\n')}\n`);
}

/** The packages, and those that they depend on. */
function closure(): string[] {
  const without = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map(
    (what) => `--no-${what}`,
  );
  const names = output('apt-cache', ['depends', '--recurse', '--installed', ...without, ...PACKAGES]);
  return [...new Set(names.filter((name) => /^[a-z0-9]/.test(name)))];
}

/** Neither folders nor what is not needed to run a program. */
function isFile(path: string): boolean {
  if (/^\/usr\/share\/(doc|man|locale|info)\//.test(path) || /^\/(bin|sbin|lib|lib64)$/.test(path)) return false;
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true || found?.isSymbolicLink() === true;
}

/** Its path from /, as it is where /bin is a link to /usr/bin. */
function merged(path: string): string {
  return path.replace(/^\/(?=(bin|sbin|lib|lib64)\/)/, 'usr/').replace(/^\//, '');
}

function output(command: string, words: readonly string[]): string[] {
  const text = execFileSync(command, words, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 26,
  });
  return text.split('\n').filter((line) => line !== '');
}
