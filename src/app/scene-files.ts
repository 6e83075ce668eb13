/**
 * The files of a POV-Ray scene: which of its folder it needs, and their bytes. Each file is read once, so that what is sent
 * has the digest that it is known by, even if it changes meanwhile.
 */

import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { messageOf } from '../errors.js';
import { type Asset, assetOf } from '../work/asset.js';
import { namedBy, quotedIn } from './scene-names.js';
import { refused } from './scene-place.js';

export interface SceneFile extends Asset {
  /** In the scene's folder, with '/'. */
  readonly path: string;
}

export interface SceneFiles {
  readonly files: readonly SceneFile[];
  /** Lines for the user: what was left out. */
  readonly notes: readonly string[];
}

export interface FilesOptions {
  /** All files of the folder, not only those that the scene names. */
  readonly all: boolean;
  /** Files that are written, which are no part of the scene. */
  readonly outfiles: readonly string[];
}

/** Of a scene: its files are in the memory of the leader, and of each worker. */
export const MOST_FILES = 1_000;
const MOST_BYTES = 512 << 20;
/** Of a folder, before the search ends. */
const MOST_SEEN = 20_000;
/** Longer files, and those with a zero, are no sources. */
const MOST_SOURCE_BYTES = 16 << 20;
const MOST_NAMED = 5;

/** @throws FractalError SCENE_FILES */
export async function sceneFiles(folder: string, main: string, options: FilesOptions): Promise<SceneFiles> {
  const seen = await filesIn(folder);
  const outfiles = new Set(options.outfiles.map((path) => resolve(path)));
  const paths = new Map([...seen.files].filter(([, { real }]) => !outfiles.has(real)));
  if (!paths.has(main)) throw refused(`"${join(folder, main)}" cannot be read, or leads out of the folder`);
  const chosen = new Map<string, SceneFile>();
  const texts = new Set<string>();
  let bytes = 0;

  async function take(path: string): Promise<void> {
    const file = paths.get(path) as Found;
    bytes += file.size;
    if (chosen.size === MOST_FILES || bytes > MOST_BYTES) {
      const most = `at most ${MOST_FILES} files and ${MOST_BYTES >> 20} MiB make a scene`;
      throw refused(
        `the scene in "${folder}" has more: ${most}; ${options.all ? 'leave out --all-files' : 'make it smaller'}`,
      );
    }
    const content = await readFile(file.real).catch((error) => {
      throw refused(`"${join(folder, path)}" cannot be read: ${messageOf(error)}`, error);
    });
    bytes += content.length - file.size;
    chosen.set(path, { path, ...assetOf(content) });
    if (content.length <= MOST_SOURCE_BYTES && !content.includes(0))
      for (const text of quotedIn(content.toString('latin1'))) texts.add(text);
  }

  await take(main);
  for (let grown = -1; grown < chosen.size; ) {
    grown = chosen.size;
    const isNamed = namedBy([...texts]);
    for (const path of [...paths.keys()].sort()) {
      if (!chosen.has(path) && (options.all || isNamed(path))) await take(path);
    }
  }
  return { files: [...chosen.values()], notes: notesOf(seen, [...texts]) };
}

interface Found {
  /** Where links lead. */
  readonly real: string;
  readonly size: number;
}

interface Seen {
  /** By path. */
  readonly files: ReadonlyMap<string, Found>;
  /** Links that lead out of the folder. */
  readonly outside: readonly string[];
  readonly isCut: boolean;
}

/** Files and links to files of the folder, those that are hidden apart. */
async function filesIn(folder: string): Promise<Seen> {
  const root = await realpath(folder);
  const files = new Map<string, Found>();
  const outside: string[] = [];
  const queue = [root];
  let count = 0;
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    const entries = await readdir(at, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith('.')) continue;
      if (++count > MOST_SEEN) return { files, outside, isCut: true };
      const path = join(at, entry.name);
      if (entry.isDirectory()) queue.push(path);
      if (!entry.isFile() && !entry.isSymbolicLink()) continue;
      const name = relative(root, path).split(sep).join('/');
      const real = await realpath(path).catch(() => undefined);
      const found = real === undefined ? undefined : await stat(real).catch(() => undefined);
      if (real === undefined || !found?.isFile()) continue;
      if (real.startsWith(root.endsWith(sep) ? root : root + sep)) files.set(name, { real, size: found.size });
      else outside.push(name);
    }
  }
  return { files, outside, isCut: false };
}

function notesOf({ outside, isCut }: Seen, texts: readonly string[]): string[] {
  const isNamed = namedBy(texts);
  const missing = outside.filter(isNamed);
  const more = missing.length > MOST_NAMED ? ` and ${missing.length - MOST_NAMED} more` : '';
  const named = missing.slice(0, MOST_NAMED).join(', ');
  return [
    ...(missing.length > 0 ? [`not sent: ${named}${more}: links that lead out of the scene's folder`] : []),
    ...(isCut ? [`the scene's folder has more than ${MOST_SEEN} files: those beyond are not sent`] : []),
  ];
}
