/**
 * `seqFile.txt` of the older farm: how the variables of a scene change along a film.
 *
 *   bpm:120
 *   frm:25
 *   len:8.0.0
 *   varseq:('height',((0,0.5,'0.0.0'),(3,1,'4.0.0'),(1,'6.2.0')))
 *
 * Places are bars.beats.sixteenths, counted from 0, a bar has four beats. From one to the next a value is
 * start + delta·(i/n)^curve, the curve being that of the place where it starts: 0 to 1, and 1 where it is left out. Before the first
 * place and behind the last one the value stays.
 */

import { parseDecimal } from '../../../view/decimal.js';
import { DECLARED_NAME } from '../../path/declared-name.js';
import { framesOf } from '../../path/time.js';
import { shorten } from '../../values.js';
import { type Line, linesOf, mistakeIn, mistakeOf, requireKnown, type Source } from './lines.js';
import { type Item, type Leaf, tupleIn } from './tuple.js';

export interface Sequence {
  /** Beats a minute. */
  readonly bpm: number;
  /** Frames a second. */
  readonly fps: number;
  /** Length in sixteenths. */
  readonly length: number;
  readonly variables: readonly Variable[];
}

export interface Variable {
  readonly name: string;
  /** At rising places. */
  readonly points: readonly Point[];
}

export interface Point {
  readonly value: number;
  /** 0 to 1. */
  readonly curve: number;
  /** In sixteenths from the beginning. */
  readonly at: number;
}

const KEYS = ['bpm', 'frm', 'len', 'varseq'] as const;
const SIXTEENTHS_OF_BAR = 16;
const SIXTEENTHS_OF_BEAT = 4;
const MOST_SIXTEENTHS = 10_000_000;

/** @throws FractalError REQUEST_FILE naming file, line and column */
export function parseSequence(source: Source): Sequence {
  const lines = linesOf(source);
  requireKnown(source, lines, KEYS, 'varseq');
  const bpm = numberOf(source, lines, 'bpm', 1000);
  const fps = numberOf(source, lines, 'frm', 1000);
  const length = lengthOf(source, lineOf(source, lines, 'len'));
  const variables: Variable[] = [];
  for (const line of lines.filter(({ key }) => key === 'varseq')) {
    const variable = variableOf(source, line);
    if (variables.some(({ name }) => name === variable.name))
      throw mistakeIn(source, line.at, `the variable "${variable.name}" has two sequences: join them`);
    variables.push(variable);
  }
  return { bpm, fps, length, variables };
}

/** As many as the older farm made: a part of a frame at the end is left out. */
export function framesIn({ length, fps, bpm }: Sequence): number {
  return Math.max(1, Math.floor(framesOf(length, fps, bpm)));
}

function lineOf(source: Source, lines: readonly Line[], key: (typeof KEYS)[number]): Line {
  const line = lines.find((one) => one.key === key);
  if (!line) throw mistakeOf(source, `it has no "${key}"`);
  return line;
}

function numberOf(source: Source, lines: readonly Line[], key: 'bpm' | 'frm', most: number): number {
  const { value, at } = lineOf(source, lines, key);
  const number = parseDecimal(value) === undefined ? Number.NaN : Number(value);
  if (number >= 1 && number <= most) return number;
  throw mistakeIn(source, at, `${key} "${shorten(value)}" is not a number from 1 to ${most}`);
}

function lengthOf(source: Source, { value, at }: Line): number {
  const length = sixteenthsOf(value.replace(/^(['"])(.*)\1$/, '$2'));
  if (length === undefined) throw mistakeIn(source, at, `len "${shorten(value)}" is not ${PLACE}`);
  if (length === 0) throw mistakeIn(source, at, 'len is 0: a film needs a length');
  return length;
}

const PLACE = "bars.beats.sixteenths, counted from 0, such as '4.0.0'";

function sixteenthsOf(text: string): number | undefined {
  const [, bars, beats, sixteenths] = /^\s*(\d{1,9})\.(\d{1,9})\.(\d{1,9})\s*$/.exec(text)?.map(Number) ?? [];
  if (bars === undefined || beats === undefined || sixteenths === undefined) return undefined;
  const all = bars * SIXTEENTHS_OF_BAR + beats * SIXTEENTHS_OF_BEAT + sixteenths;
  return all <= MOST_SIXTEENTHS ? all : undefined;
}

function variableOf(source: Source, { at, value }: Line): Variable {
  const pair = tupleIn(source, at, at + value.length);
  const [name, sequence, ...more] = 'items' in pair ? pair.items : [];
  if (!isLeaf(name) || !name.isString || !sequence || isLeaf(sequence) || more.length > 0)
    throw mistakeIn(source, at, "a varseq is ('name',((value,curve,'bars.beats.16ths'),…))");
  if (!DECLARED_NAME.test(name.text))
    throw mistakeIn(source, name.at, `"${shorten(name.text)}" is not the name of a variable: letters, digits and _`);
  // One point alone: ('v',((1,'0.0.0'))) is ('v',(1,'0.0.0')) in Python.
  const items = sequence.items.length > 0 && sequence.items.every(isLeaf) ? [sequence] : sequence.items;
  if (items.length === 0) throw mistakeIn(source, sequence.at, `the sequence of "${name.text}" has no values`);
  const points = items.map((one) => pointOf(source, one));
  for (const [k, { at: place }] of points.entries()) {
    if (k === 0 || place > (points[k - 1] as Point).at) continue;
    throw mistakeIn(source, (items[k] as Item).at, 'this value is not later than the one before');
  }
  return { name: name.text, points };
}

function pointOf(source: Source, item: Item): Point {
  const parts = isLeaf(item) ? [] : item.items;
  const [value, ...rest] = parts;
  const place = rest.pop();
  const [curve] = rest;
  if (!isLeaf(value) || !isLeaf(place) || (curve && !isLeaf(curve)) || rest.length > 1)
    throw mistakeIn(source, item.at, "this is not (value,curve,'bars.beats.16ths')");
  const at = sixteenthsOf(place.text);
  if (at === undefined || !place.isString)
    throw mistakeIn(source, place.at, `the place "${shorten(place.text)}" is not ${PLACE}`);
  const exponent = curve ? numberIn(source, curve, 'curve') : 1;
  return { value: numberIn(source, value, 'value'), curve: Math.min(1, Math.max(0, exponent)), at };
}

/** The older farm read numbers in strings, too. */
function numberIn(source: Source, { at, text }: Leaf, what: string): number {
  const number = parseDecimal(text) === undefined ? Number.NaN : Number(text);
  if (Math.abs(number) <= 1e99) return number;
  throw mistakeIn(source, at, `the ${what} "${shorten(text)}" is not a number from -1e99 to 1e99`);
}

function isLeaf(item: Item | undefined): item is Leaf {
  return item !== undefined && !('items' in item);
}
