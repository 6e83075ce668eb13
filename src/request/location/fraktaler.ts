/**
 * Fraktaler-3's parameter files, .f3.toml. `location.zoom` is --zoom: the view is 4 / zoom high, the imaginary axis
 * points up unless it reflects, and `transform` turns and stretches the view (geometry.ts). What the file leaves out has
 * Fraktaler-3's default. The zoom alone must be there: without it a file that is cut short would show the whole set.
 */

import type { RawFlags } from '../values.js';
import { geometryFlags, otherWay, turnedBy } from './geometry.js';
import { listed, type ReadResult, refuse, truncationNote, unterminatedLine, unusedNote } from './result.js';
import type { Table, Toml } from './toml.js';
import { parsedToml, scalar } from './toml-file.js';

/** Tables whose keys decide which points are shown: a key that is not listed is an error. */
const SHAPING: Readonly<Record<string, readonly string[]>> = {
  location: ['real', 'imag', 'zoom'],
  transform: ['rotate', 'reflect', 'vertical_flip', 'stretch_angle', 'stretch_amount', 'exponential_map'],
};
const USED: readonly string[] = ['program', 'version', 'formula', 'bailout.iterations'];
/** Keys that change no picture. */
const NEUTRAL =
  /^(reference|algorithm|newton|opencl)\.|^bailout\.maximum_|^image\.dpi$|^render\.(filename|save_\w+|exr_channels)$/;

/** @throws FractalError LOCATION_FILE */
export function readFraktaler(text: string, path: string): ReadResult {
  const root = parsedToml(text, path);
  const program = scalar(root, 'program', path);
  if (program !== undefined && program !== 'fraktaler-3')
    throw refuse(path, `it is a file of "${program.slice(0, 40)}", which is not known here`);
  refuseUnknown(root, path);
  const zoom = scalar(root, 'location.zoom', path);
  if (!zoom) throw refuse(path, 'it has no location.zoom: it is cut short, or no location');
  if (scalar(root, 'transform.exponential_map', path) === 'true')
    throw refuse(path, 'it is an exponential map (transform.exponential_map), which is not done here');
  return {
    raw: {
      xpos: scalar(root, 'location.real', path) ?? '0',
      ypos: scalar(root, 'location.imag', path) ?? '0',
      zoom,
      iters: scalar(root, 'bailout.iterations', path)?.replaceAll('_', '') ?? '1024',
      ...geometryOf(root, path),
      ...formulaOf(root, path),
    },
    keys: {
      xpos: 'location.real',
      ypos: 'location.imag',
      zoom: 'location.zoom',
      iters: 'bailout.iterations',
      rotate: 'transform.rotate',
      'stretch-angle': 'transform.stretch_angle',
      power: 'the power of its formula,',
    },
    notes: [...unusedNote(othersOf(root)), ...truncationNotes(text, root)],
  };
}

function refuseUnknown(root: Table, path: string): void {
  for (const [name, keys] of Object.entries(SHAPING)) {
    const table = root.get(name);
    if (table === undefined) continue;
    if (!(table instanceof Map)) throw refuse(path, `"${name}" is not a table`);
    const unknown = [...table.keys()].filter((key) => !keys.includes(key)).map((key) => `${name}.${key}`);
    if (unknown.length > 0) throw refuse(path, `${listed(unknown).slice(0, 200)} is not known here`);
  }
}

/** Keys that are not used; of colours the table alone. */
function othersOf(root: Table): string[] {
  const keys = [...root].flatMap(([name, value]) =>
    value instanceof Map && name !== 'colour' ? [...value.keys()].map((key) => `${name}.${key}`) : [name],
  );
  return keys.filter((key) => {
    const [table = ''] = key.split('.');
    if (key === 'transform.vertical_flip') return true;
    return !Object.hasOwn(SHAPING, table) && !USED.includes(key) && table !== 'formula' && !NEUTRAL.test(key);
  });
}

/** Fraktaler-3 ends every line. Other programs may leave the last line open; then a number in it may be incomplete. */
function truncationNotes(text: string, root: Table): string[] {
  const last = unterminatedLine(text);
  if (last === undefined || last.startsWith('#')) return [];
  return root.has('program') || /=\s*[-+]?\.?\d[\w.+-]*$/.test(last) ? [truncationNote(last)] : [];
}

