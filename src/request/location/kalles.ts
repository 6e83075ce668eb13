/**
 * Kalles Fraktaler's parameter files, .kfr and .kfp: a line a parameter, `Key: value`. `Zoom` is --zoom: the view is
 * 4 / Zoom high. `RotateAngle` turns the camera, in degrees, `StretchAngle` and `StretchAmount` deform the plane, and the
 * imaginary axis points down unless `ImagPointsUp` is 1; in files of versions before 2.15 `Rotate` and `Ratio` stand for
 * these (geometry.ts).
 *
 * Its formulas by FractalType and Power (formula/formula.xml of Kalles Fraktaler 2.15): 0 is z^p + c; 1, Burning Ship of
 * powers 2 to 5, (|x| + i|y|)^p + c; 4, Mandelbar of powers 2, 4 and 5, conj(z)^p + c, of power 3 -conj(z)^3 + c.
 */

import { wholeOf } from '../../view/decimal.js';
import type { RawFlags } from '../values.js';
import { geometryFlags, olderGeometry, otherWay } from './geometry.js';
import { kallesColours } from './kalles-colours.js';
import { rotatedToTricorn } from './mandelbar.js';
import {
  continuesNumber,
  isZero,
  listed,
  type ReadResult,
  refuse,
  truncationNote,
  unterminatedLine,
  unusedNote,
} from './result.js';

const NEEDED = ['Re', 'Im', 'Zoom', 'Iterations'] as const;
/** Keys that decide which points are shown, and of which formula. */
const SHAPING: readonly string[] = [
  ...NEEDED,
  ...['Power', 'FractalType', 'UseHybridFormula', 'HybridFormula', 'SeedR', 'SeedI'],
  ...['RotateAngle', 'StretchAngle', 'StretchAmount', 'ImagPointsUp', 'Rotate', 'Ratio'],
];
/** Keys that change no picture of the formulas that are here. */
const NEUTRAL: readonly string[] = ['Version', 'Period', 'FactorAR', 'FactorAI', 'UseOpenGL', 'UseSRGB'];

/** The most common formulas of FractalType; all but three are not implemented here. */
const TYPES: Readonly<Record<string, string>> = {
  1: 'Burning Ship',
  2: 'Buffalo',
  3: 'Celtic',
  4: 'Mandelbar',
  5: 'Mandelbar Celtic',
  6: 'Perpendicular Mandelbrot',
  7: 'Perpendicular Burning Ship',
  8: 'Perpendicular Celtic',
  9: 'Perpendicular Buffalo',
};

/** @throws FractalError LOCATION_FILE */
export function readKalles(text: string, path: string): ReadResult {
  const { fields, repeated, keyless } = linesOf(text);
  const missing = NEEDED.filter((key) => !fields.get(key));
  if (missing.length > 0)
    throw refuse(path, `it has no ${listed(missing)}: it is cut short, or no location (that needs ${listed(NEEDED)})`);
  const view = {
    xpos: fields.get('Re') as string,
    ypos: fields.get('Im') as string,
    zoom: fields.get('Zoom') as string,
    iters: fields.get('Iterations') as string,
    ...geometryOf(fields, path),
  };
  const { raw, notes } = withFormula(view, fields, path);
  const colours = kallesColours(fields);
  const known = [...SHAPING, ...colours.keys];
  const others = [...fields.keys()].filter((key) => !known.includes(key) && !isNeutral(key, fields));
  return {
    raw: { ...raw, ...colours.flags },
    keys: {
      ...{ xpos: 'Re', ypos: 'Im', zoom: 'Zoom', iters: 'Iterations', power: 'Power' },
      ...{ rotate: 'RotateAngle', 'stretch-angle': 'StretchAngle' },
    },
    notes: [
      ...notes,
      ...colours.notes,
      ...repeated,
      ...unusedNote([...others, ...keyless]),
      ...truncationNotes(text, fields),
    ],
  };
}

/** The colours of a file alone, whether it has a location or not. @throws FractalError LOCATION_FILE for a file without colours */
export function readKallesColours(text: string, path: string): Pick<ReadResult, 'raw' | 'notes'> {
  const { flags, notes } = kallesColours(linesOf(text).fields);
  if (flags.palette === undefined) throw refuse(path, 'it has no colours: Colors with at least two, or MultiColors');
  return { raw: flags, notes };
}

/** From RotateAngle on, versions read the older keys no more. */
function geometryOf(fields: ReadonlyMap<string, string>, path: string): RawFlags {
  const rotate = fields.get('RotateAngle');
  if (rotate === undefined && (fields.has('Rotate') || fields.has('Ratio')))
    return olderGeometry(fields.get('Rotate'), fields.get('Ratio'), fields.get('Zoom') as string, path);
  const [amount, angle] = [fields.get('StretchAmount'), fields.get('StretchAngle')];
  const stretched = { amount, unit: 1, key: 'StretchAmount' };
  if (isZero(fields.get('ImagPointsUp'))) return geometryFlags(true, rotate, { ...stretched, angle }, path);
  return geometryFlags(false, otherWay(rotate), { ...stretched, angle: otherWay(angle) }, path);
}

