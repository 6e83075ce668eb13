/** Bundles web/, the dashboard, into dist/web: index.html, and files whose names have a digest of their content. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const out = join(root, 'dist/web');

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { app: 'web/main.tsx', style: 'web/style/style.css', icon: 'web/icon.svg' },
  outdir: out,
  entryNames: '[name]-[hash]',
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: ['chrome123', 'firefox120', 'safari17.5'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  loader: { '.svg': 'copy' },
  minify: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});
const made = Object.keys(metafile.outputs).map((path) => basename(path));
const named = (pattern) => made.find((name) => pattern.test(name));
const page = readFileSync(join(root, 'web/index.html'), 'utf8')
  .replace('SCRIPT', named(/^app-.*\.js$/))
  .replace('STYLE', named(/^style-.*\.css$/))
  .replace('ICON', named(/^icon-.*\.svg$/));
writeFileSync(join(out, 'index.html'), page);
