/**
 * DeepDrill's location files, .ini and .loc: sections in brackets, `key = value`, comments from #; the case of keys does
 * not matter, and of a key that comes twice the last counts. `zoom` is --zoom (its pixels are 4 / (zoom · height) wide),
 * `depth` is the iteration limit. It draws the Mandelbrot set and nothing else.
 */

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

const NEEDED = ['location.real', 'location.imag', 'location.zoom'] as const;
const USED: readonly string[] = [...NEEDED, 'location.depth', 'location.rotate', 'image.rotate'];
/** Sections that change no picture: how it is computed, and where it goes. */
const NEUTRAL = /^(main|export|debug|perturbation|approximation|areacheck|attractorcheck|periodcheck)\./;

/** @throws FractalError LOCATION_FILE */
export function readDeepDrill(text: string, path: string): ReadResult {
  const { fields, repeated } = fieldsOf(text, path);
  const missing = NEEDED.filter((key) => !fields.get(key));
  if (missing.length > 0)
    throw refuse(path, `it has no ${listed(missing)}: it is cut short, or no location (that needs ${listed(NEEDED)})`);
  const unknown = [...fields.keys()].filter((key) => key.startsWith('location.') && !USED.includes(key));
  if (unknown.length > 0) throw refuse(path, `${listed(unknown).slice(0, 200)} is not known here`);
  for (const key of ['location.rotate', 'image.rotate'])
    if (!isZero(fields.get(key)))
      throw refuse(path, `it turns the picture (${key} ${fields.get(key)?.slice(0, 40)}), which is not done here`);
  const depth = fields.get('location.depth');
  return {
    raw: {
      xpos: fields.get('location.real') as string,
      ypos: fields.get('location.imag') as string,
      zoom: fields.get('location.zoom') as string,
      iters: depth || 'auto',
      formula: 'mandelbrot',
    },
    keys: { xpos: 'location.real', ypos: 'location.imag', zoom: 'location.zoom', iters: 'location.depth' },
    notes: [
      ...repeated,
      ...(depth ? [] : ['it has no location.depth: the iteration limit is found on a coarse grid (--iters auto)']),
      ...unusedNote([...fields.keys()].filter((key) => !USED.includes(key) && !NEUTRAL.test(key))),
      ...truncationNotes(text, fields.has('location.depth')),
    ],
  };
}

interface Fields {
  /** By section and key, in small letters: "location.real". */
  readonly fields: ReadonlyMap<string, string>;
  readonly repeated: readonly string[];
}

/** A number may go on in the next line, as after being pasted. */
function fieldsOf(text: string, path: string): Fields {
  const fields = new Map<string, string>();
  const repeated = new Set<string>();
  let section = '';
  let open: string | undefined;
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const equals = line.indexOf('=');
    if (line.startsWith('[') && line.endsWith(']')) {
      section = line.slice(1, -1).trim().toLowerCase();
      open = undefined;
    } else if (equals > 0) {
      const key = `${section}.${line.slice(0, equals).trim().toLowerCase()}`.replace(/^\./, '');
      const value = line.slice(equals + 1).trim();
      if (USED.includes(key) && fields.has(key) && fields.get(key) !== value) repeated.add(key);
      fields.set(key, value);
      open = (NEEDED as readonly string[]).includes(key) ? key : undefined;
    } else if (open !== undefined && continuesNumber(line)) fields.set(open, `${fields.get(open)}${line}`);
    else throw refuse(`${path}:${index + 1}`, `"${line.slice(0, 40)}" is no section, comment or key = value`);
  }
  return { fields, repeated: [...repeated].map((key) => `${key} stands twice: the last one counts`) };
}

function truncationNotes(text: string, hasDepth: boolean): string[] {
  const last = unterminatedLine(text);
  if (last === undefined || last.startsWith('#')) return [];
  const key = last.split('=', 1)[0]?.trim().toLowerCase() ?? '';
  return ['real', 'imag', 'zoom', 'depth'].includes(key) || !last.includes('=') || !hasDepth
    ? [truncationNote(last)]
    : [];
}
