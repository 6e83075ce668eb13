/**
 * Locations: where others have been, and every picture of our own. From a file's bytes and name to flags as text:
 * Kalles Fraktaler's .kfr and .kfp, Fraktaler-3's .f3.toml, a request as JSON, pictures and films that carry their
 * parameters.
 */

import { readFile } from 'node:fs/promises';
import { FractalError, messageOf } from '../errors.js';
import { readComment } from '../render/ffmpeg.js';
import { KEYWORD } from '../render/output.js';
import { isPng, pictureTexts } from '../render/picture-text.js';
import { readStillText } from '../render/stills.js';
import { type FlagName, SCHEMA, wantedOf } from '../request.js';
import { parseRequestFile, type RawFlags } from '../request-file.js';
import { type Found, oneLine, refuse } from './found.js';
import { readFraktaler } from './fraktaler.js';
import { readKalles } from './kalles.js';

/** Of a file that is text. */
const MAX_TEXT_BYTES = 1 << 22;

/** `flags`: the names that a request file may use. @throws FractalError LOCATION_FILE, ENCODER_MISSING for a film */
export async function readLocation(path: string, flags: ReadonlySet<string>): Promise<RawFlags> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw refuse(path, `it cannot be read: ${messageOf(error)}`, error);
  }
  const kind = kindOf(bytes, path);
  const carried = await carriedBy(kind, bytes, path);
  if (carried?.startsWith('{')) return checked({ raw: ownFlags(carried, path, flags), words: {} }, path);
  if (kind !== 'film') return parseLocation(bytes, path, flags);
  throw refuse(path, 'it carries no parameters: it is cut short, no film, or was not rendered by this program');
}

/** What others have to read for us: ffmpeg the comment of a film, sharp the XMP of pictures that are no PNG. */
async function carriedBy(kind: Kind, bytes: Uint8Array, path: string): Promise<string | undefined> {
  if (kind === 'film') return readComment(path);
  return kind === 'picture' && !isPng(bytes) ? readStillText(bytes) : undefined;
}

/** All that is text, or a picture with texts of its own. @throws FractalError LOCATION_FILE */
export function parseLocation(bytes: Uint8Array, path: string, flags: ReadonlySet<string>): RawFlags {
  return checked(foundIn(bytes, path, flags), path);
}

type Kind = 'picture' | 'film' | 'json' | 'toml' | 'kalles' | 'unknown';

const EXTENSIONS: readonly [pattern: RegExp, kind: Kind][] = [
  [/\.(png|jpe?g|webp|tiff?)$/i, 'picture'],
  [/\.(mp4|mov|mkv|webm)$/i, 'film'],
  [/\.json$/i, 'json'],
  [/\.toml$/i, 'toml'],
  [/\.kf[rp]$/i, 'kalles'],
];

/** By the first bytes, then by the name, then by the first words. */
function kindOf(bytes: Uint8Array, path: string): Kind {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (/^(\x89PNG|\xff\xd8|RIFF....WEBP|II\*\0|MM\0\*)/s.test(start)) return 'picture';
  if (start.slice(4, 8) === 'ftyp' || start.startsWith('\x1aE\xdf\xa3')) return 'film';
  const named = EXTENSIONS.find(([pattern]) => pattern.test(path));
  return named ? named[1] : kindOfText(textOf(bytes.subarray(0, MAX_TEXT_BYTES)));
}

function kindOfText(text: string): Kind {
  if (/^\s*\{/.test(text)) return 'json';
  if (/^Re: /m.test(text)) return 'kalles';
  return /^(program|location\.\w+)\s*=|^\[location\]/m.test(text) ? 'toml' : 'unknown';
}

function foundIn(bytes: Uint8Array, path: string, flags: ReadonlySet<string>): Found {
  const kind = kindOf(bytes, path);
  if (kind === 'picture') return inPicture(bytes, path, flags);
  if (bytes.length > MAX_TEXT_BYTES)
    throw refuse(path, `it has ${bytes.length} bytes, at most ${MAX_TEXT_BYTES} are read of a text`);
  const text = textOf(bytes);
  if (text.trim() === '') throw refuse(path, 'it is empty');
  return inText(kind, text, path, flags);
}

function inText(kind: Kind, text: string, path: string, flags: ReadonlySet<string>): Found {
  switch (kind) {
    case 'kalles':
      return readKalles(text, path);
    case 'toml':
      return readFraktaler(text, path);
    case 'json':
      return { raw: ownFlags(text, path, flags), words: {} };
    default:
      throw refuse(
        path,
        'it is no location: known are .kfr .kfp .f3.toml .json .png .jpg .webp .tiff .mp4 .mov .mkv .webm',
      );
  }
}

/** Our own parameters, or those that Kalles Fraktaler and Fraktaler-3 leave as a comment. */
function inPicture(bytes: Uint8Array, path: string, flags: ReadonlySet<string>): Found {
  const { texts, whole } = pictureTexts(bytes);
  const own = texts.find(({ keyword }) => keyword === KEYWORD);
  if (own) return { raw: ownFlags(own.text, path, flags), words: {} };
  for (const { text } of texts) {
    const kind = kindOfText(text);
    if (kind === 'kalles' || kind === 'toml') return inText(kind, text, path, flags);
  }
  if (!whole) throw refuse(path, `it is cut short after ${bytes.length} bytes, before its parameters, or no picture`);
  throw refuse(path, 'it carries no parameters: pictures of this program do, PNGs and JPEGs of Kalles Fraktaler often');
}

/** What `fractal locate --json` prints besides flags. */
const LOCATED = ['period', 'size'];

/** The flags of a request as JSON. */
function ownFlags(text: string, path: string, flags: ReadonlySet<string>): RawFlags {
  try {
    return parseRequestFile(text, path, new Set([...flags, ...LOCATED]));
  } catch (error) {
    if (!(error instanceof FractalError)) throw error;
    throw new FractalError('LOCATION_FILE', oneLine(error.message), { cause: error });
  }
}

/** So that a wrong value is told with the file's name and word, not as a flag that nobody gave. */
function checked({ raw, words }: Found, path: string): RawFlags {
  for (const [name, value] of Object.entries(raw)) {
    const wanted = name in SCHEMA ? wantedOf(name as FlagName, value) : undefined;
    if (wanted === undefined) continue;
    const shown = value.length > 60 ? `${value.slice(0, 57)}...` : value;
    throw refuse(path, `${words[name as FlagName] ?? name} "${shown}" is not ${wanted}`);
  }
  return raw;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
