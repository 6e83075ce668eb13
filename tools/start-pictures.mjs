/**
 * Renders the small pictures of the explorer's places to start from into web/explore/starts.webp, one below the other. To be run after
 * a change of web/explore/starts.ts, on a built program: node tools/start-pictures.mjs
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import sharp from 'sharp';

/** The pictures may not be there yet. */
const WITHOUT_PICTURES = {
  name: 'without pictures',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.webp$/ }, ({ path }) => ({ path, namespace: 'none' }));
    onLoad({ filter: /./, namespace: 'none' }, () => ({ contents: 'export default ""' }));
  },
};

const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'fractal-starts-'));
try {
  const outfile = join(folder, 'starts.mjs');
  await build({ absWorkingDir: root, entryPoints: ['web/explore/starts.ts'], bundle: true, format: 'esm', outfile, plugins: [WITHOUT_PICTURES] });
  const { STARTS, START_PICTURE } = await import(pathToFileURL(outfile).href);
  // Twice the pixels of the page, for screens with small ones.
  const [width, height] = [2 * START_PICTURE.width, 2 * START_PICTURE.height];
  const pictures = STARTS.map(({ look: { place, scene } }, k) => {
    const { re, im, zoom, rotation } = place;
    const flags = { ...scene, xpos: re, ypos: im, zoom, rotate: rotation, width, height, samples: 16 };
    const file = join(folder, `${k}.png`);
    const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const { status } = spawnSync(process.execPath, [join(root, 'bin/fractal.mjs'), 'leader', '--local', '--quiet', ...words, '-o', file], { stdio: 'inherit' });
    if (status !== 0) throw new Error(`${STARTS[k].name} was not rendered`);
    return { input: file, left: 0, top: k * height };
  });
  const sheet = sharp({ create: { width, height: height * pictures.length, channels: 3, background: 'black' } });
  await sheet.composite(pictures).webp({ quality: 82 }).toFile(join(root, 'web/explore/starts.webp'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
