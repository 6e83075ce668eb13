/**
 * Packs what starts often, the program, its local workers and their threads, each with the modules that it imports: a
 * start reads a few files instead of hundreds (docs/performance.md). In place, over what tsc has just written.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { build } from 'esbuild';

const dist = resolve(import.meta.dirname, '../dist');

/** Modules find files beside themselves: in the pack each still knows where it was. `folder`: of the pack. */
const places = (folder) => ({
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, ({ path }) => {
      if (!path.startsWith(dist)) return undefined;
      const here = `new URL(${JSON.stringify(relative(folder, path))}, import.meta.url).href`;
      return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', here) };
    });
  },
});

/** All packs of a call lie in one folder, with what they share. */
async function pack(folder, names) {
  for (const name of readdirSync(folder)) if (name.startsWith('pack-')) rmSync(resolve(folder, name));
  await build({
    entryPoints: names.map((name) => resolve(folder, name)),
    outdir: folder,
    allowOverwrite: true,
    bundle: true,
    splitting: true,
    chunkNames: 'pack-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'warning',
    // With binaries, or seldom needed.
    external: ['@img/*', 'gpu.js', 'webgpu', '@ffmpeg-installer/ffmpeg', 'fluent-ffmpeg'],
    // Packages in CommonJS call require().
    banner: { js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);" },
    plugins: [places(folder)],
  });
}

await pack(resolve(dist, 'bin'), ['main.js', 'local-worker.js']);
await pack(resolve(dist, 'src/worker'), ['thread.js']);