/** In the mirrored plane of `transform.reflect` the camera turns the other way. */
function geometryOf(root: Table, path: string): RawFlags {
  const [rotate, amount, angle] = ['rotate', 'stretch_amount', 'stretch_angle'].map((name) =>
    scalar(root, `transform.${name}`, path),
  );
  const reflect = scalar(root, 'transform.reflect', path) === 'true';
  const turn = reflect ? otherWay(rotate) : rotate;
  const stretched = { amount, unit: 0.01, angle: turnedBy(angle, turn), key: 'transform.stretch_amount' };
  return geometryFlags(reflect, turn, stretched, path);
}

const FIELDS: readonly string[] = ['abs_x', 'abs_y', 'neg_x', 'neg_y', 'power', 'opcodes'];
const KNOWN = 'Mandelbrot, Burning Ship and Tricorn are, with one power';

function formulaOf(root: Table, path: string): RawFlags {
  const list = root.get('formula');
  // One table with a name, in the first versions; a list of what is done in turn, ever since.
  if (list instanceof Map) {
    refuseFields(list, ['name'], path);
    return named(list.get('name') ?? 'Mandelbrot', path);
  }
  if (list === undefined) return { formula: 'mandelbrot' };
  if (!Array.isArray(list) || list.length > 1)
    throw refuse(path, `its formula is a hybrid one, which is not here (${KNOWN})`);
  const [only] = list;
  if (only === undefined) return { formula: 'mandelbrot' };
  if (!(only instanceof Map)) throw refuse(path, '"formula" is not a list of tables');
  refuseFields(only, FIELDS, path);
  const codes = only.get('opcodes');
  const { step, power } = codes === undefined || codes === '' ? byFields(only) : byOpcodes(String(codes));
  if (step === 'holomorphic') return power === '2' ? { formula: 'mandelbrot' } : { formula: 'multibrot', power };
  if (step === 'burning-ship' || step === 'tricorn') return { formula: step, power };
  throw refuse(path, `its formula, "${step.slice(0, 60)}", is not here (${KNOWN})`);
}

function refuseFields(formula: Table, known: readonly string[], path: string): void {
  const unknown = [...formula.keys()].filter((key) => !known.includes(key)).map((key) => `formula.${key}`);
  if (unknown.length > 0) throw refuse(path, `${listed(unknown).slice(0, 200)} is not known here`);
}

function named(name: Toml, path: string): RawFlags {
  if (name === 'Mandelbrot') return { formula: 'mandelbrot' };
  if (name === 'Burning Ship') return { formula: 'burning-ship' };
  throw refuse(path, `its formula, "${String(name).slice(0, 60)}", is not here (${KNOWN})`);
}

/** `step`: one of `Formula`, or the text of the file. */
interface Made {
  readonly step: string;
  readonly power: string;
}

/** The operations on z before the power: the signs and absolute values of its parts. */
function stepOf(before: readonly string[]): string {
  switch (before.join(' ')) {
    case '':
      return 'holomorphic';
    case 'absx absy':
    case 'absy absx':
      return 'burning-ship';
    case 'negy':
      return 'tricorn';
    default:
      return before.join(' ');
  }
}

function byFields(table: Table): Made {
  const names = [
    ['abs_x', 'absx'],
    ['abs_y', 'absy'],
    ['neg_x', 'negx'],
    ['neg_y', 'negy'],
  ] as const;
  const before = names.filter(([field]) => table.get(field) === 'true').map(([, code]) => code);
  return { step: stepOf(before), power: String(table.get('power') ?? '2') };
}

/** "absx absy store sqr mul add": signs, then z to a power by squaring and multiplying, then + c. */
function byOpcodes(codes: string): Made {
  const words = codes.split(/\s+/).filter((word) => word !== '');
  const first = words.findIndex((word) => !/^(abs|neg)[xy]$/.test(word));
  const raising = words.slice(first, -1);
  const other = raising.some((word) => !['store', 'sqr', 'mul'].includes(word));
  // Without a store, mul multiplies by z as it was before the signs.
  const before = first > 0 && raising.includes('mul') && raising.indexOf('store') !== 0;
  if (first < 0 || words.at(-1) !== 'add' || other || before) return { step: codes, power: '2' };
  let [power, stored] = [1, 1];
  for (const word of raising) {
    if (word === 'store') stored = power;
    else power = word === 'sqr' ? 2 * power : power + stored;
  }
  return { step: stepOf(words.slice(0, first)), power: String(power) };
}
