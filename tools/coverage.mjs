/**
 * `make coverage`: which lines of src and bin the tests run, those of child processes included, as a table and in
 * coverage/index.html. usage: node tools/coverage.mjs [words for test/run.mjs]
 * Positions in packed files map to lines too coarsely: meanwhile the files of threads only load the modules beside them.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const BUNDLES = ['src/worker/thread.cjs', 'src/kernel/perturbation/reference-thread.cjs'].map((name) => resolve(root, 'dist', name));
const kept = (bundle) => `${bundle}.kept`;

for (const bundle of BUNDLES) {
  copyFileSync(bundle, kept(bundle));
  writeFileSync(bundle, `import(${JSON.stringify(`file://${bundle.replace(/\.cjs$/, '.js')}`)});\n`);
}
try {
  const words = [resolve(root, 'node_modules/c8/bin/c8.js'), process.execPath, resolve(root, 'test/run.mjs')];
  const { status } = spawnSync(process.execPath, [...words, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  for (const bundle of BUNDLES) {
    copyFileSync(kept(bundle), bundle);
    rmSync(kept(bundle));
  }
}
