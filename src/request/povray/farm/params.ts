/**
 * `params.cfg` of the older farm: what is to be rendered of the scene in a folder.
 *
 *   inputFile:scene.pov
 *   outputFile:out
 *   jobNumber:4
 *   renderType:picture
 *   imageHeight:480
 *   imageWidth:640
 *   otherParams:+A0.3 -GA -D -V
 */

import { wholeOf } from '../../../view/decimal.js';
import { shorten } from '../../values.js';
import { type Line, linesOf, mistakeIn, mistakeOf, requireKnown, type Source } from './lines.js';

export interface Params {
  /** Path of the scene in the folder, with '/'. */
  readonly input: string;
  /** Of the result, without a folder and without an extension. */
  readonly output: string;
  readonly type: 'picture' | 'movie';
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Words of POV-Ray's command line, without those that have no meaning here. */
  readonly options: readonly string[];
  /** Variables of the scene, as `name=number`. */
  readonly declares: readonly string[];
  /** Of a picture. */
  readonly clock?: string;
}

const KEYS = [
  'inputFile',
  'outputFile',
  'jobNumber',
  'renderType',
  'imageHeight',
  'imageWidth',
  'otherParams',
] as const;
type Key = (typeof KEYS)[number];

const MOST_PIXELS = 100_000;
const MOST_JOBS = 1_000_000;

/**
 * About windows, texts and threads of POV-Ray, which shards have none of: no display, no pause, no console, PNG as it is
 * anyway. Others are checked where all options are.
 */
const WITHOUT_MEANING =
  /^([+-]V|-D\w*|-P|-X\w*|[+-]G[ADFRSW]|\+WT\d+|\+FN|\+FN8|all_(console|file)=off|display=off|verbose=\w+|pause_when_done=off)$/i;

/** @throws FractalError REQUEST_FILE naming file, line and column */
export function parseParams(source: Source): Params {
  const lines = linesOf(source);
  requireKnown(source, lines, KEYS);
  const type = given(source, lines, 'renderType');
  if (type.value !== 'picture' && type.value !== 'movie')
    throw mistakeIn(source, type.at, `renderType "${shorten(type.value)}" is not picture or movie`);
  // How many slices the older farm made: here, shards are as large as their cost says.
  const jobs = lines.find(({ key }) => key === 'jobNumber');
  if (jobs) wholeIn(source, jobs, MOST_JOBS);
  return {
    input: inputOf(source, given(source, lines, 'inputFile')),
    output: outputOf(source, given(source, lines, 'outputFile')),
    type: type.value,
    width: wholeIn(source, given(source, lines, 'imageWidth'), MOST_PIXELS),
    height: wholeIn(source, given(source, lines, 'imageHeight'), MOST_PIXELS),
    ...othersOf(
      source,
      lines.find(({ key }) => key === 'otherParams'),
    ),
  };
}

function othersOf(source: Source, line: Line | undefined): Pick<Params, 'options' | 'declares' | 'clock'> {
  const words = line ? wordsOf(source, line).filter((word) => !WITHOUT_MEANING.test(word)) : [];
  const options: string[] = [];
  const declares: string[] = [];
  let clock: string | undefined;
  for (const word of words) {
    const [, declare, time] = /^(?:declare=(.*)|(?:\+k|clock=)([\d.+-].*))$/i.exec(word) ?? [];
    if (declare !== undefined) declares.push(declare);
    else if (time !== undefined) clock = time;
    else options.push(word);
  }
  return { options, declares, ...(clock === undefined ? {} : { clock }) };
}

function given(source: Source, lines: readonly Line[], key: Key): Line {
  const line = lines.find((one) => one.key === key);
  if (!line) throw mistakeOf(source, `it has no "${key}"`);
  if (line.value === '') throw mistakeIn(source, line.start, `"${key}" has no value`);
  return line;
}

function wholeIn(source: Source, { key, value, at }: Line, most: number): number {
  const number = wholeOf(value);
  if (number !== undefined && number >= 1 && number <= most) return number;
  throw mistakeIn(source, at, `${key} "${shorten(value)}" is not a whole number from 1 to ${most}`);
}

/** Names as Windows writes them are taken. */
function inputOf(source: Source, { value, at }: Line): string {
  const path = value.replaceAll('\\', '/').replace(/^(\.\/+)+/, '');
  if (/^([A-Za-z]:|\/)/.test(path) || path.split('/').some((part) => part === '..' || part === ''))
    throw mistakeIn(source, at, `inputFile "${shorten(value)}" is not a file of this folder`);
  return path;
}

function outputOf(source: Source, { value, at }: Line): string {
  const name = value.replace(/\.(png|mp4)$/i, '');
  if (/^[\p{L}\p{N}_][\p{L}\p{N} ._%+=@-]{0,99}$/u.test(name)) return name;
  throw mistakeIn(
    source,
    at,
    `outputFile "${shorten(value)}" is not a name of letters, digits and ._-: leave out folders`,
  );
}

/** Between blanks, or in quotes. */
function wordsOf(source: Source, { value, at }: Line): readonly string[] {
  const words: string[] = [];
  const word = /\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))/y;
  while (word.lastIndex < value.trimEnd().length) {
    const begin = word.lastIndex;
    const found = word.exec(value);
    if (!found) throw mistakeIn(source, at + begin, 'a quote of otherParams has no end');
    words.push(found[1] ?? found[2] ?? (found[3] as string));
  }
  return words;
}
