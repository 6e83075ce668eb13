/**
 * Location files of other programs, and pictures and films of this one: from a file's bytes and name to flags as text.
 * Kalles Fraktaler's .kfr and .kfp, Fraktaler-3's .f3.toml, DeepDrill's .ini and .loc, rust-fractal's .toml, a request as
 * JSON, pictures and films that contain their parameters.
 */

import { readFile, stat } from 'node:fs/promises';
import { FractalError, messageOf } from '../../errors.js';
import { KEYWORD } from '../../render/carried-parameters.js';
import { readComment } from '../../render/ffmpeg.js';
import { isPng, pictureTexts } from '../../render/picture-text.js';
import { readStillText } from '../../render/stills.js';
import { decodeText, readAtMost } from '../../text.js';
import { parseRequestFile } from '../file.js';
import { PICTURE_FLAGS } from '../flags/index.js';
import type { PictureFlag } from '../parse.js';
import { expected, type RawFlags, shorten } from '../values.js';
import { readDeepDrill } from './deepdrill.js';
import { readFraktaler } from './fraktaler.js';
import { readKalles } from './kalles.js';
import { oneLine, type ReadResult, refuse } from './result.js';
import { readRustFractal } from './rustfractal.js';

export interface Location {
  readonly flags: RawFlags;
  /** Lines for the user: what of the file is not used, or may be missing from it. */
  readonly notes: readonly string[];
}

/** Of a file that is text. */
const MAX_TEXT_BYTES = 1 << 22;

/** @throws FractalError LOCATION_FILE, ENCODER_MISSING for a film */
export async function readLocation(path: string): Promise<Location> {
  let bytes: Uint8Array;
  try {
    // A pipe or device may have no end.
    bytes = (await stat(path)).isFile() ? await readFile(path) : await readAtMost(path, MAX_TEXT_BYTES);
  } catch (error) {
    throw refuse(path, `it cannot be read: ${messageOf(error)}`, error);
  }
  if (kindOf(bytes, path) !== 'film') return readLocationBytes(bytes, path);
  const comment = await readComment(path);
  if (comment?.startsWith('{')) return checked(readEmbedded(comment, path), path);
  throw refuse(path, 'it contains no parameters: it is cut short, no film, or was not rendered by this program');
}

/**
 * The same of bytes in memory, which are no film. `path`: names them in messages, and by its end what they are.
 * @throws FractalError LOCATION_FILE
 */
export async function readLocationBytes(bytes: Uint8Array, path: string): Promise<Location> {
  const kind = kindOf(bytes, path);
  if (kind === 'film') throw refuse(path, 'of a film only a file can be read: give a picture, or the location itself');
  // The XMP of pictures other than PNG needs a library to be read.
  const embedded = kind === 'picture' && !isPng(bytes) ? await readStillText(bytes) : undefined;
  return embedded?.startsWith('{') ? checked(readEmbedded(embedded, path), path) : parseLocation(bytes, path);
}

/** All that is text, or a picture with texts of its own. @throws FractalError LOCATION_FILE */
export function parseLocation(bytes: Uint8Array, path: string): Location {
  return checked(readBytes(bytes, path), path);
}

type TextKind = 'json' | 'kalles' | 'fraktaler' | 'deepdrill' | 'rust-fractal' | 'unknown';
type Kind = 'picture' | 'film' | TextKind;

const EXTENSIONS: readonly [pattern: RegExp, kind: Kind][] = [
  [/\.(png|jpe?g|webp|tiff?)$/i, 'picture'],
  [/\.(mp4|mov|mkv|webm)$/i, 'film'],
  [/\.json$/i, 'json'],
  [/\.toml$/i, 'fraktaler'],
  [/\.(ini|loc)$/i, 'deepdrill'],
  [/\.kf[rp]$/i, 'kalles'],
];

/** By the first bytes, then by the keys, then by the name. */
function kindOf(bytes: Uint8Array, path: string): Kind {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (/^(\x89PNG|\xff\xd8|RIFF....WEBP|II\*\0|MM\0\*)/s.test(start)) return 'picture';
  if (start.slice(4, 8) === 'ftyp' || start.startsWith('\x1aE\xdf\xa3')) return 'film';
  const kind = kindOfText(decodeText(bytes.subarray(0, MAX_TEXT_BYTES)));
  return kind === 'unknown' ? (EXTENSIONS.find(([pattern]) => pattern.test(path))?.[1] ?? kind) : kind;
}

