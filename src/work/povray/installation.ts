/** POV-Ray on this machine, and the programs that confine it: where they are, and whether they are there. */

import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readdir, readlink, realpath } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { FractalError } from '../../errors.js';

/** Plain data: threads get it. */
export interface Installation {
  /** The executable, and what it states as its version. */
  readonly povray: string;
  readonly version: string;
  /** Libraries that it loads: the path at which it looks for each. */
  readonly libraries: readonly string[];
  /** Folders of POV-Ray's own include files. */
  readonly includes: readonly string[];
  /** Folders of what these link to. */
  readonly linked: readonly string[];
  /** Limits CPU time, memory and files (util-linux). */
  readonly prlimit: string;
  /** Confines POV-Ray. Absent: scenes have the rights of the worker. */
  readonly bubblewrap?: string;
}

const INSTALL = {
  povray: 'sudo apt-get install -y povray povray-includes',
  bwrap: 'sudo apt-get install -y bubblewrap',
  prlimit: 'sudo apt-get install -y util-linux',
} as const;

/** A program that is missing: its name, and the command that installs it. */
export class ProgramMissing extends FractalError {
  constructor(
    readonly program: keyof typeof INSTALL,
    readonly remedy: string = INSTALL[program],
  ) {
    const name = program === 'bwrap' ? 'bubblewrap (bwrap)' : program;
    super('KERNEL_MISSING', `${name} is not on the PATH, which POV-Ray scenes need: ${INSTALL[program]}`);
  }
}

/** `path`: folders where programs are looked for. @throws ProgramMissing; FractalError KERNEL_MISSING */
export async function findInstallation(path: string, confined: boolean): Promise<Installation> {
  const povray = await realpath(await find('povray', path));
  const version = await versionOf(povray);
  const includes = await includesOf(povray, version);
  return {
    ...{ povray, version, includes },
    linked: await linkedFrom(includes),
    libraries: await librariesOf(povray),
    prlimit: await find('prlimit', path),
    ...(confined ? { bubblewrap: await find('bwrap', path) } : {}),
  };
}

async function find(program: keyof typeof INSTALL, path: string): Promise<string> {
  for (const folder of path.split(delimiter)) {
    const file = join(folder || '.', program);
    if (await isExecutable(file)) return resolve(file);
  }
  throw new ProgramMissing(program);
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

const run = promisify(execFile);
const BRIEF = {
  timeout: 20_000,
  maxBuffer: 1 << 20,
  env: { HOME: '/nonexistent', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
};

/** @throws FractalError KERNEL_MISSING */
async function versionOf(povray: string): Promise<string> {
  // It states its version on standard error, and fails since it was given no scene.
  const { stdout, stderr } = await run(povray, ['--version'], BRIEF).catch((error) => error);
  const [, version] = /POV-Ray (\d[\w.-]{2,40})/.exec(`${stdout}${stderr}`) ?? [];
  if (version) return version;
  throw new FractalError('KERNEL_MISSING', `${povray} does not state its version: ${INSTALL.povray}`);
}

/** Without the dynamic loader's own library, which is in no file. */
async function librariesOf(povray: string): Promise<string[]> {
  const { stdout = '' } = await run('ldd', [povray], BRIEF).catch(() => ({ stdout: '' }));
  const found = [...stdout.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)].map(([, file]) => file as string);
  return [...new Set(found)];
}

/** Of 3.7.0.10: share/povray-3.7/include beside bin. */
async function includesOf(povray: string, version: string): Promise<string[]> {
  const [short] = /^\d+\.\d+/.exec(version) ?? [version];
  const prefixes = [...new Set([dirname(dirname(povray)), '/usr/local', '/usr'])];
  for (const prefix of prefixes) {
    const folder = join(prefix, 'share', `povray-${short}`, 'include');
    if (await isExecutable(folder)) return [folder];
  }
  return [];
}

/** Fonts are links to files elsewhere. */
async function linkedFrom(folders: readonly string[]): Promise<string[]> {
  const targets = new Set<string>();
  for (const folder of folders) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.isSymbolicLink()) targets.add(dirname(resolve(folder, await readlink(join(folder, entry.name)))));
    }
  }
  const outside = [...targets].filter((target) => !folders.includes(target));
  const there = await Promise.all(outside.map(isExecutable));
  return outside.filter((_, k) => there[k]);
}
