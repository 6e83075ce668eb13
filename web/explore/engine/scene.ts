/** What flags of a scene mean for the picture: which shape samples, which only colours, and how the plane is deformed. */

import type { Scene } from '../../../src/tiles/protocol.js';
import type { Matrix } from '../../../src/view/matrix.js';
import { deformationOf } from '../../../src/view/stretch.js';

/** Beside nu, as view/channels.ts has them. */
export type Extra = 'distance' | 'footprint' | 'phase' | 'cycle';

/** Flags that change no sample, though some make more channels of them needed. */
const COLOURS = new Set([
  ...['palette', 'step', 'colors', 'equalize', 'color-curve', 'density', 'offset', 'color-mode', 'interior'],
  ...['interpolation', 'wave', 'wave-strength', 'palette-filter', 'flip', 'dither', 'stripes', 'decomposition'],
  ...['slope', 'slope-angle', 'slope-color', 'slope-specular', 'slope-shininess', 'slope-second'],
  ...['slope-second-angle', 'slope-second-color', 'shade', 'shade-width', 'shade-strength', 'field-lines'],
]);
/** Flags that the page applies to a table of colours along the counts. */
const APPLIED_HERE = new Set([
  ...['colors', 'equalize', 'color-curve', 'density', 'offset', 'palette-filter', 'flip', 'dither'],
]);
const INTERIOR_KINDS = ['period', 'multiplier', 'distance'];
const PATTERNS = ['stripes', 'decomposition', 'field-lines'];

export function isOn(scene: Scene, flag: string): boolean {
  const value = scene[flag];
  return value !== undefined && value !== 'false';
}

/** The same for all scenes whose points have the same samples. */
export function samplesKey(scene: Scene): string {
  return keyOf(Object.entries(scene).filter(([name]) => !COLOURS.has(name)));
}

/** The same for all scenes with the same colours found for the same picture. */
export function coloursKey(scene: Scene): string {
  return keyOf(Object.entries(scene).filter(([name]) => COLOURS.has(name) && name !== 'flip'));
}

/** The part of a scene that its table of colours depends on. */
export function tableScene(scene: Scene): Scene {
  const along = (scene['color-mode'] ?? 'palette') === 'palette';
  const entries = Object.entries(scene).filter(
    ([name]) => (COLOURS.has(name) && !(along && APPLIED_HERE.has(name))) || name === 'legacy-colors',
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function keyOf(entries: [string, string][]): string {
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The channels that colours need. */
export function extrasOf(scene: Scene): readonly Extra[] {
  const extras: Extra[] = [];
  if (scene['color-mode'] === 'distance' || isOn(scene, 'slope') || scene.shade !== undefined) extras.push('distance');
  if (hasPatterns(scene)) extras.push('footprint', 'phase');
  else if (isFiltered(scene)) extras.push('footprint');
  if (INTERIOR_KINDS.includes(scene.interior ?? '')) extras.push('cycle');
  return extras;
}

function hasPatterns(scene: Scene): boolean {
  return PATTERNS.some((flag) => scene[flag] !== undefined);
}

/** Whether colours are means of the palette over footprints, as request/parse.ts has it. */
export function isFiltered(scene: Scene): boolean {
  const isPalette = (scene['color-mode'] ?? 'palette') === 'palette' && !isOn(scene, 'legacy-colors');
  return isPalette && (isOn(scene, 'palette-filter') || hasPatterns(scene));
}

/** Whether the samples of a scene are all that another one needs. */
export function hasSameSamples(scene: Scene, other: Scene): boolean {
  const extras = extrasOf(scene);
  return samplesKey(scene) === samplesKey(other) && extrasOf(other).every((extra) => extras.includes(extra));
}

/** Whether density and offset, or a curve, are to be found for the picture. */
export function areFound(scene: Scene): boolean {
  if ((scene['color-mode'] ?? 'palette') !== 'palette' || isOn(scene, 'legacy-colors')) return false;
  if (isOn(scene, 'equalize')) return true;
  const given = ['density', 'offset', 'color-curve'].some((flag) => scene[flag] !== undefined);
  return (scene.colors ?? (given ? 'fixed' : 'auto')) === 'auto';
}

/** Pictures of ships are shown with the imaginary axis pointing down. */
export function isFlipped(scene: Scene): boolean {
  return scene.flip === undefined ? scene.formula === 'burning-ship' : isOn(scene, 'flip');
}

export function deformationIn(scene: Scene): Matrix | undefined {
  const number = (flag: string, usual: number) => {
    const value = Number(scene[flag] ?? usual);
    return Number.isFinite(value) ? value : usual;
  };
  const factor = number('stretch', 1);
  return deformationOf({ factor: factor > 0 ? factor : 1, angle: number('stretch-angle', 0), skew: number('skew', 0) });
}
