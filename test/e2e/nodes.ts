/**
 * The versions of Node that tests run on. FRACTAL_NODES lists the executables, separated as in PATH; else those of npm's
 * `node-linux-*` packages under .ci/node* are taken, and this one.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CI = fileURLToPath(new URL('../../../.ci', import.meta.url));

/** Major versions. */
export const WANTED: readonly number[] = [20, 22, 24];

/** Those that are here: major version to executable. */
export function nodesHere(): ReadonlyMap<number, string> {
  const named = process.env.FRACTAL_NODES?.split(delimiter).filter((path) => path !== '');
  const nodes = [process.execPath, ...(named ?? installed())].map((path) => {
    const version = execFileSync(path, ['--version'], { encoding: 'utf8' });
    return [Number(/^v(\d+)/.exec(version)?.[1]), path] as const;
  });
  return new Map(nodes.filter(([major]) => WANTED.includes(major)));
}

function installed(): string[] {
  const homes = existsSync(CI) ? readdirSync(CI) : [];
  const name = `node-${process.platform}-${process.arch}`;
  return homes.map((home) => join(CI, home, 'node_modules', name, 'bin/node')).filter((path) => existsSync(path));
}
