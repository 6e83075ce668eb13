/**
 * Colour palette tables of the Generic Mapping Tools, .cpt: a slice a line, its lowest value and colour, its highest value and
 * colour; or one value and one colour a line, of categories. Colours are r g b, r/g/b, c/m/y/k, h-s-v, grey, #rrggbb or names,
 * in the model that "# COLOR_MODEL = RGB|HSV|CMYK" names; B, F and N are colours beside the values (GMT, "Color palette tables").
 * Within a slice colours go straight in RGB, with the model HSV in that: a hue from 0 to 360 passes all of them.
 */

import names from 'color-name';
import type { Triple } from '../oklab.js';
import { parseHex, type Stop } from '../palette.js';
import {
  badFile,
  fromHsv,
  type Line,
  levelsOf,
  linesOf,
  mixed,
  numberOf,
  places,
  quoted,
  type ReadPalette,
  rising,
  toHsv,
} from './file.js';

type Model = 'RGB' | 'HSV' | 'CMYK';

/** Channels 0 to 1; a hue may be beyond. */
interface Colour {
  readonly rgb: Triple;
  readonly hsv: Triple;
}

interface Slice {
  readonly low: number;
  readonly high: number;
  readonly from: Colour;
  readonly to: Colour;
  readonly line: Line;
}

/** The colours of X11, which GMT has: CSS has others under some of their names. */
const NAMES: Readonly<Record<string, Triple>> = {
  ...names,
  ...{ green: [0, 255, 0], gray: [190, 190, 190], grey: [190, 190, 190] },
  ...{ maroon: [176, 48, 96], purple: [160, 32, 240] },
};

/** Further columns, which draw lines and write labels: not of colours. */
const ANNOTATION = /\s*;.*$|\s+[LUB]$/;

/** @throws FractalError PALETTE_INVALID, naming the line */
export function readGmt(text: string, path: string): ReadPalette {
  const all = linesOf(text);
  const model = modelOf(all.filter(({ text: line }) => line.startsWith('#')));
  const rest = all.filter(({ text: line }) => !line.startsWith('#'));
  const lines = rest.filter(({ text: line }) => !/^[BFN]\b/.test(line)).map((line) => withoutAnnotation(line));
  const beside = rest.length > lines.length ? ['not taken: the colours of B, F and N'] : [];
  const interpolation = 'linear';
  if (areCategories(lines, model)) {
    const stops = lines.flatMap((line, i) => {
      const [, ...colour] = line.text.split(/\s+/);
      const rgb = levelsOf(colourOf(colour, model, path, line).rgb);
      return [i, i + 1].map((at): Stop => ({ position: at / lines.length, rgb }));
    });
    return { stops: rising(stops, path), interpolation, notes: beside };
  }
  const slices = lines.map((line) => sliceOf(line, model, path));
  if (slices.length === 0) throw badFile(path, 'it has no colours');
  const [start, end] = [slices[0]!.low, slices.at(-1)!.high];
  const stops = slices.flatMap(({ low, high, from, to, line }, i): Stop[] => {
    const before = slices[i - 1]?.high ?? low;
    if (low !== before || !((high - low) * (end - start) > 0))
      throw badFile(path, `the slice ${low} to ${high} does not follow ${before}`, line.number);
    const colourAt = (t: number) =>
      model === 'HSV' ? fromHsv(mixed(from.hsv, to.hsv, t)) : mixed(from.rgb, to.rgb, t);
    return places(colourAt, [], slices.length).map((t) => {
      const value = t === 1 ? high : low + t * (high - low);
      return { position: Math.min(1, Math.max(0, (value - start) / (end - start))), rgb: levelsOf(colourAt(t)) };
    });
  });
  return { stops: rising(stops, path), interpolation, notes: beside };
}

function modelOf(comments: readonly Line[]): Model {
  const found = comments.map(({ text }) => /COLOR_MODEL\s*=\s*\+?(RGB|HSV|CMYK)/i.exec(text)?.[1]).find(Boolean);
  return (found?.toUpperCase() as Model | undefined) ?? 'RGB';
}

function withoutAnnotation(line: Line): Line {
  return { ...line, text: line.text.replace(ANNOTATION, '').replace(ANNOTATION, '') };
}

/** Numbers of a colour that is written with blanks. */
function channelsOf(model: Model): number {
  return model === 'CMYK' ? 4 : 3;
}

