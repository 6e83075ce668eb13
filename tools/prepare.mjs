/**
 * npm runs this before it packs the folder: `npm install git+URL`, `npm pack`. What is built is packed as it is; else it is
 * built now, for which the development packages must be there. npm 11 leaves it out where .npmrc forbids scripts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PROGRAM } from '../bin/launch.mjs';

const root = resolve(import.meta.dirname, '..');
if (!existsSync(PROGRAM)) {
  if (existsSync(join(root, 'node_modules/typescript'))) {
    // Under npm, this is npm's own JavaScript: no shell and no .cmd is needed.
    const words = [process.env.npm_execpath, 'run', '-s', 'build'];
    process.exitCode = spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit' }).status ?? 1;
  } else {
    console.error('error: fractal is not built yet: run make build, or make pack for a package');
    process.exitCode = 1;
  }
}
