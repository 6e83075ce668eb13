/**
 * The build identity: one SHA-256 over everything that shapes the bytes of a picture, equal on every machine and version
 * of Node for the same sources and lock file. Which files these are follows from the imports of the compiled program:
 *
 *   - every module of the folders in SHAPING that the program reaches, every module that is started as a thread, and all
 *     that these import;
 *   - every file that one of them names by `new URL('…', import.meta.url)`: the WebAssembly modules;
 *   - the assets (palettes);
 *   - of the packages that one of them imports, the version and the checksum in package-lock.json. (sharp names the
 *     versions of its binaries exactly.)
 *
 * Modules are hashed without comments and white space. `writeBuild` notes the identity in dist/build.json, beside the
 * checksums of the files that the program reads when it runs: src/build.ts compares them.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import { build, transform } from 'esbuild';

const ENTRY = 'dist/bin/main.js';
const SHAPING = /^dist\/src\/(view|shard|kernel|work|render|film)\//;
const NAMED = /new URL\('(\.[^']*)', import\.meta\.url\)/g;

/** `root`: of a checkout that has been compiled. */
export async function identityOf(root) {
  const inputs = await inputsOf(root);
  return { digest: await digestOf(root, inputs), inputs };
}

/** The names of what is hashed, sorted: files by their path from the root, and `package NAME`. */
export async function inputsOf(root) {
  const { modules, threads } = await modulesOf(root);
  const shaping = closure([...[...modules.keys()].filter((name) => SHAPING.test(name)), ...threads], modules);
  const assets = readdirSync(join(root, 'assets')).filter((name) => name.endsWith('.json'));
  const inputs = new Set(assets.map((name) => `assets/${name}`));
  for (const name of shaping) {
    const { external, named } = modules.get(name);
    inputs.add(name);
    for (const file of named) if (!file.endsWith('js')) inputs.add(file);
    for (const one of external) inputs.add(`package ${one}`);
  }
  return [...inputs].sort();
}

export async function digestOf(root, inputs) {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const contents = inputs.map((name) => contentOf(root, name, lock));
  const hash = createHash('sha256');
  for (const [at, content] of (await Promise.all(contents)).entries()) {
    hash.update(`${inputs[at]}\n${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

async function contentOf(root, name, lock) {
  const [, dependency] = /^package (.*)/.exec(name) ?? [];
  if (dependency) {
    const { version, integrity } = lock[`node_modules/${dependency}`] ?? {};
    return Buffer.from(`${version} ${integrity}`);
  }
  const bytes = readFileSync(join(root, name));
  if (!name.endsWith('.js')) return bytes;
  const text = bytes.toString();
  if (!minified.has(text)) minified.set(text, minify(text));
  return minified.get(text);
}

/** Text of a module to its promise without comments and white space: tests hash the same modules again and again. */
const minified = new Map();

async function minify(text) {
  const { code } = await transform(text, { minifyWhitespace: true, legalComments: 'none' });
  return Buffer.from(code);
}

/** Writes dist/build.json. `bundles`: files made of modules, which the program runs in their place. */
export async function writeBuild(root, bundles) {
  const { digest, inputs } = await identityOf(root);
  const read = [...inputs.filter((name) => /^(dist|assets)\/.*(?<!\.js)$/.test(name)), ...bundles];
  const files = read.map((name) => [name, sha256(readFileSync(join(root, name)))]);
  writeFileSync(join(root, 'dist/build.json'), `${JSON.stringify({ digest, files: Object.fromEntries(files) }, null, 2)}\n`);
}

/** Every module that the program reaches, by import or as a thread or process of its own; and which of them are threads. */
async function modulesOf(root) {
  const modules = new Map();
  const threads = new Set();
  let entries = [ENTRY];
  while (entries.length > 0) {
    for (const [name, { imports }] of Object.entries(await graphOf(root, entries))) {
      const text = readFileSync(join(root, name), 'utf8');
      const external = imports.filter((one) => one.external && !isBuiltin(one.path)).map((one) => packageOf(one.path));
      const named = [...text.matchAll(NAMED)].map(([, file]) => posix.join(posix.dirname(name), file));
      const inside = imports.filter((one) => !one.external).map((one) => one.path);
      modules.set(name, { text, external, named, inside });
    }
    // The bundle x.cjs was made of the module x.js.
    const started = [...modules.values()].flatMap(({ named }) => named.filter((file) => /\.c?js$/.test(file)));
    for (const file of started) if (file.endsWith('.cjs')) threads.add(sourceOf(file));
    entries = [...new Set(started.map(sourceOf))].filter((name) => !modules.has(name));
  }
  return { modules, threads };
}

async function graphOf(root, entryPoints) {
  const options = { bundle: true, write: false, outdir: 'unused', format: 'esm', platform: 'node', logLevel: 'error' };
  const { metafile } = await build({ ...options, entryPoints, absWorkingDir: root, packages: 'external', metafile: true });
  return metafile.inputs;
}

function closure(roots, modules) {
  const found = new Set();
  const visit = (name) => {
    if (found.has(name)) return;
    found.add(name);
    for (const one of modules.get(name).inside) visit(one);
  };
  for (const name of roots) visit(name);
  return found;
}

const sourceOf = (file) => file.replace(/\.cjs$/, '.js');
const packageOf = (path) => /^(@[^/]+\/)?[^/]+/.exec(path)[0];
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
