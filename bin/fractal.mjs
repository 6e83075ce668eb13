#!/usr/bin/env node
// The launcher: checks what a new installation may lack, then starts the compiled program. It is what npm links, on any system.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load, PROGRAM } from './launch.mjs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 15)) {
  console.error(`error: fractal needs Node 20.15 or newer, this is ${process.version}`);
  process.exitCode = 2;
} else if (!existsSync(PROGRAM)) {
  const folder = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
  // Packages have none.
  const isCheckout = existsSync(join(folder, 'Makefile'));
  const wayOut = isCheckout
    ? `fractal is not built yet: run make -C '${folder}' build`
    : 'this package of fractal was packed before it was built: run make pack in its clone, and install what that writes';
  console.error(`error: ${wayOut}`);
  process.exitCode = 2;
} else {
  // Coverage counts modules, not the bundle.
  const { start } = process.env.NODE_V8_COVERAGE ? await import('../dist/bin/main.js') : load();
  await start(process.argv.slice(2));
}
