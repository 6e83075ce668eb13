/** Bundles web/ into dist/web: the pages (dashboard, explorer, docs), and files whose names have a digest of their content. */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const out = join(root, 'dist/web');

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const shared = {
  absWorkingDir: root,
  outdir: out,
  entryNames: '[name]-[hash]',
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: ['chrome123', 'firefox120', 'safari17.5'],
  minify: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};
const outputsOf = ({ metafile }) => Object.keys(metafile.outputs).map((path) => basename(path));
/** A thread of the explorer; its page starts it by this name. */
const [thread] = outputsOf(await build({ ...shared, entryPoints: { unpack: 'web/explore/engine/unpack-worker.ts' } }));
const pages = await build({
  ...shared,
  entryPoints: {
    app: 'web/main.tsx',
    style: 'web/style/style.css',
    explore: 'web/explore/main.tsx',
    'explore-style': 'web/explore/style/explore.css',
    docs: 'web/docs/main.ts',
    'docs-style': 'web/docs/docs.css',
    icon: 'web/icon.svg',
  },
  jsx: 'automatic',
  jsxImportSource: 'preact',
  assetNames: '[name]-[hash]',
  loader: { '.svg': 'copy', '.webp': 'file' },
  define: { UNPACK_WORKER: JSON.stringify(`./${thread}`) },
});
const made = outputsOf(pages);
const named = (pattern) => made.find((name) => pattern.test(name));
for (const [page, script, style] of [
  ['index.html', /^app-.*\.js$/, /^style-.*\.css$/],
  ['explore/explore.html', /^explore-.*\.js$/, /^explore-style-.*\.css$/],
  ['docs/docs.html', /^docs-.*\.js$/, /^docs-style-.*\.css$/],
]) {
  const text = readFileSync(join(root, 'web', page), 'utf8')
    .replace('SCRIPT', named(script))
    .replace('STYLE', named(style))
    .replace('ICON', named(/^icon-.*\.svg$/));
  writeFileSync(join(out, basename(page)), text);
}
// The licence of Swagger UI (Apache 2.0) asks for these beside the bundle.
for (const name of ['LICENSE', 'NOTICE', 'swagger-ui-es-bundle.js.LICENSE.txt'])
  copyFileSync(join(root, 'node_modules/swagger-ui-dist', name), join(out, `swagger-ui-${name.replace('swagger-ui-', '')}`));
