/** Single parts of the WebAssembly kernels: compiled for tests from src/kernel/assembly/testing. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { abort } from '../../src/kernel/wasm.js';

/** What testing/index.ts exports: functions, and constants as globals. */
export type Parts = Readonly<Record<string, (...values: (number | bigint)[]) => number>>;

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** An instance on the given memory. */
export function openParts(memory: WebAssembly.Memory): Parts {
  const { exports } = new WebAssembly.Instance(compiled(), { env: { memory, abort } });
  return exports as Parts;
}

let module: WebAssembly.Module | undefined;

function compiled(): WebAssembly.Module {
  if (module) return module;
  const folder = mkdtempSync(join(tmpdir(), 'fractal-parts-'));
  const file = join(folder, 'parts.wasm');
  const asc = join(ROOT, 'node_modules/assemblyscript/bin/asc.js');
  // Not optimized, which takes seconds: the numbers are the same.
  const options =
    '--runtime stub --enable simd,threads --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536';
  try {
    execFileSync(
      process.execPath,
      [asc, 'src/kernel/assembly/testing/index.ts', ...options.split(' '), '--outFile', file],
      {
        cwd: ROOT,
      },
    );
    module = new WebAssembly.Module(readFileSync(file));
  } finally {
    rmSync(folder, { recursive: true });
  }
  return module;
}
