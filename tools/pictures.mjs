/**
 * `make pictures`: renders the pictures of the README again, by the commands beside them: the first by a command of its own,
 * the others by the flags in their row of the table.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(import.meta.dirname, '..');

/** Name in docs/images to the flags of `fractal leader` that shape it. */
export function picturesOf(readme) {
  const [, first = ''] = /^bin\/fractal leader --local (.*) -o still\.webp$/m.exec(readme) ?? [];
  const [, common = ''] = /`bin\/fractal leader --local FLAGS (.*) -o picture\.webp`/.exec(readme) ?? [];
  const rows = readme.matchAll(/^\| !\[.*\]\(docs\/images\/(.*)\) \| `(.*)` \|$/gm);
  const words = (flags) => flags.split(' ').filter((word) => word !== '');
  return new Map([
    ['still.webp', words(first)],
    ...[...rows].map(([, name, flags]) => [name, words(`${flags} ${common}`)]),
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, flags] of picturesOf(readFileSync(resolve(ROOT, 'README.md'), 'utf8'))) {
    const outfile = resolve(ROOT, 'docs/images', name);
    const words = ['leader', '--local', ...flags, '--quiet', '--no-store', '-o', outfile];
    const { status } = spawnSync(resolve(ROOT, 'bin/fractal'), words, { stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
    process.stdout.write(`${outfile}\n`);
  }
}
