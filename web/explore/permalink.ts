/**
 * A look as the fragment of a URL: `#v=1&re=…&im=…&zoom=…&rotate=…&FLAG=VALUE`, flags by the names of docs/flags.md. The
 * whole set in the usual colours has no fragment. What others wrote is checked: it may be anything.
 */

import type { Look } from './engine/engine.js';
import { homeOf, isCoordinate, isSame, isZoom, SCENE_FLAGS } from './scene.js';

const VERSION = '1';
/** Characters that a fragment, and a value in it, may have. */
const MOST = 200_000;
const MOST_VALUE = 50_000;
/** Of zooms, which are rounded to a sixteenth of an octave anyway. */
const ZOOM_DIGITS = 10;

/** As it fits into the window. */
export const home = (): Look => ({ place: homeOf({}), scene: {} });

export interface Read {
  readonly look: Look;
  /** One line for the user; absent: all is well. */
  readonly wrong?: string;
}

export function fragmentOf(look: Look): string {
  if (isSame(look, home())) return '';
  const { place, scene } = look;
  const values = new URLSearchParams({ v: VERSION, re: place.re, im: place.im, zoom: shortZoom(place.zoom) });
  if (place.rotation !== 0) values.set('rotate', String(place.rotation));
  for (const [name, value] of Object.entries(scene)) values.set(name, value);
  return `#${values}`;
}

/** To digits that matter: 1.2345678901e50. */
export function shortZoom(zoom: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = /^\+?0*(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(zoom) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits.length <= ZOOM_DIGITS) return zoom;
  const leading = (whole + fraction).length - digits.length;
  const power = Number(exponent) + whole.length - leading - 1;
  const rest = digits.slice(1, ZOOM_DIGITS).replace(/0+$/, '');
  if (power >= 0 && power < ZOOM_DIGITS - 1) return String(Number(`${digits[0]}.${rest || 0}e${power}`));
  return `${digits[0]}${rest === '' ? '' : `.${rest}`}e${power}`;
}

/** What cannot be read is left out, or leads to the whole set, and is named. */
export function readFragment(fragment: string): Read {
  if (fragment === '' || fragment === '#') return { look: home() };
  if (fragment.length > MOST)
    return { look: home(), wrong: 'The link is too long: it leads to the whole set instead.' };
  const values = new URLSearchParams(fragment.slice(1));
  const version = values.get('v');
  if (version !== VERSION)
    return {
      look: home(),
      wrong: 'This is no link of this explorer, or one of a later version: it leads to the whole set instead.',
    };
  const scene = sceneIn(values);
  const whole = homeOf(scene);
  const [re, im, zoom] = [values.get('re') ?? whole.re, values.get('im') ?? whole.im, values.get('zoom') ?? whole.zoom];
  const rotation = Number(values.get('rotate') ?? 0);
  if (!isCoordinate(re) || !isCoordinate(im) || !isZoom(zoom) || !Number.isFinite(rotation))
    return {
      look: { place: whole, scene },
      wrong: 'The place of this link cannot be read: it leads to the whole set instead.',
    };
  const unknown = [...values.keys()].find((name) => !KNOWN.has(name));
  const look = { place: { re, im, zoom, rotation }, scene };
  return unknown === undefined
    ? { look }
    : { look, wrong: `“${unknown.slice(0, 40)}” of this link is not known here, and was left out.` };
}

const KNOWN: ReadonlySet<string> = new Set(['v', 're', 'im', 'zoom', 'rotate', ...SCENE_FLAGS]);

function sceneIn(values: URLSearchParams): Readonly<Record<string, string>> {
  const given = SCENE_FLAGS.flatMap((name) => {
    const value = values.get(name);
    return value === null || value === '' || value.length > MOST_VALUE ? [] : [[name, value]];
  });
  return Object.fromEntries(given);
}
