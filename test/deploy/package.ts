/** The npm package of this checkout: packed once for a file of tests, and installed into empty folders. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { folder, type Outcome, run } from '../e2e/processes.js';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface Package {
  readonly filename: string;
  /** Bytes of the archive, and of its files. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

/** What `npm pack` does with what is built; `to`: the folder that gets the archive, else it is not written. */
export function pack(to?: string): Package {
  const words = to === undefined ? ['--dry-run'] : ['--pack-destination', to];
  const text = execFileSync('npm', ['pack', '--json', '--ignore-scripts', ...words], {
    ...{ cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  });
  const [found] = Object.values(JSON.parse(text) as Record<string, Package>);
  return found as Package;
}

/** A folder with what git has of this checkout, changes among it, and nothing that was built. */
export function cloneOf(t: TestContext): string {
  const clone = folder(t);
  const names = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  const files = execFileSync('tar', ['-C', ROOT, '--null', '-T', '-', '-c'], { input: names, maxBuffer: 2 ** 30 });
  execFileSync('tar', ['-C', clone, '-x'], { input: files });
  return clone;
}

const UNREACHABLE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED/;

/** Installs an archive as a user does; the folder. undefined: there is no npm registry, and the test is skipped. */
export async function install(t: TestContext, archive: string): Promise<string | undefined> {
  const path = folder(t);
  const words = ['install', '--no-audit', '--no-fund', '--prefer-offline', archive];
  const { code, stderr }: Outcome = await run(t, ['npm', ...words], path).ended;
  if (code === 0) return path;
  if (!UNREACHABLE.test(stderr)) throw new Error(stderr);
  t.skip('no npm registry can be reached');
  return undefined;
}

/** The program as npm links it in a folder. */
export const linked = (path: string) => join(path, 'node_modules/.bin/fractal');
