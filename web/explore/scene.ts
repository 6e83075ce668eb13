/** What the page knows of scenes: the flags that they may have, where their pictures begin, what is one picture. */

import type { Scene } from '../../src/tiles/protocol.js';
import { formatDecimal, multiply, outlineOf, parseDecimal } from '../../src/view/decimal.js';
import type { Look, Place } from './engine/engine.js';

export const SAMPLE_FLAGS: readonly string[] = [
  ...['formula', 'power', 'julia-re', 'julia-im', 'iters', 'bailout', 'exact', 'legacy-colors'],
  ...['stretch', 'stretch-angle', 'skew', 'flip'],
];
export const COLOUR_FLAGS: readonly string[] = [
  ...['palette', 'step', 'interpolation', 'colors', 'equalize', 'color-curve', 'density', 'offset', 'color-mode'],
  ...['interior', 'wave', 'wave-strength', 'slope', 'slope-angle', 'slope-color', 'slope-specular', 'slope-shininess'],
  ...['slope-second', 'slope-second-angle', 'slope-second-color', 'shade', 'shade-width', 'shade-strength'],
  ...['stripes', 'decomposition', 'field-lines', 'palette-filter', 'dither'],
];
export const SCENE_FLAGS: readonly string[] = [...SAMPLE_FLAGS, ...COLOUR_FLAGS];

export const FORMULAS = {
  mandelbrot: 'Mandelbrot',
  multibrot: 'Multibrot',
  julia: 'Julia',
  'burning-ship': 'Burning Ship',
  tricorn: 'Tricorn',
} as const;

const HOMES: Readonly<Record<string, readonly [re: string, im: string, zoom: string]>> = {
  mandelbrot: ['-0.6', '0', '1.5'],
  multibrot: ['0', '0', '1.3'],
  julia: ['0', '0', '1.3'],
  'burning-ship': ['-0.4', '-0.5', '1.1'],
  tricorn: ['-0.3', '0', '1.2'],
};

export const formulaOf = (scene: Scene): string => scene.formula ?? 'mandelbrot';

/** Views are at least so wide, in heights of the picture of a home. */
const LEAST_WIDTH = 1.3;

/** The whole set of a formula. `aspect`: width by height of the picture that it fits into; absent: of the window. */
export function homeOf(scene: Scene, aspect = innerWidth / innerHeight): Place {
  const [re, im, zoom] = HOMES[formulaOf(scene)] ?? (HOMES.mandelbrot as [string, string, string]);
  return { re, im, zoom: zoomToFit(zoom, aspect), rotation: 0 };
}

/** The zoom with which a picture that is narrower than most, as on a phone, shows what others show of this one. */
export function zoomToFit(zoom: string, aspect = innerWidth / innerHeight): string {
  const share = parseDecimal(Math.min(1, aspect / LEAST_WIDTH).toFixed(3));
  const given = parseDecimal(zoom);
  return share && given ? formatDecimal(multiply(given, share)) : zoom;
}

/** The power of z. */
export const powerOf = (scene: Scene): string => scene.power ?? (scene.formula === 'multibrot' ? '3' : '2');

/** The Julia set of a point of a picture; undefined: its formula has none here. */
export function juliaOf(scene: Scene, { re, im }: { readonly re: string; readonly im: string }): Scene | undefined {
  if (!['mandelbrot', 'multibrot'].includes(formulaOf(scene))) return undefined;
  const power = powerOf(scene);
  return {
    ...without(scene, ['formula', 'power', 'iters']),
    ...{ formula: 'julia', 'julia-re': re, 'julia-im': im },
    ...(power === '2' ? {} : { power }),
  };
}

export function without(scene: Scene, names: readonly string[]): Scene {
  return Object.fromEntries(Object.entries(scene).filter(([name]) => !names.includes(name)));
}

/** Flags with what changes; undefined takes one away. */
export function changed(scene: Scene, changes: Readonly<Record<string, string | undefined>>): Scene {
  const all = { ...scene, ...changes };
  return Object.fromEntries(Object.entries(all).filter((one): one is [string, string] => one[1] !== undefined));
}

/** Changes that make one scene of another, for Engine.setScene. */
export function changesTo(now: Scene, next: Scene): Readonly<Record<string, string | undefined>> {
  const gone = Object.keys(now).filter((name) => !(name in next));
  return { ...Object.fromEntries(gone.map((name) => [name, undefined])), ...next };
}

/** Digits that a coordinate may have, and powers of ten of a zoom: a page that computes with more would hang. */
const MOST_DIGITS = 40_000;
const MOST_POWER = 30_000;
const LEAST_POWER = -6;
const FAR_POWER = 6;

/** A coordinate: a decimal number that is not far from everything. */
export function isCoordinate(text: string): boolean {
  const outline = text.length <= MOST_DIGITS ? outlineOf(text) : undefined;
  return outline !== undefined && outline.magnitude < FAR_POWER && outline.decimals <= MOST_DIGITS;
}

/** A positive number, not beyond what can be computed. */
export function isZoom(text: string): boolean {
  const outline = text.length <= MOST_DIGITS ? outlineOf(text) : undefined;
  return (
    outline !== undefined && !outline.negative && outline.magnitude >= LEAST_POWER && outline.magnitude < MOST_POWER
  );
}

export function isSame(a: Look, b: Look): boolean {
  const [p, q] = [a.place, b.place];
  return (
    p.re === q.re && p.im === q.im && p.zoom === q.zoom && p.rotation === q.rotation && sameScene(a.scene, b.scene)
  );
}

export function sameScene(a: Scene, b: Scene): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
