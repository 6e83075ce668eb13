/**
 * `make pictures`: renders the pictures of the README again, by the commands beside them: the first and the animation by
 * commands of their own, the others by the flags in their row of the table. `make gallery`: those of docs/gallery.md.
 */
import ffmpeg from '@ffmpeg-installer/ffmpeg';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(import.meta.dirname, '..');
const IMAGES = resolve(ROOT, 'docs/images');

/** Words of a line of the shell, which may be quoted. */
const wordsOf = (line) => [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);

/** Name in docs/images to the flags of `fractal leader` that shape it. */
export function picturesOf(readme) {
  const [, first = ''] = /^bin\/fractal leader --local (.*) -o still\.webp$/m.exec(readme) ?? [];
  const [, common = ''] = /`bin\/fractal leader --local FLAGS (.*) -o picture\.webp`/.exec(readme) ?? [];
  const rows = readme.matchAll(/^\| !\[.*\]\(docs\/images\/(.*)\) \| `(.*)` \|$/gm);
  return new Map([
    ['still.webp', wordsOf(first)],
    ...[...rows].map(([, name, flags]) => [name, wordsOf(`${flags} ${common}`)]),
  ]);
}

/** Name in docs/gallery to the flags of `fractal leader` that shape it. */
export function galleryOf(page) {
  const commands = page.matchAll(/^bin\/fractal leader --local (.*) -o (\S+\.webp)$/gm);
  return new Map([...commands].map(([, flags, name]) => [name, wordsOf(flags)]));
}

/** The animation: its name in docs/images, the flags of its film, and those of ffmpeg that make a .webp of the film. */
export function animationOf(readme) {
  const command = /^bin\/fractal leader --local (.*) -o end\.mp4\nffmpeg -i end\.mp4 (.*) (\S+\.webp)$/m;
  const [, film = '', conversion = '', name = ''] = command.exec(readme) ?? [];
  return { name, film: wordsOf(film), conversion: wordsOf(conversion) };
}

function run(program, words) {
  const { status } = spawnSync(program, words, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

function render(words, outfile) {
  run(resolve(ROOT, 'bin/fractal'), ['leader', '--local', ...words, '--quiet', '--no-store', '-o', outfile]);
  process.stdout.write(`${outfile}\n`);
}

function makePictures() {
  const readme = readFileSync(resolve(ROOT, 'README.md'), 'utf8');
  for (const [name, words] of picturesOf(readme)) render(words, resolve(IMAGES, name));
  const { name, film, conversion } = animationOf(readme);
  const [mp4, outfile] = [resolve(IMAGES, 'end.mp4'), resolve(IMAGES, name)];
  render(film, mp4);
  run(ffmpeg.path, ['-v', 'error', '-y', '-i', mp4, ...conversion, outfile]);
  rmSync(mp4);
  process.stdout.write(`${outfile}\n`);
}

/** `only`: pictures whose name contains it. */
function makeGallery(only = '') {
  const page = readFileSync(resolve(ROOT, 'docs/gallery.md'), 'utf8');
  for (const [name, words] of galleryOf(page)) {
    if (name.includes(only)) render(words, resolve(ROOT, 'docs/gallery', name));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , which, only] = process.argv;
  process.chdir(ROOT);
  if (which === 'gallery') makeGallery(only);
  else makePictures();
}
