/**
 * Bundles the program and its threads, each with the modules that it imports, next to the output of tsc: a start reads one
 * file instead of hundreds, and uses its cached compilation (docs/performance.md).
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import { COMPILED, load, PROGRAM } from '../bin/launch.mjs';
import { writeBuild } from './build-identity.mjs';

const root = resolve(import.meta.dirname, '..');
const dist = join(root, 'dist');
/** Entry modules with the file of their bundle and their options. */
const BUNDLES = {
  // Code from V8's cache cannot import() later: modules outside the bundle are loaded with require.
  'bin/main.js': { outfile: PROGRAM, supported: { 'dynamic-import': false } },
  'src/worker/thread.js': { outfile: join(dist, 'src/worker/thread.cjs') },
  'src/kernel/perturbation/reference-thread.js': { outfile: join(dist, 'src/kernel/perturbation/reference-thread.cjs') },
  'src/kernel/perturbation/table-thread.js': { outfile: join(dist, 'src/kernel/perturbation/table-thread.cjs') },
  'src/film/assembler-thread.js': { outfile: join(dist, 'src/film/assembler-thread.cjs') },
};

/** Modules find files relative to themselves: in a bundle `import.meta.url` of each is still its own. `folder`: of the bundle. */
const places = (folder) => ({
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, ({ path }) => {
      if (!path.startsWith(dist)) return undefined;
      const here = `new URL(${JSON.stringify(relative(folder, path))}, BUNDLE).href`;
      return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', here) };
    });
  },
});

async function bundle(module, { outfile, ...more }) {
  await build({
    entryPoints: [join(dist, module)],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
    // With native binaries, or rarely needed.
    external: ['@img/sharp-*', 'gpu.js', 'webgpu', '@ffmpeg-installer/ffmpeg', 'fluent-ffmpeg', 'libsql', 'hono', '@hono/node-server', 'ioredis'],
    banner: { js: "const BUNDLE = require('node:url').pathToFileURL(__filename).href;" },
    inject: [resolve(dist, 'src/stacks.js')],
    define: { 'import.meta.url': 'BUNDLE' },
    plugins: [places(dirname(outfile))],
    ...more,
  });
}

/** Runs the program once, so that V8 has compiled what a start needs: also what talks to others. */
async function compile() {
  rmSync(COMPILED, { force: true });
  const folder = mkdtempSync(join(tmpdir(), 'fractal-build-'));
  const { start, script } = load();
  const view = '-x -0.75 -y 0.1 --zoom 100 --width 64 --height 36 --iters 200'.split(' ');
  const files = ['-o', join(folder, 'x.png'), '--store', join(folder, 'store')];
  await start(['leader', '--local', '1', '--listen', '127.0.0.1:0', ...view, ...files, '--quiet']);
  if (!process.exitCode) writeFileSync(COMPILED, script.createCachedData());
  rmSync(folder, { recursive: true });
}

await Promise.all(Object.entries(BUNDLES).map(([module, options]) => bundle(module, options)));
await writeBuild(root, Object.values(BUNDLES).map(({ outfile }) => relative(root, outfile)));
await compile();
