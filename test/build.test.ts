/** The build identity: everything that shapes a picture's bytes is in it, nothing else, and what was built is what runs. */

import assert from 'node:assert/strict';
import { appendFileSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildDigest, checkedBuild } from '../src/build.js';
import { folder, fractal } from './e2e/processes.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const tool = (await import(new URL('../../tools/build-identity.mjs', import.meta.url).href)) as {
  identityOf(root: string): Promise<{ readonly digest: string; readonly inputs: readonly string[] }>;
  digestOf(root: string, inputs: readonly string[]): Promise<string>;
};

/** A copy of what was built, without tests. */
function copy(t: TestContext): string {
  const root = folder(t);
  for (const name of ['dist/src', 'dist/bin', 'dist/gen', 'dist/build.json', 'assets', 'package-lock.json']) {
    cpSync(join(ROOT, name), join(root, name), { recursive: true, filter: (path) => !path.endsWith('.v8') });
  }
  // Dependencies are named by the lock file.
  return root;
}

test('the identity of this build is the one that the build recorded', async () => {
  assert.equal((await tool.identityOf(ROOT)).digest, buildDigest());
  assert.match(buildDigest(), /^[0-9a-f]{64}$/);
});

test('a copy elsewhere has the same identity, and each input that changes, changes it', async (t) => {
  const root = copy(t);
  const { digest, inputs } = await tool.identityOf(root);
  assert.equal(digest, buildDigest());
  for (const name of inputs) {
    const [, dependency] = /^package (.*)/.exec(name) ?? [];
    const file = join(root, dependency ? 'package-lock.json' : name);
    const before = readFileSync(file);
    if (dependency) {
      const lock = JSON.parse(before.toString());
      lock.packages[`node_modules/${dependency}`].integrity += 'x';
      writeFileSync(file, JSON.stringify(lock));
    } else if (name.endsWith('.js')) {
      appendFileSync(file, '\nglobalThis.changed = 1;\n');
    } else {
      const bytes = Buffer.from(before);
      bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
      writeFileSync(file, bytes);
    }
    assert.notEqual(await tool.digestOf(root, inputs), digest, name);
    writeFileSync(file, before);
  }
  assert.equal(await tool.digestOf(root, inputs), digest);
});

test('every WebAssembly module, the palettes and all that threads and painting import are inputs', async () => {
  const { inputs } = await tool.identityOf(ROOT);
  const has = (name: string) => assert.ok(inputs.includes(name), name);
  const assembly = join(ROOT, 'src/kernel/assembly');
  const configs = readdirSync(assembly, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /asconfig\.json$/.test(name),
  );
  for (const name of configs) {
    const { targets } = JSON.parse(readFileSync(join(assembly, name), 'utf8'));
    has(relative(ROOT, resolve(assembly, dirname(name), targets.release.outFile)));
  }
  assert.ok(configs.length >= 3);
  has('assets/palettes.json');
  for (const name of ['worker/thread', 'kernel/perturbation/reference-thread', 'errors']) has(`dist/src/${name}.js`);
  for (const name of ['shard/block', 'shard/assemble', 'view/plane', 'render/paint']) has(`dist/src/${name}.js`);
});

test('a module that something which shapes pictures begins to import is an input from then on', async (t) => {
  const root = copy(t);
  const { digest } = await tool.identityOf(root);
  const added = join(root, 'dist/src/metrics/added.js');
  writeFileSync(added, 'export const added = 1;');
  assert.equal((await tool.identityOf(root)).digest, digest, 'it is there, and shapes nothing');
  appendFileSync(join(root, 'dist/src/shard/split.js'), "\nimport '../metrics/added.js';");
  const imported = await tool.identityOf(root);
  assert.ok(imported.inputs.includes('dist/src/metrics/added.js'));
  writeFileSync(added, 'export const added = 2;');
  assert.notEqual((await tool.identityOf(root)).digest, imported.digest);
});

test('code that shapes no picture is no part of the identity: help, the cluster, the store, comments', async (t) => {
  const root = copy(t);
  const { digest } = await tool.identityOf(root);
  for (const name of ['bin/help', 'bin/main', 'src/cluster/grpc', 'src/store/store', 'src/worker/session']) {
    appendFileSync(join(root, `dist/${name}.js`), '\nglobalThis.changed = 1;\n');
  }
  appendFileSync(join(root, 'dist/src/render/paint.js'), '\n// A remark.\n//# sourceMappingURL=/tmp/paint.js.map\n');
  assert.equal((await tool.identityOf(root)).digest, digest);
});

test('a build with a changed or missing file is refused, and the file named', (t) => {
  const root = copy(t);
  const here = pathToFileURL(`${root}/`);
  assert.equal(checkedBuild(here).digest, buildDigest());
  const changed = join(root, 'dist/src/kernel/direct.wasm');
  appendFileSync(changed, 'x');
  const stale = { code: 'BUILD_STALE', message: /^dist\/src\/kernel\/direct\.wasm is not .*run "make build"$/ };
  assert.throws(() => checkedBuild(here), stale);
  rmSync(changed);
  assert.throws(() => checkedBuild(here), stale);
  rmSync(join(root, 'dist/build.json'));
  assert.throws(() => checkedBuild(here), { code: 'BUILD_STALE', message: /^dist\/build\.json cannot be read/ });
});

test('`fractal version` names the build', async (t) => {
  const { stdout } = await fractal(t, ['version']);
  assert.ok(stdout.includes(`build ${buildDigest().slice(0, 12)}`), stdout);
});