interface Lines {
  /** Of a key that comes twice, the first counts, as for KF. */
  readonly fields: ReadonlyMap<string, string>;
  /** Notes on keys that come again with another value. */
  readonly repeated: readonly string[];
  /** What has no key. */
  readonly keyless: readonly string[];
}

/** A number may go on in the next line, as after being pasted. */
function linesOf(text: string): Lines {
  const fields = new Map<string, string>();
  const again = new Set<string>();
  const keyless: string[] = [];
  let open: string | undefined;
  for (const line of text.split(/[\r\n]+/)) {
    const colon = line.indexOf(':');
    const key = line.slice(0, Math.max(0, colon)).trim();
    const value = line.slice(colon + 1).trim();
    if (key === '') {
      if (open !== undefined && continuesNumber(value)) fields.set(open, `${fields.get(open)}${value}`);
      else if (value !== '') keyless.push(`"${value}"`);
      continue;
    }
    open = (NEEDED as readonly string[]).includes(key) && !fields.has(key) ? key : undefined;
    if (!fields.has(key)) fields.set(key, value);
    else if (SHAPING.includes(key) && fields.get(key) !== value) again.add(key);
  }
  return { fields, keyless, repeated: [...again].map((key) => `${key} stands twice: the first one counts`) };
}

function isNeutral(key: string, fields: ReadonlyMap<string, string>): boolean {
  // They are weights of the parts of z in the test for escape.
  if (key === 'real' || key === 'imag') return Number(fields.get(key)) === 1;
  if (key === 'TriangleInequalityAverage') return isZero(fields.get(key));
  return NEUTRAL.includes(key);
}

/** Notes if the file may be cut short: KF ends every line, writes FractalType after the colours, and Version last. */
function truncationNotes(text: string, fields: ReadonlyMap<string, string>): string[] {
  const last = unterminatedLine(text);
  const key = last?.split(':', 1)[0]?.trim() ?? '';
  if (last !== undefined && (SHAPING.includes(key) || !last.includes(':') || !fields.has('FractalType')))
    return [truncationNote(last)];
  if (fields.has('SmoothingMethod') && !fields.has('Version'))
    return ['it ends before Version, the last key: if it was cut short, this is another picture'];
  if ((fields.has('IterDiv') || fields.has('Colors')) && !fields.has('FractalType'))
    return ['it has no FractalType: the Mandelbrot set is drawn; if it was cut short, this is another picture'];
  return [];
}

interface Formula {
  readonly raw: RawFlags;
  readonly notes: readonly string[];
}

function withFormula(view: RawFlags, fields: ReadonlyMap<string, string>, path: string): Formula {
  if (!isZero(fields.get('UseHybridFormula')))
    throw refuse(path, 'its formula is a hybrid one, which is not here (Mandelbrot, Burning Ship and Mandelbar are)');
  if (!isZero(fields.get('SeedR')) || !isZero(fields.get('SeedI')))
    throw refuse(path, 'its orbits start at a seed other than 0 (SeedR, SeedI), which is not done here');
  const power = plain(fields.get('Power') ?? '2');
  const type = plain(fields.get('FractalType') ?? '0');
  const name = Object.hasOwn(TYPES, type) ? ` ${TYPES[type]}` : '';
  if ((type === '1' || type === '4') && !['2', '3', '4', '5'].includes(power))
    throw refuse(
      path,
      `its formula${name} has Power "${power.slice(0, 40)}": Kalles Fraktaler has it of powers 2 to 5`,
    );
  switch (type) {
    case '0':
      return {
        raw: { ...view, ...(power === '2' ? { formula: 'mandelbrot' } : { formula: 'multibrot', power }) },
        notes: [],
      };
    case '1':
      return { raw: { ...view, formula: 'burning-ship', power }, notes: [] };
    case '4':
      return power === '3' ? cubicMandelbar(view) : { raw: { ...view, formula: 'tricorn', power }, notes: [] };
    default: {
      const known = 'Mandelbrot (0), Burning Ship (1) and Mandelbar (4) are';
      throw refuse(path, `its formula${name}, FractalType "${type.slice(0, 40)}", is not here; ${known}`);
    }
  }
}

function cubicMandelbar(view: RawFlags): Formula {
  const note =
    'its cubic Mandelbar, -conj(z)^3 + c, is the tricorn of power 3 turned by 45 degrees: so are xpos, ypos, rotate and stretch-angle';
  return { raw: { ...rotatedToTricorn(view), formula: 'tricorn', power: '3' }, notes: [note] };
}

/** "3" for "3.0". */
function plain(text: string): string {
  return String(wholeOf(text) ?? text);
}
