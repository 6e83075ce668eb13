/** A look as jobs of the service, and as commands that make the same pictures. */

import type { FoundColours, Scene } from '../../src/tiles/protocol.js';
import type { Look, Place } from './engine/engine.js';
import { shortZoom } from './permalink.js';
import { changed } from './scene.js';
import { ZOOM_EASE } from './waypoints.js';

/** Flags by name, as text. */
export type Order = Readonly<Record<string, string>>;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Short names of flags. */
const SHORT: Readonly<Record<string, string>> = { xpos: '-x', ypos: '-y', outfile: '-o' };
const SWITCHES = ['equalize', 'exact', 'legacy-colors', 'flip', 'dither', 'palette-filter'];

/** `colours`: those that the page shows, where the scene leaves them open: they hold for other sizes too. */
export function sceneOrder(scene: Scene, colours: FoundColours | undefined): Order {
  if (!colours || colours.curve || scene.equalize === 'true') return scene;
  return changed(scene, { colors: 'found', density: String(colours.density), offset: String(colours.offset) });
}

export function placeOrder({ re, im, zoom, rotation }: Place): Order {
  return { xpos: re, ypos: im, zoom, ...(rotation === 0 ? {} : { rotate: String(rotation) }) };
}

/** `samples`: empty: as the service does by itself. */
export function stillOrder(
  look: Look,
  size: Size,
  { samples, outfile }: { samples: string; outfile: string },
  colours?: FoundColours,
): Order {
  return {
    ...placeOrder(look.place),
    ...sizeOrder(size),
    ...(samples === '' ? {} : { samples }),
    ...sceneOrder(look.scene, colours),
    outfile,
  };
}

export interface FilmWishes extends Size {
  readonly seconds: string;
  readonly fps: string;
  readonly outfile: string;
}

/** About the centre of a place, from another zoom and rotation on. */
export function zoomOrder(from: Pick<Place, 'zoom' | 'rotation'>, to: Look, wishes: FilmWishes): Order {
  const { re, im, zoom, rotation } = to.place;
  return {
    ...placeOrder({ re, im, zoom: from.zoom, rotation: from.rotation }),
    ...{ 'zoom-end': shortZoom(zoom), ease: String(ZOOM_EASE) },
    ...(rotation === from.rotation ? {} : { 'rotate-end': String(rotation) }),
    ...{ seconds: wishes.seconds, fps: wishes.fps, ...sizeOrder(wishes) },
    ...to.scene,
    outfile: wishes.outfile,
  };
}

const sizeOrder = ({ width, height }: Size): Order => ({ width: String(width), height: String(height) });

/** For a shell. `instead`: values that the command has otherwise, as a file in the place of a path. */
export function commandOf(order: Order, instead: Order = {}): string {
  const words = Object.entries({ ...order, ...instead }).flatMap(([name, value]) => {
    if (SWITCHES.includes(name)) return [value === 'false' ? `--no-${name}` : `--${name}`];
    return [SHORT[name] ?? `--${name}`, quoted(value)];
  });
  return ['fractal leader --local', ...words].join(' ');
}

function quoted(value: string): string {
  return /^[\w.,:/+-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

/** Along keyframes (docs/paths.md). */
export function pathOrder(
  path: object,
  scene: Scene,
  { fps, width, height, outfile }: Omit<FilmWishes, 'seconds'>,
): Order {
  return { path: JSON.stringify(path), fps, ...sizeOrder({ width, height }), ...scene, outfile };
}
