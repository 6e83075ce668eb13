/** The pictures of the README can be rendered again, and its commands and flags exist. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { readWords, spelling } from '../bin/command-line.js';
import { COMMANDS } from '../bin/commands.js';
import { leaderOptions } from '../bin/options.js';
import { prepare } from '../src/app/prepare.js';
import { readLocation } from '../src/request/location/location.js';
import { pictureFlags } from '../src/request/metadata.js';
import { folder, fractal } from './e2e/processes.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const IMAGES = join(ROOT, 'docs/images');
const tool = (await import(new URL('../../tools/pictures.mjs', import.meta.url).href)) as {
  picturesOf(readme: string): Map<string, string[]>;
  animationOf(readme: string): { name: string; film: string[] };
};
const PICTURES = tool.picturesOf(README);
const ANIMATION = tool.animationOf(README);

test('every picture of the README has its command beside it, and no other file is in docs/images', () => {
  const shown = [...README.matchAll(/\]\(docs\/images\/([^)]*)\)/g)].map(([, name]) => name);
  const made = [...PICTURES.keys(), ANIMATION.name].sort();
  assert.deepEqual(made, [...new Set(shown)].sort());
  assert.deepEqual(made, readdirSync(IMAGES).sort());
  assert.ok(PICTURES.size >= 11);
});

test('every picture contains the parameters of its command: after a change run make pictures', async () => {
  for (const [name, words] of PICTURES) {
    const request = await requestOf(words);
    assert.equal(request.autoIterations, false, `${name}: the limit is in the command`);
    const { request: made } = await prepare(request, { emit: () => undefined, signal: new AbortController().signal });
    assert.deepEqual((await readLocation(join(IMAGES, name))).flags, pictureFlags(made), name);
  }
});

/** The request of these flags of `fractal leader`. */
async function requestOf(words: string[]) {
  return (await leaderOptions(readWords(words, 'fractal leader', COMMANDS.leader?.flags ?? {}))).request;
}

test('the animation has the size, the frames and the speed of its command, and less than 3 MB', async () => {
  const { width, height, film } = await requestOf(ANIMATION.film);
  const path = join(IMAGES, ANIMATION.name);
  const { width: columns, pageHeight, pages, delay, loop } = await sharp(path, { animated: true }).metadata();
  assert.deepEqual(
    { columns, pageHeight, pages, loop },
    { columns: width, pageHeight: height, pages: film.frames, loop: 0 },
  );
  assert.deepEqual(new Set(delay), new Set([1000 / film.fps]));
  assert.ok(statSync(path).size < 3e6);
});

for (const name of ['still.webp', 'elephants.webp', 'ship.webp']) {
  test(`${name}: rendered again from its own parameters it has the same pixels`, { timeout: 600_000 }, async (t) => {
    const at = folder(t);
    const words = ['leader', '--local', '--location', join(IMAGES, name), '-o', name, '--quiet'];
    const { code, stderr } = await fractal(t, words, at);
    assert.equal(code, 0, stderr);
    const [stored, fresh] = await Promise.all([pixelsOf(join(IMAGES, name)), pixelsOf(join(at, name))]);
    assert.equal(stored.length, fresh.length);
    const sum = stored.reduce((total, value, k) => total + Math.abs(value - (fresh[k] ?? 0)), 0);
    // The same samples; WebP loses something, and another version of its library perhaps something else.
    assert.ok(sum / stored.length < 0.5, `mean difference ${sum / stored.length} of 255`);
  });
}

async function pixelsOf(path: string): Promise<Buffer> {
  return sharp(path).removeAlpha().raw().toBuffer();
}

/** Lines of code blocks that run the program, and what make passes on, without comment and redirection. */
function commandLines(): string[] {
  const blocks = [...README.matchAll(/^```(?:sh)?\n([\s\S]*?)^```/gm)].flatMap(([, text = '']) => text.split('\n'));
  const direct = blocks.map((line) => /^(?:\$ )?(?:bin\/)?fractal (.*)$/.exec(line)?.[1]);
  const made = blocks.map((line) => /^make leader ARGS="(.*)"$/.exec(line)?.[1]?.replace(/^/, 'leader '));
  const inline = [...README.matchAll(/`(?:bin\/)?fractal ([^`]+)`/g)].map(([, line]) => line);
  return [...direct, ...made, ...inline].flatMap((line) =>
    line === undefined ? [] : [line.replace(/\s+[#>].*$/, '')],
  );
}

test('every command line of the README is understood by the program', () => {
  const lines = commandLines();
  assert.ok(lines.length > 20);
  for (const line of lines) {
    const [name = '', ...words] = line.split(/\s+/).map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
    if (['COMMAND', 'help'].includes(name) || words.includes('FLAGS')) continue;
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : assert.fail(line);
    assert.doesNotThrow(() => readWords(words, `fractal ${name}`, command?.flags ?? {}), line);
  }
});

test('the table of flags has one flag a row, spelt as in the help', () => {
  const rows = [...README.matchAll(/^\| `(--[^`]*)`(?:, `(-\w)`)? \| .+ \|$/gm)];
  assert.ok(rows.length > 15);
  for (const [row, term = '', short] of rows) {
    const name = /^--([\w-]+)/.exec(term)?.[1] ?? '';
    const flag = COMMANDS.leader?.flags[name];
    assert.ok(flag, row);
    assert.equal(term, spelling(name, flag), row);
    if (short) assert.ok([flag.alias].flat().includes(short.slice(1)), row);
  }
  for (const [word, name = ''] of README.matchAll(/`(?:[^`]* )?--([a-z][\w-]*)/g)) {
    const known = Object.values(COMMANDS).some(({ flags }) => name in flags || `no-${name}` in flags);
    assert.ok(known || name.startsWith('no-'), word);
  }
});
