/**
 * The npm packages of the kernels on gpu.js. A checkout has them; an installation of the package `fractal` has them where
 * its user installs them beside it, since they are large and build native code.
 */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Installs them, in the folder in which `fractal` was installed: its peers in package.json. */
export const INSTALL = 'npm install --ignore-scripts gpu.js@2.24.1 webgpu@0.3.10';

/** The folder of a package; undefined: it is not installed. */
export function folderOf(name: string): string | undefined {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  return folders.map((folder) => join(folder, name)).find((folder) => existsSync(join(folder, 'package.json')));
}

export function isInstalled(name: string): boolean {
  return folderOf(name) !== undefined;
}