/** Patterns skip blanks of one line only: one that skips line ends would read each line many times. */
function kindOfText(text: string): TextKind {
  if (/^\s*\{/.test(text)) return 'json';
  if (/^[ \t]*Re[ \t]*:/m.test(text)) return 'kalles';
  if (/^[ \t]*(program|location\.\w+)[ \t]*=/m.test(text)) return 'fraktaler';
  // DeepDrill writes numbers without quotes, and depth; Fraktaler-3 strings.
  if (/^[ \t]*\[location\]/im.test(text)) {
    if (/^[ \t]*\[\[?(bailout|transform|formula|reference|algorithm)\b/m.test(text)) return 'fraktaler';
    const plain = /^[ \t]*(depth[ \t]*=|(real|imag|zoom)[ \t]*=[ \t]*[-+.\d])/im.test(text);
    return plain ? 'deepdrill' : 'fraktaler';
  }
  return /^[ \t]*(real|imag|zoom)[ \t]*=/m.test(text) ? 'rust-fractal' : 'unknown';
}

function readBytes(bytes: Uint8Array, path: string): ReadResult {
  const kind = kindOf(bytes, path);
  if (kind === 'picture') return readPicture(bytes, path);
  if (bytes.length > MAX_TEXT_BYTES)
    throw refuse(path, `it has ${bytes.length} bytes, at most ${MAX_TEXT_BYTES} are read of a text`);
  const text = decodeText(bytes);
  if (text.trim() === '') throw refuse(path, 'it is empty');
  // Archives, UTF-32.
  if (text.includes('\0')) throw refuse(path, 'it is not text in UTF-8 or UTF-16, and no picture or film');
  return readText(kind, text, path);
}

function readText(kind: Kind, text: string, path: string): ReadResult {
  switch (kind) {
    case 'kalles':
      return readKalles(text, path);
    case 'fraktaler':
      return readFraktaler(text, path);
    case 'deepdrill':
      return readDeepDrill(text, path);
    case 'rust-fractal':
      return readRustFractal(text, path);
    case 'json':
      return readRequest(text, path);
    default:
      throw refuse(path, `it is no location: known are ${KNOWN}`);
  }
}

/** Parameters that this program wrote, or those that Kalles Fraktaler and Fraktaler-3 leave as a comment. */
function readPicture(bytes: Uint8Array, path: string): ReadResult {
  const { texts, whole } = pictureTexts(bytes);
  const own = texts.find(({ keyword }) => keyword === KEYWORD);
  if (own) return readEmbedded(own.text, path);
  for (const { text } of texts) {
    const kind = kindOfText(text);
    if (kind === 'kalles' || kind === 'fraktaler') return readText(kind, text, path);
  }
  if (!whole) throw refuse(path, `it is cut short after ${bytes.length} bytes, before its parameters, or no picture`);
  throw refuse(
    path,
    'it contains no parameters: pictures of this program do, PNGs and JPEGs of Kalles Fraktaler often',
  );
}

/** What `fractal locate --json` prints besides flags. */
const LOCATED = { period: {}, size: {} };

/** The parameters of a picture or film. Those of the Burning Ship without --flip are older than its default. */
function readEmbedded(text: string, path: string): ReadResult {
  const { raw, ...rest } = readRequest(text, path);
  const older = raw.formula === 'burning-ship' && raw.flip === undefined;
  return { raw: older ? { ...raw, flip: 'false' } : raw, ...rest };
}

/** The flags of a request as JSON. */
function readRequest(text: string, path: string): ReadResult {
  let raw: RawFlags;
  try {
    raw = parseRequestFile(text, path, LOCATED);
  } catch (error) {
    if (!(error instanceof FractalError)) throw error;
    throw new FractalError('LOCATION_FILE', oneLine(error.message), { cause: error });
  }
  if (raw.location !== undefined) throw refuse(path, '"location" names another location: give that file instead');
  for (const name of Object.keys(LOCATED)) delete raw[name];
  return { raw, keys: {}, notes: [] };
}

/** The error for a wrong value names the file, and what the file calls the flag. */
function checked({ raw, keys, notes }: ReadResult, path: string): Location {
  for (const [name, value] of Object.entries(raw)) {
    if (!Object.hasOwn(PICTURE_FLAGS, name)) continue;
    const wanted = expected(PICTURE_FLAGS[name as PictureFlag], value);
    if (wanted !== undefined)
      throw refuse(path, `${keys[name as PictureFlag] ?? name} "${shorten(value)}" is not ${wanted}`);
  }
  return { flags: raw, notes: notes.map((note) => oneLine(`${path}: ${note}`)) };
}

/** As the error for what is none of them lists them. */
const KNOWN =
  '.kfr .kfp (Kalles Fraktaler), .f3.toml (Fraktaler-3), .ini .loc (DeepDrill), .toml (rust-fractal), .json, ' +
  '.png .jpg .webp .tiff .mp4 .mov .mkv .webm';
