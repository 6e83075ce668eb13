/** Where a POV-Ray scene is: its folder, the file that is rendered, its .ini. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { FractalError, messageOf } from '../errors.js';
import { type Ini, parseIni } from '../request/povray/ini.js';

export interface ScenePlace {
  /** The folder that paths in the scene are relative to. */
  readonly folder: string;
  /** The file that is rendered, in the folder. */
  readonly main: string;
  readonly ini?: { readonly name: string; readonly content: Ini };
  /** Lines for the user. */
  readonly notes: readonly string[];
}

/** Names of the file that is rendered, where a folder has several. */
const USUAL = ['main.pov', 'scene.pov'] as const;
const MAX_INI_BYTES = 1 << 20;
const MOST_NAMED = 8;

/** `path`: a folder, a .pov, or an .ini that names one. @throws FractalError SCENE_FILES */
export async function scenePlace(path: string): Promise<ScenePlace> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is no such file or folder' : messageOf(error);
    throw refused(`"${path}": ${why}`, error);
  });
  const isFolder = found.isDirectory();
  if (!isFolder && !found.isFile()) throw refused(`"${path}" is neither a file nor a folder`);
  const folder = isFolder ? path : dirname(path);
  const names = await namesIn(folder);
  const isIni = !isFolder && extname(path).toLowerCase() === '.ini';
  const inis = await inisOf(folder, isIni ? [basename(path)] : names);
  if (!isFolder && !isIni) return withIni(folder, basename(path), inis);
  if (isIni) {
    const [ini] = inis;
    const main = ini?.content.values.get('input_file_name') ?? names.find((name) => hasStem(name, path, '.pov'));
    if (main === undefined) throw refused(`"${path}" has no Input_File_Name, and there is no .pov of its name`);
    return { folder, main: plainMain(main, names, path), ...(ini ? { ini } : {}), notes: [] };
  }
  return withIni(folder, mainOf(folder, names, inis), inis);
}

function mainOf(folder: string, names: readonly string[], inis: readonly NamedIni[]): string {
  const scenes = names.filter((name) => extname(name).toLowerCase() === '.pov');
  if (scenes.length === 0) throw refused(`the folder "${folder}" has no .pov: name the file that is to be rendered`);
  const named = [...new Set(inis.flatMap(({ content }) => content.values.get('input_file_name') ?? []))];
  const likely = [`${basename(resolve(folder))}.pov`, ...USUAL].find((name) => scenes.includes(name));
  if (scenes.length === 1 || likely !== undefined) return likely ?? (scenes[0] as string);
  if (named.length === 1 && scenes.includes(named[0] as string)) return named[0] as string;
  const more = scenes.length > MOST_NAMED ? ` and ${scenes.length - MOST_NAMED} more` : '';
  const list = `${scenes.slice(0, MOST_NAMED).join(', ')}${more}`;
  throw refused(`the folder "${folder}" has ${scenes.length} scenes (${list}): name the one that is to be rendered`);
}

interface NamedIni {
  readonly name: string;
  readonly content: Ini;
}

/** With the .ini of the scene's name, or the only one that may be its own. */
function withIni(folder: string, main: string, inis: readonly NamedIni[]): ScenePlace {
  const own = inis.filter(({ content }) => [undefined, main].includes(content.values.get('input_file_name')));
  const ini = own.find(({ name }) => hasStem(name, main, '.ini')) ?? (own.length === 1 ? own[0] : undefined);
  const notes =
    !ini && own.length > 1
      ? [`not used: ${own.map(({ name }) => name).join(', ')}: none has the name of ${main}; name the .ini instead`]
      : [];
  return { folder, main, ...(ini ? { ini } : {}), notes };
}

function plainMain(main: string, names: readonly string[], ini: string): string {
  const plain = main.replace(/^\.\//, '');
  if (names.includes(plain)) return plain;
  throw refused(`"${ini}" names Input_File_Name=${main}, which is not in its folder`);
}

async function inisOf(folder: string, names: readonly string[]): Promise<NamedIni[]> {
  const found: NamedIni[] = [];
  for (const name of names.filter((one) => extname(one).toLowerCase() === '.ini')) {
    const path = `${folder}/${name}`;
    const { size } = await stat(path).catch(() => ({ size: Infinity }));
    if (size > MAX_INI_BYTES) continue;
    found.push({ name, content: parseIni(await readFile(path, 'utf8')) });
  }
  return found;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  } catch (error) {
    throw refused(`the folder "${folder}" cannot be read: ${messageOf(error)}`, error);
  }
}

function hasStem(name: string, like: string, extension: string): boolean {
  const stem = basename(like, extname(like)).toLowerCase();
  return name.toLowerCase() === `${stem}${extension}`;
}

export function refused(why: string, cause?: unknown): FractalError {
  return new FractalError('SCENE_FILES', why, { cause });
}
