/** What a form sends: flags of a job by name, as text. */

import type { Field } from '../src/request/field.js';

/** By name; absent or empty: not given. */
export type Values = Readonly<Record<string, string>>;
export type Kind = 'still' | 'film';

/** Any of them gives a film its length. */
const LENGTHS = ['frames', 'seconds', 'speed', 'path'];

/** Values without input, where they differ from those of the service. */
export function usualOf(kind: Kind, values: Values): Values {
  const power: Values = values.formula === 'multibrot' ? { power: '3' } : {};
  if (kind === 'still') return { ...power, outfile: 'picture.png' };
  const hasLength = LENGTHS.some((name) => (values[name] ?? '') !== '');
  return { ...power, outfile: 'film.mp4', frames: '', ...(hasLength ? {} : { seconds: '10' }) };
}

/** A still has no flags of films. */
export function orderOf(kind: Kind, values: Values, fields: readonly Field[]): Values {
  const ofFilms = new Set(fields.filter(({ group }) => group === 'Film').map(({ name }) => name));
  const { outfile = '', seconds = '' } = usualOf(kind, values);
  const given = Object.entries(values).filter(
    ([name, value]) => value !== '' && (kind === 'film' || !ofFilms.has(name)),
  );
  return { outfile, ...(seconds === '' ? {} : { seconds }), ...Object.fromEntries(given) };
}

/** Groups of fields that a picture of the place does not have. */
const LEFT_OUT = ['Film', 'Output', 'Output and shards', 'Job'];
const REPLACED = ['width', 'height', 'samples', 'smoothness', 'full-size', 'exact', 'verify', 'keep-samples'];
const MOST_HEIGHT = 1.25;

/** A still of one end of a film, or of the place of a still. `width`: in pixels. */
export function placeOf(order: Values, end: 'first' | 'last', fields: readonly Field[], width: number): Values {
  const shown = fields.filter(({ group, name }) => !LEFT_OUT.includes(group) && !REPLACED.includes(name));
  const values = { ...order, ...keyframe(order.path, end), ...(end === 'last' ? lastOf(order) : {}) };
  const kept = shown.flatMap(({ name }) => (values[name] ? [[name, values[name]]] : []));
  const ratio = Number(order.height ?? 720) / Number(order.width ?? 1280);
  const height = Math.round(width * (ratio > 0 ? Math.min(MOST_HEIGHT, ratio) : 0.5625)) || 1;
  return {
    ...Object.fromEntries(kept),
    ...{ width: String(width), height: String(height), outfile: 'place.png', priority: '100' },
  };
}

/** The values that --zoom-end and its like give to the last frame. */
function lastOf(order: Values): Values {
  const ends = Object.entries(order).filter(([name]) => name.endsWith('-end'));
  const last = Object.fromEntries(ends.map(([name, value]) => [name.slice(0, -'-end'.length), value]));
  if (last.zoom) return { ...last, 'view-width': '' };
  return last['view-width'] ? { ...last, zoom: '' } : last;
}

/** The values of a path at its end; what a keyframe leaves out is that of an earlier one. {}: there is no path, or it is wrong. */
function keyframe(path: string | undefined, end: 'first' | 'last'): Values {
  try {
    const { keyframes } = JSON.parse(path ?? '{}');
    const passed: object[] = end === 'first' ? keyframes.slice(0, 1) : keyframes;
    return Object.fromEntries(
      Object.entries(Object.assign({}, ...passed)).map(([name, value]) => [name, String(value)]),
    );
  } catch {
    return {};
  }
}