/** Four numbers may be a value and a colour, or two values and their greys: then the next line begins with the second one. */
function areCategories(lines: readonly Line[], model: Model): boolean {
  const greys = lines.every(({ text }, i) => {
    const [low, , high, , ...more] = text.split(/\s+/).map(numberOf) as [number, number, number, number, ...number[]];
    const next = lines[i + 1];
    return more.length === 0 && high > low && (!next || numberOf(next.text.split(/\s+/, 1)[0]) === high);
  });
  return lines.length > 0 && !greys && lines.every((line) => isCategory(line, model));
}

/** A value and a colour; a slice of two values has two colours. */
function isCategory({ text }: Line, model: Model): boolean {
  const fields = text.split(/\s+/);
  return fields.length === 2 || (fields.length === 1 + channelsOf(model) && fields.slice(1).every(isNumber));
}

function isNumber(text: string): boolean {
  return !Number.isNaN(numberOf(text));
}

function sliceOf(line: Line, model: Model, path: string): Slice {
  const fields = line.text.split(/\s+/);
  const channels = channelsOf(model);
  // "-" as the second colour: that of the first.
  const last = fields.at(-1) === '-' ? 1 : undefined;
  const width =
    fields.length === 4 ? 1 : last && fields.length === 2 + channels + 1 ? channels : (fields.length - 2) / 2;
  if (width !== 1 && width !== channels)
    throw badFile(path, `${quoted(line.text)} is no slice: a value, a colour, a value, a colour`, line.number);
  const [low, high] = [fields[0], fields[1 + width]].map(numberOf) as [number, number];
  if (Number.isNaN(low) || Number.isNaN(high))
    throw badFile(path, `${quoted(line.text)} has no number where a value should be`, line.number);
  const from = colourOf(fields.slice(1, 1 + width), model, path, line);
  return { low, high, from, to: last ? from : colourOf(fields.slice(2 + width), model, path, line), line };
}

function colourOf(fields: readonly string[], model: Model, path: string, line: Line): Colour {
  const found = fields.length === 1 ? wordColour(fields[0]!, model) : fromChannels(fields.map(numberOf), model);
  if (found) return found;
  throw badFile(path, `${quoted(fields.join(' '))} is no colour`, line.number);
}

/** A colour without blanks in it. */
function wordColour(text: string, model: Model): Colour | undefined {
  // Transparency in percent.
  const word = text.replace(/@\d+(\.\d+)?$/, '');
  if (word.startsWith('#')) return fromLevels(parseHex(word));
  const slashed = word.split('/');
  if (slashed.length === 4) return fromChannels(slashed.map(numberOf), 'CMYK');
  if (slashed.length === 3) return fromChannels(slashed.map(numberOf), model);
  if (isNumber(word)) return fromChannels([numberOf(word), numberOf(word), numberOf(word)], 'RGB');
  const dashed = /^([\d.]+)-([\d.]+)-([\d.]+)$/.exec(word);
  if (dashed) return fromChannels(dashed.slice(1).map(numberOf), 'HSV');
  const grey = /^gr[ae]y(\d{1,3})$/i.exec(word);
  if (grey && Number(grey[1]) <= 100)
    return fromChannels(
      [1, 1, 1].map(() => Math.round(2.55 * Number(grey[1]))),
      'RGB',
    );
  const name = word.toLowerCase();
  return Object.hasOwn(NAMES, name) ? fromLevels(NAMES[name]) : undefined;
}

function fromLevels(levels: Triple | undefined): Colour | undefined {
  return levels && fromChannels(levels, 'RGB');
}

/** Levels 0 to 255; hue in degrees, saturation and value 0 to 1; inks in percent. */
function fromChannels(channels: readonly number[], model: Model): Colour | undefined {
  const [a, b, c, d = 0] = channels as [number, number, number, number?];
  const most = model === 'RGB' ? [255, 255, 255] : model === 'HSV' ? [360, 1, 1] : [100, 100, 100, 100];
  if (channels.length !== most.length || !channels.every((x, i) => x >= 0 && x <= most[i]!)) return undefined;
  if (model === 'HSV') return { rgb: fromHsv([a / 360, b, c]), hsv: [a / 360, b, c] };
  const light = (ink: number) => (1 - ink / 100) * (1 - d / 100);
  const rgb: Triple = model === 'RGB' ? [a / 255, b / 255, c / 255] : [light(a), light(b), light(c)];
  return { rgb, hsv: toHsv(rgb) };
}
