/**
 * The flags of a request come from three sources: the command line has precedence over the request file that
 * it names, which has precedence over the location file that either names. A flag also replaces its alternatives in the
 * sources of lower precedence.
 */

import { wholeOf } from '../view/decimal.js';
import { type OtherKeys, readRequestFile } from './file.js';
import { FILM_FLAGS } from './flags/film.js';
import { ALTERNATIVES, OLDER_NAMES } from './flags/index.js';
import type { Location } from './location/location.js';
import { invalid, type RawFlags } from './values.js';

/**
 * `others`: keys that the request file may have besides flags. `notes`: lines about the location file, for the user.
 * @throws FractalError
 */
export async function flagsOfSources(given: RawFlags, others: OtherKeys = {}): Promise<Location> {
  const typed = withOlder(given);
  refuseSharedInput(typed);
  const file = typed.request === undefined ? {} : await readRequestFile(typed.request, others);
  const combined = replaced(file, typed);
  // A request file can name a hostfile, too.
  refuseSharedInput(combined);
  const location = combined.location === undefined ? { flags: {}, notes: [] } : await locationOf(combined.location);
  const [flags, own] = [await withPalette(location.flags), await withPalette(combined)];
  return {
    flags: await withPath(replaced(flags.flags, own.flags)),
    notes: [...location.notes, ...flags.notes, ...own.notes],
  };
}

/** What a palette's file holds in the place of its name; flags beside it have precedence over what else it holds. */
async function withPalette(flags: RawFlags): Promise<Location> {
  const { palette } = flags;
  if (palette === undefined) return { flags, notes: [] };
  const { importedColours } = await import('./palette-file.js');
  const read = await importedColours(palette);
  return read ? { flags: { ...read.flags, ...flags, palette: read.palette }, notes: read.notes } : { flags, notes: [] };
}

/** The flags with others in their place, as those of the command line have precedence over those of a file. */
export function replaced(flags: RawFlags, others: RawFlags): RawFlags {
  return { ...withoutAlternatives(withoutFound(flags, others), others), ...others };
}

/** What `--colors auto` found, and what it was found for. */
const FOUND = ['colors', 'density', 'offset', 'color-curve'];
const FOUND_FOR = [
  ...(['xpos', 'ypos', 'zoom', 'view-width', 'formula', 'power', 'julia-re', 'julia-im', 'path'] as const),
  ...(['xpos-end', 'ypos-end', 'zoom-end', 'view-width-end', 'julia-re-end', 'julia-im-end'] as const),
];

/**
 * Without colours that were found for another view than the others show, and without those that the others replace. A curve of a
 * file goes with the density and offset that belong to it.
 */
function withoutFound(flags: RawFlags, others: RawFlags): RawFlags {
  const gives = (name: string) => others[name] !== undefined;
  const asked = gives('colors') || gives('equalize');
  const stale = flags.colors === 'found' && (asked || FOUND_FOR.some(gives));
  const curved = flags['color-curve'] !== undefined && (asked || gives('color-mode') || gives('legacy-colors'));
  const left = new Set([...(stale || curved ? FOUND : []), ...(asked ? ['colors', 'equalize'] : [])]);
  return Object.fromEntries(Object.entries(flags).filter(([name]) => !left.has(name)));
}

/** The path's text in the place of its file's name. @throws FractalError PATH_FILE */
export async function withPath(flags: RawFlags): Promise<RawFlags> {
  const { path } = flags;
  if (path === undefined || path === '' || path.trimStart().startsWith('{')) return flags;
  const { readPathFile } = await import('./path/read.js');
  const fps = Number(flags.fps ?? FILM_FLAGS.fps.default);
  return { ...flags, path: await readPathFile(path, fps > 0 ? fps : 1) };
}

/** What shapes the picture, and nothing else: a file from elsewhere names no outfile and no hosts. */
async function locationOf(path: string): Promise<Location> {
  const [{ readLocation }, { SHAPING_FLAGS }] = await Promise.all([
    import('./location/location.js'),
    import('./metadata.js'),
  ]);
  const { flags, notes } = await readLocation(path);
  const others = Object.keys(flags).filter((name) => !SHAPING_FLAGS.has(name));
  const ignored = others.length > 0 ? [`${path}: not used: ${others.join(', ')}`] : [];
  return {
    flags: Object.fromEntries(Object.entries(flags).filter(([name]) => SHAPING_FLAGS.has(name))),
    notes: [...notes, ...ignored],
  };
}

/** The same flags under today's names. */
function withOlder(flags: RawFlags): RawFlags {
  const renamed: RawFlags = {};
  const typed = new Map<string, string>();
  for (const [name, value] of Object.entries(flags)) {
    const today = OLDER_NAMES.get(name) ?? name;
    const other = typed.get(today);
    if (other !== undefined) throw invalid(`--${other} and --${name} are the same: give one of them`);
    typed.set(today, name);
    renamed[today] = value;
  }
  return renamed;
}

/** Standard input is read once. */
function refuseSharedInput({ hostfile, request }: RawFlags): void {
  if (hostfile === '-' && request === '-')
    throw invalid('--hostfile - and --request - both read standard input: give one of them a file');
}

/** Flags about the way of a film. */
const WAY = [
  ...['zoom-end', 'view-width-end', 'xpos-end', 'ypos-end', 'rotate-end', 'offset-end', 'julia-re-end', 'julia-im-end'],
  ...['path', 'frames-from', 'frames-to', 'ease-power'],
];

/** A zoom on the command line replaces a width in the file, and the like; a still has no path of the camera. */
function withoutAlternatives(file: RawFlags, given: RawFlags): RawFlags {
  const rest = { ...file };
  if (given.frames !== undefined && wholeOf(given.frames) === 1) for (const name of WAY) delete rest[name];
  for (const [one, other] of ALTERNATIVES) {
    if (given[one] !== undefined) delete rest[other];
    if (given[other] !== undefined) delete rest[one];
  }
  return rest;
}
